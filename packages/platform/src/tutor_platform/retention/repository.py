"""Queries that follow a row to everything that goes with it.

Which tables those are is read from the foreign keys of all models, so that a table made tomorrow is followed
too: rows that cascade from a row that goes, go; files are where a model says `storage_key`.
"""

from collections import deque
from collections.abc import AsyncGenerator, Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.sqltypes import String

from tutor_platform.accounts.models import Person
from tutor_platform.audit.models import AuditEntry
from tutor_platform.avatars.models import Face
from tutor_platform.jobs.models import Job
from tutor_platform.kit.db import Base
from tutor_platform.knowledge.models import Document, Library
from tutor_platform.lessons.models import Lesson, Turn
from tutor_platform.lessons.recordings.models import Recording
from tutor_platform.retention.models import Deletion, RetentionPolicy, Target
from tutor_platform.retention.port import LooseEnd
from tutor_platform.safety.models import Alert
from tutor_platform.tenants.models import Tenant
from tutor_platform.tutors.models import Tutor

TARGETS: dict[Target, type[Base]] = {
    "person": Person,
    "tutor": Tutor,
    "document": Document,
    "avatar": Face,
    "lesson": Lesson,
    "tenant": Tenant,
}
_AT_ONCE = 400
"""Identifiers in one query; SQLite takes 32,766 parameters, plans get slow long before."""
_KEPT = frozenset({"deletions", "jobs"})
"""They name deleted things on purpose, by identifier only."""


async def find(db: AsyncSession, target: Target, tenant_id: str, target_id: str) -> Base | None:
    """The row that is to be deleted, if it belongs to this tenant."""
    table = TARGETS[target].__table__
    owner = table.c.id if target == "tenant" else table.c.tenant_id
    # Held, so that of two clicks the second one finds nothing.
    query = select(TARGETS[target]).where(table.c.id == target_id, owner == tenant_id).with_for_update()
    return await db.scalar(query)


async def delete_row(db: AsyncSession, target: Target, target_id: str) -> None:
    """Delete the row; what refers to it goes by its foreign keys."""
    table = TARGETS[target].__table__
    assert isinstance(table, Table)  # noqa: S101 - models are tables here
    await db.execute(delete(table).where(table.c.id == target_id))


async def loose_ends(db: AsyncSession, target: Target, target_id: str) -> list[LooseEnd]:
    """Everything outside of the database that goes with this row."""
    start = TARGETS[target].__table__
    assert isinstance(start, Table)  # noqa: S101 - models are tables here
    ends: dict[LooseEnd, None] = {}
    seen: set[tuple[str, str]] = set()
    waiting: deque[tuple[Table, list[str]]] = deque([(start, [target_id])])
    holders = _holders()
    while waiting:
        table, ids = waiting.popleft()
        fresh = [name for name in ids if (table.name, name) not in seen]
        seen.update((table.name, name) for name in fresh)
        for some in _portions(fresh):
            await _note(db, holders, table, some, ends)
            for child, column in _children(table):
                if _leads_somewhere(child, holders):
                    key = next(iter(child.primary_key.columns))
                    found = await db.scalars(select(key).where(column.in_(some)))
                    waiting.append((child, list(found)))
    return list(ends)


async def _note(
    db: AsyncSession,
    holders: dict[str, type[Base]],
    table: Table,
    ids: list[str],
    ends: dict[LooseEnd, None],
) -> None:
    model = holders.get(table.name)
    if model is None:
        return
    key = next(iter(table.primary_key.columns))
    for row in await db.scalars(select(model).where(key.in_(ids))):
        ends.update(dict.fromkeys([end async for end in _ends_of(db, row)]))


async def _ends_of(db: AsyncSession, row: Base) -> AsyncGenerator[LooseEnd]:
    if isinstance(row, Recording):
        for chunk in range(row.chunks + 1):
            yield LooseEnd("file", row.key(chunk))
    elif isinstance(row, Lesson):
        if row.engine_session_id is not None:
            yield LooseEnd("session", row.engine_session_id)
    elif isinstance(row, Library):
        yield LooseEnd("knowledge_base", row.kb_id, tenant=row.tenant_id)
    else:
        yield LooseEnd("file", getattr(row, "storage_key"))  # noqa: B009 - `_holders` has looked
    if isinstance(row, Document):
        library = await db.get(Library, row.library_id)
        if library is not None:
            yield LooseEnd("document", row.id, library.kb_id, library.tenant_id)
    if isinstance(row, Face):
        yield LooseEnd("avatar", row.avatar_id)
        yield LooseEnd("file", f"posters/{row.avatar_id}.png")


def _holders() -> dict[str, type[Base]]:
    """Models whose rows lead to something outside of the database, by table."""
    found: dict[str, type[Base]] = {}
    for mapper in Base.registry.mappers:
        model: type[Base] = mapper.class_
        if hasattr(model, "storage_key") or model in (Recording, Lesson, Library):
            found[model.__tablename__] = model
    return found


def _children(parent: Table) -> Iterator[tuple[Table, Column[Any]]]:
    for table in Base.metadata.tables.values():
        for constraint in table.foreign_key_constraints:
            if constraint.referred_table is parent and constraint.ondelete == "CASCADE":
                yield table, next(iter(constraint.columns))


