"""The seconds of a footage that can play for ever: cut seamlessly if possible, otherwise there and back."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tutor_engine.showing.port import FPS
from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.landmarks import OVAL, RIGID

Track = npt.NDArray[np.float32]
"""Meshes (frames, 468, 3)."""

SHORTEST_SECONDS = 3
_MOST_FRAMES = 201
"""Eight seconds of pictures: 80 MB in memory, shared by all lessons with this face."""
_SHORTEST_CUT_SECONDS = 4
_SHORTEST_TURN_SECONDS = 2
_CUT_TOLERANCE = 0.02
"""Mean move at the cut, in eye distances, that six cross-faded frames hide."""
_FADE_FRAMES = 6
_OPEN_LIPS_COST = 0.1
"""Of a cut or turn per eye distance that the lips are further apart than at their calmest."""
_CALMEST = 0.1
_SMOOTH_RIGID = np.array([-21, 14, 39, 54, 59, 54, 39, 14, -21]) / 231
_SMOOTH_LIPS = np.array([-3, 12, 17, 12, -3]) / 35
"""Savitzky–Golay, second order: the skull moves slowly, lips do not."""


@dataclass(frozen=True, slots=True)
class Loop:
    """Frames `first` to `first + count` of the track, and how they loop."""

    first: int
    count: int
    seamless: bool

    @property
    def fade(self) -> int:
        """How many frames after the last are mixed into the first ones."""
        return _FADE_FRAMES if self.seamless else 0

    @property
    def order(self) -> npt.NDArray[np.int32]:
        """Frame numbers (from 0) of one loop, a whole number of seconds."""
        there = np.arange(self.count, dtype=np.int32)
        return there if self.seamless else np.concatenate([there, there[-2:0:-1]])


def faded(loop: Loop, pictures: list[Picture], track: Track) -> tuple[list[Picture], Track]:
    """The loop's own pictures and meshes; the first of a seamless loop melt out of those after its last."""
    import cv2

    pictures, track = list(pictures), track.copy()
    for index in range(loop.fade):
        share = (index + 1) / (loop.fade + 1)
        after = loop.count + index
        mixed = cv2.addWeighted(pictures[index], share, pictures[after], 1 - share, 0)
        pictures[index] = np.asarray(mixed, np.uint8)
        track[index] = share * track[index] + (1 - share) * track[after]
    return pictures[: loop.count], track[: loop.count]


def best_loop(track: Track, eyes_open: npt.NDArray[np.bool_]) -> Loop:
    """The loop in a track of at least `SHORTEST_SECONDS`."""
    return _seamless(_still(track), _open_lips(track), eyes_open) or there_and_back(track, eyes_open)


def there_and_back(track: Track, eyes_open: npt.NDArray[np.bool_]) -> Loop:
    """The longest run that turns with open eyes, and where the head is nearly still."""
    speed = np.linalg.norm(np.gradient(_still(track), axis=0), axis=2).mean(1) + _open_lips(track)
    longest = (min(len(track), _MOST_FRAMES) - 1) // FPS
    for seconds in range(longest, _SHORTEST_TURN_SECONDS - 1, -1):
        first, seeing = _best_turn(speed, eyes_open, seconds * FPS + 1)
        if seeing:
            return Loop(first, seconds * FPS + 1, seamless=False)
    return Loop(_best_turn(speed, eyes_open, longest * FPS + 1)[0], longest * FPS + 1, seamless=False)


def smoothed(track: Track) -> Track:
    """The track without the jitter of single frames."""
    if len(track) < len(_SMOOTH_RIGID):
        return track
    slow, quick = _convolved(track, _SMOOTH_RIGID), _convolved(track, _SMOOTH_LIPS)
    quick[:, list(RIGID)] = slow[:, list(RIGID)]
    return quick


