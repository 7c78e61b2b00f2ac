"""Ending tasks, and keeping the engine's copies."""

import asyncio

from tutor_platform.kit import keeping
from tutor_platform.kit.errors import EngineUnreachable, PlatformError
from tutor_platform.kit.keeping import RETRY_S, Keeping
from tutor_platform.kit.tasks import end


async def _deaf(times: int) -> None:
    """Loses its first cancellations, as `asyncio.wait_for` may."""
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            times -= 1
            if times < 0:
                raise


async def _broken() -> None:
    try:
        await asyncio.Event().wait()
    finally:
        raise OSError("the connection was gone already")


async def test_a_task_that_loses_a_cancellation_ends_all_the_same() -> None:
    tasks = [asyncio.create_task(each) for each in (_deaf(0), _deaf(2), _broken())]
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await end(tasks, again_s=0.01)
    assert [task.cancelled() for task in tasks] == [True, True, False]
    assert isinstance(tasks[2].exception(), OSError)


async def test_nothing_to_end() -> None:
    await end([])


class Engine:
    """Answers comparisons as it is told; writes down how long it was left alone."""

    def __init__(self, *answers: bool | Exception) -> None:
        self.answers = list(answers)
        self.waits_s: list[float] = []
        self.asked = asyncio.Event()
        self.done = asyncio.Event()

    async def compare(self) -> bool:
        if not self.answers:
            self.done.set()
            await asyncio.Event().wait()
        answer = self.answers.pop(0)
        self.asked.set()
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def sleep(self, seconds: float) -> None:
        self.waits_s.append(seconds)


async def _kept(engine: Engine) -> list[float]:
    running = asyncio.create_task(Keeping("test", engine.compare, 60.0, engine.sleep).run())
    async with asyncio.timeout(5):
        await engine.done.wait()
    await end([running])
    return engine.waits_s


async def test_work_in_the_engine_is_followed_closely() -> None:
    assert await _kept(Engine(False, True, False)) == [60.0, keeping.LOOK_AT_JOBS_S, 60.0]


async def test_an_engine_that_is_away_is_asked_ever_more_slowly() -> None:
    answers = [*(EngineUnreachable() for _ in RETRY_S), PlatformError(), OSError(), False]
    waits_s = await _kept(Engine(*answers))
    assert waits_s == [*RETRY_S, RETRY_S[-1], RETRY_S[-1], 60.0]


async def test_a_change_is_looked_at_at_once() -> None:
    async def never(_: float) -> None:
        await asyncio.Event().wait()

    engine = Engine(False, False)
    keeper = Keeping("test", engine.compare, 60.0, never)
    running = asyncio.create_task(keeper.run())
    async with asyncio.timeout(5):
        await engine.asked.wait()
        keeper.look()
        engine.asked.clear()
        await engine.asked.wait()
    await end([running])
