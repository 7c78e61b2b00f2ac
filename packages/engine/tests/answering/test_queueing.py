import asyncio

import pytest

from tutor_engine.answering.queueing import Crowded, Turnstile


async def test_those_who_wait_are_let_in_one_after_the_other_and_told_how_long() -> None:
    now = [0.0]
    turnstile = Turnstile(1, clock=lambda: now[0])
    order: list[str] = []
    gates = {name: asyncio.Event() for name in "abc"}

    async def enter(name: str) -> float:
        async with turnstile.through(patience_s=30) as waited_ms:
            order.append(name)
            await gates[name].wait()
            return waited_ms

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(enter(name)) for name in "abc"]
        for _ in range(5):
            await asyncio.sleep(0)
        assert (turnstile.inside, turnstile.waiting) == (1, 2)
        now[0] = 1.5
        for name in "abc":
            gates[name].set()
    assert order == ["a", "b", "c"]
    assert [task.result() for task in tasks] == [0.0, 1500.0, 1500.0]
    assert (turnstile.inside, turnstile.waiting) == (0, 0)


async def test_nobody_waits_too_long_and_the_place_is_not_lost() -> None:
    turnstile = Turnstile(1)
    async with turnstile.through(1):
        with pytest.raises(Crowded, match="1 answers are being generated"):
            async with turnstile.through(0.01):
                raise AssertionError("there is no room")
    async with turnstile.through(0.01) as waited_ms:
        assert waited_ms < 1_000


async def test_who_is_cancelled_gives_the_place_back() -> None:
    turnstile = Turnstile(1)

    async def enter() -> None:
        async with turnstile.through(30):
            await asyncio.Event().wait()

    inside, waiting = asyncio.ensure_future(enter()), asyncio.ensure_future(enter())
    for _ in range(5):
        await asyncio.sleep(0)
    waiting.cancel()
    inside.cancel()
    await asyncio.wait([inside, waiting])
    assert (turnstile.inside, turnstile.waiting) == (0, 0)
    async with turnstile.through(0.01):
        pass


def test_at_least_one_gets_through() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Turnstile(0)
