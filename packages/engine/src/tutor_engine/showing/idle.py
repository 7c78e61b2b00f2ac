"""The life of a face that says nothing: breath, sway, glances and blinks, repeating without a seam.

Everything is a pure function of the frame number in the loop, so that frames rendered live continue the
loop that was encoded once. Slow motion is a sum of harmonics of the loop; blinks and glances keep away from
the seam.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tutor_engine.showing.port import FPS
from tutor_engine.showing.puppet.pose import Life

_Track = npt.NDArray[np.float64]

_BLINK = (0.40, 1.0, 0.88, 0.52, 0.26, 0.10)
"""A blink at 25 fps: lids fall within two frames and rise within four."""
_CLEAR = 18
"""Frames before and after the seam without a blink or glance."""
_SEAM_REST = Life()


class IdleLife:
    """The idle loop of one face; the same seed gives the same life."""

    def __init__(self, seed: int, frames: int = 9 * FPS) -> None:
        """Make a loop of `frames`, a whole number of seconds (8 to 10 s look natural).

        Raises:
            ValueError: not a whole number of seconds.
        """
        if frames <= 0 or frames % FPS:
            raise ValueError(f"{frames} frames are not a whole number of seconds")
        self._loop = _compose(np.random.default_rng(seed), frames)

    @property
    def frames(self) -> int:
        """Length of the loop."""
        return len(self._loop)

    def at(self, loop_index: int) -> Life:
        """Life at a frame of the loop; any whole number, taken modulo the loop."""
        return self._loop[loop_index % len(self._loop)]


class FootageLife:
    """No life of its own, for bodies whose footage blinks and moves already."""

    def __init__(self, frames: int) -> None:
        self.frames = frames

    def at(self, loop_index: int) -> Life:
        """Always the same: nothing added."""
        del loop_index
        return _SEAM_REST


def _compose(rng: np.random.Generator, frames: int) -> list[Life]:
    breath = _breath(frames)
    blinks = _blink_starts(rng, frames)
    blink = _blink(frames, blinks)
    look_x, look_y = _glances(rng, frames, blinks)
    brow = 0.18 * _slow(rng, frames, (1, 2, 3)) + 0.10 - 0.15 * blink
    roll = 0.013 * _slow(rng, frames, (1, 2, 3)) + 0.005 * look_x
    sway_x = 0.0046 * _slow(rng, frames, (1, 2, 4)) + 0.0016 * look_x
    # A head rises a little with the breath.
    sway_y = 0.0030 * _slow(rng, frames, (1, 3)) - 0.0018 * breath
    columns = (blink, brow, look_x, look_y, roll, sway_x, sway_y, breath)
    return [Life(*(float(column[i]) for column in columns)) for i in range(frames)]


def _slow(rng: np.random.Generator, frames: int, harmonics: Sequence[int]) -> _Track:
    """A drift within about ±1 made of whole periods of the loop."""
    t = 2 * np.pi * np.arange(frames) / frames
    total = np.zeros(frames)
    for k in harmonics:
        total += np.sin(k * t + rng.uniform(0, 2 * np.pi)) / k
    return total / 1.6


def _breath(frames: int) -> _Track:
    """About one breath in four seconds; breathing in is quicker than breathing out."""
    count = max(round(frames / FPS / 4.2), 1)
    phase = np.arange(frames) * count / frames % 1.0
    inward = 0.42
    bent = np.where(phase < inward, 0.5 * phase / inward, 0.5 + 0.5 * (phase - inward) / (1 - inward))
    return (1 - np.cos(2 * np.pi * bent)) / 2


def _blink_starts(rng: np.random.Generator, frames: int) -> list[int]:
    """One blink in about 3.5 s, at uneven distances."""
    count = max(round(frames / FPS / 3.5), 1)
    room = (frames - 2 * _CLEAR - len(_BLINK)) / count
    if room < len(_BLINK):
        return []
    return [int(_CLEAR + room * (k + rng.uniform(0.12, 0.78))) for k in range(count)]


def _blink(frames: int, starts: Sequence[int]) -> _Track:
    track = np.zeros(frames)
    for start in starts:
        for k, value in enumerate(_BLINK):
            track[(start + k) % frames] = max(track[(start + k) % frames], value)
    return track


def _glances(rng: np.random.Generator, frames: int, blinks: Sequence[int]) -> tuple[_Track, _Track]:
    """Mostly the eyes rest on the student; short glances leave and return, often with a blink."""
    x, y = np.zeros(frames), np.zeros(frames)
    low, high = _CLEAR, frames - _CLEAR - 24
    starts = [blink + 2 for blink in blinks[:1]]
    if high > low:
        starts.append(int(rng.integers(low, high)))
    for start in starts:
        length = int(rng.integers(14, 24))
        aim_x, aim_y = rng.choice((-1, 1)) * rng.uniform(0.18, 0.42), rng.uniform(-0.20, 0.16)
        stop = min(start + length, frames - _CLEAR)
        x[start:stop], y[start:stop] = aim_x, aim_y
    # Between glances the gaze is not frozen: tiny jumps every half second or so.
    place = _CLEAR
    while place < frames - _CLEAR:
        stop = min(place + int(rng.integers(9, 20)), frames - _CLEAR)
        x[place:stop] += rng.normal(0, 0.035)
        y[place:stop] += rng.normal(0, 0.025)
        place = stop
    return _quick(x), _quick(y)


def _quick(track: _Track) -> _Track:
    """A jump of the gaze takes two to three frames."""
    return 0.6 * track + 0.3 * np.roll(track, 1) + 0.1 * np.roll(track, 2)
