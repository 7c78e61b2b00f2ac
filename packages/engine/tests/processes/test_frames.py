"""Shared memory between a face worker and a media worker, and what is left of it afterwards."""

import subprocess
import sys

import numpy as np
import pytest

from tutor_engine.processes.frames import Arena, SharedArena, SlotUnknown


def test_slots_are_lent_once_and_come_back() -> None:
    arena = SharedArena.create(2, 100)
    assert [arena.acquire(), arena.acquire(), arena.acquire()] == [0, 1, None]
    arena.release(1)
    arena.release(1)
    arena.release(7)
    assert [arena.acquire(), arena.acquire()] == [1, None]
    for slot in (0, 1):
        arena.release(slot)
    assert {arena.acquire(), arena.acquire()} == {0, 1}
    arena.close()
    arena.close()


def test_the_reader_sees_what_the_maker_wrote() -> None:
    maker = SharedArena.create(3, 12)
    reader = SharedArena.attach(maker.describe())
    with maker.view(2, 12) as target:
        np.frombuffer(target, np.uint8).reshape(3, 4)[:] = 7
    with reader.view(2, 12) as seen, reader.view(1, 12) as other:
        assert bytes(seen) == b"\7" * 12
        assert bytes(other) == bytes(12)
    reader.close()
    assert maker.acquire() == 0
    maker.close()
    with pytest.raises(SlotUnknown):
        SharedArena.attach(maker.describe())


@pytest.mark.parametrize(("slot", "nbytes"), [(-1, 1), (2, 1), (0, 101), (0, -1)])
def test_nothing_outside_a_slot_can_be_looked_at(slot: int, nbytes: int) -> None:
    arena = SharedArena.create(2, 100)
    with pytest.raises(SlotUnknown):
        arena.view(slot, nbytes)
    arena.close()
    with pytest.raises(SlotUnknown):
        arena.view(0, 1)


@pytest.mark.parametrize(("slots", "slot_bytes"), [(100, 1_000_000), (0, 10), (1, 0), (-1, -1)])
def test_an_arena_that_is_not_what_was_announced_is_refused(slots: int, slot_bytes: int) -> None:
    maker = SharedArena.create(1, 10)
    with pytest.raises(SlotUnknown):
        SharedArena.attach(Arena(maker.describe().name, slots, slot_bytes))
    maker.close()


def test_closing_while_a_view_lives_neither_raises_nor_leaks_the_name() -> None:
    maker = SharedArena.create(1, 10)
    view = maker.view(0, 10)
    maker.close()
    assert bytes(view) == bytes(10)
    view.release()
    with pytest.raises(SlotUnknown):
        SharedArena.attach(maker.describe())


def test_a_reader_that_ends_leaves_the_memory_alone_and_says_nothing() -> None:
    maker = SharedArena.create(1, 10)
    described = maker.describe()
    program = (
        "from tutor_engine.processes.frames import Arena, SharedArena\n"
        f"arena = SharedArena.attach(Arena({described.name!r}, 1, 10))\n"
        "view = arena.view(0, 10)\n"
        "arena.close()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stderr == b""
    SharedArena.attach(described).close()
    maker.close()
