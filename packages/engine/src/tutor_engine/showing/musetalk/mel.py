"""Whisper's log-mel picture of half a minute of sound, kept up to date as the sound grows.

The figures are those of the published feature extractor: 80 bands, window 400, hop 160 samples at 16 kHz.
Only the frames that new samples touch are computed again; silence to the end of the half minute is free.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tutor_engine.showing.musetalk.sound import RATE_HZ, Samples

SEGMENT_SAMPLES = 30 * RATE_HZ
FRAMES = 3000
BANDS = 80
_WINDOW, _HOP = 400, 160
_FLOOR = -10.0
"""Logarithm of the least power that is told from none."""

Mel = npt.NDArray[np.float32]


class SegmentMel:
    """One segment of 30 s, silent at first."""

    def __init__(self) -> None:
        self._log = np.full((FRAMES, BANDS), _FLOOR, np.float32)

    def update(self, samples: Samples, first: int) -> None:
        """Take the segment's samples so far; those before `first` are as they were."""
        start = max((first - _WINDOW // 2) // _HOP, 0)
        stop = min((len(samples) + _WINDOW // 2) // _HOP + 1, FRAMES)
        if stop > start:
            self._log[start:stop] = _log_power(_frames(samples, start, stop))

    def features(self) -> Mel:
        """What the encoder takes: shape (80, 3000)."""
        loudest = float(self._log.max())
        return np.ascontiguousarray((np.maximum(self._log, loudest - 8.0) + 4.0).T / 4.0, np.float32)


def _frames(samples: Samples, start: int, stop: int) -> npt.NDArray[np.float32]:
    """Windows around every 160th sample, the ends of the segment mirrored: shape (frames, 400)."""
    half = _WINDOW // 2
    low, high = start * _HOP - half, (stop - 1) * _HOP + half
    index = np.abs(np.arange(low, high))
    index = np.where(index >= SEGMENT_SAMPLES, 2 * (SEGMENT_SAMPLES - 1) - index, index)
    there = index < len(samples)
    stretch = np.zeros(high - low, np.float32)
    stretch[there] = samples[index[there]]
    return np.lib.stride_tricks.sliding_window_view(stretch, _WINDOW)[::_HOP]


def _log_power(frames: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_WINDOW) / _WINDOW)
    power = np.abs(np.fft.rfft(frames * window, axis=1)) ** 2
    return np.log10(np.maximum(power @ _filters(), 1e-10)).astype(np.float32)


@lru_cache(maxsize=1)
def _filters() -> npt.NDArray[np.float64]:
    """Triangles of equal area on Slaney's mel scale, 0 to 8 kHz: shape (201, 80)."""
    edges = _hz(np.linspace(0.0, _mel(RATE_HZ / 2), BANDS + 2))
    bins = np.linspace(0.0, RATE_HZ / 2, _WINDOW // 2 + 1)
    rise = (bins[:, None] - edges[:-2]) / np.diff(edges)[:-1]
    fall = (edges[2:] - bins[:, None]) / np.diff(edges)[1:]
    return np.maximum(0.0, np.minimum(rise, fall)) * (2.0 / (edges[2:] - edges[:-2]))


def _mel(hz: float) -> float:
    """Linear to 1 kHz, logarithmic above."""
    return 3 * hz / 200 if hz < 1000 else 15 + 27 * float(np.log(hz / 1000)) / float(np.log(6.4))


def _hz(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.where(mel < 15, 200 * mel / 3, 1000 * np.exp(np.log(6.4) * (mel - 15) / 27))
