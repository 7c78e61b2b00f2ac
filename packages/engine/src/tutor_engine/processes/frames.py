"""Frames from the face worker to a media worker, without passing through the engine.

Pixels lie in a shared-memory arena made by the face worker; these messages announce them over a Unix stream
socket on which the media worker listens (`Channel` framing).
"""

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
