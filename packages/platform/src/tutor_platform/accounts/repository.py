"""Queries on people, sign-ins and failed attempts."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.models import FailedSignIns, Person, SignIn
from tutor_platform.authz.subject import Subject
from tutor_platform.kit.errors import AccountRefused


async def person_by_username(db: AsyncSession, username: str) -> Person | None:
    """The person who signs in with this name (lower case)."""
    return await db.scalar(select(Person).where(Person.username == username))


async def person_by_email(db: AsyncSession, tenant_id: str, email: str) -> Person | None:
    """The person of a school with this e-mail address (lower case)."""
    return await db.scalar(select(Person).where(Person.tenant_id == tenant_id, Person.email == email))


async def flush_new(db: AsyncSession) -> None:
    """Write new people now.

    Raises:
        AccountRefused: somebody took the name at the same moment.
    """
    try:
        await db.flush()
    except IntegrityError as error:
        raise AccountRefused("username_taken") from error


async def person_by_id(db: AsyncSession, person_id: str) -> Person | None:
    """A person; only for the person themselves."""
    return await db.scalar(select(Person).where(Person.id == person_id))


async def sign_in_by_hash(db: AsyncSession, token_hash: str, now: datetime) -> tuple[SignIn, Person] | None:
    """The living sign-in of a token's hash, with its person."""
    rows = await db.execute(
        select(SignIn, Person)
        .join(Person, Person.id == SignIn.person_id)
        .where(SignIn.token_hash == token_hash, SignIn.expires_at > now, Person.disabled_at.is_(None))
    )
    row = rows.first()
    return None if row is None else (row[0], row[1])


async def living(db: AsyncSession, sign_in_ids: list[str], now: datetime) -> set[str]:
    """Which of these sign-ins still stand."""
    alive = (
        select(SignIn.id)
        .join(Person, Person.id == SignIn.person_id)
        .where(SignIn.id.in_(sign_in_ids), SignIn.expires_at > now, Person.disabled_at.is_(None))
    )
    return set(await db.scalars(alive))


async def delete_sign_in(db: AsyncSession, sign_in_id: str) -> None:
    """Sign one browser out."""
    await db.execute(delete(SignIn).where(SignIn.id == sign_in_id))


async def delete_sign_in_by_hash(db: AsyncSession, token_hash: str, person_id: str) -> None:
    """Sign out the browser that holds this token, if it is this person's."""
    await db.execute(delete(SignIn).where(SignIn.token_hash == token_hash, SignIn.person_id == person_id))


async def sign_ins_of(db: AsyncSession, person_id: str, now: datetime) -> list[SignIn]:
    """The living sign-ins of a person, the newest first."""
    alive = select(SignIn).where(SignIn.person_id == person_id, SignIn.expires_at > now)
    return list(await db.scalars(alive.order_by(SignIn.created_at.desc(), SignIn.id.desc())))


async def find_sign_in(db: AsyncSession, subject: Subject, sign_in_id: str) -> SignIn | None:
    """One of the person's own sign-ins."""
    mine = select(SignIn).where(SignIn.person_id == subject.person_id)
    return await db.scalar(mine.where(SignIn.id == sign_in_id))


async def delete_sign_ins(db: AsyncSession, person_id: str, but: str | None = None) -> list[str]:
    """Sign a person out everywhere, or everywhere but here; returns the ended sign-ins."""
    theirs = delete(SignIn).where(SignIn.person_id == person_id).returning(SignIn.id)
    return list(await db.scalars(theirs if but is None else theirs.where(SignIn.id != but)))


async def delete_all_but_newest(db: AsyncSession, person_id: str, keep: int) -> None:
    """End the sign-ins that were not used for the longest time."""
    newest = (
        select(SignIn.id)
        .where(SignIn.person_id == person_id)
        .order_by(SignIn.last_seen_at.desc(), SignIn.id.desc())
        .limit(keep)
    )
    kept = list(await db.scalars(newest))
    if len(kept) == keep:
        await db.execute(delete(SignIn).where(SignIn.person_id == person_id, SignIn.id.not_in(kept)))


async def seen(db: AsyncSession, sign_in_id: str, now: datetime) -> None:
    """This browser was here."""
    await db.execute(update(SignIn).where(SignIn.id == sign_in_id).values(last_seen_at=now))


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
