"""Queries on tutors; everything a person may see goes through `readable`."""

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.authz.subject import Subject
from tutor_platform.tutors.models import Tutor


def readable(subject: Subject) -> Select[Tutor]:
    """The tutors of the person's own school."""
    return select(Tutor).where(Tutor.tenant_id == subject.tenant_id)


async def find(db: AsyncSession, subject: Subject, tutor_id: str) -> Tutor | None:
    """A tutor the person may see."""
    return await db.scalar(readable(subject).where(Tutor.id == tutor_id))


async def find_by_avatar(db: AsyncSession, subject: Subject, avatar_id: str) -> Tutor | None:
    """A tutor with this face that the person may see."""
    return await db.scalar(readable(subject).where(Tutor.avatar_id == avatar_id).limit(1))


async def listed(db: AsyncSession, subject: Subject) -> list[Tutor]:
    """All tutors the person may see, oldest first."""
    return list(await db.scalars(readable(subject).order_by(Tutor.id)))


async def by_ids(db: AsyncSession, subject: Subject, tutor_ids: set[str]) -> dict[str, Tutor]:
    """Some tutors the person may see, by identifier."""
    found = await db.scalars(readable(subject).where(Tutor.id.in_(tutor_ids)))
    return {tutor.id: tutor for tutor in found}


async def every(db: AsyncSession) -> list[Tutor]:
    """The tutors of all schools; for the platform's own work, never for a person."""
    return list(await db.scalars(select(Tutor).order_by(Tutor.id)))


async def by_name(db: AsyncSession, tenant_id: str, name: str) -> Tutor | None:
    """A tutor by name; for the platform's own work."""
    return await db.scalar(select(Tutor).where(Tutor.tenant_id == tenant_id, Tutor.name == name))