def _leads_somewhere(
    table: Table, holders: dict[str, type[Base]], above: frozenset[str] = frozenset()
) -> bool:
    if table.name in holders:
        return True
    below = above | {table.name}
    return any(
        _leads_somewhere(child, holders, below) for child, _ in _children(table) if child.name not in below
    )


def _portions(ids: list[str]) -> Iterator[list[str]]:
    for at in range(0, len(ids), _AT_ONCE):
        yield ids[at : at + _AT_ONCE]


async def mentions(db: AsyncSession, words: Iterable[str]) -> list[str]:
    """Tables and columns in which one of these words still stands, as `table.column`."""
    left: list[str] = []
    wanted = list(words)
    for table in Base.metadata.sorted_tables:
        if table.name in _KEPT:
            continue
        for column in table.columns:
            if isinstance(column.type, String) and wanted:
                hits = or_(*(column.contains(word, autoescape=True) for word in wanted))
                if await db.scalar(select(func.count()).select_from(table).where(hits)):
                    left.append(f"{table.name}.{column.name}")
    return left


# Deletions --------------------------------------------------------------------------------------------------


async def deletion(db: AsyncSession, deletion_id: str) -> Deletion | None:
    """A deletion; for the job that does it."""
    return await db.scalar(select(Deletion).where(Deletion.id == deletion_id).with_for_update())


async def pending(db: AsyncSession, target: Target, target_id: str) -> Deletion | None:
    """A deletion of the same thing that is under way."""
    same = (Deletion.target == target) & (Deletion.target_id == target_id) & (Deletion.state == "waiting")
    return await db.scalar(select(Deletion).where(same))


async def deletions(db: AsyncSession, tenant_id: str, before: str | None, limit: int) -> list[Deletion]:
    """A tenant's deletions, newest first."""
    query = select(Deletion).where(Deletion.tenant_id == tenant_id).order_by(Deletion.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Deletion.id < before)
    return list(await db.scalars(query))


# Retention --------------------------------------------------------------------------------------------------


async def policy(db: AsyncSession, tenant_id: str) -> RetentionPolicy | None:
    """How long a tenant keeps things."""
    return await db.scalar(select(RetentionPolicy).where(RetentionPolicy.tenant_id == tenant_id))


async def keep(db: AsyncSession, tenant_id: str, days: dict[str, int | None]) -> RetentionPolicy:
    """Store how long a tenant keeps things, whoever else does so at the same moment."""
    if db.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert
    wish = insert(RetentionPolicy).values(tenant_id=tenant_id, **days)
    await db.execute(wish.on_conflict_do_update(index_elements=["tenant_id"], set_=days))
    return await db.get_one(RetentionPolicy, tenant_id, populate_existing=True)


async def policies(db: AsyncSession) -> list[RetentionPolicy]:
    """All tenants that keep something for some time only."""
    return list(await db.scalars(select(RetentionPolicy)))


async def old_lessons(db: AsyncSession, tenant_id: str, before: datetime, limit: int) -> list[str]:
    """Lessons in which nothing has happened since then; one that is going on is none of them."""
    spoke = select(Turn.lesson_id).where(Turn.lesson_id == Lesson.id, Turn.created_at >= before).exists()
    old = (Lesson.tenant_id == tenant_id) & (Lesson.started_at < before) & ~spoke
    idle = or_(Lesson.ended_at < before, Lesson.ended_at.is_(None))
    return list(await db.scalars(select(Lesson.id).where(old, idle).order_by(Lesson.id).limit(limit)))


async def old_recordings(
    db: AsyncSession, tenant_id: str, before: datetime, limit: int
) -> list[tuple[str, list[LooseEnd]]]:
    """Recordings that began before then, each with its files."""
    rows = await db.scalars(
        select(Recording)
        .where(Recording.tenant_id == tenant_id, Recording.started_at < before)
        .order_by(Recording.id)
        .limit(limit)
    )
    return [(row.id, [LooseEnd("file", row.key(chunk)) for chunk in range(row.chunks + 1)]) for row in rows]


async def delete_recordings(db: AsyncSession, ids: list[str]) -> None:
    """Their rows; the files are written down by the caller."""
    await db.execute(delete(Recording).where(Recording.id.in_(ids)))


async def delete_alerts(db: AsyncSession, tenant_id: str, before: datetime) -> None:
    """Alerts that are older."""
    await db.execute(delete(Alert).where(Alert.tenant_id == tenant_id, Alert.created_at < before))


async def delete_audit(db: AsyncSession, tenant_id: str, before: datetime) -> None:
    """Entries of the audit log that are older."""
    await db.execute(delete(AuditEntry).where(AuditEntry.tenant_id == tenant_id, AuditEntry.at < before))


async def forget_jobs_of(db: AsyncSession, tenant_id: str, but: str) -> None:
    """A deleted tenant's jobs, except the one that deletes it: they have nobody left to work for."""
    await db.execute(delete(Job).where(Job.tenant_id == tenant_id, Job.id != but))
