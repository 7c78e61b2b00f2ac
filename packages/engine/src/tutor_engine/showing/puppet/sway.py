"""Life of a photo besides speech: the head sways, the brows rise, the eyes look, the chest breathes.

All of it is one smooth displacement of the whole picture, a sum of fixed fields, sampled once. It fades to
nothing away from the head and at the edges, and with a matte right behind the person's outline, so the
background stays where it is.
"""

import numpy as np

from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.landmarks import (
    CHIN,
    LEFT_BROW,
    LEFT_LID_LOWER,
    LEFT_LID_UPPER,
    RIGHT_BROW,
    RIGHT_LID_LOWER,
    RIGHT_LID_UPPER,
)
from tutor_engine.showing.puppet.matte import Matte
from tutor_engine.showing.puppet.mesh import Points, eye_distance
from tutor_engine.showing.puppet.pose import Life
from tutor_engine.showing.puppet.view import Array
from tutor_engine.showing.puppet.warp import smooth_step

_STEP = 4
"""Pixels between nodes: fine enough to move an iris without its lids."""
_BEHIND_OUTLINE = 0.16
"""Width of the strip behind the person's outline in which the room gives way, in distances of the eyes."""
_NOSE_AHEAD = 0.35
"""How much further the middle of the face goes than its outline when the head turns."""
_BROW_RISE = 0.07
_LARGEST_LOOK = 0.045
_BREATH_RISE = 0.030
"""In distances of the eyes."""


