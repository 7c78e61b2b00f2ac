"""The sound of a turn as the networks hear it: Whisper's states, encoded only where they are missing.

Indices are exactly the published ones: 50 steps a second, a frame sees the ten steps from four before its
own, zeros before the beginning and after what is known; each half minute is encoded on its own.
"""

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from tutor_engine.showing.musetalk.mel import SEGMENT_SAMPLES, Mel, SegmentMel
from tutor_engine.showing.musetalk.nets import STEPS_AFTER, STEPS_BEFORE
from tutor_engine.showing.musetalk.sound import RATE_HZ, TurnSound
from tutor_engine.showing.port import Speech

_STEP_SAMPLES = RATE_HZ // 50
_SEGMENT_STEPS = SEGMENT_SAMPLES // _STEP_SAMPLES
_PAD_AFTER = 12


@dataclass(slots=True)
class _Segment:
    mel: SegmentMel = field(default_factory=SegmentMel)
    fresh: int | None = 0
    """First sample that the mel has not taken yet; None when it has all."""


class TurnFeatures:
    """Fed with speech; says which segments must be encoded before a frame, and then gives its window."""

    def __init__(self, width: int, states: int, device: torch.device, dtype: torch.dtype) -> None:
        self.sound = TurnSound()
        self._shape, self._device, self._dtype = (states, width), device, dtype
        self._segments: list[_Segment] = []
        self._steps = torch.zeros(0, states, width, device=device, dtype=dtype)
        self._encoded = 0
        """Steps whose states are there."""

    def add(self, speech: Speech) -> None:
        """Take a piece of the turn."""
        first = self.sound.add(speech)
        count = -(-self.sound.length // SEGMENT_SAMPLES)
        while len(self._segments) < count:
            self._segments.append(_Segment())
        for number in range(first // SEGMENT_SAMPLES, count):
            segment, start = self._segments[number], max(first - number * SEGMENT_SAMPLES, 0)
            segment.fresh = start if segment.fresh is None else min(segment.fresh, start)

    def missing(self, at_ms: float) -> range:
        """Segments to encode before the window of this instant is known."""
        wanted = min(_step(at_ms) + STEPS_AFTER, self._known)
        if wanted <= self._encoded:
            return range(0)
        return range(self._encoded // _SEGMENT_STEPS, -(-wanted // _SEGMENT_STEPS))

    def mel(self, number: int) -> Mel:
        """What the encoder is to be given of a segment, with all sound known by now."""
        segment, first = self._segments[number], number * SEGMENT_SAMPLES
        if segment.fresh is not None:
            segment.mel.update(self.sound.samples[first : first + SEGMENT_SAMPLES], segment.fresh)
            segment.fresh = None
        return segment.mel.features()

    def put(self, number: int, states: Tensor) -> None:
        """Take the encoder's states of a segment, (1500, 5, width)."""
        first = number * _SEGMENT_STEPS
        last = min(self._known, first + _SEGMENT_STEPS)
        self._grow(STEPS_BEFORE + first + _SEGMENT_STEPS + _PAD_AFTER)
        self._steps[STEPS_BEFORE + first : STEPS_BEFORE + last] = states[: last - first]
        self._encoded = max(self._encoded, last)

    def window(self, at_ms: float) -> Tensor:
        """The sound around an instant: (50, width), step by step and state by state."""
        step = _step(at_ms)
        self._grow(step + STEPS_BEFORE + STEPS_AFTER)
        seen = self._steps[step : step + STEPS_BEFORE + STEPS_AFTER]
        return seen.reshape(-1, self._shape[1])

    @property
    def _known(self) -> int:
        """Whole steps of sound."""
        return self.sound.length // _STEP_SAMPLES

    def _grow(self, rows: int) -> None:
        more = rows - len(self._steps)
        if more > 0:
            room = torch.zeros(more, *self._shape, device=self._device, dtype=self._dtype)
            self._steps = torch.cat([self._steps, room])


def _step(at_ms: float) -> int:
    # Frames lie on 40 ms; the small amount keeps 39.999… in its place.
    return int(np.floor(at_ms / 20 + 1e-6))
