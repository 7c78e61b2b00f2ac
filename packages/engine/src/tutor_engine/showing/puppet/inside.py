"""What is seen between the lips: teeth, tongue, the dark behind them, and the line where closed lips touch.

Upper teeth are fixed to the skull, lower teeth and tongue to the jaw. A person's own teeth are used when the
picture shows them; otherwise plain teeth in the light of the picture are painted.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tutor_engine.showing.puppet.bank import MouthBank
from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.lips import Articulation
from tutor_engine.showing.puppet.patch import Patch, mouth_coordinates, patch_around
from tutor_engine.showing.puppet.pose import Mouth
from tutor_engine.showing.puppet.view import Array, Lips, View

Colour = npt.NDArray[np.float32]
Layer = npt.NDArray[np.float32]

_LEFT, _TOP, _WIDTH, _HEIGHT = -0.75, -0.35, 1.5, 0.95
"""The textures' rectangle in mouth coordinates."""
_TONGUE_SHARE = 0.30
_LIP_SHADOW = 0.45
"""Light left on the teeth right under the upper lip."""
_CORNER_REACH, _CORNER_DARK = 0.28, 0.05
"""How far outside a corner its dark may lie, and half its height."""
_LEAST_ROUND = 0.05


@dataclass(frozen=True, slots=True)
class Teeth:
    """A row of teeth: colour and cover (0–1) over the textures' rectangle, `scale` pixels per unit."""

    texture: Layer
    """Shape (rows, columns, 4): red, green, blue, cover."""
    scale: float

    def over(self, view: View, patch: Patch, lowered: float) -> Layer:
        """The teeth as seen in a patch of a picture, `lowered` towards the chin."""
        import cv2

        inverse = np.linalg.inv(view.linear) * self.scale
        corner = np.array([patch.left, patch.top], np.float64) - view.origin
        shift = inverse @ corner - np.array([_LEFT, _TOP + lowered]) * self.scale
        to_texture = np.concatenate([inverse, shift[:, None]], 1)
        seen = cv2.warpAffine(
            self.texture, to_texture, patch.size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
        )  # fmt: skip
        return np.asarray(seen, np.float32)


