"""A served platform on a real PostgreSQL (or SQLite) for a benchmark; a fake engine answers at once."""

import logging
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from packages.platform.tests import postgres
from packages.platform.tests.town import Town, open_town

from tutor_platform.kit.db import Database
from tutor_platform.kit.log import configure
from tutor_platform.kit.migrate import migrate


@asynccontextmanager
async def town(**settings: Any) -> AsyncGenerator[Town]:
    """A town on PostgreSQL."""
    configure("error")
    logging.disable(logging.WARNING)
    binaries = postgres.binaries()
    if binaries is None:
        raise SystemExit("PostgreSQL is not installed; type: make system")
    with postgres.cluster(binaries) as cluster, tempfile.TemporaryDirectory() as folder:
        url = cluster.url(cluster.create())
        database = Database(url)
        await migrate(database)
        await database.close()
        limits = {"request_rate_hz": 100_000.0, "request_burst": 1_000_000} | settings
        async with open_town(url, Path(folder), **limits) as opened:
            yield opened
