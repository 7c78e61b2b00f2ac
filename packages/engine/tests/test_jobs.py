"""Long work: its order, its progress, its end in each way, and who may watch."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from tutor_engine.jobs import JobBoard, JobFailed, NoSuchJob, Progress, Work
from tutor_protocol.http import Job, JobMessage


class Watch:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
async def board(watch: Watch) -> AsyncGenerator[JobBoard]:
    async with JobBoard(watch) as opened:
        yield opened


async def nothing(_: Progress) -> None:
    """Work that is done at once."""


def held(gate: asyncio.Event, log: list[str] | None = None, name: str = "") -> Work:
    """Work that waits for `gate`."""

    async def work(_: Progress) -> None:
        if log is not None:
            log.append(f"{name} begins")
        await gate.wait()
        if log is not None:
            log.append(f"{name} ends")

    return work


async def finished(board: JobBoard, job: Job) -> list[Job]:
    """Every state that a watcher sees, to the end."""
    async with asyncio.timeout(30):
        return [state async for state in board.follow(job.id)]


async def test_jobs_run_one_after_another_in_the_order_they_came(board: JobBoard) -> None:
    gate, log = asyncio.Event(), list[str]()
    jobs = [board.start("document", name, held(gate, log, name)) for name in "abc"]
    await asyncio.sleep(0)
    assert [board.get(job.id).state for job in jobs] == ["running", "queued", "queued"]
    gate.set()
    for job in jobs:
        assert (await finished(board, job))[-1].state == "done"
    assert log == [f"{name} {what}" for name in "abc" for what in ("begins", "ends")]


async def test_two_subjects_run_beside_each_other_and_one_subject_in_order(board: JobBoard) -> None:
    board.make_with("document", lambda kept, file: held(asyncio.Event()), at_once=2)
    gate, log = asyncio.Event(), list[str]()
    work = [("a", "a1"), ("a", "a2"), ("b", "b1"), ("c", "c1")]
    jobs = [board.start("document", subject, held(gate, log, name)) for subject, name in work]
    await asyncio.sleep(0)
    assert [board.get(job.id).state for job in jobs] == ["running", "queued", "running", "queued"]
    gate.set()
    for job in jobs:
        assert (await finished(board, job))[-1].state == "done"
    assert log[:2] == ["a1 begins", "b1 begins"]
    assert log.index("a1 ends") < log.index("a2 begins")


async def test_progress_never_goes_back_and_tells_what_is_left(board: JobBoard, watch: Watch) -> None:
    async def work(progress: Progress) -> None:
        for spent_s, part in ((1.0, 0.02), (10.0, 0.5), (12.0, 0.4), (15.0, 0.75), (16.0, 1.2)):
            watch.now_s = spent_s
            await asyncio.to_thread(progress.report, f"at {part}", part)
            await asyncio.sleep(0)

    states = await finished(board, board.start("avatar", "you", work))
    shown = [state.progress for state in states]
    assert shown == sorted(shown)
    assert shown[-1] == 1.0
    by_step = {state.step: state for state in states}
    assert by_step["at 0.02"].seconds_left is None, "nobody knows yet"
    assert by_step["at 0.5"].seconds_left == 10.0
    assert by_step["at 0.4"].progress == 0.5
    assert by_step["at 0.75"].seconds_left == 5.0
    assert (states[0].state, states[-1].state, states[-1].seconds_left) == ("queued", "done", 0.0)


async def test_remarks_and_reasons_are_kept_in_their_order(board: JobBoard) -> None:
    async def work(progress: Progress) -> None:
        progress.remark(JobMessage(level="warning", content="dim"), JobMessage(level="info", content="small"))
        await asyncio.sleep(0)
        raise JobFailed(JobMessage(level="error", content="no face"))

    last = (await finished(board, board.start("avatar", "you", work)))[-1]
    assert last.state == "failed"
    assert [message.content for message in last.messages] == ["dim", "small", "no face"]


async def test_a_fault_of_ours_is_told_without_its_inside(board: JobBoard) -> None:
    async def work(_: Progress) -> None:
        raise ValueError("secret inside")

    job = board.start("document", "x", work)
    last = (await finished(board, job))[-1]
    assert last.state == "failed"
    assert job.id in last.messages[-1].content
    assert "secret" not in last.model_dump_json()
    assert (await finished(board, board.start("document", "y", nothing)))[-1].state == "done"


async def test_a_running_job_is_cancelled_and_the_next_one_begins(board: JobBoard) -> None:
    gate, cleaned = asyncio.Event(), list[str]()

    async def work(_: Progress) -> None:
        try:
            await gate.wait()
        finally:
            cleaned.append("away")

    job, following = board.start("avatar", "a", work), board.start("avatar", "b", nothing)
    await asyncio.sleep(0)
    await board.cancel(job.id)
    assert cleaned == ["away"], "the work has removed what it made before the answer is given"
    assert board.get(job.id).state == "cancelled"
    assert (await finished(board, following))[-1].state == "done"
    await board.cancel(job.id)
    assert board.get(job.id).state == "cancelled"


@pytest.mark.parametrize("begun", [True, False])
async def test_a_queued_job_is_cancelled_without_ever_running(board: JobBoard, begun: bool) -> None:
    gate, log = asyncio.Event(), list[str]()
    first = board.start("avatar", "a", held(gate))
    second = board.start("avatar", "b", held(gate, log, "b"))
    if begun:
        await asyncio.sleep(0)
    await board.cancel(second.id)
    assert (await finished(board, second))[-1].state == "cancelled"
    gate.set()
    assert (await finished(board, first))[-1].state == "done"
    assert log == []


async def test_many_watch_one_job_and_one_may_come_late(board: JobBoard) -> None:
    gate = asyncio.Event()
    job = board.start("document", "x", held(gate))
    watchers = [asyncio.create_task(finished(board, job)) for _ in range(3)]
    await asyncio.sleep(0)
    gate.set()
    for states in await asyncio.gather(*watchers):
        assert [state.state for state in states] == ["running", "done"]
    assert [state.state for state in await finished(board, job)] == ["done"], "an end is told once"


async def test_the_newest_job_of_a_subject_is_found(board: JobBoard) -> None:
    board.start("avatar", "you", nothing)
    newest = board.start("avatar", "you", nothing)
    board.start("document", "you", nothing)
    latest = board.latest("avatar", "you")
    assert latest is not None
    assert latest.id == newest.id
    assert board.latest("avatar", "nobody") is None
    with pytest.raises(NoSuchJob):
        board.get("none")
    with pytest.raises(NoSuchJob):
        await anext(aiter(board.follow("none")))
    with pytest.raises(NoSuchJob):
        await board.cancel("none")


async def test_old_jobs_are_forgotten_but_never_one_that_waits(
    board: JobBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor_engine.jobs._KEPT", 3)
    gate = asyncio.Event()
    waiting = board.start("document", "first", held(gate))
    others = [board.start("document", str(number), nothing) for number in range(6)]
    await asyncio.sleep(0)
    assert board.get(waiting.id).state == "running"
    assert {board.get(job.id).state for job in others} == {"queued"}
    gate.set()
    await finished(board, others[-1])
    await asyncio.sleep(0)
    newest = board.start("document", "last", nothing)
    with pytest.raises(NoSuchJob):
        board.get(waiting.id)
    assert (await finished(board, newest))[-1].state == "done"


async def test_leaving_the_board_cancels_what_runs() -> None:
    gate = asyncio.Event()
    async with JobBoard() as board:
        jobs = [board.start("avatar", name, held(gate)) for name in "ab"]
        await asyncio.sleep(0)
    assert [board.get(job.id).state for job in jobs] == ["cancelled", "cancelled"]
