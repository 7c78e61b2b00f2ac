"""Jobs that outlive the engine: what was asked for is done, what was done is known."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from tutor_engine.job_journal import Journal, KeptJob
from tutor_engine.jobs import JobBoard, JobFailed, Maker, NoSuchJob, Progress, Work
from tutor_protocol.http import Job, JobMessage


def maker(done: list[str], gate: asyncio.Event | None = None, *, fails: bool = False) -> Maker:
    """Work that notes what it was given."""

    def make(recipe: Mapping[str, str | None], file: Path) -> Work:
        async def work(progress: Progress) -> None:
            done.append(f"{recipe['name']}:{file.read_text()}:{progress.resumed}")  # noqa: ASYNC240 - a tiny file
            progress.report("reading", 0.5, 3, 7)
            if gate is not None:
                await gate.wait()
            if fails:
                raise JobFailed(JobMessage(level="error", content="no"))

        return work

    return make


async def keep(board: JobBoard, name: str, text: str = "words") -> Job:
    job_id, path = board.reserve()
    await asyncio.to_thread(path.write_text, text)
    return await board.keep(job_id, "document", name, {"name": name})


def left(folder: Path, pattern: str = "*") -> list[str]:
    """Endings of the files that are there."""
    return sorted(path.suffix for path in folder.glob(pattern))


async def running(board: JobBoard, job: Job) -> None:
    async with asyncio.timeout(30):
        async for state in board.follow(job.id):
            if state.state == "running":
                return


async def finished(board: JobBoard, job_id: str) -> Job:
    async with asyncio.timeout(30):
        return [state async for state in board.follow(job_id)][-1]


async def test_a_finished_job_can_be_asked_for_after_a_restart(tmp_path: Path) -> None:
    async with JobBoard(folder=tmp_path) as board:
        board.make_with("document", maker([]))
        job = await keep(board, "a")
        assert (await finished(board, job.id)).state == "done"
    assert left(tmp_path) == [".job"], "the upload is gone"
    async with JobBoard(folder=tmp_path) as board:
        known = board.get(job.id)
        assert (known.state, known.page, known.pages) == ("done", 3, 7)


async def test_what_was_not_ended_is_gone_on_with_in_order(tmp_path: Path) -> None:
    done: list[str] = []
    times = iter(range(100))
    async with JobBoard(folder=tmp_path, now=lambda: float(next(times))) as board:
        board.make_with("document", maker(done, asyncio.Event()))
        jobs = [await keep(board, name, name.upper()) for name in ("b", "a", "c")]
        await running(board, jobs[0])
    assert done == ["b:B:False"]
    for _ in range(3):  # a stop that was asked for never counts as a failure
        async with JobBoard(folder=tmp_path) as board:
            gate = asyncio.Event()
            board.make_with("document", maker(done, gate))
            await running(board, jobs[0])
    async with JobBoard(folder=tmp_path) as board:
        done.clear()
        board.make_with("document", maker(done))
        for job in jobs:
            assert (await finished(board, job.id)).state == "done"
    assert done == ["b:B:True", "a:A:False", "c:C:False"]


async def test_an_engine_that_dies_twice_of_a_job_gives_it_up(tmp_path: Path) -> None:
    async with JobBoard(folder=tmp_path) as board:
        board.make_with("document", maker([], asyncio.Event()))
        job = await keep(board, "a")
        await running(board, job)
        journal = Journal(tmp_path)
        dead = job.model_copy(update={"state": "running"})
    for attempts, state in ((1, "done"), (2, "failed")):
        journal.save(dead, KeptJob("", 0.0, {"name": "a"}, attempts, begun=True))
        journal.upload(job.id).write_text("words")
        async with JobBoard(folder=tmp_path) as board:
            board.make_with("document", maker([]))
            last = await finished(board, job.id)
            assert last.state == state
    assert "twice" in last.messages[0].content
    assert not last.messages[1].content.isascii()
    assert not journal.upload(job.id).exists()


async def test_what_was_begun_is_undone_when_it_is_not_gone_on_with(tmp_path: Path) -> None:
    undone: list[str] = []

    async def undo(recipe: Mapping[str, str | None], file: Path) -> None:
        undone.append(f"{recipe['name']}:{file.read_text()}")  # noqa: ASYNC240 - a tiny file

    async with JobBoard(folder=tmp_path) as board:
        board.make_with("document", maker([], asyncio.Event()))
        job = await keep(board, "a")
        await running(board, job)
    journal = Journal(tmp_path)
    begun = job.model_copy(update={"state": "running"})
    journal.save(begun, KeptJob("", 0.0, {"name": "a"}, attempts=2, begun=True))
    async with JobBoard(folder=tmp_path) as board:
        board.make_with("document", maker([]), undo)
        assert (await finished(board, job.id)).state == "failed"
    assert undone == ["a:words"]
    journal.save(begun, KeptJob("", 0.0, {"name": "a"}, attempts=1, begun=True))
    await asyncio.to_thread(journal.upload(job.id).write_text, "words")
    async with JobBoard(folder=tmp_path) as board:
        board.make_with("document", maker([]), undo)
        await board.cancel(job.id)
        assert board.get(job.id).state == "cancelled"
    assert undone == ["a:words", "a:words"]


async def test_cancelled_and_failed_jobs_stay_so(tmp_path: Path) -> None:
    async with JobBoard(folder=tmp_path) as board:
        board.make_with("document", maker([], asyncio.Event()))
        first, queued = await keep(board, "a"), await keep(board, "b")
        await running(board, first)
        await board.cancel(queued.id)
        await board.cancel(first.id)
    async with JobBoard(folder=tmp_path) as board:
        board.make_with("document", maker([], fails=True))
        assert {board.get(job.id).state for job in (first, queued)} == {"cancelled"}
        failed = await keep(board, "c")
        assert (await finished(board, failed.id)).state == "failed"
    async with JobBoard(folder=tmp_path) as board:
        assert board.get(failed.id).messages[-1].content == "no"
    assert left(tmp_path, "*.upload") == []


async def test_a_job_that_waits_for_its_kind_can_be_cancelled(tmp_path: Path) -> None:
    async with JobBoard(folder=tmp_path) as board:
        board.make_with("document", maker([], asyncio.Event()))
        job = await keep(board, "a")
    async with JobBoard(folder=tmp_path) as board:
        assert board.get(job.id).state == "queued"
        await board.cancel(job.id)
        board.make_with("document", maker([]))
        assert board.get(job.id).state == "cancelled"


async def test_broken_files_and_strays_are_swept_away(tmp_path: Path) -> None:
    (tmp_path / "x.job").write_bytes(b"{half")
    (tmp_path / "stray.upload").write_bytes(b"words")
    (tmp_path / ".new-1").write_bytes(b"half")
    async with JobBoard(folder=tmp_path) as board:
        with pytest.raises(NoSuchJob):
            board.get("x")
    assert left(tmp_path) == []


async def test_old_jobs_leave_the_disk_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor_engine.jobs._KEPT", 2)
    async with JobBoard(folder=tmp_path) as board:
        board.make_with("document", maker([]))
        for name in "abcd":
            await finished(board, (await keep(board, name)).id)
            await asyncio.sleep(0.01)
        assert len(left(tmp_path, "*.job")) <= 3


async def test_a_board_without_a_folder_keeps_jobs_while_it_lives() -> None:
    done: list[str] = []
    async with JobBoard() as board:
        board.make_with("document", maker(done))
        job = await keep(board, "a")
        path = board.upload(job.id)
        assert (await finished(board, job.id)).state == "done"
        await asyncio.sleep(0)
    assert done == ["a:words:False"]
    assert not path.parent.exists()


async def test_a_document_does_not_wait_for_an_avatar() -> None:
    gate = asyncio.Event()

    async def wait(_: Progress) -> None:
        await gate.wait()

    async def nothing(_: Progress) -> None:
        """Done at once."""

    async with JobBoard() as board:
        board.start("avatar", "you", wait)
        assert (await finished(board, board.start("document", "x", nothing).id)).state == "done"
        gate.set()
