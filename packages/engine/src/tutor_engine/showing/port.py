"""What a face engine promises: speech with phoneme times in, frames with presentation times out.

The port lives inside the face worker process. It renders for all lessons together, so that a GPU engine
can batch across lessons; the puppet just loops.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

FPS = 25
FRAME_MS = 1000 / FPS

Frame = npt.NDArray[np.uint8]
"""I420: shape (height * 3 // 2, width), both even."""


@dataclass(frozen=True, slots=True)
class FaceCapabilities:
    """What one face engine can do; `/health` shows it."""

    name: str
    max_batch: int
    detail: str = ""
    ready: bool = True
    """False while it cannot do its work; its performances are then shown some other way, see `detail`."""


@dataclass(frozen=True, slots=True)
class LoopInfo:
    """The idle loop of an avatar; `frames` is a whole number of `FPS` (1 s groups of pictures)."""

    width: int
    height: int
    frames: int


@dataclass(frozen=True, slots=True)
class TimedPhoneme:
    """A phoneme in IPA on the clock of the turn's sound; an empty string is a pause."""

    ipa: str
    start_ms: float
    end_ms: float


@dataclass(frozen=True, slots=True)
class Speech:
    """A piece of the tutor's speech: 16-bit mono PCM starting at `start_ms` of the turn, with phonemes."""

    pcm: bytes
    rate_hz: int
    start_ms: float
    phonemes: Sequence[TimedPhoneme]


@dataclass(frozen=True, slots=True)
class FrameRequest:
    """One frame wanted: which performance, where in the idle loop, and when in its speech.

    `at_ms` is None while nothing is spoken: the mouth closes (over at most 120 ms) and stays closed.
    """

    performance: int
    loop_index: int
    at_ms: float | None
    due_s: float | None = None
    """When it will be shown, by the monotonic clock; an engine that falls behind may draw more simply."""


class FaceEngine(Protocol):
    """Renders every performance of one kind of face.

    `render`, `feed`, `flush` and `close` are called from one thread; `open` may run beside them in another.
    """

    @property
    def capabilities(self) -> FaceCapabilities:
        """What it can do."""
        ...

    def open(self, performance: int, package: Path) -> LoopInfo:
        """Begin a performance of the avatar in `package` (shared by all its performances).

        Raises:
            AvatarUnusable: the package cannot be opened by this engine.
        """
        ...

    def feed(self, performance: int, speech: Speech) -> None:
        """Add speech to the current turn."""
        ...

    def flush(self, performance: int) -> None:
        """Forget all speech: the turn ended or was interrupted."""
        ...

    def render(self, requests: Sequence[FrameRequest]) -> list[Frame]:
        """Render a batch, one frame per request, in order."""
        ...

    def close(self, performance: int) -> None:
        """End a performance. Idempotent."""
        ...


class AvatarUnusable(Exception):
    """This avatar package cannot be shown by this engine."""
