"""Queries on alerts, safety contacts and letters; what staff may see goes through `readable`."""

from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.authz.subject import Scope, Subject
from tutor_platform.classes.repository import my_students
from tutor_platform.safety.models import Alert, Flag, FlagReason, Letter, SafetyContact
from tutor_protocol.server import AlertKind


def readable(subject: Subject) -> Select[Alert]:
    """Alerts of the students of the person's classes; all of the school for administrators.

    A safety contact who can sign in sees the school's urgent ones.
    """
    query = select(Alert).where(Alert.tenant_id == subject.tenant_id)
    if subject.may(Scope.MANAGE_SCHOOL):
        return query
    contact = (
        select(SafetyContact.id)
        .where(SafetyContact.tenant_id == subject.tenant_id, SafetyContact.person_id == subject.person_id)
        .exists()
    )
    mine = Alert.person_id.in_(my_students(subject))
    return query.where(or_(mine, (Alert.level == "urgent") & contact))


async def find(db: AsyncSession, subject: Subject, alert_id: str) -> Alert | None:
    """An alert the person may see."""
    return await db.scalar(readable(subject).where(Alert.id == alert_id))


async def listed(
    db: AsyncSession, subject: Subject, acknowledged: bool, before: str | None, limit: int
) -> list[Alert]:
    """Alerts the person may see, newest first."""
    at = Alert.acknowledged_at
    query = readable(subject).where(at.is_not(None) if acknowledged else at.is_(None))
    if before is not None:
        query = query.where(Alert.id < before)
    return list(await db.scalars(query.order_by(Alert.id.desc()).limit(limit)))


async def waiting(db: AsyncSession, subject: Subject) -> dict[str, int]:
    """How many alerts of each level wait for somebody, as far as the person may see."""
    open_ones = readable(subject).where(Alert.acknowledged_at.is_(None)).subquery()
    rows = await db.execute(select(open_ones.c.level, func.count()).group_by(open_ones.c.level))
    return {row[0]: row[1] for row in rows}


async def newest(db: AsyncSession) -> tuple[str | None, int]:
    """The newest alert of all schools and how many wait: whether anything has changed. Not for a person."""
    row = (
        await db.execute(
            select(func.max(Alert.id), func.count()).where(Alert.acknowledged_at.is_(None)).select_from(Alert)
        )
    ).one()
    return row[0], row[1]


async def is_known(
    db: AsyncSession, lesson_id: str, kind: AlertKind, excerpt: str, turn_id: str | None
) -> bool:
    """Whether these words of this turn raised this kind already."""
    found = await db.scalar(
        select(Alert.id)
        .where(
            Alert.lesson_id == lesson_id,
            Alert.kind == kind,
            Alert.excerpt == excerpt,
            Alert.turn_id.is_not_distinct_from(turn_id),
        )
        .limit(1)
    )
    return found is not None


async def is_flagged(db: AsyncSession, turn_id: str, reason: FlagReason) -> bool:
    """Whether the turn is flagged for this reason already."""
    found = await db.scalar(select(Flag.id).where(Flag.turn_id == turn_id, Flag.reason == reason))
    return found is not None


# Safety contacts -----------------------------------------------------------------------------------------


async def contacts(db: AsyncSession, tenant_id: str) -> list[SafetyContact]:
    """The contacts of a school."""
    query = select(SafetyContact).where(SafetyContact.tenant_id == tenant_id)
    return list(await db.scalars(query.order_by(SafetyContact.name, SafetyContact.id)))


async def contact(db: AsyncSession, subject: Subject, contact_id: str) -> SafetyContact | None:
    """A contact of the person's school."""
    return await db.scalar(
        select(SafetyContact).where(
            SafetyContact.tenant_id == subject.tenant_id, SafetyContact.id == contact_id
        )
    )


async def contact_addresses(db: AsyncSession, tenant_id: str) -> list[str]:
    """Where letters about urgent alerts of a school go."""
    return list(await db.scalars(select(SafetyContact.email).where(SafetyContact.tenant_id == tenant_id)))


# Letters: the platform's own work ------------------------------------------------------------------------


async def due_letters(db: AsyncSession, now: datetime, limit: int) -> list[tuple[Letter, Alert]]:
    """Letters that should be sent by now, each with its alert, oldest first."""
    rows = await db.execute(
        select(Letter, Alert)
        .join(Alert, Alert.id == Letter.alert_id)
        .where(Letter.due_at <= now)
        .order_by(Letter.due_at)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


async def letters_sent(db: AsyncSession, alert_ids: list[str]) -> dict[str, int]:
    """How many letters about each alert have left."""
    rows = await db.execute(
        select(Letter.alert_id, func.count())
        .where(Letter.alert_id.in_(alert_ids), Letter.sent_at.is_not(None))
        .group_by(Letter.alert_id)
    )
    return {row[0]: row[1] for row in rows}


async def letter(db: AsyncSession, letter_id: str) -> Letter | None:
    """A letter again, in another unit."""
    return await db.scalar(select(Letter).where(Letter.id == letter_id).with_for_update())
