"""From the offer leaving the page to its first frame decoded and on the screen: Chromium on loopback.

The media worker is met through a real engine with its socket, a new lesson each time; stock aiortc through a
bare socket of the same protocol. What a lesson needs once per engine (the idle loop) is there beforehand.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from bench.house import House
from bench.media import material as materials
from bench.media.bridge import bridge
from bench.media.chromium import Seen, Visit, visit
from bench.media.figures import Goal, percentile
from bench.media.material import Material
from bench.media.server import Kind, Server
from bench.student import ADA, Student
from bench.tables import show, versions
from tutor_engine.media.encode import VideoCodec

GOAL = Goal(150, unit=" ms")
COLUMNS = ("server", "codec", "lessons", "answer p50", "connected p50", "first frame p50", "p95", "max",
           "goal p50", "reached")  # fmt: skip


async def in_a_house(house: House, codec: VideoCodec, lessons: int) -> tuple[str, list[Seen]]:
    """New lessons in a real engine, one after the other; the first warms everything up and is left out."""
    async with AsyncExitStack() as stack:
        students = [
            await stack.enter_async_context(
                Student(house.engine_url, house.api_key, tutor=ADA, user_id=number + 1, joins=False)
            )
            for number in range(lessons + 1)
        ]
        visits = [
            Visit(
                socket=f"{house.engine_url.replace('http', 'ws', 1)}/ws/user_{student.user_id}",
                codec=codec,
                protocols=("tutor.v1", f"token.{student.token}"),
                offer=(("user_id", student.user_id), ("engine_session_id", student.session_id)),
            )
            for student in students
        ]
        version, seen = await visit(f"{house.engine_url}/health", visits)
        return version, seen[1:]


async def on_stock(material: Material, codec: VideoCodec, lessons: int) -> list[Seen]:
    """New connections to stock aiortc."""
    async with Server(Kind.STOCK, material) as server, bridge(server) as page:
        visits = [Visit(f"{page.replace('http', 'ws', 1)}/ws", codec)] * (lessons + 1)
        _, seen = await visit(f"{page}/health", visits)
        return seen[1:]


def row(kind: Kind, codec: VideoCodec, seen: Sequence[Seen], goal: Goal | None) -> list[str]:
    """For the table."""
    first = [one.first_frame_ms for one in seen]
    middle = percentile(first, 50)
    return [
        kind,
        codec,
        str(len(seen)),
        f"{percentile([one.answered_ms for one in seen], 50):.0f}",
        f"{percentile([one.connected_ms for one in seen], 50):.0f}",
        f"{middle:.0f}",
        f"{percentile(first, 95):.0f}",
        f"{max(first):.0f}",
        str(goal or ""),
        goal.verdict(middle) if goal else "",
    ]


def main() -> None:
    """Measure both servers, both codecs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lessons", type=int, default=15, help="per codec and server")
    parser.add_argument("--codecs", nargs="+", type=VideoCodec, default=list(VideoCodec))
    arguments = parser.parse_args()
    count, rows, version = arguments.lessons, list[list[str]](), ""
    with House(settings={"MAX_SESSIONS": str(count + 2)}) as house:
        house.wait_for_faces()
        for codec in arguments.codecs:
            version, seen = asyncio.run(in_a_house(house, codec, count))
            rows.append(row(Kind.WORKER, codec, seen, GOAL))
    with tempfile.TemporaryDirectory(prefix="bench-material-") as folder:
        material = materials.make(Path(folder))
        for codec in arguments.codecs:
            rows.append(row(Kind.STOCK, codec, asyncio.run(on_stock(material, codec, count)), None))
    show(
        "Offer → first frame in Chromium, ms", COLUMNS, rows, f"Chromium {version}", versions("aiortc", "av")
    )