def bridged(
    track: list[npt.NDArray[np.float32] | None], longest: int
) -> list[npt.NDArray[np.float32] | None]:
    """Gaps of at most `longest` frames between two good ones filled by interpolation."""
    filled = list(track)
    good = [index for index, points in enumerate(track) if points is not None]
    for before, after in pairwise(good):
        start, end = track[before], track[after]
        if 1 < after - before <= longest + 1 and start is not None and end is not None:
            for index in range(before + 1, after):
                share = (index - before) / (after - before)
                filled[index] = (start + (end - start) * share).astype(np.float32)
    return filled


def longest_run(usable: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """First frame and length of the longest run of usable frames."""
    best, start = (0, 0), 0
    for index, good in enumerate([*usable.tolist(), False]):
        if not good:
            if index - start > best[1]:
                best = (start, index - start)
            start = index + 1
    return best


def _still(track: Track) -> npt.NDArray[np.float32]:
    """The points that only the head moves, in distances of the eyes."""
    unit = float(np.median(np.linalg.norm(track[:, 263, :2] - track[:, 33, :2], axis=1)))
    return np.asarray(track[:, list(RIGID + OVAL), :2] / unit, np.float32)


def _open_lips(track: Track) -> npt.NDArray[np.float32]:
    """What each frame costs as a place to cut or turn: a mouth caught in mid-word is seen to jump."""
    unit = float(np.median(np.linalg.norm(track[:, 263, :2] - track[:, 33, :2], axis=1)))
    gaps = np.linalg.norm(track[:, 14, :2] - track[:, 13, :2], axis=1) / unit
    return np.asarray(_OPEN_LIPS_COST * np.maximum(gaps - np.quantile(gaps, _CALMEST), 0), np.float32)


def _seamless(
    still: npt.NDArray[np.float32], open_lips: npt.NDArray[np.float32], eyes_open: npt.NDArray[np.bool_]
) -> Loop | None:
    """Two instants that look alike and move alike, a whole number of seconds apart."""
    best: tuple[float, Loop] | None = None
    velocity = np.gradient(still, axis=0)
    for seconds in range(_SHORTEST_CUT_SECONDS, (_MOST_FRAMES // FPS) + 1):
        count = seconds * FPS
        starts = len(still) - count - _FADE_FRAMES
        if starts < 1:
            break
        jump = np.linalg.norm(still[count : count + starts] - still[:starts], axis=2).mean(1)
        swing = np.linalg.norm(velocity[count : count + starts] - velocity[:starts], axis=2).mean(1)
        cost = jump + 2 * swing + open_lips[:starts] + open_lips[count : count + starts]
        cost += 1.0 * ~(eyes_open[:starts] & eyes_open[count : count + starts])
        first = int(np.argmin(cost))
        if cost[first] < _CUT_TOLERANCE and (best is None or cost[first] <= best[0] * 1.2):
            best = (float(cost[first]), Loop(first, count, seamless=True))
    return best[1] if best else None


def _best_turn(
    speed: npt.NDArray[np.floating], eyes_open: npt.NDArray[np.bool_], count: int
) -> tuple[int, bool]:
    """First frame of the best run of `count`, and whether the eyes are open at both its ends."""
    starts = len(speed) - count + 1
    seeing = eyes_open[:starts] & eyes_open[count - 1 : count - 1 + starts]
    cost = speed[:starts] + speed[count - 1 : count - 1 + starts] + 1.0 * ~seeing
    first = int(np.argmin(cost))
    return first, bool(seeing[first])


def _convolved(track: Track, kernel: npt.NDArray[np.float64]) -> Track:
    half = len(kernel) // 2
    # Continue the movement beyond both ends instead of holding it, or the ends would lag.
    head = 2 * track[:1] - track[half:0:-1]
    tail = 2 * track[-1:] - track[-2 : -half - 2 : -1]
    padded = np.concatenate([head, track, tail])
    rows = [weight * padded[index : index + len(track)] for index, weight in enumerate(kernel)]
    return np.sum(rows, axis=0).astype(np.float32)
