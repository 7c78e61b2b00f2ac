"""Carries jobs on SQLite: the row itself is the announcement, one task looks for rows that are due.

It looks when a unit of work of this process has announced something, when the next job is due, and every
`LOOK_EVERY_S` for what other processes have enqueued.
"""

import asyncio
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.jobs import repository
from tutor_platform.jobs.port import Take
from tutor_platform.kit.clock import Clock, utc_now
from tutor_platform.kit.db import ANNOUNCED, Database

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 5.0
AT_ONCE = 20
SHORTEST_S = 0.01
"""Between two looks, however many jobs are late."""


class RowsCarrier:
    """Of one process; several share the file by claiming rows."""

    def __init__(self, database: Database | None = None, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    async def announce(self, db: AsyncSession, job_id: str, at: datetime) -> None:
        """The worker of this process looks as soon as the unit is stored."""
        db.info[ANNOUNCED] = True

    async def run(self, take: Take) -> None:
        """Take one job after the other."""
        database = self._database
        if database is None:
            raise RuntimeError("this carrier only announces")
        while True:
            wait_s = LOOK_EVERY_S
            # Before looking: what is announced meanwhile is looked for at once.
            database.announced.clear()
            try:
                wait_s = await self._look(database, take)
            except SQLAlchemyError:
                log.exception("jobs_not_read")
            try:
                async with asyncio.timeout(wait_s):
                    await database.announced.wait()
            except TimeoutError:
                continue

    async def _look(self, database: Database, take: Take) -> float:
        """Take what is due; returns the seconds until something else is."""
        while True:
            async with database.reading() as db:
                due = [row.id for row in await repository.overdue(db, self._clock(), AT_ONCE)]
            if not due:
                break
            for job_id in due:
                await take(job_id)
        async with database.reading() as db:
            coming = await repository.next_due(db)
        if coming is None:
            return LOOK_EVERY_S
        return min(LOOK_EVERY_S, max(SHORTEST_S, (coming - self._clock()).total_seconds()))
