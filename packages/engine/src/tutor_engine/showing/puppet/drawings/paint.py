"""Brushes: soft-edged, gradient-filled shapes on a premultiplied RGBA canvas measured in picture units.

A picture is 512 units wide whatever its resolution. Nothing here knows about faces.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
"""Shape (n, 2), in units: x to the right, y down."""

Floats = npt.NDArray[np.floating[Any]]
Mask = npt.NDArray[np.uint8]
Colour = tuple[float, float, float]
Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Gradient:
    """Colours along a line from `start` to `end`; beyond the ends the last colour goes on."""

    start: Pair
    end: Pair
    stops: tuple[Colour, ...]

    def at(self, x: Floats, y: Floats) -> npt.NDArray[np.float32]:
        """Planes of red, green, blue and 255 at a row of x and a column of y."""
        dx, dy = self.end[0] - self.start[0], self.end[1] - self.start[1]
        length = dx * dx + dy * dy
        t = ((x - self.start[0]) * dx)[None, :] + ((y - self.start[1]) * dy)[:, None]
        return _ramp(t / length, self.stops)


@dataclass(frozen=True, slots=True)
class Glow:
    """Colours outwards from `centre` to an ellipse of `radius`."""

    centre: Pair
    radius: Pair
    stops: tuple[Colour, ...]

    def at(self, x: Floats, y: Floats) -> npt.NDArray[np.float32]:
        """Planes of red, green, blue and 255 at a row of x and a column of y."""
        u = ((x - self.centre[0]) / self.radius[0])[None, :]
        v = ((y - self.centre[1]) / self.radius[1])[:, None]
        return _ramp(np.sqrt(u * u + v * v), self.stops)


Paint = Colour | Gradient | Glow

_SMALL_SIGMA_PX, _MOST_SHRUNK = 1.4, 8
"""A blur this wide keeps nothing that a pixel of the smaller copy could not show."""


def _ramp(t: Floats, stops: tuple[Colour, ...]) -> npt.NDArray[np.float32]:
    return np.take(_table(stops), np.clip(t * 511, 0, 511).astype(np.int32), axis=1)


@lru_cache(maxsize=64)
def _table(stops: tuple[Colour, ...]) -> npt.NDArray[np.float32]:
    colours = np.array(stops, np.float32)
    places, smooth = _unit(len(stops)), _unit(512)
    channels = [np.interp(smooth, places, colours[:, c]) for c in range(3)]
    return np.stack([*channels, np.full(512, 255.0)]).astype(np.float32)


@lru_cache(maxsize=64)
def _unit(count: int) -> Points:
    """`count` even steps from 0 to 1; frames are drawn in milliseconds, and making these is not free."""
    return np.linspace(0, 1, count)


@lru_cache(maxsize=8)
def _circle(count: int) -> Points:
    """`count` points of the unit circle."""
    t = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.stack([np.cos(t), np.sin(t)], 1)


def plot(text: str) -> Points:
    """Points from "x,y x,y …"."""
    return np.array([pair.split(",") for pair in text.split()], np.float64)


def placed(text: str, origin: Pair, *, side: int = 1, stretch: float = 1.0) -> Points:
    """Points written relative to `origin`: x is stretched, and mirrored when `side` is -1."""
    return plot(text) * (side * stretch, 1.0) + np.array(origin)


def moved(points: Points, dx: float, dy: float) -> Points:
    """The points shifted."""
    return points + np.array((dx, dy))


def spline(points: Sequence[Pair] | Points, *, closed: bool = True, per: int = 10) -> Points:
    """Centripetal Catmull-Rom through the points: smooth, without overshoot or loops."""
    p = np.asarray(points, np.float64)
    if closed:
        p = np.concatenate([p[-1:], p, p[:2]])
    else:
        p = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    p0, p1, p2, p3 = p[:-3, None], p[1:-2, None], p[2:-1, None], p[3:, None]

    def knot(a: Points, b: Points) -> Points:
        return np.sqrt(np.maximum(np.linalg.norm(b - a, axis=-1, keepdims=True), 1e-6))

    t1 = knot(p0, p1)
    t2 = t1 + knot(p1, p2)
    t3 = t2 + knot(p2, p3)
    t = t1 + (t2 - t1) * np.linspace(0, 1, per, endpoint=False)[None, :, None]
    a1 = p0 + (p1 - p0) * (t / t1)
    a2 = p1 + (p2 - p1) * ((t - t1) / (t2 - t1))
    a3 = p2 + (p3 - p2) * ((t - t2) / (t3 - t2))
    b1 = a1 + (a2 - a1) * (t / t2)
    b2 = a2 + (a3 - a2) * ((t - t1) / (t3 - t1))
    curve = (b1 + (b2 - b1) * ((t - t1) / (t2 - t1))).reshape(-1, 2)
    return curve if closed else np.concatenate([curve, p[-2:-1]])


def ellipse(centre: Pair, radius: Pair, *, turn: float = 0.0, count: int = 48) -> Points:
    """An ellipse, turned clockwise by `turn` radians."""
    round_ = _circle(count) * radius
    if turn:
        c, s = np.cos(turn), np.sin(turn)
        round_ = round_ @ np.array([[c, s], [-s, c]])
    return round_ + centre


def ribbon(path: Points, width: float | Points | Sequence[float]) -> Points:
    """Outline of a brush stroke along `path`; several widths are spread evenly over its length."""
    n = len(path)
    if isinstance(width, int | float):
        half = np.full(n, width / 2)
    else:
        half = np.interp(_unit(n), _unit(len(width)), np.asarray(width, np.float64)) / 2
    tangent = np.empty_like(path)
    tangent[1:-1] = path[2:] - path[:-2]
    tangent[0], tangent[-1] = path[1] - path[0], path[-1] - path[-2]
    length = np.sqrt(tangent[:, 0] ** 2 + tangent[:, 1] ** 2)
    half /= np.maximum(length, 1e-9)
    normal = np.empty_like(path)
    normal[:, 0], normal[:, 1] = -tangent[:, 1] * half, tangent[:, 0] * half
    return np.concatenate([path + normal, (path - normal)[::-1]])


class Canvas:
    """Paints on the box (x0, y0, x1, y1) in units, `scale` pixels per unit. Pixels: RGBA, premultiplied."""

    def __init__(
        self, box: tuple[int, int, int, int], scale: int, planes: npt.NDArray[np.float32] | None = None
    ) -> None:
        self.box = box
        self.scale = scale
        shape = (4, (box[3] - box[1]) * scale, (box[2] - box[0]) * scale)
        # Channel by channel: a weight is spread over whole planes five times as fast as over pixels of four.
        self.planes = np.zeros(shape, np.float32) if planes is None else planes

    @property
    def pixels(self) -> npt.NDArray[np.float32]:
        """The planes seen as pixels, shape (rows, columns, 4)."""
        return self.planes.transpose(1, 2, 0)

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.planes.shape[1], self.planes.shape[2]

    def mask(self, outlines: Iterable[Points]) -> Mask:
        """Coverage of shapes, 0 to 255, over the whole canvas; a clip for `fill`."""
        import cv2

        full = np.zeros(self.size, np.uint8)
        for outline in outlines:
            cv2.fillPoly(full, [self._fixed(outline, 0, 0)], (255,), cv2.LINE_AA, 4)
        return full

    def fill(
        self,
        outline: Points | Sequence[Points],
        paint: Paint,
        *,
        alpha: float = 1.0,
        blur: float = 0.0,
        within: Mask | None = None,
    ) -> None:
        """Paint one shape, or several as one, with an edge softened by `blur` units."""
        import cv2

        outlines = [outline] if isinstance(outline, np.ndarray) else list(outline)
        window = self._window(outlines, blur)
        if window is None or alpha <= 0:
            return
        left, top, right, bottom = window
        cover = np.zeros((bottom - top, right - left), np.uint8)
        for shape in outlines:
            cv2.fillPoly(cover, [self._fixed(shape, left, top)], (255,), cv2.LINE_AA, 4)
        if blur > 0:
            cover = _soften(cover, blur * self.scale)
        weight = np.multiply(cover, np.float32(alpha / 255), dtype=np.float32)
        if within is not None:
            weight *= within[top:bottom, left:right]
            weight *= np.float32(1 / 255)
        self._blend(weight, paint, left, top)

    def lay(self, above: npt.NDArray[np.float32]) -> None:
        """Lay the planes of another canvas of the same size on top."""
        self.planes *= 1 - above[3] * np.float32(1 / 255)
        self.planes += above

    def _blend(self, weight: npt.NDArray[np.float32], paint: Paint, left: int, top: int) -> None:
        height, width = weight.shape
        area = self.planes[:, top : top + height, left : left + width]
        if isinstance(paint, tuple):
            step = np.array((*paint, 255.0), np.float32)[:, None, None] - area
        else:
            x = np.arange(left, left + width, dtype=np.float32) / self.scale + self.box[0]
            y = np.arange(top, top + height, dtype=np.float32) / self.scale + self.box[1]
            step = paint.at(x, y)
            step -= area
        step *= weight
        area += step

    def _fixed(self, outline: Points, left: int, top: int) -> npt.NDArray[np.int32]:
        """Points in pixels of a window, with four binary places. A pixel's centre has whole coordinates."""
        p = (outline - (self.box[0], self.box[1])) * self.scale - 0.5 - (left, top)
        return np.round(p * 16).astype(np.int32)

    def _window(self, outlines: Sequence[Points], blur: float) -> tuple[int, int, int, int] | None:
        points = outlines[0] if len(outlines) == 1 else np.concatenate(outlines)
        (x0, y0), (x1, y1) = points.min(0).tolist(), points.max(0).tolist()
        reach, scale = blur * 3 + 1, self.scale
        height, width = self.size
        left, top = int((x0 - reach - self.box[0]) * scale), int((y0 - reach - self.box[1]) * scale)
        right, bottom = (
            int((x1 + reach + 1 - self.box[0]) * scale),
            int((y1 + reach + 1 - self.box[1]) * scale),
        )
        left, top, right, bottom = max(left, 0), max(top, 0), min(right, width), min(bottom, height)
        return (left, top, right, bottom) if left < right and top < bottom else None


def _soften(cover: Mask, sigma_px: float) -> Mask:
    """Gaussian blur; a wide one is done on a smaller copy, where it looks the same and costs little."""
    import cv2

    shrink = min(int(sigma_px / _SMALL_SIGMA_PX), _MOST_SHRUNK)
    height, width = cover.shape
    if shrink < 2 or min(height, width) < shrink * 4:
        return np.asarray(cv2.GaussianBlur(cover, (0, 0), sigma_px), np.uint8)
    small = cv2.resize(cover, (width // shrink, height // shrink), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma_px / shrink)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)
