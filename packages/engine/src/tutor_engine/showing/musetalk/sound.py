"""The sound of one turn as MuseTalk hears it: 16 kHz, growing piece by piece, and where speech is in it.

Pieces of another rate are resampled with a little of the piece before them, so that a border leaves no click.
"""

import math
from bisect import bisect_right

import numpy as np
import numpy.typing as npt

from tutor_engine.showing.port import Speech

RATE_HZ = 16_000
_CONTEXT_S = 0.05
_REWRITTEN = RATE_HZ // 50
"""The end of a piece is resampled again when what follows it is known."""
_BEFORE_MS, _AFTER_MS = 120.0, 80.0
"""Lips move before a sound and come to rest after it."""
_QUIET = 0.01
"""Root mean square, full scale 1, below which sound without phonemes counts as silence."""

Samples = npt.NDArray[np.float32]


class TurnSound:
    """Fed by `add`; asked for samples and for `voiced`."""

    def __init__(self) -> None:
        self._samples = np.zeros(0, np.float32)
        self._end = 0
        self._tail: Samples | None = None
        self._tail_rate_hz = 0
        self._starts_ms: list[float] = []
        self._ends_ms: list[float] = []
        self._untold: list[tuple[float, float]] = []
        """Stretches whose phonemes nobody told."""

    @property
    def length(self) -> int:
        """Samples known."""
        return self._end

    @property
    def samples(self) -> Samples:
        """Everything known, as a view."""
        return self._samples[: self._end]

    def add(self, speech: Speech) -> int:
        """Take a piece; returns the first sample that is new or changed."""
        raw = np.asarray(np.frombuffer(speech.pcm, "<i2") / 32768, np.float32)
        at = max(round(speech.start_ms * RATE_HZ / 1000), 0)
        follows = abs(at - self._end) <= 2 and self._end > 0
        at = self._end if follows else at
        first, new = self._resampled(raw, speech.rate_hz, at, follows)
        self._write(first, new)
        self._keep_tail(raw, speech.rate_hz, follows)
        self._note(speech, len(raw))
        return first

    def voiced(self, at_ms: float) -> bool:
        """Whether the mouth should move at this instant."""
        # Phonemes are in the order of time, so only the last one that begins in reach can cover it.
        last = bisect_right(self._starts_ms, at_ms + _BEFORE_MS) - 1
        if last >= 0 and self._ends_ms[last] > at_ms - _AFTER_MS:
            return True
        return any(start <= at_ms < end for start, end in self._untold) and self._loud(at_ms)

    def _resampled(self, raw: Samples, rate_hz: int, at: int, follows: bool) -> tuple[int, Samples]:
        """Where to write, and what."""
        if rate_hz == RATE_HZ or len(raw) == 0:
            return at, raw
        import soxr

        tail = self._tail if follows and self._tail_rate_hz == rate_hz else None
        if tail is None:
            return at, np.asarray(soxr.resample(raw, rate_hz, RATE_HZ), np.float32)
        known = round(len(tail) * RATE_HZ / rate_hz)
        again = min(known, _REWRITTEN)
        made = np.asarray(soxr.resample(np.concatenate([tail, raw]), rate_hz, RATE_HZ), np.float32)
        return at - again, made[known - again :]

    def _keep_tail(self, raw: Samples, rate_hz: int, follows: bool) -> None:
        before = self._tail if follows and self._tail is not None and self._tail_rate_hz == rate_hz else None
        whole = raw if before is None else np.concatenate([before, raw])
        # A tail of whole output samples keeps the pieces in step.
        kept = min(round(rate_hz * _CONTEXT_S), len(whole))
        kept -= kept % (rate_hz // math.gcd(rate_hz, RATE_HZ))
        self._tail, self._tail_rate_hz = (whole[len(whole) - kept :] if kept else None), rate_hz

    def _write(self, first: int, new: Samples) -> None:
        end = first + len(new)
        if end > len(self._samples):
            grown = np.zeros(max(end, 2 * len(self._samples)), np.float32)
            grown[: self._end] = self._samples[: self._end]
            self._samples = grown
        self._samples[first:end] = new
        self._end = max(self._end, end)

    def _note(self, speech: Speech, samples: int) -> None:
        if not speech.phonemes:
            self._untold.append((speech.start_ms, speech.start_ms + samples * 1000 / max(speech.rate_hz, 1)))
        for phoneme in speech.phonemes:
            if phoneme.ipa:
                self._starts_ms.append(phoneme.start_ms)
                self._ends_ms.append(phoneme.end_ms)

    def _loud(self, at_ms: float) -> bool:
        first = int(max(at_ms - _AFTER_MS, 0) * RATE_HZ / 1000)
        heard = self.samples[first : int((at_ms + _BEFORE_MS) * RATE_HZ / 1000)]
        return len(heard) > 0 and math.sqrt(float(np.mean(heard * heard))) > _QUIET
