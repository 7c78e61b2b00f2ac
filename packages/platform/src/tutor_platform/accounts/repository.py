"""Queries on people, sign-ins and failed attempts."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.models import FailedSignIns, Person, SignIn


async def person_by_username(db: AsyncSession, username: str) -> Person | None:
    """The person who signs in with this name (lower case)."""
    return await db.scalar(select(Person).where(Person.username == username))


async def person_by_id(db: AsyncSession, person_id: str) -> Person | None:
    """A person; only for the person themselves."""
    return await db.scalar(select(Person).where(Person.id == person_id))


async def sign_in_by_hash(db: AsyncSession, token_hash: str, now: datetime) -> tuple[SignIn, Person] | None:
    """The living sign-in of a token's hash, with its person."""
    rows = await db.execute(
        select(SignIn, Person)
        .join(Person, Person.id == SignIn.person_id)
        .where(SignIn.token_hash == token_hash, SignIn.expires_at > now)
    )
    row = rows.first()
    return None if row is None else (row[0], row[1])


async def delete_sign_in(db: AsyncSession, sign_in_id: str) -> None:
    """Sign one browser out."""
    await db.execute(delete(SignIn).where(SignIn.id == sign_in_id))


async def delete_expired(db: AsyncSession, now: datetime, failures_before: datetime) -> None:
    """Forget sign-ins that are over and failures that nobody repeats."""
    await db.execute(delete(SignIn).where(SignIn.expires_at <= now))
    await db.execute(delete(FailedSignIns).where(FailedSignIns.updated_at < failures_before))


async def failures_of(db: AsyncSession, username: str) -> FailedSignIns | None:
    """The failures in a row for a name."""
    return await db.scalar(select(FailedSignIns).where(FailedSignIns.username == username).with_for_update())


async def forget_failures(db: AsyncSession, username: str) -> None:
    """A success ends the row of failures."""
    await db.execute(delete(FailedSignIns).where(FailedSignIns.username == username))
