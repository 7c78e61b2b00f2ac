"""How late frames are at 40 lessons, 10 of them speaking: at the worker's clock, and when they arrive.

Lateness of arrival is against the most punctual frame of the same stream, by RTP time and by the kernel's
arrival time of the first packet, so the clients' own business does not count.
"""

import argparse
import asyncio
import itertools
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.media import material as materials
from bench.media.client import Arrivals, Client
from bench.media.face import face
from bench.media.figures import Goal, lateness_ms, percentile, unwrapped
from bench.media.machine import Usage
from bench.media.material import Material
from bench.media.room import SETTLE_S, Room
from bench.media.server import Kind, Server
from bench.tables import show
from tutor_engine.media.encode import VideoCodec

GOAL = Goal(10, unit=" ms")
COLUMNS = ("where", "p50", "p95", "p99", "max", "goal p99", "reached")


@dataclass(frozen=True, slots=True)
class Lateness:
    """Of one server; milliseconds."""

    title: str
    speaking: list[float]
    idle: list[float]
    sound: list[float]
    clock_p50_ms: float
    clock_p99_ms: float
    ticks_skipped: float
    reduced: int
    percent: float
    others_percent: float

    def rows(self, goal: Goal | None) -> list[list[str]]:
        """For the table."""
        streams = (
            ("frames arrive, speaking lessons", self.speaking),
            ("frames arrive, idle lessons", self.idle),
            ("sound arrives", self.sound),
        )
        rows = [_row(name, values, goal) for name, values in streams if values]
        if self.clock_p99_ms:
            verdict = goal.verdict(self.clock_p99_ms) if goal else ""
            figures = f"{self.clock_p50_ms:.1f}", "", f"{self.clock_p99_ms:.1f}", ""
            rows.insert(0, ["worker's clock", *figures, str(goal or ""), verdict])
        return rows


def _row(name: str, values: Sequence[float], goal: Goal | None) -> list[str]:
    figures = [f"{percentile(values, share):.1f}" for share in (50, 95, 99, 100)]
    return [name, *figures, str(goal or ""), goal.verdict(percentile(values, 99)) if goal else ""]


def of_stream(arrivals: Arrivals) -> list[float]:
    """Lateness of each frame of a stream."""
    rtp_s = [timestamp / arrivals.rate_hz for timestamp in unwrapped(arrivals.timestamps)]
    return lateness_ms(rtp_s, arrivals.at_s)


async def measure(
    kind: Kind, material: Material, lessons: int, speaking: int, seconds: float, codecs: Sequence[VideoCodec]
) -> Lateness:
    """Hold the lessons and note every frame's arrival; codecs take turns among them."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(Server(kind, material, speaking=speaking > 0))
        filled = Room(server)
        for _, codec in zip(range(lessons), itertools.cycle(codecs), strict=False):
            await filled.join(Client(codec, keeps_times=True))
        talking = list(filled.clients)[:speaking]
        if kind is Kind.WORKER:
            speaker = await stack.enter_async_context(face(server))
            for number in talking:
                speaker.speak(number)
        await asyncio.sleep(SETTLE_S)
        for client in filled.clients.values():
            client.forget()
        server.reduced.clear()
        usage = Usage(server.pid)
        await asyncio.sleep(seconds)
        percent, others = usage.percent(), usage.others_percent()
        clients = filled.clients
        result = Lateness(
            title=f"{kind}: {lessons} lessons, {speaking} speaking, {seconds:g} s",
            speaking=[late for n in talking for late in of_stream(clients[n].picture)],
            idle=[late for n in clients if n not in talking for late in of_stream(clients[n].picture)],
            sound=[late for client in clients.values() for late in of_stream(client.sound)],
            clock_p50_ms=_latest(server, "tick_late_p50_ms"),
            clock_p99_ms=_latest(server, "tick_late_p99_ms"),
            ticks_skipped=_latest(server, "ticks_skipped"),
            reduced=len(server.reduced),
            percent=percent,
            others_percent=others,
        )
        for number in list(filled.clients):
            await filled.leave(number)
        return result


def _latest(server: Server, name: str) -> float:
    return max((values.get(name, 0.0) for values in server.stats.values()), default=0.0)


def main() -> None:
    """Measure both servers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lessons", type=int, default=40)
    parser.add_argument("--speaking", type=int, default=10)
    parser.add_argument("--stock", type=int, default=4, help="lessons on stock aiortc, all speaking")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--codecs", nargs="+", type=VideoCodec, default=list(VideoCodec))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-material-") as folder:
        asyncio.run(_run(arguments, materials.make(Path(folder))))


async def _run(arguments: argparse.Namespace, material: Material) -> None:
    lessons, speaking, stock = arguments.lessons, arguments.speaking, arguments.stock
    span = arguments.seconds, arguments.codecs
    for kind, count, talking in ((Kind.WORKER, lessons, speaking), (Kind.STOCK, stock, stock)):
        measured = await measure(kind, material, count, talking, *span)
        show(
            f"Lateness, ms — {measured.title}, {'/'.join(arguments.codecs)}",
            COLUMNS,
            measured.rows(GOAL if kind is Kind.WORKER else None),
            f"server {measured.percent:.0f} % of a core, others {measured.others_percent:.0f} %, "
            f"ticks skipped {measured.ticks_skipped:.0f}, lessons below full quality {measured.reduced}",
        )
