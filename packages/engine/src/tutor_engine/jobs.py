"""Long work with progress, cancel and a stream of its states: avatar builds and document intake.

Kept jobs outlive the engine: what was being done when it stopped is begun again, and how a job ended can
still be asked for after a restart.
"""

import asyncio
import secrets
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Literal
from weakref import WeakValueDictionary

import msgspec
import structlog

from tutor_engine.job_journal import Journal, KeptJob
from tutor_protocol.http import Job, JobMessage

log = structlog.get_logger()

_KEPT = 200
"""Finished jobs remembered; an answer to a poll that comes late costs about 1 kB."""
_ATTEMPTS = 2
"""A job during which the engine died so often is not begun again."""

_STOPPED = (
    JobMessage(level="error", content="The engine stopped twice during this work, so it was given up."),
    JobMessage(level="error", content="引擎在处理过程中两次意外停止，因此放弃了这项工作。"),
)

Kind = Literal["avatar", "document"]
_RUNNING = ("queued", "running")


class NoSuchJob(Exception):
    """There is no job of this id."""


class JobFailed(Exception):
    """Raised by work that cannot succeed; each message is for the person who waits."""

    def __init__(self, *messages: JobMessage) -> None:
        self.messages = messages
        super().__init__("; ".join(message.content for message in messages))


class Progress:
    """What running work reports to. May be called from any thread."""

    def __init__(self, board: "JobBoard", job_id: str, loop: asyncio.AbstractEventLoop) -> None:
        self._board = board
        self._job_id = job_id
        self._loop = loop

    def report(self, step: str, share: float, page: int = 0, pages: int = 0) -> None:
        """The step being done now and the part of the whole that is done, 0 to 1; of documents, the page."""
        self._loop.call_soon_threadsafe(self._board.on_progress, self._job_id, step, share, page, pages)

    def remark(self, *messages: JobMessage) -> None:
        """Add messages."""
        self._loop.call_soon_threadsafe(self._board.on_remark, self._job_id, messages)

    @property
    def resumed(self) -> bool:
        """Whether the engine stopped while this job was being done before."""
        return self._board.was_begun(self._job_id)

    def pausing(self) -> bool:
        """Asked when cancelled: whether the job will be gone on with by the next engine."""
        return self._board.pauses(self._job_id)


Work = Callable[[Progress], Awaitable[None]]
Recipe = Mapping[str, str | None]
Maker = Callable[[Recipe, Path], Work]
"""Makes the work of a kept job from its recipe and the path of its upload."""
Undo = Callable[[Recipe, Path], Awaitable[None]]


