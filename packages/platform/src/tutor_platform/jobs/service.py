"""Enqueueing jobs, and looking at them.

`enqueue` belongs to the caller's unit of work: the job exists exactly if what it is for was stored.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.authz.subject import Subject
from tutor_platform.jobs import repository
from tutor_platform.jobs.carriers import carrier_of
from tutor_platform.jobs.models import Job, State
from tutor_platform.jobs.schemas import JobList, JobView
from tutor_platform.kit.clock import utc_now
from tutor_platform.kit.errors import Conflict, Forbidden, NotFound
from tutor_platform.kit.ids import new_id


async def enqueue(
    db: AsyncSession,
    name: str,
    arguments: dict[str, Any],
    *,
    at: datetime | None = None,
    tenant_id: str | None = None,
    key: str | None = None,
    now: datetime | None = None,
) -> str:
    """Have a job done soon, or not before `at`; stored with the caller's unit of work.

    `tenant_id` says whose administrators see it. A job whose `key` is known already is not enqueued again.

    Returns:
        The job's identifier.
    """
    created = now or utc_now()
    row = Job(
        id=new_id(),
        name=name,
        tenant_id=tenant_id,
        key=key,
        arguments=arguments,
        state="waiting",
        attempts=0,
        run_at=at or created,
        created_at=created,
    )
    if key is not None:
        known = await repository.by_key(db, key)
        if known is not None:
            return known.id
    try:
        async with db.begin_nested():
            db.add(row)
    except IntegrityError:
        # Another process was faster with the same key.
        known = await repository.by_key(db, key or "")
        if known is None:
            raise
        return known.id
    await carrier_of(db).announce(db, row.id, row.run_at)
    return row.id


async def listed(
    db: AsyncSession, subject: Subject, state: State | None, before: str | None, limit: int
) -> JobList:
    """The jobs of the administrator's tenant, newest first, and how many are in which state."""
    check_administrator(subject)
    found = await repository.listed(db, subject.tenant_id, state, before, limit)
    counts = await repository.counts(db, subject.tenant_id)
    return JobList(jobs=[_view(row) for row in found], counts=counts)


async def again(db: AsyncSession, subject: Subject, job_id: str, now: datetime) -> JobView:
    """Give a dead job another round of attempts.

    Raises:
        NotFound: no such job in this tenant.
        Conflict: it is not dead.
    """
    check_administrator(subject)
    row = await repository.find(db, subject.tenant_id, job_id)
    if row is None:
        raise NotFound(job_id)
    if row.state != "dead":
        raise Conflict(row.state)
    row.state, row.attempts, row.run_at, row.ended_at = "waiting", 0, now, None
    await db.flush()
    await carrier_of(db).announce(db, row.id, now)
    return _view(row)


def check_administrator(subject: Subject) -> None:
    """Forbidden unless the person administers their tenant."""
    if subject.role != "admin":
        raise Forbidden


def _view(row: Job) -> JobView:
    return JobView(
        id=row.id,
        name=row.name,
        state=row.state,
        attempts=row.attempts,
        error=row.error,
        run_at=row.run_at,
        created_at=row.created_at,
        ended_at=row.ended_at,
    )
