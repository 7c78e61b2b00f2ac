"""Queries on jobs."""

from datetime import datetime

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.jobs.models import Job, State


async def by_key(db: AsyncSession, key: str) -> Job | None:
    """The job with this key."""
    return await db.scalar(select(Job).where(Job.key == key))


async def find(db: AsyncSession, tenant_id: str | None, job_id: str) -> Job | None:
    """A job of this tenant, or of the operator."""
    return await db.scalar(
        select(Job).where(Job.id == job_id, Job.tenant_id.is_not_distinct_from(tenant_id)).with_for_update()
    )


async def claim(db: AsyncSession, job_id: str, now: datetime, lease_until: datetime) -> Job | None:
    """Take the job if it waits, or if whoever had it is gone; None otherwise.

    Whether it is due is the carrier's to know: its clock may not be ours.
    """
    free = or_(Job.state == "waiting", (Job.state == "running") & (Job.lease_until <= now))
    claimed = update(Job).where(Job.id == job_id, free)
    return await db.scalar(
        claimed.values(state="running", lease_until=lease_until, attempts=Job.attempts + 1).returning(Job)
    )


async def renew(db: AsyncSession, job_id: str, attempt: int, lease_until: datetime) -> None:
    """Whoever does this attempt is still at it."""
    mine = (Job.id == job_id) & (Job.attempts == attempt) & (Job.state == "running")
    await db.execute(update(Job).where(mine).values(lease_until=lease_until))


async def settle(
    db: AsyncSession,
    claimed: Job,
    state: State,
    now: datetime,
    *,
    error: str | None = None,
    run_at: datetime | None = None,
) -> bool:
    """Write down how this attempt ended; False when another attempt has begun meanwhile."""
    mine = (Job.id == claimed.id) & (Job.attempts == claimed.attempts) & (Job.state == "running")
    ended = now if state in ("done", "dead") else None
    done = await db.execute(
        update(Job)
        .where(mine)
        .values(state=state, error=error, run_at=run_at or claimed.run_at, lease_until=None, ended_at=ended)
        .returning(Job.id)
    )
    return done.first() is not None


async def overdue(db: AsyncSession, before: datetime, limit: int) -> list[Job]:
    """Jobs that should have been taken before this moment, or whose worker is gone since then."""
    late = or_(
        (Job.state == "waiting") & (Job.run_at <= before),
        (Job.state == "running") & (Job.lease_until <= before),
    )
    return list(await db.scalars(select(Job).where(late).order_by(Job.run_at, Job.id).limit(limit)))


async def next_due(db: AsyncSession) -> datetime | None:
    """When the next job may be taken."""
    waiting = select(func.min(Job.run_at)).where(Job.state == "waiting")
    leased = select(func.min(Job.lease_until)).where(Job.state == "running")
    moments = [moment for moment in (await db.scalar(waiting), await db.scalar(leased)) if moment]
    return min(moments, default=None)


async def listed(
    db: AsyncSession, tenant_id: str, state: State | None, before: str | None, limit: int
) -> list[Job]:
    """A tenant's jobs, newest first."""
    query = select(Job).where(Job.tenant_id == tenant_id).order_by(Job.id.desc()).limit(limit)
    if state is not None:
        query = query.where(Job.state == state)
    if before is not None:
        query = query.where(Job.id < before)
    return list(await db.scalars(query))


async def counts(db: AsyncSession, tenant_id: str) -> dict[State, int]:
    """How many jobs of a tenant are in which state."""
    rows = await db.execute(
        select(Job.state, func.count()).where(Job.tenant_id == tenant_id).group_by(Job.state)
    )
    return {row[0]: row[1] for row in rows}


async def forget_done(db: AsyncSession, before: datetime) -> None:
    """Delete jobs that ended well before this moment."""
    await db.execute(delete(Job).where(Job.state == "done", Job.ended_at < before))
