"""What the engine says to the face worker and what it hears back.

These go over the child's channel. Frames go straight from the face worker to the media worker, see
`processes/frames.py`.
"""

import msgspec


class OpenFace(msgspec.Struct, tag=True, frozen=True):
    """Begin a performance for a peer; frames go to the media worker listening at `frames_socket`."""

    performance: int
    package: str
    frames_socket: str


class RenderLoop(msgspec.Struct, tag=True, frozen=True):
    """Render the idle loop of an avatar as raw I420 into `target` (written under a temporary name)."""

    package: str
    target: str


class FeedFace(msgspec.Struct, tag=True, frozen=True):
    """Speech of a turn; `phonemes` are (ipa, start_ms, end_ms) on the turn's clock."""

    performance: int
    turn: int
    pcm: bytes
    rate_hz: int
    start_ms: float
    phonemes: list[tuple[str, float, float]]


class EndTurn(msgspec.Struct, tag=True, frozen=True):
    """No more speech in this turn: finish what is fed, then return to the idle loop."""

    performance: int
    turn: int


class FlushFace(msgspec.Struct, tag=True, frozen=True):
    """Interrupted: close the mouth and return to the idle loop. Later messages of this turn are ignored."""

    performance: int
    turn: int


class CloseFace(msgspec.Struct, tag=True, frozen=True):
    """End a performance."""

    performance: int


FaceCommand = OpenFace | RenderLoop | FeedFace | EndTurn | FlushFace | CloseFace


class FaceReady(msgspec.Struct, tag=True, frozen=True):
    """The worker is up, or one of its engines has changed; which engines it has."""

    engines: dict[str, str]
    """Name of each face engine and a word on why it is used or not."""
    troubled: list[str] = []
    """Those that should work and do not at the moment; the puppet stands in for them."""


class FaceOpened(msgspec.Struct, tag=True, frozen=True):
    """A performance has begun."""

    performance: int
    engine: str
    width: int
    height: int
    frames: int


class LoopRendered(msgspec.Struct, tag=True, frozen=True):
    """The raw loop lies in `target`."""

    package: str
    target: str
    width: int
    height: int
    frames: int


class LoopProgress(msgspec.Struct, tag=True, frozen=True):
    """Part of the loop that is rendered, 0 to 1."""

    package: str
    progress: float


class FaceFailed(msgspec.Struct, tag=True, frozen=True):
    """A performance or a loop could not be made; the lesson goes on without a moving face."""

    performance: int | None
    package: str
    reason: str


FaceReport = FaceReady | FaceOpened | LoopRendered | LoopProgress | FaceFailed


class ClipOrder(msgspec.Struct, frozen=True):
    """A film of a face that says one thing; for `showing/clip.py`, a process of its own."""

    package: str
    pcm: bytes
    """16-bit mono, from the beginning of the speech."""
    rate_hz: int
    phonemes: list[tuple[str, float, float]]
    """(ipa, start_ms, end_ms)."""
