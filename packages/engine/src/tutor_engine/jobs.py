"""Long work with progress, cancel and a stream of its states: avatar builds and document intake."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Literal

import structlog

from tutor_protocol.http import Job, JobMessage

log = structlog.get_logger()

_KEPT = 200
"""Finished jobs remembered; an answer to a poll that comes late costs about 1 kB."""


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

    def report(self, step: str, progress: float) -> None:
        """The step being done now and the part of the whole that is done, 0 to 1."""
        self._loop.call_soon_threadsafe(self._board.on_progress, self._job_id, step, progress)

    def remark(self, *messages: JobMessage) -> None:
        """Add messages."""
        self._loop.call_soon_threadsafe(self._board.on_remark, self._job_id, messages)


Work = Callable[[Progress], Awaitable[None]]


class JobBoard:
    """All jobs of the node. Use as `async with`; leaving cancels what runs."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._jobs: dict[str, Job] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._started: dict[str, float] = {}
        self._changed = asyncio.Event()
        self._group = asyncio.TaskGroup()
        self._one_at_a_time = asyncio.Semaphore(1)

    async def __aenter__(self) -> "JobBoard":
        await self._group.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks.values():
            task.cancel()
        await self._group.__aexit__(None, None, None)

    def start(self, kind: Literal["avatar", "document"], subject: str, work: Work) -> Job:
        """Queue work; jobs run one after another so that live lessons keep their cores."""
        job = Job(
            id=secrets.token_urlsafe(9),
            kind=kind,
            subject=subject,
            state="queued",
            step="queued",
            progress=0.0,
        )
        self._jobs[job.id] = job
        for old in list(self._jobs)[:-_KEPT]:
            if old not in self._tasks:
                del self._jobs[old]
        task = self._tasks[job.id] = self._group.create_task(self._run(job.id, work), name=f"job:{job.id}")
        task.add_done_callback(lambda _: self._over(job.id))
        return job

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
        self.get(job_id)
        task = self._tasks.get(job_id)
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    async def follow(self, job_id: str) -> AsyncIterator[Job]:
        """Every state of a job from now to its end."""
        seen: Job | None = None
        while seen is None or seen.state in ("queued", "running"):
            while self.get(job_id) == seen:
                await self._changed.wait()
            seen = self.get(job_id)
            yield seen

    def on_progress(self, job_id: str, step: str, progress: float) -> None:
        """Note progress; time left is extrapolated from the time spent."""
        job = self._jobs[job_id]
        if job.state != "running":
            return
        spent = self._clock() - self._started[job_id]
        left = round(spent / progress * (1 - progress), 1) if progress > 0.05 else None
        self._put(job, step=step, progress=min(max(progress, job.progress), 1.0), seconds_left=left)

    def on_remark(self, job_id: str, messages: tuple[JobMessage, ...]) -> None:
        """Add messages to a job."""
        job = self._jobs[job_id]
        self._put(job, messages=[*job.messages, *messages])

    async def _run(self, job_id: str, work: Work) -> None:
        try:
            async with self._one_at_a_time:
                self._started[job_id] = self._clock()
                self._put(self._jobs[job_id], state="running", step="starting")
                await work(Progress(self, job_id, asyncio.get_running_loop()))
                await asyncio.sleep(0)  # progress reported from threads arrives before the end
                self._put(self._jobs[job_id], state="done", step="done", progress=1.0, seconds_left=0.0)
        except asyncio.CancelledError:
            self._put(self._jobs[job_id], state="cancelled", step="cancelled", seconds_left=None)
            raise
        except JobFailed as error:
            job = self._jobs[job_id]
            messages = [*job.messages, *error.messages]
            self._put(job, state="failed", messages=messages, seconds_left=None)
        except Exception:
            log.exception("job_failed", job=job_id)
            remark = JobMessage(level="error", content=f"Something went wrong on our side (job {job_id}).")
            job = self._jobs[job_id]
            self._put(job, state="failed", messages=[*job.messages, remark], seconds_left=None)

    def _over(self, job_id: str) -> None:
        del self._tasks[job_id]
        self._started.pop(job_id, None)
        job = self._jobs[job_id]
        if job.state == "queued":
            # Cancelled before its first step, so that `_run` never said so.
            self._put(job, state="cancelled", step="cancelled")

    def _put(self, job: Job, **changes: object) -> None:
        self._jobs[job.id] = job.model_copy(update=changes)
        # Whoever waits has this event; whoever comes later waits for the next change.
        self._changed.set()
        self._changed = asyncio.Event()
