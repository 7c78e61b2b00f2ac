"""Queries for exports: which there are, and everything that is kept of a person or a school.

What belongs to somebody is read from the foreign keys of all models, so that a table made tomorrow is
exported too. What opens doors (passwords, tokens) or names other people's things is left out.
"""

from collections.abc import AsyncGenerator
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.models import Person
from tutor_platform.authz.scopes import Scope
from tutor_platform.authz.subject import Subject
from tutor_platform.exports.models import Export
from tutor_platform.kit.db import Base
from tutor_platform.lessons.models import Lesson, Turn
from tutor_platform.tutors.models import Tutor

SECRET = frozenset({
    "password_hash",
    "token_hash",
    "state_hash",
    "browser_hash",
    "engine_token",
    "engine_session_id",
    "sealed_secret",
    "join_code",
    "nonce",
    "verifier",
})  # fmt: skip
"""Columns that open something."""
NOT_THEIRS = frozenset({
    "jobs",
    "deletions",
    "exports",
    "seat_claims",
    "usage",
    "quotas",
    "sign_in_attempts",
    "failed_sign_ins",
})  # fmt: skip
"""Tables of the platform's own work."""


def readable(subject: Subject) -> Select[Export]:
    """A person's own exports; an administrator's, those they have asked for."""
    return select(Export).where(
        Export.tenant_id == subject.tenant_id, Export.requested_by == subject.person_id
    )


async def find(db: AsyncSession, subject: Subject, export_id: str) -> Export | None:
    """An export that the person has asked for and may still have."""
    found = await db.scalar(readable(subject).where(Export.id == export_id))
    if found is not None and found.person_id != subject.person_id and not subject.may(Scope.MANAGE_SCHOOL):
        return None
    return found


async def listed(db: AsyncSession, subject: Subject) -> list[Export]:
    """The exports that the person has asked for, newest first."""
    return list(await db.scalars(readable(subject).order_by(Export.id.desc()).limit(50)))


async def waiting(db: AsyncSession, subject: Subject, person_id: str | None) -> Export | None:
    """The same export, asked for already and not made yet."""
    same = Export.person_id.is_not_distinct_from(person_id)
    return await db.scalar(readable(subject).where(same, Export.state == "waiting"))


async def by_id(db: AsyncSession, export_id: str) -> Export | None:
    """An export; for the job that makes it."""
    return await db.scalar(select(Export).where(Export.id == export_id).with_for_update())


async def expired(db: AsyncSession, now: datetime) -> list[Export]:
    """Exports whose time is over."""
    return list(await db.scalars(select(Export).where(Export.expires_at <= now)))


async def person(db: AsyncSession, tenant_id: str, person_id: str) -> Person | None:
    """Somebody of this school."""
    return await db.scalar(select(Person).where(Person.id == person_id, Person.tenant_id == tenant_id))


async def lessons(db: AsyncSession, tenant_id: str, person_id: str | None) -> list[tuple[Lesson, str, str]]:
    """Lessons with the names of their tutor and their student, oldest first."""
    query = (
        select(Lesson, Tutor.name, Person.name)
        .join(Tutor, Tutor.id == Lesson.tutor_id)
        .join(Person, Person.id == Lesson.person_id)
        .where(Lesson.tenant_id == tenant_id)
        .order_by(Lesson.id)
    )
    if person_id is not None:
        query = query.where(Lesson.person_id == person_id)
    return [(row[0], row[1], row[2]) for row in await db.execute(query)]


async def turns(db: AsyncSession, lesson_id: str) -> list[Turn]:
    """What was said in a lesson."""
    spoken = select(Turn).where(Turn.lesson_id == lesson_id, Turn.withdrawn.is_(False)).order_by(Turn.seq)
    return list(await db.scalars(spoken))


async def tables(
    db: AsyncSession, tenant_id: str, person_id: str | None
) -> AsyncGenerator[tuple[str, list[dict[str, Any]]]]:
    """Every table with rows of this person or school, as plain values."""
    for table in Base.metadata.sorted_tables:
        belongs = None if table.name in NOT_THEIRS else _belongs(table, tenant_id, person_id)
        if belongs is not None:
            rows = await db.execute(select(table).where(belongs))
            found = [_plain(dict(row)) for row in rows.mappings()]
            if found:
                yield table.name, found


def _belongs(table: Table, tenant_id: str, person_id: str | None) -> ColumnElement[bool] | None:
    """Which rows of a table are theirs; None: none can be."""
    if person_id is None:
        return _reaches(table, "tenants", tenant_id, ())
    if table.name == "people":
        return table.c.id == person_id
    return _reaches(table, "people", person_id, ("person_id",))


def _reaches(
    table: Table, goal: str, goal_id: str, columns: tuple[str, ...], above: frozenset[str] = frozenset()
) -> ColumnElement[bool] | None:
    """Rows that refer to the goal, directly or by a row that they go with."""
    if table.name == goal:
        return table.c.id == goal_id
    ways: list[ColumnElement[bool]] = []
    for constraint in table.foreign_key_constraints:
        column = next(iter(constraint.columns))
        parent = constraint.referred_table
        if constraint.ondelete != "CASCADE" or parent.name in above:
            continue
        if parent.name == goal:
            if not columns or column.name in columns:
                ways.append(column == goal_id)
        elif parent.name != "tenants" and parent.name != "tutors":
            way = _reaches(parent, goal, goal_id, columns, above | {table.name})
            if way is not None:
                key = next(iter(parent.primary_key.columns))
                ways.append(column.in_(select(key).where(way)))
    return or_(*ways) if ways else None


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime | date) else value
        for name, value in row.items()
        if name not in SECRET
    }