class Inside:
    """The inside of one person's mouth. Immutable."""

    def __init__(self, upper: Teeth, lower: Teeth, skin: Colour, bank: MouthBank | None = None) -> None:
        """Teeth drawn over a dark mouth with a tongue; with a `bank`, what the person's footage showed."""
        self._bank = bank
        light = float(skin.mean()) / 190.0
        self._upper, self._lower = upper, lower
        self._dark = np.array([58, 26, 25], np.float32) * np.clip(light, 0.5, 1.15)
        self._tongue = np.array([150, 78, 78], np.float32) * np.clip(light, 0.5, 1.1)
        self._contact = skin * np.array([0.42, 0.28, 0.28], np.float32)

    def draw(self, out: Picture, view: View, shape: Articulation, mouth: Mouth) -> None:
        """Draw into a picture whose lips already stand in `shape`."""
        height, width = out.shape[:2]
        outline = np.concatenate([shape.lips.corners_in, shape.lips.upper_in, shape.lips.lower_in])
        round_ = float(np.clip(mouth.round, 0, 1))
        margin = round(_CORNER_REACH * view.scale) if round_ > _LEAST_ROUND else 5
        patch = patch_around(view.to_pixels(outline), margin).clipped(width, height)
        x, y = mouth_coordinates(view, patch)
        lines = _Lines(shape, x)
        picture = _corners_filled(out[patch.slices], x, y, shape, round_, view.scale)
        pixel = 1 / view.scale
        contact = lines.contact(y, pixel) * (1 - 0.75 * round_)
        picture += (self._contact - picture) * contact[..., None]
        if shape.lips.gap > 0.008:
            seen = self._inside(view, patch, x, y, lines, shape, mouth)
            cover = lines.cover(y, max(0.020, 1.4 * pixel))
            picture += (seen - picture) * cover[..., None]
        out[patch.slices] = np.clip(picture + 0.5, 0, 255).astype(np.uint8)

    def _inside(
        self, view: View, patch: Patch, x: Layer, y: Layer, lines: "_Lines", shape: Articulation, mouth: Mouth
    ) -> Layer:
        """From the bank as far as it goes, else drawn."""
        round_ = float(np.clip(mouth.round, 0, 1))
        drawn = 1.0 if self._bank is None else 0.0 if self._bank.shows_rounded else round_
        if self._bank is None or drawn > 0.98:
            return self._seen(view, patch, x, y, lines, shape, mouth)
        kept = lines.inside(self._bank, x, y, shape, round_)
        if drawn < 0.02:
            return kept
        painted = self._seen(view, patch, x, y, lines, shape, mouth)
        return np.asarray(kept + (painted - kept) * drawn, np.float32)

    def _seen(
        self, view: View, patch: Patch, x: Layer, y: Layer, lines: "_Lines", shape: Articulation, mouth: Mouth
    ) -> Layer:
        """The inside as if there were no lips."""
        round_ = float(np.clip(mouth.round, 0, 1))
        seen = np.empty((*x.shape, 3), np.float32)
        seen[:] = self._dark
        # The wet inner side of the lower lip catches light before the mouth grows dark behind it.
        rim = np.clip(1 - (lines.bottom - y) / 0.045, 0, 1)
        rim = np.maximum(rim, round_ * np.clip(1 - (y - lines.top) / 0.035, 0, 1))
        seen += (0.75 * self._tongue - self._dark) * (0.75 * rim)[..., None]
        bed = shape.jaw * (0.80 - 0.50 * mouth.tongue) + float(shape.lips.corners_in[0, 1])
        tip = np.minimum(y - bed - 0.08 + 0.05 * round_, 0) / 0.10
        tongue = np.clip(1 - (x / _TONGUE_SHARE) ** 2 - tip**2, 0, 1) ** 0.6
        middle = np.clip(1 - (x / shape.half_width) ** 2, 0, 1)
        seen += (self._tongue - seen) * (tongue * middle * (0.58 + 0.34 * mouth.tongue))[..., None]
        lower = self._lower.over(view, patch, shape.jaw + 0.012)
        shown = float(np.clip(mouth.open * 2.2 - 0.55, 0, 1)) * (1 - round_)
        seen += (lower[..., :3] - seen) * (lower[..., 3:] * shown)
        upper = self._upper.over(view, patch, 0.0)
        seen += (upper[..., :3] - seen) * (upper[..., 3:] * max(0.06, 1 - 1.25 * round_))
        shade = np.clip((y - lines.top) / 0.055, 0, 1) ** 0.7 * (1 - _LIP_SHADOW) + _LIP_SHADOW
        opening = shape.half_width * shape.aperture
        shade = shade * np.clip(1.04 - 0.5 * (x / opening) ** 6, 0.5, 1)
        # A rounded mouth is a deep one: little light comes in, and it is warm.
        depth = 1 - round_ * np.array([0.20, 0.34, 0.34], np.float32)
        return seen * shade[..., None].astype(np.float32) * depth


def _corners_filled(
    part: Picture, x: Layer, y: Layer, shape: Articulation, round_: float, scale: float
) -> Layer:
    """The picture without the dark of the corners: rounded lips carry none of it inwards."""
    import cv2

    picture = part.astype(np.float32)
    if round_ <= _LEAST_ROUND:
        return picture
    half, opening = shape.half_width, shape.half_width * shape.aperture
    tall = np.ones((2 * round(_CORNER_DARK * scale) + 1, 1), np.uint8)
    filled = cv2.GaussianBlur(cv2.morphologyEx(part, cv2.MORPH_CLOSE, tall), (0, 0), 0.012 * scale)
    along = np.abs(x)
    beside = np.clip((along - opening) / (0.3 * (half - opening) + 0.02), 0, 1)
    beside *= np.clip((half + _CORNER_REACH - along) / (0.5 * _CORNER_REACH), 0, 1)
    near = np.clip(2 - np.abs(y - float(shape.lips.corners_in[0, 1])) / _CORNER_DARK, 0, 1)
    cover = beside * near * min(1.6 * round_, 1.0)
    return np.asarray(picture + (filled - picture) * cover[..., None], np.float32)


