"""A thousand lessons opened and closed: what the process has before and after must be the same.

Each cycle connects, hears the tutor say something, speaks into the microphone, and leaves. The first cycles
fill caches and are not counted.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.media import census
from bench.media import material as materials
from bench.media.client import Client, Talker, opus_packets
from bench.media.figures import Goal, slope
from bench.media.machine import descriptors, rss_mb, threads
from bench.media.material import Material
from bench.media.room import Room
from bench.media.server import Kind, Server
from bench.tables import console, show, versions
from tutor_engine.media import messages as m
from tutor_engine.media.encode import VideoCodec

WARM_UP = 50
SAMPLES = 20
SETTLE_S = 1.0
GROWTH_GOAL = Goal(2, unit=" MB")
"""Per thousand cycles: 2 kB each, less than one object that holds a packet."""
COLUMNS = ("server", "cycle", "RSS, MB", "connections", "tasks", "threads", "descriptors")


@dataclass(frozen=True, slots=True)
class Sample:
    """What a process has."""

    cycle: int
    rss_mb: float
    connections: int
    tasks: int
    threads: int
    descriptors: int

    def row(self, kind: Kind) -> list[str]:
        """For the table."""
        counts = (self.connections, self.tasks, self.threads, self.descriptors)
        return [kind, str(self.cycle), f"{self.rss_mb:.1f}", *(str(count) for count in counts)]


async def sample(server: Server, cycle: int) -> Sample:
    """Count, a moment after the last one left."""
    await asyncio.sleep(SETTLE_S)
    inside = await census.ask(server.census)
    pid = server.pid
    return Sample(cycle, rss_mb(pid), inside["connections"], inside["tasks"], threads(pid), descriptors(pid))


async def cycle(filled: Room, codec: VideoCodec, microphone: list[bytes], word: bytes, rate_hz: int) -> None:
    """One lesson: until both sides have been heard and the first picture is there."""
    client = Client(codec, microphone=Talker(microphone))
    number = await filled.join(client)
    filled.server.post(m.PlayAudio(number, 1, word, rate_hz, 0.0, with_face=False))
    filled.server.post(m.EndAudio(number, 1))
    async with asyncio.timeout(10):
        while client.picture.packets == 0 or client.sound.packets < 5:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.005)
    await filled.leave(number)


async def measure(kind: Kind, material: Material, count: int) -> list[Sample]:
    """Open and close so many lessons, the codecs in turn."""
    word = material.sound(0.2)
    microphone = opus_packets(bytes(48_000))
    codecs = list(VideoCodec)
    samples: list[Sample] = []
    async with Server(kind, material, observed=True) as server:
        filled = Room(server)
        began_s = time.monotonic()
        for number in range(-WARM_UP, count + 1):
            if number >= 0 and number % max(1, count // SAMPLES) == 0:
                samples.append(await sample(server, number))
                spent_s = time.monotonic() - began_s
                console.print(f"  {kind}: {number} of {count} cycles, {spent_s:.0f} s", style="dim")
            if number < count:
                await cycle(filled, codecs[number % len(codecs)], microphone, word, material.rate_hz)
    return samples


def verdicts(kind: Kind, samples: Sequence[Sample]) -> list[list[str]]:
    """Whether nothing grew."""
    rise = slope([3600.0 * one.cycle / 1000 for one in samples], [one.rss_mb for one in samples])
    mark = GROWTH_GOAL.verdict(rise.per_hour, rise.error) if kind is Kind.WORKER else ""
    rows = [
        [kind, "RSS, MB per 1,000 cycles", f"{rise.per_hour:+.2f} ± {rise.error:.2f}", str(GROWTH_GOAL), mark]
    ]
    for name in ("connections", "tasks", "threads", "descriptors"):
        # the last one that left may still be on its way out, so the largest of some samples is what counts
        few = max(1, len(samples) // 4)
        first, last = (max(getattr(s, name) for s in part) for part in (samples[:few], samples[-few:]))
        mark = ("yes" if last <= first else "NO") if kind is Kind.WORKER else ""
        rows.append([kind, name, f"{first} → {last}", "not more", mark])
    return rows


def main() -> None:
    """Measure both servers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cycles", type=int, default=1000)
    parser.add_argument("--stock", type=int, default=100, help="cycles of stock aiortc")
    arguments = parser.parse_args()
    rows: list[list[str]] = []
    judged: list[list[str]] = []
    with tempfile.TemporaryDirectory(prefix="bench-material-") as folder:
        material = materials.make(Path(folder))
        for kind, count in ((Kind.WORKER, arguments.cycles), (Kind.STOCK, arguments.stock)):
            samples = asyncio.run(measure(kind, material, count))
            rows += [one.row(kind) for one in samples]
            judged += verdicts(kind, samples)
    show("Open and close", COLUMNS, rows)
    show(
        "What is left behind",
        ("server", "what", "first → last", "goal", "reached"),
        judged,
        versions("aiortc", "av"),
    )
