"""The state of TURN for `/health`: always answered at once, looked at in the background, never often.

`/health` speaks to programs and logs, in English.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from tutor_engine.doctor.findings import Finding
from tutor_protocol.http import EngineStatus

log = structlog.get_logger()

EVERY_S = 30.0


class TurnWatch:
    """Remembers what the last look found; a new look begins when somebody asks and the last is old."""

    def __init__(
        self,
        look: Callable[[], Awaitable[list[Finding]]],
        clock: Callable[[], float],
        *,
        every_s: float = EVERY_S,
    ) -> None:
        self._look = look
        self._clock = clock
        self._every_s = every_s
        self._began_s: float | None = None
        self._task: asyncio.Task[None] | None = None
        self._status = EngineStatus(name="turn", status="ok", detail="not looked at yet")

    async def __aenter__(self) -> "TurnWatch":
        self.status()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def status(self) -> EngineStatus:
        """What the last look found."""
        now_s = self._clock()
        idle = self._task is None or self._task.done()
        if idle and (self._began_s is None or now_s - self._began_s >= self._every_s):
            self._began_s = now_s
            self._task = asyncio.create_task(self._refresh(), name="turn-watch")
        return self._status

    async def settled(self) -> EngineStatus:
        """The state after the look that is under way."""
        if self._task is not None:
            await asyncio.wait([self._task])
        return self._status

    async def _refresh(self) -> None:
        try:
            self._status = turn_status(await self._look())
        except OSError as failure:
            log.warning("turn_not_looked_at", detail=str(failure))
            self._status = EngineStatus(name="turn", status="degraded", detail=f"not looked at: {failure}")


def turn_status(findings: list[Finding]) -> EngineStatus:
    """Findings of the doctor as one state: the worst, or all that is well."""
    bad = [finding.told().seen for finding in findings if finding.status in ("warning", "error")]
    well = [finding.told().seen for finding in findings if finding.check == "turn"]
    return EngineStatus(name="turn", status="degraded" if bad else "ok", detail="; ".join(bad or well))
