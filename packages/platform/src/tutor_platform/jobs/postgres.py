"""Carries jobs on PostgreSQL with procrastinate, in a schema of its own beside our tables.

The announcement is a row that the caller's own connection writes, so it is stored or dropped with the unit;
a notification wakes a worker. Jobs of workers that stopped beating are handed out again.
"""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.jobs.port import Take
from tutor_platform.jobs.schema import SCHEMA
from tutor_platform.kit.db import Database
from tutor_platform.kit.tasks import end

if TYPE_CHECKING:
    import procrastinate

log = structlog.get_logger(__name__)

QUEUE = "platform"
TASK = "take"
AT_ONCE = 3
BEAT_S = 5.0
GONE_S = 20.0
"""A worker that has not beaten for so long is dead."""
RESCUE_EVERY_S = 5.0
POLL_S = 2.0
"""Looked at even when a notification was lost."""
RECONNECT_S = 1.0
STOP_S = 2.0
CONNECT_S = 3
"""Less than the five seconds in which a pool closes: an attempt to connect cannot be stopped otherwise."""


class PostgresCarrier:
    """Of one process; several share the work."""

    def __init__(self, database: Database | None = None) -> None:
        self._database = database

    async def announce(self, db: AsyncSession, job_id: str, at: datetime) -> None:
        """Defer on the unit's own connection."""
        await db.execute(text(f'SET LOCAL search_path TO "$user", public, {SCHEMA}'))
        await db.execute(
            text(
                f"SELECT {SCHEMA}.procrastinate_defer_jobs_v1(ARRAY[ROW("
                ":queue, :task, 0, NULL, NULL, jsonb_build_object('job_id', CAST(:job_id AS text)), :at"
                f")::{SCHEMA}.procrastinate_job_to_defer_v1])"
            ),
            {"queue": QUEUE, "task": TASK, "job_id": job_id, "at": at},
        )

    async def run(self, take: Take) -> None:
        """Work until cancelled; a database that restarts is waited for."""
        if self._database is None:
            raise RuntimeError("this carrier only announces")
        while True:
            try:
                await self._work(self._database.engine.url.set(drivername="postgresql"), take)
            except* Exception as errors:
                # Whatever the library or the driver raises when the server goes away.
                log.warning("job_worker_down", reasons=[type(error).__name__ for error in errors.exceptions])
            await asyncio.sleep(RECONNECT_S)

    async def _work(self, url: URL, take: Take) -> None:
        worker = _worker(url.render_as_string(hide_password=False), take)
        try:
            async with worker.open_async(), asyncio.TaskGroup() as tasks:
                rescuing = tasks.create_task(_rescue(worker), name="job rescue")
                try:
                    await worker.run_worker_async(
                        queues=[QUEUE],
                        concurrency=AT_ONCE,
                        install_signal_handlers=False,
                        fetch_job_polling_interval=POLL_S,
                        update_heartbeat_interval=BEAT_S,
                        stalled_worker_timeout=GONE_S,
                        shutdown_graceful_timeout=STOP_S,
                        delete_jobs="always",
                    )
                finally:
                    await end([rescuing])
        finally:
            # one whose opening was cancelled is open all the same
            await worker.connector.close_async()


def _worker(url: str, take: Take) -> "procrastinate.App":
    import procrastinate

    connector = procrastinate.PsycopgConnector(
        conninfo=url,
        kwargs={"options": f"-c search_path={SCHEMA}", "connect_timeout": CONNECT_S},
        min_size=1,
        max_size=AT_ONCE + 2,
    )
    app = procrastinate.App(connector=connector)

    async def taken(job_id: str) -> None:
        await take(job_id)

    app.task(name=TASK, queue=QUEUE)(taken)
    return app


async def _rescue(worker: "procrastinate.App") -> None:
    """Hand out again what dead workers held."""
    while True:
        await asyncio.sleep(RESCUE_EVERY_S)
        stalled: Any = await worker.job_manager.get_stalled_jobs(seconds_since_heartbeat=GONE_S)
        for job in stalled:
            log.warning("job_rescued", job=job.task_kwargs.get("job_id"))
            await worker.job_manager.retry_job(job)
