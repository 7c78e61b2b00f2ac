"""Eyes and brows as they are at one instant: lids, gaze and brow height."""

from functools import lru_cache

import numpy as np

from tutor_engine.showing.puppet.drawings.looks import BrowLook, EyeLook, Looks
from tutor_engine.showing.puppet.drawings.paint import (
    Canvas,
    Glow,
    Gradient,
    Points,
    ellipse,
    moved,
    ribbon,
    spline,
)
from tutor_engine.showing.puppet.pose import Life

_T = np.linspace(-1, 1, 25)
_INNER_TO_OUTER = (-1.0, -0.55, 0.0, 0.55, 1.0)
_UPPER = (0.0, 0.72, 1.0, 0.76, 0.0)
_LOWER = (0.0, 0.66, 1.0, 0.86, 0.0)
_GAZE_X, _GAZE_Y = 4.2, 2.6
"""Units the iris moves at the largest turn."""


def _arc(heights: tuple[float, ...]) -> Points:
    curve = spline(list(zip(_INNER_TO_OUTER, heights, strict=True)), closed=False)
    return np.interp(_T, curve[:, 0], curve[:, 1])


_UP, _DOWN = _arc(_UPPER), _arc(_LOWER)


def paint_eyes(canvas: Canvas, looks: Looks, life: Life) -> None:
    """Paint both eyes and both brows onto bare skin."""
    for side in (-1, 1):
        _eye(canvas, looks.eyes, looks.axis, side, life)
        _brow(canvas, looks.brows, looks.axis, side, life.brow)


def _eye(canvas: Canvas, look: EyeLook, axis: float, side: int, life: Life) -> None:
    shut = min(max(life.blink, 0.0), 1.0)
    x = axis + side * (look.apart + _T * look.half)
    corner = look.y - look.tilt * (_T + 0.15)
    # The lid follows the eyeball: looking down lowers it, a raised brow lifts it a little.
    lift = look.up * (1 - 0.10 * life.look_y + 0.07 * max(life.brow, 0))
    closed = corner + look.down * 0.82 * _DOWN
    opened = corner - lift * _UP
    upper = opened + (closed - opened) * shut
    lower = corner + look.down * (1 - 0.10 * shut) * _DOWN
    upper = np.minimum(upper, lower)
    lid, under = np.stack([x, upper], 1), np.stack([x, lower], 1)
    if look.crease > 0:
        _crease(canvas, look, x, opened, shut)
    if shut > 0.05:
        fold = np.stack([x, opened + 2.5], 1)
        canvas.fill(np.concatenate([fold, lid[::-1]]), look.lid, alpha=0.62 * shut, blur=2.2)
    if shut < 0.97:
        _eyeball(canvas, look, (axis + side * look.apart, look.y - 0.8), lid, under, life)
    _lashes(canvas, look, side, lid, under, shut)


def _crease(canvas: Canvas, look: EyeLook, x: Points, opened: Points, shut: float) -> None:
    height = look.crease * (1 - 0.35 * shut) * (0.45 + 0.55 * _UP)
    fold = np.stack([x, opened - height + 1.5 * shut], 1)[2:]
    canvas.fill(ribbon(fold, (0.4, 1.3, 1.5, 0.5)), look.lash, alpha=0.42 * (1 - 0.6 * shut), blur=0.25)


