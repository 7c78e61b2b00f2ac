"""Queries on invitations."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.authz.subject import Subject
from tutor_platform.invitations.models import Invitation


async def find(db: AsyncSession, subject: Subject, invitation_id: str) -> Invitation | None:
    """An invitation to the administrator's own school."""
    mine = select(Invitation).where(Invitation.tenant_id == subject.tenant_id)
    return await db.scalar(mine.where(Invitation.id == invitation_id))


async def listed(db: AsyncSession, subject: Subject, limit: int) -> list[Invitation]:
    """The school's invitations, the newest first."""
    mine = select(Invitation).where(Invitation.tenant_id == subject.tenant_id)
    return list(await db.scalars(mine.order_by(Invitation.id.desc()).limit(limit)))


async def living(db: AsyncSession, token_hash: str, now: datetime) -> Invitation | None:
    """The invitation of a token, if it can still be used."""
    return await db.scalar(
        select(Invitation).where(
            Invitation.token_hash == token_hash,
            Invitation.expires_at > now,
            Invitation.used_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
    )


async def use(db: AsyncSession, token_hash: str, now: datetime) -> Invitation | None:
    """Take the invitation of a token; of several who try at once, one gets it."""
    taken = (
        update(Invitation)
        .where(
            Invitation.token_hash == token_hash,
            Invitation.expires_at > now,
            Invitation.used_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .values(used_at=now)
        .returning(Invitation)
    )
    return await db.scalar(taken)


async def delete_before(db: AsyncSession, moment: datetime) -> None:
    """Forget invitations that were over before this moment."""
    await db.execute(delete(Invitation).where(Invitation.expires_at < moment))
