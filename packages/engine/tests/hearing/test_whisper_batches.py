import asyncio
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from tutor_engine.hearing.whisper_batches import Batches


class Kitchen:
    """Does jobs (`kind` and a number) when the test opens the door, and keeps the batches."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.door = threading.Event()
        self.door.set()
        self.breaks_over = 99

    def run(self, jobs: Sequence[str]) -> list[str]:
        self.batches.append(list(jobs))
        assert self.door.wait(5)
        if len(jobs) > self.breaks_over:
            raise RuntimeError("out of memory")
        if "bad" in jobs:
            raise ValueError("bad")
        return [job.upper() for job in jobs]


def same_kind(one: str, other: str) -> bool:
    return one[0] == other[0]


@pytest.fixture
def kitchen() -> Kitchen:
    return Kitchen()


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as made:
        yield made


async def begun(kitchen: Kitchen, number: int) -> None:
    """Wait until so many batches have begun."""
    async with asyncio.timeout(5):
        while len(kitchen.batches) < number:  # noqa: ASYNC110 - batches begin in another thread
            await asyncio.sleep(0)


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_lonely_job_is_done_at_once(kitchen: Kitchen, executor: ThreadPoolExecutor) -> None:
    batches = Batches(kitchen.run, same_kind, executor, at_most=4)
    assert await batches.done("a1", urgent=True) == "A1"
    assert kitchen.batches == [["a1"]]
    with pytest.raises(ValueError, match="at least one"):
        Batches(kitchen.run, same_kind, executor, at_most=0)


async def test_what_fits_goes_together_and_what_is_urgent_goes_first(
    kitchen: Kitchen, executor: ThreadPoolExecutor
) -> None:
    batches = Batches(kitchen.run, same_kind, executor, at_most=3)
    kitchen.door.clear()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(batches.done("a0", urgent=False))]
        await begun(kitchen, 1)
        for job, urgent in (("b1", False), ("a2", False), ("a3", True), ("b4", False), ("a5", True)):
            tasks.append(group.create_task(batches.done(job, urgent=urgent)))
        await settle()
        assert not batches.has_room
        kitchen.door.set()
    assert [task.result() for task in tasks] == ["A0", "B1", "A2", "A3", "B4", "A5"]
    assert kitchen.batches == [["a0"], ["a3", "a5", "a2"], ["b1", "b4"]]
    assert batches.has_room


async def test_company_is_waited_for_only_while_there_is_place(
    kitchen: Kitchen, executor: ThreadPoolExecutor
) -> None:
    batches = Batches(kitchen.run, same_kind, executor, at_most=2, linger_s=lambda: 0.01)
    results = await asyncio.gather(*(batches.done(f"a{n}", urgent=True) for n in range(4)))
    assert results == ["A0", "A1", "A2", "A3"]
    assert kitchen.batches == [["a0", "a1"], ["a2", "a3"]]


@pytest.mark.parametrize("who", ["leader", "company", "waiting"])
async def test_leaving_disturbs_nobody(kitchen: Kitchen, executor: ThreadPoolExecutor, who: str) -> None:
    batches = Batches(kitchen.run, same_kind, executor, at_most=2)
    kitchen.door.clear()
    first = asyncio.create_task(batches.done("z", urgent=True))
    await begun(kitchen, 1)
    leader, company, waiting = (
        asyncio.create_task(batches.done(job, urgent=True)) for job in ("a1", "a2", "a3")
    )
    await settle()
    leaving = {"leader": leader, "company": company, "waiting": waiting}[who]
    if who == "waiting":
        leaving.cancel()
        kitchen.door.set()
    else:
        kitchen.door.set()
        await first
        kitchen.door.clear()
        await begun(kitchen, 2)
        leaving.cancel()
        await settle()
        kitchen.door.set()
    for job, task in (("z", first), ("a1", leader), ("a2", company), ("a3", waiting)):
        if task is not leaving:
            assert await task == job.upper()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    if who == "waiting":
        assert ["a3"] not in kitchen.batches


async def test_a_batch_that_breaks_is_tried_one_by_one(
    kitchen: Kitchen, executor: ThreadPoolExecutor
) -> None:
    batches = Batches(kitchen.run, same_kind, executor, at_most=4, linger_s=lambda: 0.005)
    kitchen.breaks_over = 1
    assert await asyncio.gather(*(batches.done(f"a{n}", urgent=True) for n in range(2))) == ["A0", "A1"]
    results = await asyncio.gather(
        *(batches.done(job, urgent=True) for job in ("b", "bad", "b2")), return_exceptions=True
    )
    assert [type(each) for each in results] == [str, ValueError, str]
