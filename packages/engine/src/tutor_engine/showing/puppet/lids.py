"""Blinking on a photo: the skin of the upper lid is drawn down over the eye.

Each column of pixels is stretched by itself and keeps its order, so the lid can never fold; the row of
lashes keeps its thickness.
"""

import numpy as np

from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.landmarks import (
    LEFT_BROW,
    LEFT_EYE_CORNERS,
    LEFT_LID_LOWER,
    LEFT_LID_UPPER,
    RIGHT_BROW,
    RIGHT_EYE_CORNERS,
    RIGHT_LID_LOWER,
    RIGHT_LID_UPPER,
)
from tutor_engine.showing.puppet.mesh import Points
from tutor_engine.showing.puppet.patch import Patch
from tutor_engine.showing.puppet.view import Array
from tutor_engine.showing.puppet.warp import smooth_step

_CLOSED = 0.96
"""Share of the eye that a closed lid covers: the lower lid meets it."""
_LASHES = 0.07
_LEAST_BLINK = 0.02


class Lids:
    """Both upper lids of a photo. Immutable."""

    def __init__(self, picture: Picture, points: Points) -> None:
        flat = np.asarray(points, np.float64)[:, :2]
        self._picture = picture
        self._eyes = (
            _Eye(picture, flat, RIGHT_LID_UPPER, RIGHT_LID_LOWER, RIGHT_EYE_CORNERS, RIGHT_BROW),
            _Eye(picture, flat, LEFT_LID_UPPER, LEFT_LID_LOWER, LEFT_EYE_CORNERS, LEFT_BROW),
        )

    def draw(self, out: Picture, blink: float) -> None:
        """Close the lids in `out` by `blink` (0–1)."""
        if blink > _LEAST_BLINK:
            for eye in self._eyes:
                eye.draw(self._picture, out, min(blink, 1.0))


class _Eye:
    """The columns of one eye: where its lids are, and where the skin under the brow begins."""

    def __init__(
        self,
        picture: Picture,
        points: Array,
        upper: tuple[int, ...],
        lower: tuple[int, ...],
        corners: tuple[int, int],
        brow: tuple[int, ...],
    ) -> None:
        lids = points[list(upper + lower)]
        ends = points[list(corners)][np.argsort(points[list(corners), 0])]
        self._width = width = float(np.linalg.norm(ends[1] - ends[0]))
        x, y = (float(value) for value in lids.mean(0))
        around = Patch(int(x - width), int(y - 0.95 * width), int(x + width) + 1, int(y + 0.8 * width) + 1)
        self.patch = around.clipped(picture.shape[1], picture.shape[0])
        columns = np.arange(self.patch.left, self.patch.right, dtype=np.float64)
        self._upper = _across(columns, points[list(upper)], ends)
        self._lower = _across(columns, points[list(lower)], ends)
        under_brow = _across(columns, points[list(brow)], points[list(brow)][:0]) + 0.10 * width
        self._brow = np.minimum(under_brow, self._upper - 0.10 * width)
        self._inside = smooth_step(
            np.minimum(columns - ends[0, 0], ends[1, 0] - columns) / (0.12 * width) + 0.5
        )
        self._columns = np.ascontiguousarray(
            np.broadcast_to(columns.astype(np.float32), (self.patch.size[1], self.patch.size[0]))
        )

    def draw(self, picture: Picture, out: Picture, blink: float) -> None:
        import cv2

        width = self._width
        rows = np.arange(self.patch.top, self.patch.bottom, dtype=np.float64)[:, None]
        lid = self._upper + (self._lower - self._upper) * (_CLOSED * blink) * self._inside
        lashes = _LASHES * width
        share = np.clip((rows - self._brow) / np.maximum(lid - lashes - self._brow, 1), 0, 1)
        skin = self._brow + (self._upper - lashes - self._brow) * share
        source = np.where(rows <= lid - lashes, skin, self._upper + rows - lid)
        source = np.where(rows < self._brow, rows, source).astype(np.float32)
        lids = cv2.remap(picture, self._columns, source, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        cover = np.clip((lid + 0.035 * width - rows) / (0.03 * width) + 0.5, 0, 1)
        cover = (cover * np.clip((rows - self._brow) / (0.05 * width), 0, 1)).astype(np.float32)
        below = np.ascontiguousarray(out[self.patch.slices])
        out[self.patch.slices] = cv2.blendLinear(np.asarray(lids, np.uint8), below, cover, 1 - cover)


def _across(columns: Array, line: Array, ends: Array) -> Array:
    """Height of a line of points at each column; `ends` are its first and last points."""
    whole = np.concatenate([ends[:1], line, ends[1:]])
    order = np.argsort(whole[:, 0])
    return np.interp(columns, whole[order, 0], whole[order, 1])
