"""A served platform on a real PostgreSQL for a benchmark; a fake engine answers at once."""

import logging
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from packages.platform.tests import postgres
from packages.platform.tests.town import Schools, Town, build_schools, open_town
from sqlalchemy import text

from tutor_platform.kit.db import Database
from tutor_platform.kit.log import configure
from tutor_platform.kit.migrate import migrate

Fill = Callable[[Database, Schools], Awaitable[None]]
"""Puts rows beside the two schools before the platform starts, so that nothing of it counts them again."""


@asynccontextmanager
async def town(fill: Fill | None = None, **settings: Any) -> AsyncGenerator[Town]:
    """A town on PostgreSQL."""
    configure("error")
    logging.disable(logging.WARNING)
    binaries = postgres.binaries()
    if binaries is None:
        raise SystemExit("PostgreSQL is not installed; type: make system")
    with postgres.cluster(binaries) as cluster, tempfile.TemporaryDirectory() as name:
        url, folder = cluster.url(cluster.create()), Path(name)
        database = Database(url)
        await migrate(database)
        schools = await build_schools(url, folder / "data")
        if fill is not None:
            await fill(database, schools)
        await database.close()
        limits = {"request_rate_hz": 100_000.0, "request_burst": 1_000_000} | settings
        async with open_town(url, folder, schools, **limits) as opened:
            yield opened


async def processor_ms(opened: Town) -> float:
    """Processor time until now of this process (client, platform and engine) and of the database's.

    What another program does meanwhile lengthens every wall time, but not this.
    """
    async with opened.database.reading() as db:
        backends = await db.scalars(
            text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        )
        of_database_ns = sum(_processor_ns(pid) for pid in backends)
    return time.process_time() * 1000 + of_database_ns / 1e6


def _processor_ns(pid: int) -> int:
    """The kernel's own count; what `ps` shows comes in hundredths of a second."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
    except OSError:
        # The connection has just been closed.
        return 0