class _Lines:
    """The inner lip lines over the pixels of a patch."""

    _SIZE = 512
    _REACH = 1.0

    def __init__(self, shape: Articulation, x: Layer) -> None:
        half = shape.half_width
        at = (np.arange(self._SIZE) + 0.5) * (2 * self._REACH / self._SIZE) - self._REACH
        # A cubic through the sampled line: straight pieces would show as corners in the lip.
        along = np.concatenate([[-half], shape.lips.upper_in[:, 0], [half]])
        corner = float(shape.lips.corners_in[0, 1])
        upper = _smooth(at, along, np.concatenate([[corner], shape.lips.upper_in[:, 1], [corner]]))
        lower = _smooth(at, along, np.concatenate([[corner], shape.lips.lower_in[:, 1], [corner]]))
        lower = np.maximum(lower, upper)
        touching = np.clip(1 - (lower - upper) / 0.03, 0, 1) * np.clip((1.02 - np.abs(at) / half) * 8, 0, 1)
        table = np.stack([upper, lower, touching], 1).astype(np.float32)
        row = np.clip((x + self._REACH) * (self._SIZE / (2 * self._REACH)), 0, self._SIZE - 1).astype(
            np.int32
        )
        rows = table[row]
        self.top, self.bottom, self._touching = rows[..., 0], rows[..., 1], rows[..., 2]

    def cover(self, y: Layer, softness: float) -> Layer:
        """1 between the lips, 0 on them."""
        above = np.clip((y - self.top) / softness + 0.5, 0, 1)
        below = np.clip((self.bottom - y) / softness + 0.5, 0, 1)
        apart = self.bottom - self.top > 0.2 * softness
        return np.asarray(above * below * apart, np.float32)

    def inside(self, bank: MouthBank, x: Layer, y: Layer, shape: Articulation, round_: float) -> Layer:
        """What a bank shows between these lips."""
        along = x / (shape.half_width * shape.aperture)
        down = (y - self.top) / np.maximum(self.bottom - self.top, 1e-3)
        return bank.seen(along, np.asarray(np.clip(down, 0, 1), np.float32), shape.lips.gap, round_)

    def contact(self, y: Layer, pixel: float) -> Layer:
        """How dark the line is where the lips touch."""
        spread = max(0.011, 0.8 * pixel)
        distance = (y - (self.top + self.bottom) / 2) / spread
        return 0.55 * self._touching * np.exp(-0.5 * distance**2)


