"""Does jobs: claims, keeps the claim alive, writes down how it ended, and tries again later.

A claim is a lease: a worker that is killed stops renewing it, and the job is handed out again. What a job
does twice must change nothing; what it writes in one unit of work it writes once.
"""

import asyncio
from collections.abc import Iterable
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from tutor_platform.jobs import repository
from tutor_platform.jobs.carriers import carrier_of
from tutor_platform.jobs.models import Job
from tutor_platform.jobs.port import Carrier, JobKind, Work
from tutor_platform.kit.errors import PlatformError
from tutor_platform.kit.tasks import end

log = structlog.get_logger(__name__)

LEASE_S = 30.0
"""A job whose worker was killed waits at most so long."""
RENEW_EVERY_S = 10.0
LATE = timedelta(seconds=15)
"""What nobody has taken for so long is announced again; an announcement may die with its worker."""
SWEEP_EVERY_S = 15.0
SWEPT_AT_ONCE = 100


class Worker:
    """Runs in one task of the application."""

    def __init__(self, kinds: Iterable[JobKind], work: Work, carrier: Carrier) -> None:
        self._kinds = {kind.name: kind for kind in kinds}
        self._work = work
        self._carrier = carrier

    async def run(self) -> None:
        """Do what comes, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._sweep(), name="late jobs")
            await self._carrier.run(self.take)

    async def take(self, job_id: str) -> None:
        """Do one job, if it is free. When the database goes away, the lease runs out and it is done again."""
        now = self._work.clock()
        try:
            async with self._work.database.writing() as db:
                claimed = await repository.claim(db, job_id, now, now + timedelta(seconds=LEASE_S))
            if claimed is not None:
                await self._settle(claimed, await self._attempt(claimed))
        except (SQLAlchemyError, OSError):
            log.exception("job_left", job=job_id)

    async def _attempt(self, claimed: Job) -> str | None:
        """One attempt; returns the code of its failure."""
        kind = self._kinds.get(claimed.name)
        if kind is None:
            return "unknown_job"
        async with asyncio.TaskGroup() as tasks:
            renewing = tasks.create_task(self._renew(claimed), name=f"lease of {claimed.id}")
            try:
                await kind(self._work, claimed.arguments)
            except PlatformError as error:
                log.info("job_failed", job=claimed.id, kind=claimed.name, code=error.code)
                return error.code
            except Exception as error:
                log.exception("job_broke", job=claimed.id, kind=claimed.name)
                return type(error).__name__
            finally:
                await end([renewing])
        return None

    async def _renew(self, claimed: Job) -> None:
        while True:
            await asyncio.sleep(RENEW_EVERY_S)
            until = self._work.clock() + timedelta(seconds=LEASE_S)
            try:
                async with self._work.database.writing() as db:
                    await repository.renew(db, claimed.id, claimed.attempts, until)
            except (SQLAlchemyError, OSError):
                log.warning("lease_not_renewed", job=claimed.id)

    async def _settle(self, claimed: Job, error: str | None) -> None:
        now = self._work.clock()
        kind = self._kinds.get(claimed.name)
        waits_s = kind.waits_s if kind else ()
        async with self._work.database.writing() as db:
            if error is None:
                await repository.settle(db, claimed, "done", now)
            elif claimed.attempts > len(waits_s):
                log.error("job_dead", job=claimed.id, kind=claimed.name, code=error)
                await repository.settle(db, claimed, "dead", now, error=error)
            else:
                run_at = now + timedelta(seconds=waits_s[claimed.attempts - 1])
                if await repository.settle(db, claimed, "waiting", now, error=error, run_at=run_at):
                    await carrier_of(db).announce(db, claimed.id, run_at)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_EVERY_S)
            try:
                await self.sweep()
            except (SQLAlchemyError, OSError):
                log.warning("late_jobs_not_read")

    async def sweep(self) -> None:
        """Announce again what nobody has taken."""
        async with self._work.database.writing() as db:
            for row in await repository.overdue(db, self._work.clock() - LATE, SWEPT_AT_ONCE):
                await carrier_of(db).announce(db, row.id, row.run_at)
