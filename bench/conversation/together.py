"""Many students at once in one process that reads no pictures, and what the machine did meanwhile."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from bench.house import House
from bench.media.machine import busy_s
from bench.memory import family
from bench.student import ADA, Student

SETTLE_S = 2.0


@asynccontextmanager
async def lessons(house: House, count: int, kb_id: str | None = None) -> AsyncGenerator[list[Student]]:
    """`count` lessons, joined one after the other and quiet."""
    async with AsyncExitStack() as stack:
        students = [
            await stack.enter_async_context(
                Student(
                    house.engine_url, house.api_key, tutor=ADA, kb_id=kb_id, user_id=number + 1, watches=False
                )
            )
            for number in range(count)
        ]
        await asyncio.sleep(SETTLE_S)
        yield students


class Load:
    """Processor time from now on: of the engine with its workers, of the students, of everything else."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._began_s = time.monotonic()
        self._busy_s = busy_s()
        self._engine_s = self._spent_s()
        self._students_s = time.process_time()

    def sentence(self) -> str:
        """In % of one core."""
        seconds = time.monotonic() - self._began_s
        engine = (self._spent_s() - self._engine_s) / seconds * 100
        students = (time.process_time() - self._students_s) / seconds * 100
        others = (busy_s() - self._busy_s) / seconds * 100 - engine - students
        return (
            f"engine with its workers {engine:.0f} % of a core, students {students:.0f} %, programs that are "
            f"not ours {max(0.0, others):.0f} %"
        )

    def _spent_s(self) -> float:
        return sum(spent_s(pid) for pid in family(self._house.pid("tutor-engine")))


def spent_s(pid: int) -> float:
    """Processor time of a process and of its children that have ended; 0 when it has ended itself."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")
