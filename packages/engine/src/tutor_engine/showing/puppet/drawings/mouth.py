"""The mouth as it is at one instant: lips, teeth and tongue from six articulation values."""

from dataclasses import dataclass

import numpy as np

from tutor_engine.showing.puppet.drawings.looks import Looks, MouthLook
from tutor_engine.showing.puppet.drawings.paint import (
    Canvas,
    Colour,
    Gradient,
    Mask,
    Points,
    ellipse,
    moved,
    ribbon,
)
from tutor_engine.showing.puppet.pose import Mouth

_X = np.linspace(-1, 1, 41)
_A = np.abs(_X)
_TOOTH: Colour = (250, 246, 238)
_TOOTH_SHADE: Colour = (214, 198, 190)
_THROAT: Colour = (58, 18, 24)
_TONGUE: Colour = (206, 104, 104)
_TONGUE_TIP: Colour = (228, 136, 130)
_OPEN_UNITS = 29.0
"""Lip distance of the widest vowel; larger ones look like shouting."""
_OPEN_POWER = 0.86
"""Small openings are drawn a little larger than they are, or they would not be seen at all."""


@dataclass(frozen=True, slots=True)
class LipShape:
    """The four curves of the lips, left to right, and how far apart they are."""

    outer_upper: Points
    inner_upper: Points
    inner_lower: Points
    outer_lower: Points
    half: float
    gap: float


def lip_shape(look: MouthLook, axis: float, m: Mouth) -> LipShape:
    """Where the lips are."""
    rounded, pressed, tucked = max(m.round, 0.0), min(max(m.press, 0.0), 1.0), min(max(m.tuck, 0.0), 1.0)
    opened = max(m.open, 0.0) * (1 - pressed)
    half = look.half * (1 + 0.17 * m.wide - 0.46 * rounded - 0.05 * opened)
    gap = _OPEN_UNITS * opened**_OPEN_POWER * (1 - 0.10 * m.wide) * (1 - 0.16 * min(rounded, 1.0))
    gap = max(gap, 3.4 * tucked)
    smile = look.smile * (1 - rounded) * (1 + 0.35 * m.wide - 0.35 * min(opened, 1.0))
    # A rounded opening is an ellipse, a spread one is flat with tight corners.
    circle = min(rounded, 1.0)
    profile = np.clip(1 - _A ** (2.4 + 0.5 * m.wide - 0.4 * circle), 0, 1) ** (0.64 - 0.14 * circle)
    middle = look.y + smile * (0.45 - _A**2.2)
    upward = 0.27 + 0.17 * circle + 0.35 * tucked
    rise, drop = gap * upward, gap * (1 - upward)
    bow = 1.1 * np.exp(-((_X / 0.2) ** 2)) * (1 - 0.8 * min(opened * 2, 1.0)) * (1 - rounded)
    inner_upper = middle + bow - rise * profile
    inner_lower = np.maximum(middle + bow * (1 - min(gap / 3, 1.0)) + drop * profile, inner_upper)
    thin = 1 - 0.42 * pressed - 0.06 * opened - 0.12 * m.wide
    upper = look.upper * thin * (1 + 0.28 * rounded)
    lower = look.lower * thin * (1 + 0.22 * rounded) * (1 - 0.45 * tucked)
    cupid = np.clip(1 - _A**1.75, 0, 1) ** 0.92 * (1 - 0.24 * np.exp(-((_X / 0.13) ** 2)))
    cushion = np.clip(1 - _A**2.3, 0, 1) ** 0.8
    x, wide_x = axis + _X * half, axis + _X * (half + 1.6 + 1.2 * rounded)
    return LipShape(
        np.stack([wide_x, inner_upper - upper * cupid], 1),
        np.stack([x, inner_upper], 1),
        np.stack([x, inner_lower], 1),
        np.stack([wide_x, inner_lower + lower * cushion], 1),
        half,
        gap,
    )


def paint_mouth(canvas: Canvas, looks: Looks, m: Mouth) -> None:
    """Paint the mouth onto bare skin."""
    look, lips = looks.mouth, lip_shape(looks.mouth, looks.axis, m)
    _surroundings(canvas, look, looks.axis, lips, m)
    inside = np.concatenate([lips.inner_upper, lips.inner_lower[::-1]])
    if lips.gap > 0.5 or m.tuck > 0.3:
        within = canvas.mask([inside])
        canvas.fill(inside, _THROAT)
        _inside(canvas, look, looks.axis, lips, m, within)
    _lips(canvas, look, looks.axis, lips, m)


def _surroundings(canvas: Canvas, look: MouthLook, axis: float, lips: LipShape, m: Mouth) -> None:
    floor = float(lips.outer_lower[20, 1])
    canvas.fill(ellipse((axis, floor + 4.5), (lips.half * 0.62, 3.2)), look.shadow, alpha=0.42, blur=2.4)
    for end in (0, 40):
        corner, side = lips.inner_upper[end], (-1 if end == 0 else 1)
        canvas.fill(
            ellipse((corner[0] + side * 1.5, corner[1] + 0.3), (3.0, 2.2)), look.shadow, alpha=0.45, blur=1.3
        )
        strength = 0.10 + 0.16 * max(m.wide, 0) + 0.08 * m.open
        top, low = moved(corner, side * 9, -22), moved(corner, side * 10, 3)
        fold = np.stack(
            [
                np.linspace(top[0], low[0], 9) + side * 3 * np.sin(np.linspace(0, np.pi, 9)),
                np.linspace(top[1], low[1], 9),
            ],
            1,
        )
        canvas.fill(ribbon(fold, (0.5, 3.0, 0.5)), look.shadow, alpha=strength, blur=1.4)