def _eyeball(
    canvas: Canvas, look: EyeLook, centre: tuple[float, float], lid: Points, under: Points, life: Life
) -> None:
    shape = np.concatenate([lid, under[::-1]])
    within = canvas.mask([shape])
    cx, cy = centre
    white = Gradient(
        (cx - look.half, cy), (cx + look.half, cy), ((214, 204, 200), (248, 245, 241), (214, 204, 200))
    )
    canvas.fill(shape, white)
    inner = lid[0]
    canvas.fill(
        ellipse((inner[0], inner[1]), (3.2, 2.4)), (222, 150, 140), alpha=0.75, blur=0.5, within=within
    )
    ix, iy = cx + _GAZE_X * life.look_x, cy + _GAZE_Y * life.look_y
    rim, middle, light = look.colours
    r = look.iris
    canvas.fill(ellipse((ix, iy), (r, r)), rim, blur=0.25, within=within)
    canvas.fill(
        ellipse((ix, iy), (r - 1.3, r - 1.3)),
        Glow((ix, iy + r * 0.45), (r * 1.05, r * 1.2), (light, middle, rim)),
        blur=0.4,
        within=within,
    )
    canvas.fill(ellipse((ix, iy), (r * 0.45, r * 0.45)), (18, 14, 14), blur=0.2, within=within)
    # The upper lid and its lashes shade the eyeball; without it the eyes stare.
    shade = np.concatenate([moved(lid, 0, -1), moved(lid, 0, 4.6)[::-1]])
    canvas.fill(shade, (48, 34, 40), alpha=0.42, blur=1.1, within=within)
    canvas.fill(ellipse((ix - r * 0.34, iy - r * 0.36), (r * 0.25, r * 0.27)), (255, 252, 244), within=within)
    canvas.fill(
        ellipse((ix + r * 0.36, iy + r * 0.42), (r * 0.14, r * 0.12)),
        (255, 250, 240),
        alpha=0.55,
        within=within,
    )


def _lashes(canvas: Canvas, look: EyeLook, side: int, lid: Points, under: Points, shut: float) -> None:
    w = look.lash_width
    strokes = [ribbon(moved(lid, 0, -w * 0.28), (w * 0.35, w * 0.8, w, w * 1.15, w * 0.5))]
    if look.lashes:
        droop = 5.5 * shut
        for place, length, rise in ((24, 4.6, 2.4), (22, 4.2, 3.0), (20, 3.4, 3.2)):
            root = lid[place]
            middle = moved(root, side * length * 0.55, -rise * 0.35 + droop * 0.30)
            tip = moved(root, side * length, -rise + droop)
            strokes.append(
                ribbon(spline([tuple(root), tuple(middle), tuple(tip)], closed=False), (1.3, 0.8, 0.1))
            )
    canvas.fill(strokes, look.lash, alpha=0.96)
    canvas.fill(ribbon(under[3:], (0.2, 0.8, 1.0, 0.8)), look.lash, alpha=0.38, blur=0.3)


@lru_cache(maxsize=8)
def _brow_outlines(look: BrowLook, axis: float, side: int) -> tuple[Points, tuple[Points, ...]]:
    """The brow at rest: its soft shape and its hairs."""
    s = np.linspace(0, 1, 21)
    x = axis + side * (look.inner + (look.outer - look.inner) * s)
    y = look.y - look.arch * np.sin(np.pi * s**1.35) - look.slope * s
    path = np.stack([x, y], 1)
    t = look.thick
    hairs: list[Points] = []
    for k in range(1, 18):
        root = moved(path[k], 0, t * 0.34 * (1 - k / 22))
        lean = 0.25 + 0.75 * k / 17
        tip = moved(root, side * t * lean, -t * (0.95 - 0.72 * k / 17))
        hairs.append(ribbon(np.linspace(root, tip, 4), (0.9, 0.9, 0.2)))
    return ribbon(path, (t * 0.5, t * 0.95, t * 0.95, t * 0.62, t * 0.16)), tuple(hairs)


def _brow(canvas: Canvas, look: BrowLook, axis: float, side: int, raised: float) -> None:
    shape, hairs = _brow_outlines(look, axis, side)
    rise = -3.2 * raised
    canvas.fill(moved(shape, 0, rise), look.colour, alpha=look.alpha, blur=0.7)
    canvas.fill([moved(hair, 0, rise) for hair in hairs], look.colour, alpha=0.55, blur=0.2)
