"""Memory of the engine and its workers with one lesson, and what each further lesson adds.

Proportional set size (PSS) of the engine process and all its children, from /proc: shared pages count once.
"""

import argparse
import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from bench.house import House
from bench.student import ADA, Student
from bench.tables import show
from bench.voice import record


def family(pid: int) -> list[int]:
    """A process and all below it; empty for one that has just ended."""
    try:
        children = [
            int(child)
            for task in Path(f"/proc/{pid}/task").glob("*/children")
            for child in task.read_text().split()
        ]
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [pid, *(below for child in children for below in family(child))]


def pss_mb(pid: int) -> float:
    """Proportional set size in MB; 0 of a process that has just ended."""
    return _sizes_mb(pid, "Pss")


def own_mb(pid: int) -> float:
    """The same without pages of files, whose share changes when other programs come and go."""
    return _sizes_mb(pid, "Pss_Anon", "Pss_Shmem")


def _sizes_mb(pid: int, *names: str) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.partition(":")[0] in names) / 1024


def name_of(pid: int) -> str:
    """The module a child runs; empty for one that has just ended."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return words[words.index("-m") + 1].removeprefix("tutor_engine.") if "-m" in words else "engine"


async def lessons(house: House, count: int) -> dict[str, float]:
    """Hold lessons that have each been spoken to and have answered; returns MB by process."""
    async with AsyncExitStack() as stack:
        students = [
            await stack.enter_async_context(
                Student(house.engine_url, house.api_key, tutor=ADA, kb_id="bench", user_id=number + 1)
            )
            for number in range(count)
        ]
        for student in students:
            since = len(student.events)
            await student.say(record("What is a star made of?"))
            await student.event("turn", since=since, where=lambda e: e["state"] == "speaking", timeout_s=30)
        await asyncio.sleep(2)
        sizes: dict[str, float] = {}
        for pid in family(house.pid("tutor-engine")):
            sizes[name_of(pid)] = sizes.get(name_of(pid), 0.0) + pss_mb(pid)
        return sizes


def main() -> None:
    """Print memory for growing numbers of lessons."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lessons", type=int, default=4)
    arguments = parser.parse_args()
    with House() as house:
        house.furnish()
        one = asyncio.run(lessons(house, 1))
        many = asyncio.run(lessons(house, arguments.lessons))
    rows = [[name, f"{one.get(name, 0):.0f}", f"{many[name]:.0f}"] for name in many]
    total_one, total_many = sum(one.values()), sum(many.values())
    rows.append(["all", f"{total_one:.0f}", f"{total_many:.0f}"])
    further = (total_many - total_one) / (arguments.lessons - 1)
    rows.append(["per further lesson", "", f"{further:.0f}"])
    show("Memory, MB (PSS)", ("process", "1 lesson", f"{arguments.lessons} lessons"), rows)


if __name__ == "__main__":
    main()