class JobBoard:
    """All jobs of the node. Use as `async with`; leaving cancels what runs, kept jobs only pause."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        *,
        folder: Path | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Kept jobs lie in `folder`; without one they last as long as the board."""
        self._clock = clock
        self._now = now
        self._stack = ExitStack()
        self._lasting = folder is not None
        self._journal = Journal(folder) if folder is not None else None
        self._resumed = set[str]()
        self._makers: dict[str, Maker] = {}
        self._undos: dict[str, Undo] = {}
        self._kept: dict[str, KeptJob] = {}
        self._waiting: dict[str, list[str]] = defaultdict(list[str])
        """Kept jobs of the last engine by kind, until somebody says how their work is made."""
        self._closing = False
        self._jobs: dict[str, Job] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._started: dict[str, float] = {}
        self._changed = asyncio.Event()
        self._group = asyncio.TaskGroup()
        self._room: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(1))
        """By kind: a document does not wait for an avatar, which takes minutes."""
        self._turns = WeakValueDictionary[tuple[str, str], asyncio.Lock]()
        """By subject: of two uploads of one document the later one is the one that stays."""

    async def __aenter__(self) -> "JobBoard":
        await self._group.__aenter__()
        if self._journal is not None:
            await asyncio.to_thread(self._journal.folder.mkdir, parents=True, exist_ok=True)
            for job, kept in await asyncio.to_thread(self._journal.load):
                self._jobs[job.id], self._kept[job.id] = job, kept
                if kept.begun:
                    self._resumed.add(job.id)
                if job.state in _RUNNING:
                    self._waiting[job.kind].append(job.id)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        for task in self._tasks.values():
            task.cancel()
        await self._group.__aexit__(None, None, None)
        self._stack.close()

    def start(self, kind: Kind, subject: str, work: Work) -> Job:
        """Queue work; few jobs of a kind run at once so that live lessons keep their cores."""
        job = self._new(secrets.token_urlsafe(9), kind, subject)
        self._begin(job, work)
        return job

    def make_with(self, kind: Kind, maker: Maker, undo: Undo | None = None, at_once: int = 1) -> None:
        """Say how the work of kept jobs of a kind is made; those of the last engine go on at once.

        `undo` takes away what an earlier engine left of a job that is not gone on with. `at_once` jobs run
        beside each other, those of one subject always in the order they came.
        """
        self._makers[kind] = maker
        self._room[kind] = asyncio.Semaphore(at_once)
        if undo is not None:
            self._undos[kind] = undo
        for job_id in self._waiting.pop(kind, []):
            kept = self._kept[job_id]
            work = self._giving_up(job_id) if kept.attempts >= _ATTEMPTS else None
            self._put(self._jobs[job_id], state="queued", step="queued", seconds_left=None)
            self._begin(self._jobs[job_id], work or maker(kept.recipe, self.upload(job_id)))

    def reserve(self) -> tuple[str, Path]:
        """The identifier of a job to come, and where its upload is to be written."""
        job_id = secrets.token_urlsafe(9)
        journal = self._journal_of()
        journal.folder.mkdir(parents=True, exist_ok=True)
        return job_id, journal.upload(job_id)

    def upload(self, job_id: str) -> Path:
        """Where the upload of a kept job lies."""
        return self._journal_of().upload(job_id)

    async def keep(self, job_id: str, kind: Kind, subject: str, recipe: Recipe) -> Job:
        """Queue a reserved job, written down first: from now on it is done even if the engine stops."""
        job = self._new(job_id, kind, subject)
        self._kept[job_id] = KeptJob("", self._now(), dict(recipe))
        await asyncio.to_thread(self._journal_of().save, job, self._kept[job_id])
        self._begin(job, self._makers[kind](recipe, self.upload(job_id)))
        return job

    def was_begun(self, job_id: str) -> bool:
        """Whether an earlier engine had begun a kept job."""
        return job_id in self._resumed

    def pauses(self, job_id: str) -> bool:
        """Whether a job that is cancelled now will be gone on with by the next engine."""
        return self._closing and self._lasting and job_id in self._kept

    def _giving_up(self, job_id: str) -> Work:
        async def work(_: Progress) -> None:
            await self._undo(job_id)
            raise JobFailed(*_STOPPED)

        return work

    async def _undo(self, job_id: str) -> None:
        undo = self._undos.get(self._jobs[job_id].kind)
        if undo is not None:
            await undo(self._kept[job_id].recipe, self.upload(job_id))

    def _new(self, job_id: str, kind: Kind, subject: str) -> Job:
        return Job(id=job_id, kind=kind, subject=subject, state="queued", step="queued", progress=0.0)

    def _begin(self, job: Job, work: Work) -> None:
        self._jobs[job.id] = job
        for old in list(self._jobs)[:-_KEPT]:
            if old not in self._tasks and self._jobs[old].state not in _RUNNING:
                del self._jobs[old]
                if self._kept.pop(old, None) is not None:
                    self._journal_of().forget(old)
        task = self._tasks[job.id] = self._group.create_task(self._run(job.id, work), name=f"job:{job.id}")
        task.add_done_callback(lambda _: self._over(job.id))

    def _journal_of(self) -> Journal:
        """The journal; of a board without a folder, one that goes with the board."""
        if self._journal is None:
            folder = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="jobs-"))
            self._journal = Journal(Path(folder))
        return self._journal

    def _write(self, job: Job) -> None:
        """Bring a kept job on disk up to date; the upload of one that has ended goes."""
        kept = self._kept.get(job.id)
        if kept is None:
            return
        self._journal_of().save(job, kept)
        if job.state not in _RUNNING:
            self._journal_of().drop_upload(job.id)

    def _count(self, job_id: str, attempts: int) -> None:
        kept = self._kept.get(job_id)
        if kept is not None:
            self._kept[job_id] = msgspec.structs.replace(kept, attempts=kept.attempts + attempts, begun=True)

    def get(self, job_id: str) -> Job:
        """A job as it stands.

        Raises:
            NoSuchJob: there is none of this id.
        """
        if job_id not in self._jobs:
            raise NoSuchJob(job_id)
        return self._jobs[job_id]

    def latest(self, kind: str, subject: str) -> Job | None:
        """The newest job about a subject."""
        jobs = (job for job in reversed(self._jobs.values()) if job.kind == kind and job.subject == subject)
        return next(jobs, None)

    async def cancel(self, job_id: str) -> None:
        """Stop a job; what it made is removed by the work itself."""
        if self.get(job_id).state == "queued" and job_id in self._resumed:
            await self._undo(job_id)
        task = self._tasks.get(job_id)
        if task is not None:
            task.cancel()
            await asyncio.wait({task})
        elif job_id in self._waiting[self._jobs[job_id].kind]:
            self._waiting[self._jobs[job_id].kind].remove(job_id)
            self._put(self._jobs[job_id], state="cancelled", step="cancelled", seconds_left=None)
            await asyncio.to_thread(self._write, self._jobs[job_id])

    async def forget(self, kind: str, subject: str) -> bool:
        """Stop and forget every job about a subject that is gone; tells whether there was one."""
        about = [job.id for job in self._jobs.values() if job.kind == kind and job.subject == subject]
        for job_id in about:
            await self.cancel(job_id)
            del self._jobs[job_id]
            if self._kept.pop(job_id, None) is not None:
                await asyncio.to_thread(self._journal_of().forget, job_id)
        return bool(about)

    async def follow(self, job_id: str) -> AsyncIterator[Job]:
        """Every state of a job from now to its end; nothing more of one that is forgotten."""
        seen = self.get(job_id)
        yield seen
        while seen.state in _RUNNING:
            while (now := self._jobs.get(job_id)) == seen:
                await self._changed.wait()
            if now is None:
                return
            seen = now
            yield seen

    def on_progress(self, job_id: str, step: str, progress: float, page: int = 0, pages: int = 0) -> None:
        """Note progress; time left is extrapolated from the time spent."""
        job = self._jobs.get(job_id)
        if job is None or job.state != "running":
            return
        spent = self._clock() - self._started[job_id]
        left = round(spent / progress * (1 - progress), 1) if progress > 0.05 else None
        share = min(max(progress, job.progress), 1.0)
        counted = {"page": page, "pages": pages} if pages else {}
        self._put(job, step=step, progress=share, seconds_left=left, **counted)

    def on_remark(self, job_id: str, messages: tuple[JobMessage, ...]) -> None:
        """Add messages to a job."""
        job = self._jobs.get(job_id)
        if job is not None:
            self._put(job, messages=[*job.messages, *messages])

    async def _run(self, job_id: str, work: Work) -> None:
        job = self._jobs[job_id]
        turn = self._turns.setdefault((job.kind, job.subject), asyncio.Lock())
        try:
            async with turn, self._room[job.kind]:
                self._started[job_id] = self._clock()
                self._put(self._jobs[job_id], state="running", step="starting")
                if job_id in self._kept:
                    self._count(job_id, 1)
                    await asyncio.to_thread(self._write, self._jobs[job_id])
                await work(Progress(self, job_id, asyncio.get_running_loop()))
                await asyncio.sleep(0)  # progress reported from threads arrives before the end
                await self._end(job_id, state="done", step="done", progress=1.0, seconds_left=0.0)
        except asyncio.CancelledError:
            self._cancelled(job_id)
            raise
        except JobFailed as error:
            await self._fail(job_id, *error.messages)
        except Exception:
            log.exception("job_failed", job=job_id)
            why = f"Something went wrong on our side (job {job_id})."
            await self._fail(job_id, JobMessage(level="error", content=why))

    async def _fail(self, job_id: str, *messages: JobMessage) -> None:
        said = [*self._jobs[job_id].messages, *messages]
        await self._end(job_id, state="failed", messages=said, seconds_left=None)

    async def _end(self, job_id: str, **changes: object) -> None:
        """The end of a job: on disk first, then for everybody to see."""
        if job_id in self._kept:
            await asyncio.to_thread(self._write, self._jobs[job_id].model_copy(update=changes))
        self._put(self._jobs[job_id], **changes)

    def _cancelled(self, job_id: str) -> None:
        """The end of a job that was cancelled; one that only pauses is queued again on disk."""
        job = self._jobs[job_id]
        if self.pauses(job_id):
            if job.state == "running":
                self._count(job_id, -1)
            self._put(job, state="queued", step="queued", seconds_left=None)
        else:
            self._put(job, state="cancelled", step="cancelled", seconds_left=None)
        self._write(self._jobs[job_id])

    def _over(self, job_id: str) -> None:
        task = self._tasks.pop(job_id)
        self._started.pop(job_id, None)
        if task.cancelled() and self._jobs[job_id].state == "queued" and not self.pauses(job_id):
            # Cancelled before its first step, so that `_run` never said so.
            self._cancelled(job_id)

    def _put(self, job: Job, **changes: object) -> None:
        self._jobs[job.id] = job.model_copy(update=changes)
        # Whoever waits has this event; whoever comes later waits for the next change.
        self._changed.set()
        self._changed = asyncio.Event()
