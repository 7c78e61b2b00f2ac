"""The sound of one utterance on its way to Whisper: where the voice in it is, and how it is cut. No model.

Silence before and after the voice is left out: it costs time and is where inventions come from. What is
longer than Whisper's 30 s is cut where it is quietest.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tutor_engine.hearing.port import (
    BYTES_PER_MS,
    VOICE_FRAME_BYTES,
    VOICE_FRAME_MS,
    VoiceDetector,
)

WHOLE_MS = 30_000
"""What Whisper was trained on, and the most it takes."""
WINDOWS_MS = (5_000, 7_500, 10_000, 15_000, 20_000, WHOLE_MS)
"""Lengths of sound that are encoded: few, so that utterances of different lessons share a batch."""
MARGIN_MS = 1_000
"""Silence after the voice within a window; without it Whisper goes on talking."""
_LEAD_MS = 200
_TAIL_MS = 400
_VOICED = 0.3
"""Probability from which a frame counts as voice; low, since a soft voice must not be cut."""
_LONGEST_PIECE_MS = WHOLE_MS - MARGIN_MS
_SEEK_MS = 6_000
_QUIET_MS = 100


def window_for(sound_ms: float, windows_ms: Sequence[int] = WINDOWS_MS) -> int:
    """The shortest window that holds a sound and the margin after it."""
    return next((each for each in windows_ms if sound_ms + MARGIN_MS <= each), WHOLE_MS)


class VoiceSpan:
    """Where the voice in a growing sound begins and ends, and how much of it there is."""

    def __init__(self, detector: VoiceDetector) -> None:
        self.voiced_ms = 0.0
        self._detector = detector
        self._rest = bytearray()
        self._at_ms = 0.0
        self._first_ms: float | None = None
        self._last_ms = 0.0

    def add(self, pcm: bytes) -> None:
        """Look at the next sound; less than a frame waits for more."""
        self._rest += pcm
        used = 0
        while len(self._rest) - used >= VOICE_FRAME_BYTES:
            frame = bytes(self._rest[used : used + VOICE_FRAME_BYTES])
            used += VOICE_FRAME_BYTES
            if self._detector.probability(frame) >= _VOICED:
                self.voiced_ms += VOICE_FRAME_MS
                self._first_ms = self._at_ms if self._first_ms is None else self._first_ms
                self._last_ms = self._at_ms + VOICE_FRAME_MS
            self._at_ms += VOICE_FRAME_MS
        del self._rest[:used]

    def cut(self, pcm: bytes) -> bytes:
        """The sound from shortly before its first voice until shortly after its last; empty without voice."""
        if self._first_ms is None:
            return b""
        start = max(0, int(self._first_ms - _LEAD_MS)) * BYTES_PER_MS
        return pcm[start : int(self._last_ms + _TAIL_MS) * BYTES_PER_MS]


@dataclass(frozen=True, slots=True)
class Piece:
    """Sound that fits into Whisper's window."""

    samples: npt.NDArray[np.float32]
    """-1 to 1 at 16 kHz."""
    share: float
    """Of the whole utterance."""

    @property
    def length_ms(self) -> float:
        """How long it is."""
        return len(self.samples) / 16


def pieces_of(pcm: bytes) -> list[Piece]:
    """An utterance in pieces of at most 29 s, cut where it is quietest."""
    samples = np.frombuffer(pcm[: len(pcm) // 2 * 2], "<i2").astype(np.float32) / 32768.0
    whole = max(len(samples), 1)
    found: list[Piece] = []
    while len(samples) > _LONGEST_PIECE_MS * 16:
        at = _quietest(samples)
        found.append(Piece(samples[:at], at / whole))
        samples = samples[at:]
    found.append(Piece(samples, len(samples) / whole))
    return found


def _quietest(samples: npt.NDArray[np.float32]) -> int:
    """Where to cut: the middle of the quietest 100 ms among the last seconds of a full piece."""
    end, step = _LONGEST_PIECE_MS * 16, _QUIET_MS * 16
    start = end - _SEEK_MS * 16
    power = np.square(samples[start:end]).reshape(-1, step).mean(axis=1)
    return start + int(power.argmin()) * step + step // 2
