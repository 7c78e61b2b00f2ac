"""Lessons that speak all at once through the whole engine: frames per second at each student, the profile.

A real house on the cores it is given (`taskset -c 0,1 python -m bench.avatars ten`), real peers that count
frames by their RTP headers, one speech for all. Frames are counted from the second second of speech on; the
profile is the processor time of every process of the engine, and of the students, over the same span.
"""

import argparse
import asyncio
import os
import time
from contextlib import AsyncExitStack
from itertools import pairwise
from pathlib import Path

from bench.house import House
from bench.media.figures import Goal, percentile
from bench.memory import family, name_of
from bench.student import Student
from bench.tables import show

FPS_GOAL = Goal(24.5, at_least=True, unit=" fps")
SPEECH = (
    "Stars are born in cold clouds of hydrogen. Gravity pulls the gas together until its centre is so hot "
    "that hydrogen becomes helium, and the star begins to shine. Our own sun has done so for about five "
    "billion years, and it will go on for five billion more. Bigger stars burn brighter and die sooner. "
    "When their hydrogen is gone, they become red giants, and the biggest of them end as supernovae."
)
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure growing crowds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lessons", type=int, nargs="+", default=[1, 5, 10])
    parser.add_argument("--avatar", default="ada", help="a built-in avatar, or the name of --file's")
    parser.add_argument("--file", type=Path, help="a photo or video of which the avatar is made first")
    parser.add_argument("--seconds", type=float, default=14.0, help="of speech that are counted")
    arguments = parser.parse_args()
    rows: list[list[str]] = []
    profile: list[list[str]] = []
    for lessons in arguments.lessons:
        with House() as house:
            if arguments.file is not None:
                make(house, arguments.file, arguments.avatar)
            house.wait_for_faces()
            fps, gaps, cores = asyncio.run(crowd(house, arguments.avatar, lessons, arguments.seconds))
        worst = min(fps, default=0.0)
        rows.append(
            [
                str(lessons),
                f"{worst:.1f}",
                f"{percentile(fps, 50):.1f}",
                str(FPS_GOAL),
                FPS_GOAL.verdict(worst),
                f"{max(gaps, default=0.0):.0f}",
            ]
        )
        profile += [[str(lessons), name, f"{share:.0%}"] for name, share in cores.items() if share > 0.005]
    columns = ("lessons speaking", "fps, worst student", "median", "goal", "reached", "longest gap, ms")
    show(f"Lessons that speak at once, avatar {arguments.avatar}", columns, rows)
    show("Where the processors went, % of one core", ("lessons", "process", "%"), profile)


def make(house: House, file: Path, avatar_id: str) -> None:
    """Build the avatar in the house's own folder."""
    from tutor_engine.avatars.build import build_avatar
    from tutor_engine.avatars.store import AvatarStore
    from tutor_engine.showing.puppet.mesh import FaceModels

    store, models = AvatarStore(house.data / "avatars"), FaceModels.in_folder(house.data / "models")
    build_avatar(file, avatar_id, store, models, lambda step: None)


async def crowd(
    house: House, avatar: str, lessons: int, seconds: float
) -> tuple[list[float], list[float], dict[str, float]]:
    """Frames per second and longest gap of each student, and the share of a core of each process."""
    tutor = {"name": "Ada", "language": "en", "avatar_id": avatar, "voice": "ada", "greeting": SPEECH}
    async with AsyncExitStack() as stack:
        students = [
            await stack.enter_async_context(
                Student(
                    house.engine_url,
                    house.api_key,
                    tutor=tutor,
                    user_id=number + 1,
                    watches=False,
                    listens=False,
                )
            )
            for number in range(lessons)
        ]
        await asyncio.gather(*(_begin(student) for student in students))
        await asyncio.sleep(1.0)
        for student in students:
            student.forget()
        before, start_s = cpu_s(house), time.monotonic()
        await asyncio.sleep(seconds)
        span_s, after = time.monotonic() - start_s, cpu_s(house)
        times = [list(student.frame_times) for student in students]
    fps = [(len(each) - 1) / span_s for each in times]
    gaps = [max((b - a for a, b in pairwise(each)), default=0.0) * 1000 for each in times]
    return fps, gaps, {name: (after[name] - before.get(name, 0.0)) / span_s for name in after}


async def _begin(student: Student) -> None:
    since = len(student.events)
    await student.send(type="greet", engine_session_id=student.session_id)
    await student.event("turn", since=since, where=lambda e: e["state"] == "speaking", timeout_s=60)


def cpu_s(house: House) -> dict[str, float]:
    """Processor time of the engine and its children so far, by module, and of the students, in seconds."""
    spent: dict[str, float] = {"students": time.process_time()}
    for pid in family(house.pid("tutor-engine")):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        name = name_of(pid)
        spent[name] = spent.get(name, 0.0) + (int(fields[11]) + int(fields[12])) / _TICKS_PER_S
    return spent
