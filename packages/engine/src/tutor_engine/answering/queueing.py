"""How many answers are generated at once, who waits for how long, and when waiting is no use."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from tutor_engine.answering.port import AnswererFailed


class Crowded(AnswererFailed):
    """Too many answers are being generated; nobody should wait so long."""


class Turnstile:
    """Lets `at_once` through and the others wait in the order in which they came."""

    def __init__(self, at_once: int, clock: Callable[[], float] = time.monotonic) -> None:
        if at_once < 1:
            raise ValueError("at least one must get through")
        self._free = asyncio.Semaphore(at_once)
        self._clock = clock
        self.inside = 0
        self.waiting = 0

    @asynccontextmanager
    async def through(self, patience_s: float) -> AsyncGenerator[float]:
        """Wait for a place; the value is how long it took, in milliseconds.

        Raises:
            Crowded: no place within `patience_s`.
        """
        began = self._clock()
        self.waiting += 1
        try:
            async with asyncio.timeout(patience_s):
                await self._free.acquire()
        except TimeoutError:
            raise Crowded(f"{self.inside} answers are being generated, {self.waiting - 1} wait") from None
        finally:
            self.waiting -= 1
        self.inside += 1
        try:
            yield round((self._clock() - began) * 1000, 1)
        finally:
            self.inside -= 1
            self._free.release()
