"""What a lesson costs, in % of one core of the serving process: idle, listening to a microphone, speaking."""

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.media import material as materials
from bench.media.face import face
from bench.media.figures import Goal, percentile
from bench.media.material import Material
from bench.media.room import Room, Window, room
from bench.media.server import Kind, Server
from bench.tables import show, versions
from tutor_engine.media.encode import VideoCodec

IDLE_GOALS = {24: Goal(1.0, unit=" %"), 100: Goal(0.6, unit=" %")}
SPEAKING_GOAL = Goal(5.0, unit=" %")
IDLE_RATIO = Goal(10, at_least=True, unit=" ×")
SPEAKING_RATIO = Goal(3, at_least=True, unit=" ×")
COLUMNS = (
    "server", "codec", "lessons", "% per lesson", "±", "goal", "reached", "packets/s", "kb/s",
    "reduced", "others, %",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measured:
    """One row."""

    kind: Kind
    codec: VideoCodec
    lessons: int
    microphone: bool
    windows: Sequence[Window]
    goal: Goal | None = None

    @property
    def per_lesson(self) -> float:
        """Median of the windows, in % of one core."""
        return percentile([window.percent for window in self.windows], 50) / self.lessons

    def row(self) -> list[str]:
        """For the table."""
        each = sorted(window.percent / self.lessons for window in self.windows)
        return [
            f"{self.kind}{', mic' if self.microphone else ''}",
            self.codec,
            str(self.lessons),
            f"{self.per_lesson:.2f}",
            f"{(each[-1] - each[0]) / 2:.2f}",
            str(self.goal or ""),
            self.goal.verdict(self.per_lesson) if self.goal else "",
            f"{percentile([window.packets_per_s for window in self.windows], 50):.0f}",
            f"{percentile([window.kbps for window in self.windows], 50):.0f}",
            str(max(window.reduced for window in self.windows)),
            f"{percentile([window.others_percent for window in self.windows], 50):.0f}",
        ]


async def idle(
    kind: Kind,
    material: Material,
    lessons: int,
    codec: VideoCodec,
    span: tuple[int, float],
    *,
    microphone: bool = False,
) -> Measured:
    """Lessons in which nobody speaks, or only the students do."""
    heard = material if microphone else None
    async with Server(kind, material) as server, room(server, lessons, codec, microphone=heard) as filled:
        windows = await filled.windows(*span)
    goal = IDLE_GOALS.get(lessons) if kind is Kind.WORKER and not microphone else None
    return Measured(kind, codec, lessons, microphone, windows, goal)


async def speaking(
    kind: Kind, material: Material, lessons: int, codec: VideoCodec, span: tuple[int, float]
) -> Measured:
    """Lessons in which the tutor speaks all the time."""
    async with Server(kind, material, speaking=True) as server, room(server, lessons, codec) as filled:
        windows = await _speak(filled, span)
    return Measured(kind, codec, lessons, False, windows, SPEAKING_GOAL if kind is Kind.WORKER else None)


async def _speak(filled: Room, span: tuple[int, float]) -> list[Window]:
    if filled.server.kind is Kind.STOCK:
        return await filled.windows(*span)
    async with face(filled.server) as speaker:
        for number in filled.clients:
            speaker.speak(number)
        return await filled.windows(*span)


def ratios(rows: Sequence[Measured], goal: Goal) -> list[list[str]]:
    """How many times less the worker uses than stock aiortc, per codec."""
    table: list[list[str]] = []
    for row in rows:
        if row.kind is Kind.STOCK or row.microphone:
            continue
        for stock in rows:
            if stock.kind is Kind.STOCK and stock.codec is row.codec:
                ratio = stock.per_lesson / row.per_lesson
                what = f"{row.codec}, {row.lessons} lessons against {stock.lessons} of stock aiortc"
                table.append([what, f"{ratio:.1f} ×", str(goal), goal.verdict(ratio)])
    return table


def main() -> None:
    """Measure both servers, both codecs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lessons", type=int, nargs="+", default=[24, 100])
    parser.add_argument("--speaking", type=int, default=10, help="speaking lessons on the media worker")
    parser.add_argument("--stock", type=int, default=4, help="lessons on stock aiortc: what fits")
    parser.add_argument("--windows", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each window")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-material-") as folder:
        material = materials.make(Path(folder))
        asyncio.run(_run(arguments, material))


async def _run(arguments: argparse.Namespace, material: Material) -> None:
    span = (arguments.windows, arguments.seconds)
    quiet: list[Measured] = []
    loud: list[Measured] = []
    for codec in VideoCodec:
        for lessons in arguments.lessons:
            quiet.append(await idle(Kind.WORKER, material, lessons, codec, span))
        quiet.append(await idle(Kind.WORKER, material, arguments.lessons[0], codec, span, microphone=True))
        quiet.append(await idle(Kind.STOCK, material, arguments.stock, codec, span))
        loud.append(await speaking(Kind.WORKER, material, arguments.speaking, codec, span))
        loud.append(await speaking(Kind.STOCK, material, arguments.stock, codec, span))
    unit = "% of one core, median of windows ± half their range"
    show(f"Idle lessons, {unit}", COLUMNS, [row.row() for row in quiet])
    show(f"Speaking lessons, encode and transport, {unit}", COLUMNS, [row.row() for row in loud])
    against = ratios(quiet, IDLE_RATIO), ratios(loud, SPEAKING_RATIO)
    show(
        "Against stock aiortc",
        ("what", "times less", "goal", "reached"),
        [*against[0], *against[1]],
        versions("aiortc", "av"),
    )
