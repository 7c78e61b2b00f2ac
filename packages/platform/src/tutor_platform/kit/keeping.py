"""Keeping what the engine holds equal to what is stored here: compare, wait, compare again.

While the engine is unreachable it is asked again, ever more slowly; what it is to hold is safe here.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError

from tutor_platform.kit.errors import EngineUnreachable, PlatformError

log = structlog.get_logger(__name__)

LOOK_AT_JOBS_S = 1.0
"""How often the engine is asked about what it is working on."""
RETRY_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)

Compare = Callable[[], Awaitable[bool]]
"""Brings the engine's copies forward by a step; whether the engine is working on one."""
Sleep = Callable[[float], Awaitable[None]]


class Keeping:
    """One comparison, again and again in a task of the application."""

    def __init__(self, name: str, compare: Compare, every_s: float, sleep: Sleep = asyncio.sleep) -> None:
        self._name = name
        self._compare = compare
        self._every_s = every_s
        self._sleep = sleep
        self._changed = asyncio.Event()

    def look(self) -> None:
        """Something changed: compare now."""
        self._changed.set()

    async def run(self) -> None:
        """Compare for ever."""
        failures = 0
        while True:
            wait_s = self._every_s
            # Before comparing: what changes meanwhile is compared at once.
            self._changed.clear()
            try:
                if await self._compare():
                    wait_s = LOOK_AT_JOBS_S
                failures = 0
            except EngineUnreachable as error:
                log.info("engine_is_waited_for", by=self._name, detail=error.detail, attempt=failures)
                failures += 1
            except (PlatformError, SQLAlchemyError, OSError):
                log.exception("not_compared", by=self._name)
                failures += 1
            await self._wait(RETRY_S[min(failures, len(RETRY_S)) - 1] if failures else wait_s)

    async def _wait(self, seconds: float) -> None:
        waiting = {
            asyncio.ensure_future(self._sleep(seconds)),
            asyncio.create_task(self._changed.wait()),
        }
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
