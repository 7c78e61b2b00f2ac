"""Frames from the face worker to a media worker, without passing through the engine.

Pixels lie in a shared-memory arena made by the face worker; these messages announce them over a Unix stream
socket on which the media worker listens (`Channel` framing). `SharedArena` is that memory from either side.
"""

import sys
from collections import deque
from multiprocessing import resource_tracker, shared_memory
from typing import Any

import msgspec


class Arena(msgspec.Struct, tag=True, frozen=True):
    """First message of a face worker: its shared memory, `slots` slots of `slot_bytes` each."""

    name: str
    slots: int
    slot_bytes: int


class FrameReady(msgspec.Struct, tag=True, frozen=True):
    """A frame lies in `slot`.

    `index` counts the frames of the turn's sound (40 ms each) from 0; -1 is a filler without sound, shown
    while the sound waits or after it ended. `loop_index` is the frame of the idle loop it continues.
    `exit` marks the last frame of a live stretch: the idle loop goes on at `loop_index + 1`, a keyframe.
    """

    performance: int
    turn: int
    index: int
    loop_index: int
    slot: int
    width: int
    height: int
    exit: bool = False


class FrameTaken(msgspec.Struct, tag=True, frozen=True):
    """The media worker is done with a slot."""

    slot: int


class LoopAt(msgspec.Struct, tag=True, frozen=True):
    """Where the idle loop of a performance is: frame `loop_index` was sent at `monotonic_s`."""

    performance: int
    loop_index: int
    monotonic_s: float


class Playing(msgspec.Struct, tag=True, frozen=True):
    """How far the sound of a turn has been played; paces the face worker (at most 400 ms ahead)."""

    performance: int
    turn: int
    position_ms: float


FrameMessage = Arena | FrameReady
FrameReply = FrameTaken | LoopAt | Playing


class SlotUnknown(ValueError):
    """A slot or a size that does not fit the arena."""


class SharedArena:
    """Equal slots in one block of shared memory: the maker acquires and fills, the reader only looks.

    Exactly one process creates and removes it; the other attaches by the `Arena` message. Views must be
    dropped before `close`.
    """

    def __init__(
        self, memory: shared_memory.SharedMemory, slots: int, slot_bytes: int, *, owner: bool
    ) -> None:
        self._memory = memory
        self._owner = owner
        self._open = True
        self._free = deque(range(slots)) if owner else deque[int]()
        self._taken = [False] * slots
        self.slots = slots
        self.slot_bytes = slot_bytes

    @classmethod
    def create(cls, slots: int, slot_bytes: int) -> "SharedArena":
        """Make the memory; it is removed by `close`, or by the system's resource tracker if we are killed."""
        memory = shared_memory.SharedMemory(create=True, size=slots * slot_bytes)
        return cls(memory, slots, slot_bytes, owner=True)

    @classmethod
    def attach(cls, arena: Arena) -> "SharedArena":
        """Look into another process's arena.

        Raises:
            SlotUnknown: the memory is gone, or smaller than announced.
        """
        try:
            memory = _attach_untracked(arena.name)
        except (OSError, ValueError) as error:
            raise SlotUnknown(f"no shared memory {arena.name!r}") from error
        if arena.slots < 1 or arena.slot_bytes < 1 or arena.slots * arena.slot_bytes > memory.size:
            memory.close()
            raise SlotUnknown(
                f"{arena.slots} slots of {arena.slot_bytes} bytes do not fit {memory.size} bytes"
            )
        return cls(memory, arena.slots, arena.slot_bytes, owner=False)

    def describe(self) -> Arena:
        """The message that lets another process attach."""
        return Arena(name=self._memory.name, slots=self.slots, slot_bytes=self.slot_bytes)

    def acquire(self) -> int | None:
        """A slot to fill, the longest free first; None while the reader holds all."""
        if not self._free:
            return None
        slot = self._free.popleft()
        self._taken[slot] = True
        return slot

    def view(self, slot: int, nbytes: int) -> memoryview:
        """The first `nbytes` of a slot (`np.frombuffer(view, np.uint8)` costs no copy).

        Raises:
            SlotUnknown: no such slot, or more than it holds.
        """
        if not (0 <= slot < self.slots and 0 <= nbytes <= self.slot_bytes):
            raise SlotUnknown(f"slot {slot}, {nbytes} bytes")
        memory = self._memory.buf
        if memory is None:
            raise SlotUnknown("the arena is closed")
        start = slot * self.slot_bytes
        return memory[start : start + nbytes]

    def release(self, slot: int) -> None:
        """The reader is done with it. A slot that was not acquired is ignored."""
        if 0 <= slot < self.slots and self._taken[slot]:
            self._taken[slot] = False
            self._free.append(slot)

    def close(self) -> None:
        """Let go of the memory, and remove it when we made it. Idempotent."""
        if not self._open:
            return
        self._open = False
        try:
            self._memory.close()
        except BufferError:  # a view is still alive somewhere; the mapping ends with it
            _forget_mapping(self._memory)
        if self._owner:
            self._memory.unlink()


def _attach_untracked(name: str) -> shared_memory.SharedMemory:
    """Attach without making this process's resource tracker remove the memory at exit.

    Before Python 3.13 every attachment is registered as if it were a creation (python/cpython#82300).
    """
    if sys.version_info >= (3, 13):
        return shared_memory.SharedMemory(name=name, track=False)
    register = resource_tracker.register
    resource_tracker.register = _register_nothing
    try:
        return shared_memory.SharedMemory(name=name)
    finally:
        resource_tracker.register = register


def _register_nothing(name: Any, rtype: str) -> None:
    """Stand-in for `resource_tracker.register` while attaching."""


def _forget_mapping(memory: shared_memory.SharedMemory) -> None:
    """Leave the mapping to its last view, and keep `SharedMemory.__del__` from complaining about it."""
    for attribute in ("_mmap", "_buf"):
        setattr(memory, attribute, None)
    memory.close()  # the descriptor
