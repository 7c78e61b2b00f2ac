"""Frames in which the person talks, kept beside those that loop.

They show the inside of the own mouth, and how the light on cheeks and lips changes with it. A loop prefers
quiet seconds, so what the puppet needs for open vowels mostly lies elsewhere in the upload.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tutor_engine.avatars.framing import SIDE, Square
from tutor_engine.showing.puppet.bank import LEAST_GAP, ROUNDED_BELOW
from tutor_engine.showing.puppet.view import view_of

Points = npt.NDArray[np.float32]

_SPREAD, _ROUNDED = 14, 6
"""Openings of each kind that are kept at most: 8 MB in memory, half a megabyte on disk."""


def talking_frames(track: Sequence[Points | None], looped: range, square: Square) -> list[int]:
    """Frames outside the loop with growing openings of the mouth, whose face lies in the square."""
    known = [(at, points) for at, points in enumerate(track) if points is not None]
    if not known:
        return []
    lips = [view_of(points).lips(points) for _, points in known]
    gaps, widths = np.array([one.gap for one in lips]), np.array([one.half_width for one in lips])
    rounded = widths < ROUNDED_BELOW * np.median(widths)
    usable = np.array([at not in looped and _inside(square, points) for at, points in known])
    chosen: set[int] = set()
    for kind, most in ((~rounded, _SPREAD), (rounded, _ROUNDED)):
        places = np.nonzero(usable & kind & (gaps > LEAST_GAP))[0]
        if len(places):
            wanted = np.linspace(LEAST_GAP, gaps[places].max(), most)
            nearest = np.abs(gaps[places][None, :] - wanted[:, None]).argmin(1)
            chosen |= {known[place][0] for place in places[nearest].tolist()}
    return sorted(chosen)


def _inside(square: Square, points: Points) -> bool:
    cut = square.points(points)[:, :2]
    return bool(cut.min() >= 0 and cut.max() <= SIDE - 1)
