"""What a kind of job is, what it is given to work with, and what carries jobs to a worker.

A carrier promises: a job announced in a unit of work that is stored is performed at least once, not before
its time; one whose unit is dropped never is. It never promises "only once": jobs are written so that doing
them twice changes nothing.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.fleet.nodes import Fleet
from tutor_platform.kit.clock import Clock
from tutor_platform.kit.db import Database
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.settings import Settings

BACK_OFF_S = (5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0, 7200.0)
"""Waits between attempts; an engine that is away for a night is back before they are used up."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a job may use. It opens units of work of its own."""

    database: Database
    storage: LocalStorage
    engine: Fleet
    clock: Clock
    settings: Settings


Perform = Callable[[Work, dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class JobKind:
    """A named job. Calling it performs it."""

    name: str
    perform: Perform
    waits_s: tuple[float, ...] = BACK_OFF_S
    """Seconds before the second, third … attempt; when they are used up, the job is dead."""

    async def __call__(self, work: Work, arguments: dict[str, Any]) -> None:
        """Do it now."""
        await self.perform(work, arguments)


def job(name: str, waits_s: tuple[float, ...] = BACK_OFF_S) -> Callable[[Perform], JobKind]:
    """Make a function a kind of job; `app.JOBS` lists the kinds that workers know."""

    def made(perform: Perform) -> JobKind:
        return JobKind(name, perform, waits_s)

    return made


Take = Callable[[str], Awaitable[None]]
"""Does the job of this identifier, if it still waits."""


class Carrier(Protocol):
    """Brings the identifiers of due jobs to this process."""

    async def announce(self, db: AsyncSession, job_id: str, at: datetime) -> None:
        """Make a job known; takes effect when the unit of work is stored."""
        ...

    async def run(self, take: Take) -> None:
        """Call `take` for every job that is due, until cancelled."""
        ...
