"""Invitations: made and withdrawn by administrators, opened and accepted by whoever has the link."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.current import (
    AccountsHere,
    CurrentPerson,
    address_of,
    device_of,
    keep_token,
)
from tutor_platform.accounts.schemas import PersonAnswer
from tutor_platform.invitations import service
from tutor_platform.invitations.schemas import (
    InvitationAcceptance,
    InvitationList,
    InvitationToken,
    InvitationWelcome,
    InvitationWithToken,
    NewInvitation,
)
from tutor_platform.kit.db import Database, Reading, Writing, database_of

router = APIRouter(prefix="/api", tags=["invitations"])


@router.get("/invitations")
async def listed(
    subject: CurrentPerson, accounts: AccountsHere, db: Annotated[AsyncSession, Reading]
) -> InvitationList:
    """The invitations of my school, the newest first."""
    return InvitationList(invitations=await service.listed(db, subject, accounts.clock()))


@router.post("/invitations", status_code=201)
async def make(
    body: NewInvitation, subject: CurrentPerson, accounts: AccountsHere, db: Annotated[AsyncSession, Writing]
) -> InvitationWithToken:
    """Invite somebody; the token is shown this once."""
    return await service.make(db, subject, body, accounts.clock())


@router.post("/invitations/{invitation_id}/renew")
async def renew(
    invitation_id: str, subject: CurrentPerson, accounts: AccountsHere, db: Annotated[AsyncSession, Writing]
) -> InvitationWithToken:
    """A new link; the old one is dead."""
    return await service.renew(db, subject, invitation_id, accounts.clock())


@router.delete("/invitations/{invitation_id}", status_code=204)
async def revoke(
    invitation_id: str, subject: CurrentPerson, accounts: AccountsHere, db: Annotated[AsyncSession, Writing]
) -> None:
    """Withdraw an invitation."""
    await service.revoke(db, subject, invitation_id, accounts.clock())


@router.post("/auth/invitation")
async def welcome(
    body: InvitationToken, request: Request, accounts: AccountsHere, db: Annotated[AsyncSession, Reading]
) -> InvitationWelcome:
    """What a link invites to; for whoever has it."""
    accounts.slow_down(address_of(request))
    return await service.welcome(db, body.token, accounts.clock())


@router.post("/auth/invitation/accept", status_code=201)
async def accept(
    body: InvitationAcceptance,
    request: Request,
    response: Response,
    accounts: AccountsHere,
    database: Annotated[Database, Depends(database_of)],
) -> PersonAnswer:
    """Make an account with an invitation and sign it in; sets the cookie."""
    accounts.slow_down(address_of(request))
    person, token = await service.accept(
        database, accounts, request.app.state.joining, body, device_of(request)
    )
    keep_token(request, response, token)
    return PersonAnswer(person=person)