def _inside(canvas: Canvas, look: MouthLook, axis: float, lips: LipShape, m: Mouth, within: Mask) -> None:
    floor, roof = float(lips.inner_lower[20, 1]), float(lips.inner_upper[20, 1])
    # Upper teeth belong to the skull: they stay while the jaw drops.
    reach = min(look.y + 4.2, roof + 0.54 * (floor - roof))
    # Rounded lips reach forward over the teeth: only their edge is seen, if anything.
    edge = roof + (reach - roof) * (1 - 0.62 * min(max(m.round, 0.0), 1.0)) + 4.0 * m.tuck
    if m.open > 0.12 and m.wide > 0.2:
        low = np.stack([axis + _X * lips.half * 0.72, floor - 3.4 * max(m.wide, 0) + 3.0 * _A**2], 1)
        bottom = np.stack([axis + _X * lips.half * 0.72, np.full(41, floor + 6.0)], 1)
        canvas.fill(np.concatenate([low, bottom[::-1]]), _TOOTH_SHADE, alpha=0.9, blur=0.5, within=within)
    lift = min(max(m.tongue, 0.0), 1.0)
    crown = (floor - 3.2 - 5.0 * min(m.open, 1.0)) * (1 - lift) + (edge - 1.6) * lift
    tongue = ellipse((axis, crown + 9), (lips.half * (0.62 - 0.08 * lift), 9.0))
    if lift < 0.5:
        canvas.fill(tongue, _TONGUE, alpha=0.85, blur=1.0, within=within)
    show = min(1.0, lips.gap / 2.5)
    side = axis + _X * (lips.half * 0.86)
    teeth = np.concatenate(
        [np.stack([side, lips.inner_upper[:, 1] - 6], 1), np.stack([side, edge - 2.6 * _A**2.2], 1)[::-1]]
    )
    shaded = Gradient(
        (axis - lips.half, 0), (axis + lips.half, 0), (_TOOTH_SHADE, _TOOTH, _TOOTH, _TOOTH_SHADE)
    )
    canvas.fill(teeth, shaded, alpha=max(show, m.tuck), blur=0.35, within=within)
    if lift >= 0.5:
        canvas.fill(tongue, _TONGUE_TIP, alpha=0.97, blur=0.4, within=within)
        tip = ellipse((axis, crown + 2.4), (lips.half * 0.28, 1.1))
        canvas.fill(tip, (246, 184, 176), alpha=0.75, blur=0.7, within=within)
        seat = np.stack([axis + _X * lips.half * 0.7, lips.inner_lower[:, 1] - 0.2], 1)
        canvas.fill(ribbon(seat, (0.6, 2.4, 0.6)), _THROAT, alpha=0.7, blur=0.5, within=within)
    reach_down = min(2.0, lips.gap * 0.16)
    under = np.concatenate([moved(lips.inner_upper, 0, -3), moved(lips.inner_upper, 0, reach_down)[::-1]])
    canvas.fill(under, (70, 26, 30), alpha=0.40, blur=0.7, within=within)


def _lips(canvas: Canvas, look: MouthLook, axis: float, lips: LipShape, m: Mouth) -> None:
    top, bottom = float(lips.outer_upper[20, 1]), float(lips.outer_lower[20, 1])
    seam = float(lips.inner_upper[20, 1])
    upper = np.concatenate([lips.outer_upper, lips.inner_upper[::-1]])
    lower = np.concatenate([lips.inner_lower, lips.outer_lower[::-1]])
    deep = tuple(c * 0.86 for c in look.lip_upper)
    upper_paint = Gradient((0, top), (0, seam), (look.lip_upper, (deep[0], deep[1], deep[2])))
    canvas.fill(upper, upper_paint, blur=0.35)
    edge = float(lips.inner_lower[20, 1])
    canvas.fill(
        lower, Gradient((0, edge), (0, bottom), (look.lip_lower, look.lip_lower, look.lip_upper)), blur=0.35
    )
    body = max(bottom - edge, 1.0)
    shine = ellipse((axis - 3, edge + body * 0.42), (lips.half * 0.34, body * 0.15))
    canvas.fill(shine, look.shine, alpha=0.6, blur=1.1)
    if lips.gap < 2.2:
        closed = 1 - lips.gap / 2.2
        width = (0.9, 1.5 + 0.5 * m.press, 1.3 + 0.6 * m.press, 1.5 + 0.5 * m.press, 0.9)
        canvas.fill(
            ribbon(lips.inner_upper, width), look.lip_line, alpha=0.85 * closed * (1 - 0.6 * m.tuck), blur=0.2
        )
    else:
        canvas.fill(ribbon(lips.inner_lower, (0.4, 0.9, 1.0, 0.9, 0.4)), look.lip_line, alpha=0.35, blur=0.3)
