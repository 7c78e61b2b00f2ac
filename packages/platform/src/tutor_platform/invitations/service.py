"""Invitations: made by administrators (or by a class for its students), used once, over after some days."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts import joining
from tutor_platform.accounts.joining import Joining
from tutor_platform.accounts.schemas import PersonView
from tutor_platform.accounts.service import Accounts, person_view, token_hash
from tutor_platform.audit.service import note
from tutor_platform.authz.doors import access_invitation
from tutor_platform.authz.subject import Role, Scope, Subject
from tutor_platform.invitations import repository
from tutor_platform.invitations.models import Invitation
from tutor_platform.invitations.schemas import (
    InvitationAcceptance,
    InvitationCard,
    InvitationWelcome,
    InvitationWithToken,
    NewInvitation,
    Standing,
)
from tutor_platform.kit.db import Database
from tutor_platform.kit.errors import Conflict, Gone
from tutor_platform.kit.ids import new_id
from tutor_platform.tenants import repository as tenants

KEPT = timedelta(days=90)
"""How long the list remembers an invitation after it is over."""
MAX_LISTED = 200
SHORTEST = timedelta(days=1)
"""A renewed link works at least so long, however the server's clock was set when the old one was made."""


def _standing(invitation: Invitation, now: datetime) -> Standing:
    if invitation.used_at is not None:
        return "used"
    if invitation.revoked_at is not None:
        return "revoked"
    return "open" if invitation.expires_at > now else "over"


def card(invitation: Invitation, now: datetime) -> InvitationCard:
    """An invitation as administrators see it."""
    return InvitationCard(
        id=invitation.id,
        role=invitation.role,
        label=invitation.label,
        class_id=invitation.class_id,
        standing=_standing(invitation, now),
        created_at=invitation.created_at,
        expires_at=invitation.expires_at,
    )


async def listed(db: AsyncSession, subject: Subject, now: datetime) -> list[InvitationCard]:
    """The school's invitations, the newest first."""
    subject.require(Scope.MANAGE_PEOPLE)
    return [card(invitation, now) for invitation in await repository.listed(db, subject, MAX_LISTED)]


async def make(
    db: AsyncSession, subject: Subject, wanted: NewInvitation, now: datetime
) -> InvitationWithToken:
    """Invite somebody; the answer holds the only copy of the token."""
    subject.require(Scope.MANAGE_PEOPLE)
    return await issue(db, subject, subject.tenant_id, wanted.role, now, label=wanted.label, days=wanted.days)


async def issue(
    db: AsyncSession,
    subject: Subject | None,
    tenant_id: str,
    role: Role,
    now: datetime,
    *,
    label: str = "",
    days: int = 7,
    class_id: str | None = None,
) -> InvitationWithToken:
    """An invitation by whoever may make it (the caller has checked), for a class or for the school."""
    token = secrets.token_urlsafe(24)
    invitation = Invitation(
        id=new_id(),
        tenant_id=tenant_id,
        token_hash=token_hash(token),
        role=role,
        label=label,
        class_id=class_id,
        created_by=subject.person_id if subject else None,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    db.add(invitation)
    await note(db, subject or tenant_id, "invitation.made", invitation.id, role=role)
    await repository.delete_before(db, now - KEPT)
    return InvitationWithToken(invitation=card(invitation, now), token=token)


async def renew(db: AsyncSession, subject: Subject, invitation_id: str, now: datetime) -> InvitationWithToken:
    """A new link for an invitation that nobody has used; the old link is dead.

    Raises:
        NotFound: no such invitation at this school.
        Conflict: it was used or withdrawn.
    """
    subject.require(Scope.MANAGE_PEOPLE)
    invitation = await access_invitation(db, subject, invitation_id)
    if _standing(invitation, now) not in ("open", "over"):
        raise Conflict("used or withdrawn")
    token = secrets.token_urlsafe(24)
    lasted = max(invitation.expires_at - invitation.created_at, SHORTEST)
    invitation.token_hash, invitation.created_at, invitation.expires_at = token_hash(token), now, now + lasted
    await note(db, subject, "invitation.renewed", invitation.id, role=invitation.role)
    return InvitationWithToken(invitation=card(invitation, now), token=token)


async def revoke(db: AsyncSession, subject: Subject, invitation_id: str, now: datetime) -> None:
    """Withdraw an invitation; doing it again changes nothing.

    Raises:
        NotFound: no such invitation at this school.
    """
    subject.require(Scope.MANAGE_PEOPLE)
    invitation = await access_invitation(db, subject, invitation_id)
    if _standing(invitation, now) == "open":
        invitation.revoked_at = now
        await note(db, subject, "invitation.revoked", invitation.id, role=invitation.role)


async def welcome(db: AsyncSession, token: str, now: datetime) -> InvitationWelcome:
    """What the link invites to.

    Raises:
        Gone: it was used, withdrawn, or has run out; or there never was one.
    """
    invitation = await repository.living(db, token_hash(token), now)
    if invitation is None:
        raise Gone
    return InvitationWelcome(school=await tenants.name_of(db, invitation.tenant_id), role=invitation.role)


async def accept(
    database: Database, accounts: Accounts, joins: Joining, wanted: InvitationAcceptance, device: str
) -> tuple[PersonView, str]:
    """Make the account and sign it in.

    Raises:
        Gone: the invitation was used, withdrawn, or has run out.
        AccountRefused: user name or password will not do; the invitation stays open.
    """
    now = accounts.clock()
    async with database.writing() as db:
        invitation = await repository.use(db, token_hash(wanted.token), now)
        if invitation is None:
            raise Gone
        person = await joining.add_with_password(
            db, invitation.tenant_id, invitation.role,
            wanted.name, wanted.username, wanted.password, wanted.language,
        )  # fmt: skip
        invitation.used_by = person.id
        if invitation.class_id is not None:
            await joins.joined(db, person, invitation.class_id)
        await note(db, invitation.tenant_id, "invitation.used", invitation.id, role=invitation.role)
        token = await accounts.open(db, person, "invitation", device)
        return await person_view(db, person), token