class Sway:
    """The fields of one face. Immutable."""

    def __init__(self, width: int, height: int, points: Points | Array, matte: Matte | None = None) -> None:
        flat = np.asarray(points, np.float64)[:, :2]
        unit = eye_distance(points)
        columns, rows = -(-width // _STEP), -(-height // _STEP)
        # A node stands for the middle of its cell, as `cv2.resize` understands it; one more on each side, so
        # that the picture itself is interpolated everywhere.
        x, y = np.meshgrid(*((np.arange(-1, count + 1) + 0.5) * _STEP - 0.5 for count in (columns, rows)))
        middle, chin = flat.mean(0), flat[CHIN]
        edge = _edge(x, y, width, height)
        if matte is not None:
            core = _head((x - middle[0]) * 1.5, (y - middle[1]) * 1.5, unit)
            edge = edge * np.maximum(_outlined(matte, x.shape, _BEHIND_OUTLINE * unit), core)
        head = _head(x - middle[0], y - middle[1], unit) * edge
        relief = 1 + _NOSE_AHEAD * np.exp(-(((x - middle[0]) ** 2 + (y - middle[1]) ** 2) / unit**2))
        neck_x, neck_y = chin[0], chin[1] + 0.5 * unit
        nothing = np.zeros_like(x)
        chest = smooth_step((y - chin[1] - 0.3 * unit) / (0.8 * unit)) * edge
        brows = np.maximum(_near_line(x, y, flat[list(RIGHT_BROW)], 0.17 * unit),
                           _near_line(x, y, flat[list(LEFT_BROW)], 0.17 * unit))  # fmt: skip
        eyes = _eye_opening(x, y, flat[list(RIGHT_LID_UPPER + RIGHT_LID_LOWER)])
        eyes = eyes + _eye_opening(x, y, flat[list(LEFT_LID_UPPER + LEFT_LID_LOWER)])
        fields = [
            (-(y - neck_y) * head, (x - neck_x) * head),
            (width * head * relief, nothing),
            (nothing, width * head * relief),
            (nothing, -_BROW_RISE * unit * brows),
            (_LARGEST_LOOK * unit * eyes, nothing),
            (nothing, 0.6 * _LARGEST_LOOK * unit * eyes),
            (nothing, -_BREATH_RISE * unit * (chest + 0.15 * head)),
        ]
        self._fields = np.stack([np.stack(field, -1) for field in fields]).astype(np.float32)
        self._shape = self._fields.shape[1:]
        self._fields = self._fields.reshape(len(fields), -1)
        self._nodes = np.stack([x, y], -1).astype(np.float32)

    def move(self, picture: Picture, life: Life, away: Array | None = None) -> Picture:
        """The picture with the life of one instant; the same picture when nothing moves.

        `away`: how far the head of this picture is from where the fields were made for, in pixels.
        """
        import cv2

        amounts = np.array(
            [life.roll, life.sway_x, life.sway_y, life.brow, life.look_x, life.look_y, life.breath],
            np.float32,
        )
        if not amounts.any():
            return picture
        moves = (-amounts @ self._fields).reshape(self._shape)
        rows, columns = self._shape[:2]
        if away is not None:
            shift = np.concatenate([np.eye(2), np.reshape(away, (2, 1)) / _STEP], 1)
            moves = np.asarray(cv2.warpAffine(moves, shift, (columns, rows)), np.float32)
        coarse = moves + self._nodes
        whole = cv2.resize(coarse, (columns * _STEP, rows * _STEP), interpolation=cv2.INTER_LINEAR)
        height, width = picture.shape[:2]
        at = np.asarray(whole, np.float32)[_STEP : _STEP + height, _STEP : _STEP + width]
        # OpenCV samples four channels in half the time that it takes for three.
        four = cv2.cvtColor(picture, cv2.COLOR_RGB2RGBA)
        moved = cv2.remap(four, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)  # type: ignore[call-overload]
        return np.asarray(cv2.cvtColor(moved, cv2.COLOR_RGBA2RGB), np.uint8)


def _edge(x: Array, y: Array, width: int, height: int) -> Array:
    """0 at the edge of the picture (its lower edge excepted: shoulders leave it), 1 well inside."""
    inside = np.minimum.reduce([x, width - 1 - x, y])
    return smooth_step(inside / (0.06 * width)) * smooth_step((height - 1 - y) / (0.02 * width))


def _head(x: Array, y: Array, unit: float) -> Array:
    """1 on the head and its hair, falling to 0 over the neck and into the background."""
    above = np.sqrt((x / 1.75) ** 2 + (np.minimum(y, 0) / 2.3) ** 2 + (np.maximum(y, 0) / 2.0) ** 2)
    return 1 - smooth_step((above / unit - 1) / 0.8)


def _outlined(matte: Matte, shape: tuple[int, ...], strip_px: float) -> Array:
    """1 on the person and just behind the outline, 0 from `strip_px` on, at the nodes."""
    import cv2

    rows, columns = shape
    whole = cv2.resize(matte, (columns - 2, rows - 2), interpolation=cv2.INTER_LINEAR)
    nodes = np.pad((whole > 0.5).astype(np.uint8), 1, mode="edge")
    distance = cv2.distanceTransform(1 - nodes, cv2.DIST_L2, 5)
    return 1 - smooth_step(np.asarray(distance, np.float64) * _STEP / strip_px)


def _near_line(x: Array, y: Array, line: Array, reach: float) -> Array:
    """1 on a line of points, falling off within `reach`."""
    steps = np.linspace(0, len(line) - 1, 4 * len(line))
    dense_x = np.interp(steps, np.arange(len(line)), line[:, 0])
    dense_y = np.interp(steps, np.arange(len(line)), line[:, 1])
    squared = ((x[..., None] - dense_x) ** 2 + (y[..., None] - dense_y) ** 2).min(-1)
    return np.exp(-squared / reach**2)


def _eye_opening(x: Array, y: Array, lids: Array) -> Array:
    """1 in the middle of an eye, 0 on its lids."""
    middle, half = lids.mean(0), (lids.max(0) - lids.min(0)) / 2
    distance = ((x - middle[0]) / half[0]) ** 2 + ((y - middle[1]) / (1.25 * half[1])) ** 2
    return 1 - smooth_step((distance - 0.15) / 0.85)
