"""Queries on the people of a school; everything an administrator may see goes through `readable`."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.models import Person, SignIn
from tutor_platform.authz.subject import Role, Subject


def readable(subject: Subject) -> Select[Person]:
    """The people of the administrator's own school."""
    return select(Person).where(Person.tenant_id == subject.tenant_id)


async def find(db: AsyncSession, subject: Subject, person_id: str) -> Person | None:
    """Somebody of the administrator's own school."""
    return await db.scalar(readable(subject).where(Person.id == person_id))


def _matching(words: str, role: Role | None, disabled: bool | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for word in words.lower().split():
        found = [
            func.lower(column).contains(word, autoescape=True) for column in (Person.name, Person.username)
        ]
        conditions.append(or_(*found, func.coalesce(Person.email, "").contains(word, autoescape=True)))
    if role is not None:
        conditions.append(Person.role == role)
    if disabled is not None:
        conditions.append(Person.disabled_at.is_not(None) if disabled else Person.disabled_at.is_(None))
    return conditions


async def search(
    db: AsyncSession,
    subject: Subject,
    *,
    words: str,
    role: Role | None,
    disabled: bool | None,
    after: Person | None,
    limit: int,
) -> list[Person]:
    """People by name, from the one after `after`."""
    query = readable(subject).where(*_matching(words, role, disabled))
    if after is not None:
        beyond = and_(Person.name == after.name, Person.id > after.id)
        query = query.where(or_(Person.name > after.name, beyond))
    return list(await db.scalars(query.order_by(Person.name, Person.id).limit(limit)))


async def count(
    db: AsyncSession, subject: Subject, words: str, role: Role | None, disabled: bool | None
) -> int:
    """How many people a search finds."""
    query = readable(subject).where(*_matching(words, role, disabled))
    return await db.scalar(select(func.count()).select_from(query.subquery())) or 0


async def last_seen(db: AsyncSession, person_ids: list[str]) -> dict[str, datetime | None]:
    """When each of some people used any of their living sign-ins last."""
    rows = await db.execute(
        select(SignIn.person_id, func.max(SignIn.last_seen_at))
        .where(SignIn.person_id.in_(person_ids))
        .group_by(SignIn.person_id)
    )
    return {row[0]: row[1] for row in rows}


async def other_admins(db: AsyncSession, tenant_id: str, person_id: str) -> int:
    """How many other administrators of a school can sign in; holds their rows until the unit ends."""
    others = select(Person.id).where(
        Person.tenant_id == tenant_id,
        Person.role == "admin",
        Person.disabled_at.is_(None),
        Person.id != person_id,
    )
    return len(list(await db.scalars(others.with_for_update())))


async def taken(db: AsyncSession, usernames: set[str]) -> set[str]:
    """Which of these user names somebody has, at any school."""
    return set(await db.scalars(select(Person.username).where(Person.username.in_(usernames))))


async def taken_emails(db: AsyncSession, tenant_id: str, emails: set[str]) -> set[str]:
    """Which of these e-mail addresses somebody of a school has."""
    theirs = select(Person.email).where(Person.tenant_id == tenant_id, Person.email.in_(emails))
    return {email for email in await db.scalars(theirs) if email}


async def of_tenant(db: AsyncSession, tenant_id: str) -> list[Person]:
    """Everybody of a school; for the operator."""
    return list(await db.scalars(select(Person).where(Person.tenant_id == tenant_id).order_by(Person.name)))
