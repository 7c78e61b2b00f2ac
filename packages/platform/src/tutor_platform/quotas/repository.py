"""Queries on limits and use."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.kit.db import Base
from tutor_platform.lessons.models import Lesson, Turn
from tutor_platform.quotas.models import Meter, Metered, Quota, SeatClaim, Usage

_MEASURED = ("size_bytes", "clip_bytes")
"""Columns in which tables say how much storage a row's file takes."""


async def limits(db: AsyncSession, tenant_id: str) -> Quota | None:
    """A tenant's own limits."""
    return await db.scalar(select(Quota).where(Quota.tenant_id == tenant_id))


async def lock(db: AsyncSession, tenant_id: str) -> Quota:
    """A tenant's limits; until the unit ends nobody else counts this tenant's use."""
    found = await db.scalar(select(Quota).where(Quota.tenant_id == tenant_id).with_for_update())
    if found is not None:
        return found
    await _insert_once(db, Quota, {"tenant_id": tenant_id})
    made = await db.scalar(select(Quota).where(Quota.tenant_id == tenant_id).with_for_update())
    assert made is not None  # noqa: S101 - inserted above, or by whoever was faster
    return made


def _at_work(since: datetime) -> ColumnElement[bool]:
    """Lessons that hold a session and in which something happened since then."""
    spoke = exists().where(Turn.lesson_id == Lesson.id, Turn.created_at > since)
    return (
        Lesson.ended_at.is_(None)
        & Lesson.engine_session_id.is_not(None)
        & or_(Lesson.started_at > since, spoke)
    )


async def lessons_at_once(db: AsyncSession, tenant_id: str, since: datetime, now: datetime) -> int:
    """Lessons that are going on, and those that are about to."""
    going = select(func.count()).select_from(Lesson).where(Lesson.tenant_id == tenant_id, _at_work(since))
    claimed = (
        select(func.count())
        .select_from(SeatClaim)
        .where(SeatClaim.tenant_id == tenant_id, SeatClaim.expires_at > now)
    )
    return (await db.scalar(going) or 0) + (await db.scalar(claimed) or 0)


async def at_work_by_tenant(db: AsyncSession, since: datetime) -> dict[str, int]:
    """How many lessons are going on in each tenant."""
    rows = await db.execute(
        select(Lesson.tenant_id, func.count()).where(_at_work(since)).group_by(Lesson.tenant_id)
    )
    return {row[0]: row[1] for row in rows}


async def delete_claim(db: AsyncSession, claim_id: str) -> None:
    """The lesson is stored, or did not come about."""
    await db.execute(delete(SeatClaim).where(SeatClaim.id == claim_id))


async def delete_old_claims(db: AsyncSession, tenant_id: str, now: datetime) -> None:
    """Claims whose lesson never came."""
    await db.execute(delete(SeatClaim).where(SeatClaim.tenant_id == tenant_id, SeatClaim.expires_at <= now))


async def used(db: AsyncSession, tenant_id: str, month: str, metered: Metered) -> int:
    """What a tenant has used of something in a month."""
    mine = (Usage.tenant_id == tenant_id) & (Usage.month == month) & (Usage.metered == metered)
    return await db.scalar(select(Usage.amount).where(mine)) or 0


async def add(db: AsyncSession, tenant_id: str, month: str, metered: Metered, amount: int) -> None:
    """Count more use."""
    key = {"tenant_id": tenant_id, "month": month, "metered": metered}
    await _insert_once(db, Usage, {**key, "amount": 0})
    mine = (Usage.tenant_id == tenant_id) & (Usage.month == month) & (Usage.metered == metered)
    await db.execute(update(Usage).where(mine).values(amount=Usage.amount + amount))


async def storage_bytes(db: AsyncSession, tenant_id: str) -> int:
    """What the files of a tenant take, by what the rows of all tables say of their files."""
    total = 0
    for table in Base.metadata.sorted_tables:
        for name in _MEASURED:
            if name in table.c and "tenant_id" in table.c:
                total += await _sum(db, table, name, tenant_id)
    return total


async def _sum(db: AsyncSession, table: Table, column: str, tenant_id: str) -> int:
    query = select(func.coalesce(func.sum(table.c[column]), 0)).where(table.c.tenant_id == tenant_id)
    return int(await db.scalar(query) or 0)


async def read_meter(db: AsyncSession, name: str, now: datetime) -> datetime:
    """When the meter was read before; nobody else reads it until the unit ends."""
    await _insert_once(db, Meter, {"name": name, "read_at": now})
    before = await db.scalar(select(Meter).where(Meter.name == name).with_for_update())
    assert before is not None  # noqa: S101 - inserted above, or by whoever was faster
    read_at, before.read_at = before.read_at, now
    return read_at


async def _insert_once(db: AsyncSession, model: type[Base], values: dict[str, Any]) -> None:
    """Insert unless the key is there already, whoever put it there."""
    if db.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as pg_insert

        await db.execute(pg_insert(model).values(**values).on_conflict_do_nothing())
    else:
        from sqlalchemy.dialects.sqlite import insert as sqlite_insert

        await db.execute(sqlite_insert(model).values(**values).on_conflict_do_nothing())
