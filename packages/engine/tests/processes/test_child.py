"""A child is told what it must know, is replaced when it dies, and ends with its owner."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tutor_engine.processes import Child

sys.path.insert(0, str(Path(__file__).parent))
from echo_child import Die, Said, Say


class Owner:
    """Keeps what a child says."""

    def __init__(self) -> None:
        self.said: asyncio.Queue[Said] = asyncio.Queue()
        self.starts = 0
        self.ends = 0
        self.child: Child[Say | Die, Said] = Child(
            "echo", "echo_child", Said, on_message=self.take, on_start=self.started, on_end=self.ended
        )

    async def take(self, message: Said) -> None:
        await self.said.put(message)

    async def started(self) -> None:
        self.starts += 1
        self.child.post(Say(f"start {self.starts}"))

    async def ended(self) -> None:
        self.ends += 1


@pytest.fixture
def owner(monkeypatch: pytest.MonkeyPatch) -> Owner:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    return Owner()


async def test_messages_go_both_ways_in_order(owner: Owner) -> None:
    await owner.child.start()
    for word in ("one", "two"):
        owner.child.post(Say(word))
    assert [(await owner.said.get()).words for _ in range(3)] == ["start 1", "one", "two"]
    await owner.child.aclose()


async def test_a_child_that_dies_is_replaced_and_told_again(owner: Owner) -> None:
    await owner.child.start()
    first = await owner.said.get()
    owner.child.post(Die())
    second = await owner.said.get()
    assert second.words == "start 2"
    assert second.pid != first.pid
    assert (owner.ends, owner.child.restarts) == (1, 1)
    await owner.child.aclose()


async def test_closing_ends_the_process_and_is_idempotent(owner: Owner) -> None:
    await owner.child.start()
    pid = (await owner.said.get()).pid
    await owner.child.aclose()
    await owner.child.aclose()
    assert owner.child.pid is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_posting_to_a_child_that_is_gone_is_no_error(owner: Owner) -> None:
    owner.child.post(Say("nobody"))
    assert not owner.child.up
