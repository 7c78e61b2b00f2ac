"""What both characters share: shaded skin, nose, ears and neck, lit by a warm lamp on the left."""

from dataclasses import dataclass

import numpy as np

from tutor_engine.showing.puppet.drawings.paint import (
    Canvas,
    Colour,
    Glow,
    Gradient,
    Mask,
    Pair,
    Points,
    ellipse,
    placed,
    ribbon,
    spline,
)


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
    canvas.fill(
        outline,
        Gradient(
            (axis - half, top), (axis + half * 1.1, chin), (skin.light, skin.base, skin.base, skin.shade)
        ),
    )
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
        canvas.fill(
            ellipse((centre - side * 20, y - 3), (7, 12)), skin.shade, alpha=0.42, blur=5, within=face
        )
        canvas.fill(
            ellipse((centre + side * 2, y + 13), (18, 4)), skin.shade, alpha=0.30, blur=3.5, within=face
        )
        canvas.fill(
            ellipse((centre + side * 4, y - 14), (13, 4)), skin.light, alpha=0.40, blur=4, within=face
        )


def paint_nose(canvas: Canvas, skin: Skin, face: Mask, axis: float, tip: float, width: float) -> None:
    """A nose seen from the front: mostly the shadow on its far side and under its tip."""

    def at(text: str, *, side: int = 1, closed: bool = True) -> Points:
        return spline(placed(text, (axis, tip), side=side, stretch=width), closed=closed)

    def soft(shape: Points, colour: Colour, alpha: float, blur: float) -> None:
        canvas.fill(shape, colour, alpha=alpha, blur=blur, within=face)

    soft(at("0.35,-52 0.5,-26 0.95,-6 1,3 0.4,5 0.28,-8 0.14,-30"), skin.shade, 0.62, 3.6)
    soft(at("-0.55,-46 -0.62,-22 -1,-2 -0.8,4 -0.42,-12"), skin.shade, 0.26, 3.2)
    ridge = at("-0.1,-48 -0.14,-24 -0.1,-8", closed=False)
    soft(ribbon(ridge, (3, 4.5, 6)), skin.light, 0.75, 2.2)
    soft(ellipse((axis - 2.5, tip - 4.5), (4.4, 3.4)), skin.light, 0.95, 1.8)
    soft(at("-0.75,3.4 -0.3,5.2 0,6.6 0.3,5.2 0.8,3 0.5,9 0,11 -0.5,8"), skin.deep, 0.42, 2.2)
    hollow: Colour = (skin.deep[0] * 0.55, skin.deep[1] * 0.55, skin.deep[2] * 0.55)
    for side in (-1, 1):
        nostril = at("0.24,4.6 0.5,2.7 0.72,3.8 0.5,5.2", side=side)
        soft(nostril, hollow, 0.75, 0.7)
        wing = at("0.86,-7 1.06,-1 0.9,4", side=side, closed=False)
        soft(ribbon(wing, (0.3, 1.5, 0.4)), skin.deep, 0.5, 0.7)
    # The groove below the nose.
    soft(ellipse((axis + 1, tip + 17), (3.4, 6)), skin.shade, 0.42, 2.0)
    soft(ellipse((axis - 5.5, tip + 18), (2.2, 5)), skin.light, 0.35, 1.6)


def paint_ear(canvas: Canvas, skin: Skin, centre: Pair, side: int) -> None:
    """An ear; `side` is -1 for the picture's left."""
    cx, cy = centre
    outline = spline(placed("-7,-20 6,-27 14,-16 12,2 6,20 -4,25 -9,10", centre, side=side))
    hollow = spline(placed("-3,-14 5,-19 9,-10 6,4 0,12 -3,2", centre, side=side))
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
    fall = spline(placed("-62,-60 70,-60 64,16 34,34 8,36 -20,22 -52,2", (axis, chin)))
    canvas.fill(fall, skin.deep, alpha=0.62, blur=6, within=neck)
    canvas.fill(ellipse((axis + 50, chin + 40), (20, 70)), skin.deep, alpha=0.4, blur=9, within=neck)
    for s in (-1, 1):
        tendon = spline(placed("33,16 24,42 9,66", (axis, chin), side=s), closed=False)
        canvas.fill(ribbon(tendon, (2, 5, 2)), skin.shade, alpha=0.35, blur=3, within=neck)


def light_pool(canvas: Canvas, centre: Pair, radius: Pair, colour: Colour, alpha: float) -> None:
    """A pool of lamplight, brightest in the middle."""
    for share, strength in ((1.0, 0.35), (0.62, 0.35), (0.34, 0.5)):
        shape = ellipse(centre, (radius[0] * share, radius[1] * share))
        canvas.fill(shape, colour, alpha=alpha * strength, blur=radius[0] * share * 0.33)


def wall(canvas: Canvas, glow: Glow | Gradient) -> None:
    """Cover the whole canvas."""
    x0, y0, x1, y1 = canvas.box
    canvas.fill(
        np.array([(x0 - 4, y0 - 4), (x1 + 4, y0 - 4), (x1 + 4, y1 + 4), (x0 - 4, y1 + 4)], np.float64), glow
    )
