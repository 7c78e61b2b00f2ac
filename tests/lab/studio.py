"""A media worker process without the rest of the engine, and receivers of its picture on this machine."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from aiortc import RTCBundlePolicy, RTCConfiguration
from bench.student import Microphone
from tests.lab.receiver import Receiver

from tutor_engine.media import messages as m
from tutor_engine.processes import Child

EDGE = 64
LOOP = "lab-loop"
FRAMES = 50
Report = TypeVar("Report")


@dataclass(slots=True)
class Studio:
    """The worker, what it reported, and who is in."""

    child: Child[m.MediaCommand, m.MediaReport]
    reports: list[m.MediaReport]
    receivers: AsyncExitStack
    answers: dict[int, str] = field(default_factory=dict[int, str])

    def all(self, kind: type[Report]) -> list[Report]:
        """Reports of a kind, oldest first."""
        return [report for report in self.reports if isinstance(report, kind)]

    async def until(self, true: Callable[[], Any], timeout_s: float = 30) -> None:
        """Wait for something that reports tell."""
        async with asyncio.timeout(timeout_s):
            while not true():  # noqa: ASYNC110 - what is waited for has no event
                await asyncio.sleep(0.01)

    @property
    def address(self) -> tuple[str, int]:
        """Where the worker receives."""
        return "127.0.0.1", self.all(m.MediaReady)[-1].port

    async def enter(self, peer: int, codec: str) -> Receiver:
        """A student whose picture moves."""
        receiver = Receiver(codec)
        self.receivers.push_async_callback(receiver.aclose)
        configuration = RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        offer = await receiver.offer(configuration, Microphone())
        self.child.post(m.OpenPeer(peer, offer, LOOP))
        await self.until(lambda: any(answer.peer == peer for answer in self.all(m.PeerAnswer)))
        self.answers[peer] = next(a.sdp for a in self.all(m.PeerAnswer) if a.peer == peer)
        await receiver.accept(self.answers[peer])
        assert await receiver.first_frame(20), self.all(m.PeerState)
        return receiver

    def username(self, peer: int) -> str:
        """What a check must name to reach this peer; the second half is the student's own."""
        ours = _line(self.answers[peer], "a=ice-ufrag:")
        return f"{ours}:theirs"

    async def statistics(self, peer: int) -> dict[str, float]:
        """Counters as they are from now on."""
        seen = len(self.reports)
        await self.until(
            lambda: any(
                isinstance(report, m.PeerStats) and report.peer == peer for report in self.reports[seen:]
            )
        )
        return next(stats.values for stats in reversed(self.all(m.PeerStats)) if stats.peer == peer)


@asynccontextmanager
async def open_studio(folder: Path) -> AsyncGenerator[Studio]:
    """A worker with a grey loop, on a port of its own."""
    reports: list[m.MediaReport] = []

    async def note(report: m.MediaReport) -> None:
        reports.append(report)

    child: Child[m.MediaCommand, m.MediaReport] = Child(
        "media",
        "tutor_engine.media.worker",
        m.MediaReport,
        args=["--host", "127.0.0.1", "--port", "0", "--frames-socket", str(folder / "frames.sock")],
        on_message=note,
    )
    raw = folder / "loop.i420"
    raw.write_bytes(np.full(EDGE * EDGE * 3 // 2 * FRAMES, 128, np.uint8).tobytes())
    async with AsyncExitStack() as receivers:
        await child.start()
        try:
            studio = Studio(child, reports, receivers)
            child.post(m.LoadLoop(LOOP, str(raw), str(folder / "cache"), EDGE, EDGE, FRAMES))
            await studio.until(lambda: studio.all(m.LoopLoaded))
            yield studio
            await receivers.aclose()
        finally:
            await child.aclose()


def _line(sdp: str, start: str) -> str:
    return next(line.removeprefix(start) for line in sdp.splitlines() if line.startswith(start))
