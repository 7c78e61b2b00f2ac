"""What is done again and again: jobs of each night, reading the meter of lesson time.

A night's job carries the night in its key, so that several processes enqueue it once.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from tutor_platform.jobs import service
from tutor_platform.kit.clock import Clock
from tutor_platform.kit.db import Database
from tutor_platform.quotas import service as quotas

log = structlog.get_logger(__name__)

STEP_S = 60.0
NIGHT_HOUR_UTC = 2


@dataclass(frozen=True, slots=True)
class Rounds:
    """Runs in one task of the application."""

    database: Database
    clock: Clock
    nightly: tuple[str, ...]
    """Names of jobs for each night."""

    async def run(self) -> None:
        """Go round for ever; a database that is away is asked again."""
        while True:
            try:
                await self.once()
            except (SQLAlchemyError, OSError):
                log.warning("round_failed")
            await asyncio.sleep(STEP_S)

    async def once(self) -> None:
        """One round."""
        now = self.clock()
        async with self.database.writing() as db:
            await quotas.read_meter(db, now)
        if now.hour < NIGHT_HOUR_UTC:
            return
        async with self.database.writing() as db:
            for name in self.nightly:
                await service.enqueue(db, name, {}, key=_key(name, now), now=now)


def _key(name: str, now: datetime) -> str:
    return f"{name}:{now:%Y-%m-%d}"