def own_teeth(picture: Picture, view: View, lips: Lips) -> Teeth:
    """The teeth that a picture shows, continued a little under the upper lip."""
    import cv2

    scale = view.scale
    size = (round(_WIDTH * scale), round(_HEIGHT * scale))
    to_picture = np.concatenate([view.linear / scale, view.to_pixels(np.array([[_LEFT, _TOP]])).T], 1)
    flat = cv2.warpAffine(
        picture, to_picture, size, flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    outline = np.concatenate([lips.corners_in[:1], lips.upper_in, lips.corners_in[1:], lips.lower_in[::-1]])
    mouth = np.zeros(size[::-1], np.uint8)
    pixels = np.round((outline - [_LEFT, _TOP]) * scale * 16).astype(np.int32)
    cv2.fillPoly(mouth, [pixels], 255, cv2.LINE_AA, 4)
    band = cv2.dilate(mouth, np.ones((int(0.10 * scale) | 1, int(0.03 * scale) | 1), np.uint8))
    seen = cv2.erode(mouth, np.ones((3, 3), np.uint8))
    missing = ((band > 0) & (seen < 200)).astype(np.uint8)
    colour = cv2.inpaint(
        _lips_cleared(np.asarray(flat, np.uint8), np.asarray(seen, np.uint8)), missing, 3, cv2.INPAINT_TELEA
    )
    cover = cv2.GaussianBlur(
        cv2.erode(band, np.ones((3, 3), np.uint8)).astype(np.float32) / 255, (0, 0), max(0.8, 0.008 * scale)
    )
    x, y = _texture_coordinates(scale, size)
    floor = np.interp(x, *_line(lips.corners_in, lips.lower_in))
    cover = cover * np.clip((floor - y) / 0.018 + 0.1, 0, 1)
    return Teeth(_layered(np.asarray(colour, np.float32), cover), scale)


def _lips_cleared(flat: npt.NDArray[np.uint8], seen: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The texture with each column above and below the opening filled from its nearest teeth."""
    inside = seen > 200
    columns = np.nonzero(inside.any(0))[0]
    cleared = flat.copy()
    if not len(columns):
        return cleared
    first, last = inside.argmax(0), len(inside) - 1 - inside[::-1].argmax(0)
    rows = np.arange(len(flat))[:, None]
    near = np.clip(np.arange(flat.shape[1]), columns[0], columns[-1])
    # Two pixels inside: the outermost ones have the shadow of the lip in them.
    low = np.minimum(first[near] + 2, last[near])
    high = np.maximum(last[near] - 1, low)
    nearest = np.clip(rows, low[None, :], high[None, :])
    cleared[:] = flat[nearest, near[None, :]]
    return cleared


def painted_teeth(skin: Colour, lips: Lips, scale: float) -> Teeth:
    """A plain upper row in the light of the picture, along the line where the lips of `lips` meet."""
    import cv2

    size = (round(_WIDTH * scale), round(_HEIGHT * scale))
    x, y = _texture_coordinates(scale, size)
    light = float(skin.mean()) / 190.0
    white = 0.15 * skin + 0.85 * np.array([232, 228, 218], np.float32) * np.clip(light, 0.4, 1.0)
    middle = float(lips.upper_in[5, 1] + lips.lower_in[5, 1]) / 2
    line = middle * np.clip(1 - (x / max(lips.half_width, 0.1)) ** 2, 0, 1)
    tooth = min(0.118, 0.25 * lips.half_width)
    edges, lengths = _arch(tooth)
    # Between two teeth the edge of the row rises a little and a soft shadow lies.
    place = np.clip(np.searchsorted(edges, np.abs(x), side="right") - 1, 0, len(lengths) - 1)
    centre, half = (edges[place] + edges[place + 1]) / 2, (edges[place + 1] - edges[place]) / 2
    across = np.clip((np.abs(x) - centre) / half, -1, 1)
    bottom = line + 0.040 * lengths[place] - 0.012 * np.abs(across) ** 5
    cover = np.clip((bottom - y) * scale * 0.8 + 0.5, 0, 1) * np.clip((y - line + 0.14) * scale, 0, 1)
    cover = cover * np.clip((edges[-1] - np.abs(x)) / 0.05, 0, 1)
    shade = (1 - 0.22 * np.abs(across) ** 10) * (1 - 0.55 * (np.abs(x) / edges[-1]) ** 2)
    colour = np.clip(white, 0, 235)[None, None] * shade[..., None]
    soft = cv2.GaussianBlur(cover.astype(np.float32), (0, 0), max(0.5, 0.006 * scale))
    return Teeth(_layered(colour, np.asarray(soft, np.float32)), scale)


def _arch(tooth: float) -> tuple[Array, Array]:
    """Borders of the teeth from the middle outwards, as seen on a curved arch, and their relative lengths."""
    widths = np.array([1.0, 0.80, 0.88, 0.80, 0.76, 0.70])
    lengths = np.array([1.0, 0.88, 0.90, 0.72, 0.55, 0.4])
    seen = widths * tooth * np.cos(np.minimum(np.arange(len(widths)) * 0.22, 1.2))
    return np.concatenate([[0.0], np.cumsum(seen)]), lengths


def lower_teeth(upper: Teeth) -> Teeth:
    """A soft band in the colour of the upper row; little of it is ever seen."""
    scale = upper.scale
    rows, columns = upper.texture.shape[:2]
    x, y = _texture_coordinates(scale, (columns, rows))
    cover = np.clip(1 - np.abs(x / 0.30) ** 4, 0, 1) * np.clip(1 - np.abs((y - 0.03) / 0.055) ** 4, 0, 1)
    weight = upper.texture[..., 3:]
    colour = (upper.texture[..., :3] * weight).sum((0, 1)) / (weight.sum() + 1e-6) * 0.82
    flat = np.broadcast_to(colour, (rows, columns, 3))
    return Teeth(_layered(flat, cover * 0.41), scale)


def _texture_coordinates(scale: float, size: tuple[int, int]) -> tuple[Array, Array]:
    """Mouth coordinates of the texture's pixels."""
    x, y = np.meshgrid(np.arange(size[0]) / scale + _LEFT, np.arange(size[1]) / scale + _TOP)
    return x, y


def _layered(colour: npt.NDArray[np.floating], cover: npt.NDArray[np.floating]) -> Layer:
    return np.concatenate([colour, cover[..., None]], 2).astype(np.float32)


def _line(corners: Array, inner: Array) -> tuple[Array, Array]:
    whole = np.concatenate([corners[:1], inner, corners[1:]])
    return whole[:, 0], whole[:, 1]


def _smooth(at: Array, x: Array, y: Array) -> Array:
    """Cubic Hermite interpolation with slopes limited so that the line never overshoots (Fritsch–Carlson)."""
    step = np.diff(x)
    slope = np.diff(y) / step
    inner = np.where(
        slope[:-1] * slope[1:] > 0, 2 * slope[:-1] * slope[1:] / (slope[:-1] + slope[1:] + 1e-12), 0
    )
    tangent = np.concatenate([slope[:1], inner, slope[-1:]])
    piece = np.clip(np.searchsorted(x, at) - 1, 0, len(step) - 1)
    t = np.clip((at - x[piece]) / step[piece], 0, 1)
    h = step[piece]
    return (
        (1 + 2 * t) * (1 - t) ** 2 * y[piece]
        + t * (1 - t) ** 2 * h * tangent[piece]
        + t**2 * (3 - 2 * t) * y[piece + 1]
        + t**2 * (t - 1) * h * tangent[piece + 1]
    )
