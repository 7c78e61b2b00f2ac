"""Sign in, sign out, who am I, my password, my devices."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts import own, service
from tutor_platform.accounts.current import (
    AccountsHere,
    CurrentPerson,
    CurrentPersonChoosing,
    address_of,
    device_of,
    drop_token,
    hang_up,
    keep_token,
    token_in_cookie,
)
from tutor_platform.accounts.schemas import (
    DeviceList,
    PasswordChange,
    PersonAnswer,
    PersonChange,
    SignInRequest,
)
from tutor_platform.kit.db import Database, Reading, Writing, database_of

router = APIRouter(prefix="/api/auth", tags=["accounts"])

DatabaseHere = Annotated[Database, Depends(database_of)]


@router.post("/sign-in")
async def sign_in(
    body: SignInRequest, request: Request, response: Response, accounts: AccountsHere
) -> PersonAnswer:
    """Sign in with name and password; sets the cookie."""
    person, token = await accounts.sign_in(
        body.username, body.password, address_of(request), device_of(request), token_in_cookie(request)
    )
    keep_token(request, response, token)
    return PersonAnswer(person=person)


@router.post("/sign-out", status_code=204)
async def sign_out(
    subject: CurrentPersonChoosing, request: Request, response: Response, accounts: AccountsHere
) -> None:
    """Sign this browser out; its sockets are closed."""
    await accounts.sign_out(subject)
    hang_up(request, [subject.sign_in_id])
    drop_token(request, response)


@router.post("/sign-out-everywhere", status_code=204)
async def sign_out_everywhere(
    subject: CurrentPersonChoosing,
    request: Request,
    response: Response,
    database: DatabaseHere,
) -> None:
    """Sign out in every browser, this one too; all sockets are closed."""
    hang_up(request, await own.sign_out_everywhere(database, subject))
    drop_token(request, response)


@router.get("/me")
async def me(subject: CurrentPersonChoosing, db: Annotated[AsyncSession, Reading]) -> PersonAnswer:
    """Who is signed in."""
    return PersonAnswer(person=await service.person_view(db, await service.me(db, subject)))


@router.patch("/me")
async def change_me(
    change: PersonChange, subject: CurrentPersonChoosing, db: Annotated[AsyncSession, Writing]
) -> PersonAnswer:
    """Change one's own name or language."""
    return PersonAnswer(person=await service.person_view(db, await own.change(db, subject, change)))


@router.post("/password", status_code=204)
async def change_password(
    body: PasswordChange,
    subject: CurrentPersonChoosing,
    request: Request,
    accounts: AccountsHere,
    database: DatabaseHere,
) -> None:
    """Choose another password; every other browser is signed out."""
    hang_up(request, await own.change_password(database, accounts, subject, body))


@router.get("/devices")
async def devices(
    subject: CurrentPerson, accounts: AccountsHere, db: Annotated[AsyncSession, Reading]
) -> DeviceList:
    """The browsers in which I am signed in."""
    return DeviceList(devices=await own.devices(db, subject, accounts.clock))


@router.delete("/devices/{sign_in_id}", status_code=204)
async def sign_out_device(
    sign_in_id: str, subject: CurrentPerson, request: Request, database: DatabaseHere
) -> None:
    """Sign one of my browsers out; its sockets are closed."""
    await own.sign_out_device(database, subject, sign_in_id)
    hang_up(request, [sign_in_id])
