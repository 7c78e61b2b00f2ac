"""Work of several lessons done together in one thread: what fits into one batch goes through at once.

There is no clock and no task of its own: whoever waits longest leads the next batch, and what is urgent
(final words) is taken before what is not (partial words).
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Generic, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


@dataclass(eq=False, slots=True)
class _Waiting(Generic[Job, Result]):
    job: Job
    urgent: bool
    result: asyncio.Future[Result]


class Batches(Generic[Job, Result]):
    """Runs `run` on up to `at_most` jobs that `fit` together, one batch at a time."""

    def __init__(
        self,
        run: Callable[[Sequence[Job]], Sequence[Result]],
        fit: Callable[[Job, Job], bool],
        executor: Executor,
        *,
        at_most: int = 1,
        linger_s: Callable[[], float] = lambda: 0.0,
    ) -> None:
        """Wait `linger_s()` for company before an idle executor is used; longer waits make larger batches."""
        if at_most < 1:
            raise ValueError("a batch holds at least one")
        self._run = run
        self._fit = fit
        self._executor = executor
        self._at_most = at_most
        self._linger_s = linger_s
        self._waiting: list[_Waiting[Job, Result]] = []
        self._turn = asyncio.Lock()
        self._running = 0

    @property
    def has_room(self) -> bool:
        """Whether work that can wait would not make what is urgent wait for long."""
        return self._running + len(self._waiting) < self._at_most

    async def done(self, job: Job, *, urgent: bool) -> Result:
        """The result of a job. Leaving takes it out of the queue; what runs is run to its end.

        Raises:
            Exception: what `run` raised for it.
        """
        mine = _Waiting[Job, Result](job, urgent, asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        try:
            while not mine.result.done():
                async with self._turn:
                    if mine.result.done():
                        break
                    linger_s = self._linger_s()
                    if linger_s > 0 and len(self._waiting) < self._at_most:
                        await asyncio.sleep(linger_s)
                    await self._run_next()
            return mine.result.result()
        finally:
            if mine in self._waiting:
                self._waiting.remove(mine)

    async def _run_next(self) -> None:
        """One batch: the longest waiting of the most urgent, and what fits to it."""
        head = next((each for each in self._waiting if each.urgent), self._waiting[0])
        company = [each for each in self._waiting if each is not head and self._fit(head.job, each.job)]
        company.sort(key=lambda each: not each.urgent)
        batch = [head, *company[: self._at_most - 1]]
        for each in batch:
            self._waiting.remove(each)
        self._running += len(batch)
        work = asyncio.get_running_loop().run_in_executor(
            self._executor, self._results, [each.job for each in batch]
        )
        # Whoever leads may leave; the others of the batch get their results all the same.
        work.add_done_callback(lambda done: self._hand_out(batch, done))
        await asyncio.wait([work])

    def _results(self, jobs: Sequence[Job]) -> list[Result | Exception]:
        """What each job gives. A batch that breaks (a GPU without memory for it) is tried one by one."""
        try:
            return list(self._run(jobs))
        except (RuntimeError, ValueError) as error:
            if len(jobs) == 1:
                return [error]
        return [result for job in jobs for result in self._results([job])]

    def _hand_out(
        self, batch: Sequence[_Waiting[Job, Result]], done: asyncio.Future[list[Result | Exception]]
    ) -> None:
        self._running -= len(batch)
        error = None if done.cancelled() else done.exception()
        results = (
            [error or asyncio.CancelledError()] * len(batch) if error or done.cancelled() else done.result()
        )
        for each, result in zip(batch, results, strict=True):
            if each.result.done():
                continue
            if isinstance(result, BaseException):
                each.result.set_exception(result)
                # Nobody may be left to ask.
                each.result.exception()
            else:
                each.result.set_result(result)
