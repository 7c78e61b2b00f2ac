"""The sound of one turn: PCM of any rate in, 20 ms blocks at 48 kHz out, without a seam between pieces."""

from typing import Any

import numpy as np
import numpy.typing as npt
import soxr

from tutor_engine.media.encode import BLOCK_BYTES, BLOCK_SAMPLES, SOUND_RATE_HZ

MAX_BUFFERED_MS = 120_000
"""A turn that is this far ahead of its playback has a runaway source; 120 s are 11.5 MB."""
_SEAM_MS = 15.0
"""Pieces that start this close to the end of the former are taken as continuous (rounding of times)."""
_FADE_SAMPLES = SOUND_RATE_HZ * 5 // 1000
"""5 ms: too short to be heard as sound, long enough not to click."""


class TurnSound:
    """Sound waiting to be played, and how much of it has been."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._resampler: soxr.ResampleStream | None = None
        self._rate_hz = 0
        self._fed_ms = 0.0
        self._played_samples = 0
        self._gain = self._wanted_gain = 1.0
        self.ended = False
        self.dropped_ms = 0.0

    @property
    def position_ms(self) -> float:
        """How much has been played."""
        return self._played_samples * 1000 / SOUND_RATE_HZ

    @property
    def waiting_ms(self) -> float:
        """How much is ready to be played."""
        return len(self._waiting) / 2 * 1000 / SOUND_RATE_HZ

    @property
    def ready(self) -> bool:
        """Whether a block can be played: a whole one, or the rest of an ended turn."""
        return len(self._waiting) >= BLOCK_BYTES or (self.ended and bool(self._waiting))

    @property
    def over(self) -> bool:
        """Everything was played and nothing more will come."""
        return self.ended and not self._waiting

    def feed(self, pcm: bytes, rate_hz: int, start_ms: float) -> None:
        """Add a piece; a gap before it becomes silence, sound after `end` is ignored."""
        if self.ended or rate_hz <= 0:
            return
        samples = np.frombuffer(pcm[: len(pcm) // 2 * 2], np.int16)
        gap_ms = start_ms - self._fed_ms
        if self.waiting_ms + max(0.0, gap_ms) + len(samples) * 1000 / rate_hz > MAX_BUFFERED_MS:
            self.dropped_ms += len(samples) * 1000 / rate_hz
            return
        if rate_hz != self._rate_hz:
            self._drain()
            self._rate_hz = rate_hz
            if rate_hz != SOUND_RATE_HZ:
                self._resampler = soxr.ResampleStream(rate_hz, SOUND_RATE_HZ, 1, dtype="int16", quality="MQ")
        if gap_ms > _SEAM_MS:
            self._append(np.zeros(round(gap_ms * rate_hz / 1000), np.int16))
            self._fed_ms = start_ms
        self._append(samples)
        self._fed_ms += len(samples) * 1000 / rate_hz

    def end(self) -> None:
        """No more sound. Idempotent."""
        if not self.ended:
            self._drain()
            self.ended = True

    def set_gain(self, gain: float) -> None:
        """Play at this share of the loudness, 0 to 1; the next block is the ramp of 20 ms to it."""
        self._wanted_gain = min(max(gain, 0.0), 1.0)

    def take(self) -> bytes:
        """The next block, its end padded with silence; the position moves by the sound in it."""
        part = bytes(self._waiting[:BLOCK_BYTES])
        del self._waiting[:BLOCK_BYTES]
        self._played_samples += len(part) // 2
        return self._scaled(part.ljust(BLOCK_BYTES, b"\0"))

    def fade(self) -> bytes | None:
        """The next 5 ms fading to silence, then silence; None when nothing waits. Ends the turn."""
        part = np.frombuffer(bytes(self._waiting[: _FADE_SAMPLES * 2]), np.int16)
        self._waiting.clear()
        self._resampler = None
        self.ended = True
        if not len(part):
            return None
        block = np.zeros(BLOCK_SAMPLES, np.int16)
        block[: len(part)] = part * np.linspace(self._gain, 0.0, len(part))
        self._played_samples += len(part)
        return block.tobytes()

    def _scaled(self, block: bytes) -> bytes:
        former, self._gain = self._gain, self._wanted_gain
        if former == self._gain == 1.0:
            return block
        # without the first point, which the former block has played, the slope is the same across the seam
        shares = np.linspace(former, self._gain, BLOCK_SAMPLES + 1, dtype=np.float32)[1:]
        return np.rint(np.frombuffer(block, np.int16) * shares).astype(np.int16).tobytes()

    def _append(self, samples: npt.NDArray[np.int16]) -> None:
        if self._resampler is not None:
            out: Any = self._resampler.resample_chunk(samples)
            self._waiting += out.tobytes()
        else:
            self._waiting += samples.tobytes()

    def _drain(self) -> None:
        """Take out what the resampler still holds (about 25 ms)."""
        if self._resampler is not None:
            rest: Any = self._resampler.resample_chunk(np.zeros(0, np.int16), last=True)
            self._waiting += rest.tobytes()
            self._resampler = None
