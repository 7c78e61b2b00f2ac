"""What both characters share: shaded skin, nose, ears and neck, lit by a warm lamp on the left."""

from dataclasses import dataclass

import numpy as np

from tutor_engine.showing.puppet.drawings.paint import (
    Canvas, Colour, Glow, Gradient, Mask, Pair, Points, ellipse, mirror, ribbon, spline,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Skin:
    """Skin from light to deep shadow, with the colour of blood below it."""

    light: Colour
    base: Colour
    shade: Colour
    deep: Colour
    blush: Colour


def symmetric(half: tuple[Pair, ...], axis: float) -> Points:
    """A closed outline from its right half, top to bottom; the first and last point lie on the axis."""
    right = [(axis + x, y) for x, y in half]
    left = [(axis - x, y) for x, y in reversed(half[1:-1])]
    return spline([*right, *left])


def paint_skin(canvas: Canvas, outline: Points, skin: Skin, axis: float) -> Mask:
    """The face without features; returns its mask."""
    top, chin = float(outline[:, 1].min()), float(outline[:, 1].max())
    half = float(outline[:, 0].max()) - axis
    canvas.fill(outline, Gradient((axis - half, top), (axis + half * 1.1, chin), (skin.light, skin.base, skin.base, skin.shade)))
    face = canvas.mask([outline])
    middle = (top + chin) / 2

    def soft(shape: Points, colour: Colour, alpha: float, blur: float) -> None:
        canvas.fill(shape, colour, alpha=alpha, blur=blur, within=face)

    # The far side turns away from the lamp; the near edge turns away from us.
    soft(ellipse((axis + half * 1.12, middle + 14), (half * 0.42, 112)), skin.shade, 0.75, 15)
    soft(ellipse((axis + half * 1.10, middle + 40), (half * 0.22, 90)), skin.deep, 0.35, 10)
    soft(ellipse((axis - half * 1.10, middle + 26), (half * 0.20, 100)), skin.shade, 0.55, 9)
    soft(ellipse((axis + 6, chin + 6), (58, 14)), skin.shade, 0.65, 8)
    soft(ellipse((axis - 18, top + 52), (44, 26)), skin.light, 0.65, 15)
    soft(ellipse((axis - 44, 250), (20, 13)), skin.light, 0.55, 9)
    soft(ellipse((axis - 3, chin - 17), (13, 7)), skin.light, 0.5, 5)
    for side in (-1, 1):
        soft(ellipse((axis + side * 46, 261), (15, 9)), skin.blush, 0.42, 9)
    return face


def paint_sockets(canvas: Canvas, skin: Skin, face: Mask, axis: float, apart: float, y: float) -> None:
    """The shade around the eyes and beside the nose's root."""
    for side in (-1, 1):
        centre = axis + side * apart
        canvas.fill(ellipse((centre, y - 9), (24, 9)), skin.shade, alpha=0.42, blur=6, within=face)
        canvas.fill(ellipse((centre - side * 20, y - 3), (7, 12)), skin.shade, alpha=0.42, blur=5, within=face)
        canvas.fill(ellipse((centre + side * 2, y + 13), (18, 4)), skin.shade, alpha=0.30, blur=3.5, within=face)
        canvas.fill(ellipse((centre + side * 4, y - 14), (13, 4)), skin.light, alpha=0.40, blur=4, within=face)


def paint_nose(canvas: Canvas, skin: Skin, face: Mask, axis: float, tip: float, width: float) -> None:
    """A nose seen from the front: mostly the shadow on its far side and under its tip."""
    w = width
    side = spline([(axis + 5, tip - 52), (axis + 7, tip - 26), (axis + w * 0.95, tip - 6), (axis + w, tip + 3),
                   (axis + w * 0.4, tip + 5), (axis + 4, tip - 8), (axis + 2, tip - 30)])  # fmt: skip
    canvas.fill(side, skin.shade, alpha=0.62, blur=3.6, within=face)
    near = spline([(axis - 8, tip - 46), (axis - 9, tip - 22), (axis - w, tip - 2), (axis - w * 0.8, tip + 4), (axis - 6, tip - 12)])
    canvas.fill(near, skin.shade, alpha=0.26, blur=3.2, within=face)
    canvas.fill(ribbon(spline([(axis - 1.5, tip - 48), (axis - 2, tip - 24), (axis - 1.5, tip - 8)], closed=False), (3, 4.5, 6)), skin.light, alpha=0.75, blur=2.2, within=face)  # fmt: skip
    canvas.fill(ellipse((axis - 2.5, tip - 4.5), (4.4, 3.4)), skin.light, alpha=0.95, blur=1.8, within=face)
    under = spline([(axis - w * 0.75, tip + 3.4), (axis - w * 0.3, tip + 5.2), (axis, tip + 6.6), (axis + w * 0.3, tip + 5.2),
                    (axis + w * 0.8, tip + 3.0), (axis + w * 0.5, tip + 9), (axis, tip + 11), (axis - w * 0.5, tip + 8)])  # fmt: skip
    canvas.fill(under, skin.deep, alpha=0.42, blur=2.2, within=face)
    for s in (-1, 1):
        nostril = spline([(axis + s * w * 0.24, tip + 4.6), (axis + s * w * 0.5, tip + 2.7), (axis + s * w * 0.72, tip + 3.8),
                          (axis + s * w * 0.5, tip + 5.2)])  # fmt: skip
        canvas.fill(nostril, tuple3(np.array(skin.deep) * 0.55), alpha=0.75, blur=0.7)
        wing = spline([(axis + s * w * 0.86, tip - 7), (axis + s * w * 1.06, tip - 1), (axis + s * w * 0.9, tip + 4)], closed=False)
        canvas.fill(ribbon(wing, (0.3, 1.5, 0.4)), skin.deep, alpha=0.5, blur=0.7, within=face)
    # The groove below the nose.
    canvas.fill(ellipse((axis + 1, tip + 17), (3.4, 6)), skin.shade, alpha=0.42, blur=2.0, within=face)
    canvas.fill(ellipse((axis - 5.5, tip + 18), (2.2, 5)), skin.light, alpha=0.35, blur=1.6, within=face)


def paint_ear(canvas: Canvas, skin: Skin, centre: Pair, side: int) -> None:
    """An ear; `side` is -1 for the picture's left."""
    cx, cy = centre
    right = [(cx - 7, cy - 20), (cx + 6, cy - 27), (cx + 14, cy - 16), (cx + 12, cy + 2), (cx + 6, cy + 20), (cx - 4, cy + 25), (cx - 9, cy + 10)]
    inner = [(cx - 3, cy - 14), (cx + 5, cy - 19), (cx + 9, cy - 10), (cx + 6, cy + 4), (cx, cy + 12), (cx - 3, cy + 2)]
    outline = spline(right) if side > 0 else spline(mirror(right, cx))
    hollow = spline(inner) if side > 0 else spline(mirror(inner, cx))
    base, shade = (skin.base, skin.shade) if side < 0 else (skin.shade, skin.deep)
    canvas.fill(outline, base)
    ear = canvas.mask([outline])
    canvas.fill(hollow, shade, alpha=0.8, blur=2.0, within=ear)
    canvas.fill(ellipse((cx - side * 7, cy), (5, 24)), skin.deep, alpha=0.5, blur=3, within=ear)
    canvas.fill(ellipse((cx + side * 2, cy + 19), (4, 4)), skin.blush, alpha=0.4, blur=2, within=ear)


def paint_neck(canvas: Canvas, outline: Points, skin: Skin, axis: float, chin: float) -> None:
    """The neck with the shadow the head throws on it."""
    canvas.fill(outline, Gradient((axis - 50, 0), (axis + 50, 0), (skin.base, skin.base, skin.shade)))
    neck = canvas.mask([outline])
    fall = spline([(axis - 62, chin - 60), (axis + 70, chin - 60), (axis + 64, chin + 16), (axis + 34, chin + 34), (axis + 8, chin + 36),
                   (axis - 20, chin + 22), (axis - 52, chin + 2)])  # fmt: skip
    canvas.fill(fall, skin.deep, alpha=0.62, blur=6, within=neck)
    canvas.fill(ellipse((axis + 50, chin + 40), (20, 70)), skin.deep, alpha=0.4, blur=9, within=neck)
    for s in (-1, 1):
        tendon = spline([(axis + s * 33, chin + 16), (axis + s * 24, chin + 42), (axis + s * 9, chin + 66)], closed=False)
        canvas.fill(ribbon(tendon, (2, 5, 2)), skin.shade, alpha=0.35, blur=3, within=neck)


def light_pool(canvas: Canvas, centre: Pair, radius: Pair, colour: Colour, alpha: float) -> None:
    """A pool of lamplight, brightest in the middle."""
    for share, strength in ((1.0, 0.35), (0.62, 0.35), (0.34, 0.5)):
        shape = ellipse(centre, (radius[0] * share, radius[1] * share))
        canvas.fill(shape, colour, alpha=alpha * strength, blur=radius[0] * share * 0.33)


def wall(canvas: Canvas, glow: Glow | Gradient) -> None:
    """Cover the whole canvas."""
    x0, y0, x1, y1 = canvas.box
    canvas.fill(np.array([(x0 - 4, y0 - 4), (x1 + 4, y0 - 4), (x1 + 4, y1 + 4), (x0 - 4, y1 + 4)], np.float64), glow)


def tuple3(values: Points) -> Colour:
    """A colour from an array."""
    r, g, b = (float(v) for v in values[:3])
    return (r, g, b)
