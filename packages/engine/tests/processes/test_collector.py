import asyncio
import gc
import os
from collections.abc import Generator
from pathlib import Path

import pytest

from tutor_engine.processes import Collector


@pytest.fixture(autouse=True)
def as_before() -> Generator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


class Knot:
    """Rubbish that no reference count frees."""

    alive = 0

    def __init__(self) -> None:
        Knot.alive += 1
        self.self = self

    def __del__(self) -> None:
        Knot.alive -= 1


def test_what_is_alive_is_left_alone_and_rubbish_still_goes() -> None:
    Collector().calm()
    assert gc.get_freeze_count() > 10_000
    Knot()
    assert Knot.alive == 1
    # As many new objects as a busy minute of lessons keeps.
    kept = [[number] for number in range(gc.get_threshold()[0] + 1)]
    assert kept
    assert Knot.alive == 0


async def test_what_the_departed_leave_behind_goes_in_few_sweeps() -> None:
    sweeps = 0

    def count(phase: str, info: dict[str, int]) -> None:
        nonlocal sweeps
        sweeps += phase == "start" and info["generation"] == 2

    collector = Collector(sweep_after_s=0.01)
    collector.calm()
    gc.callbacks.append(count)
    try:
        for _ in range(3):
            Knot()
            collector.departed()
        assert Knot.alive == 3
        async with asyncio.timeout(5):
            while Knot.alive:  # noqa: ASYNC110 - the collector tells nobody
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.05)
    finally:
        gc.callbacks.remove(count)
    # The second is for those who left after the first was thought of.
    assert sweeps == 2


async def test_free_memory_goes_back_to_the_system() -> None:
    collector = Collector(sweep_after_s=0.01)
    # Pieces too small to be mapped one by one, every second one kept: the heap cannot simply shrink.
    pieces = [bytearray(100_000) for _ in range(1_000)]
    kept = pieces[::2]
    pieces.clear()
    before = resident_bytes()
    collector.departed()
    async with asyncio.timeout(5):
        while resident_bytes() > before - 30_000_000:  # noqa: ASYNC110 - the system tells nobody
            await asyncio.sleep(0.005)
    assert len(kept) == 500


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
