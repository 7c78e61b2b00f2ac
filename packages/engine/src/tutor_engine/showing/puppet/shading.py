"""How light on lips, cheeks and chin changes with the mouth, as footage of speech shows it.

Expression ratio images (Liu, Shan, Zhang, 2001): talking frames laid over the resting face by the mesh and
divided by it, smooth, one map each for an open, a rounded and a spread mouth. Nothing is shaded at rest, nor
outside the face; footage without talking frames has no shading.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tutor_engine.showing.puppet.bank import ROUNDED_BELOW
from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.landmarks import (
    BELOW_NOSE,
    CHIN_SKIN,
    INNER_CORNERS,
    INNER_LOWER,
    INNER_UPPER,
    OUTER_CORNERS,
    OUTER_LOWER,
    OUTER_UPPER,
    OVAL,
    STILL_SKIN,
)
from tutor_engine.showing.puppet.lips import Articulation
from tutor_engine.showing.puppet.patch import patch_around
from tutor_engine.showing.puppet.pose import Mouth
from tutor_engine.showing.puppet.view import Array, Lips, View
from tutor_engine.showing.puppet.warp import Box, ThinPlate, smooth_step

Map = npt.NDArray[np.float32]

_COLUMNS = 96
_DARKEST, _BRIGHTEST = 0.7, 1.4
_WHOLE_OPENING = 0.25
"""In distances of the eyes: the opening that the map of an open mouth stands for."""
_LEAST_OPEN, _MOST_OPEN = 0.35, 0.6
"""Shares of it from which a frame shows an open mouth, and up to which a wide one is a spread one."""
_WHOLE_ROUND, _RELAXED_ABOVE, _RELAXED_BELOW, _SPREAD_ABOVE, _WHOLE_SPREAD = 0.75, 0.95, 1.02, 1.04, 1.12
"""Widths, of the usual one; rounded frames are those that are so for the inside of the mouth."""
_FEWEST, _MOST = 3, 12
"""Frames per map: a median of three bears one with a hand in it."""
_SMOOTH = 0.07
"""Finer light than this, in distances of the eyes, is told too badly from a mesh that is a pixel off."""
_LIP_LINE = 0.035
"""This near to the line of the lips a frame may show the inside of the mouth."""
_EDGE_LEFT_OUT, _EDGE_FADE = 0.06, 0.24
_UP_TO, _UP_FADE = 0.35, 0.35
"""The change begins so far above the nostrils: the nose moves in the mesh more than in the light."""
_UNIT = 160
"""The gain 1 in eight bits; the multiplication gives the same picture back."""
_TINTED = np.rint(
    _UNIT * (np.arange(256)[:, None] / _UNIT) ** np.array([0.85, 1.05, 1.1, 1.0])
).clip(0, 255).astype(np.uint8)  # fmt: skip
"""Eight-bit gains of red, green, blue and nothing: in a fold, skin lights skin, and red."""
_LEAST_WEIGHT = 0.01


class Shading:
    """The changing light on one person's lower face. Immutable."""

    def __init__(self, box: Box, step: float, maps: Map, widest: float, usual: "_Usual") -> None:
        self._box, self._step, self._maps = box, step, maps
        self._widest, self._usual = widest, usual

    @classmethod
    def of_footage(
        cls,
        picture_of: Callable[[int], Picture],
        views: Sequence[View],
        track: Array,
        lips: Sequence[Lips],
        calm: Sequence[int],
    ) -> "Shading | None":
        """Compare talking frames with `calm` ones; None when there are too few of them."""
        usual = _Usual.of([lips[frame] for frame in calm])
        amounts = np.array([usual.amounts(one) for one in lips])
        opening = amounts[:, 0]
        widths = np.array([one.half_width for one in lips]) / usual.half_width
        rounded = widths < ROUNDED_BELOW
        spread = ~rounded & (widths > _SPREAD_ABOVE) & (opening <= _MOST_OPEN)
        opened = ~rounded & ~spread & (opening >= _LEAST_OPEN)
        kinds = [_spaced(np.nonzero(kind)[0], opening) for kind in (opened, rounded, spread)]
        if not any(len(kind) >= _FEWEST for kind in kinds):
            return None
        locals_ = np.stack([view.to_mouth(points) for view, points in zip(views, track, strict=True)])
        face = _RestingFace(np.median(locals_[list(calm)], axis=0))

        def light(frame: int) -> Map:
            return face.light(picture_of(frame), views[frame], locals_[frame])

        resting = np.median([light(frame) for frame in calm[:_MOST]], axis=0)
        change_in = [{frame: face.level(light(frame) - resting) for frame in kind} for kind in kinds]
        open_ = _agreed([change / opening[frame] for frame, change in change_in[0].items()], face.cover)
        round_ = _agreed(list(change_in[1].values()), face.cover)
        # Spread lips are mostly a little open: what that alone does is in the first map.
        alone = [change - opening[frame] * open_ for frame, change in change_in[2].items()]
        maps = np.stack([open_, round_, _agreed(alone, face.cover)]) * face.cover
        return cls(face.box, face.step, maps, float(max(opening[kinds[0]], default=0.0)), usual)

    def shade(self, picture: Picture, view: View, lips: Lips, shape: Articulation, mouth: Mouth) -> None:
        """Light an RGBA picture with these `lips` as if they stood in `shape`; before it is bent."""
        import cv2

        open_ = min(shape.gap / _WHOLE_OPENING, self._widest)
        wanted = _weights(np.array([open_, np.clip(mouth.round, 0, 1), np.clip(mouth.wide, 0, 1)]))
        # What the picture shows already is not shaded twice.
        weights = np.maximum(wanted - _weights(self._usual.amounts(lips)), 0)
        weights *= wanted > _LEAST_WEIGHT
        if weights.max() < _LEAST_WEIGHT:
            return
        gain = np.exp(np.tensordot(weights.astype(np.float32), self._maps, 1))
        small = _TINTED[np.asarray(np.clip(gain, _DARKEST, _BRIGHTEST) * _UNIT + 0.5, np.uint8)]
        height, width = picture.shape[:2]
        patch = patch_around(view.to_pixels(self._box.corners()), 0).clipped(width, height)
        inverse = np.linalg.inv(view.linear) / self._step
        corner = np.array([patch.left, patch.top], np.float64) - view.origin
        shift = inverse @ corner - np.array([self._box.left, self._box.top]) / self._step
        seen = cv2.warpAffine(
            small, np.concatenate([inverse, shift[:, None]], 1), patch.size,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_CONSTANT,
            borderValue=(_UNIT,) * 4,
        )  # fmt: skip
        part = picture[patch.slices]
        cv2.multiply(part, seen, dst=part, scale=1 / _UNIT)


@dataclass(frozen=True, slots=True)
class _Usual:
    """How a person's lips rest."""

    half_width: float
    gap: float
    """What the mesh takes closed lips for."""

    @classmethod
    def of(cls, calm: Sequence[Lips]) -> "_Usual":
        """The middle of calm lips."""
        return cls(
            float(np.median([one.half_width for one in calm])), float(np.median([one.gap for one in calm]))
        )

    def amounts(self, lips: Lips) -> Array:
        """How open, rounded and spread real lips are, each 0 at rest."""
        width = lips.half_width / self.half_width
        rounded = np.clip((_RELAXED_ABOVE - width) / (_RELAXED_ABOVE - _WHOLE_ROUND), 0, 1)
        spread = np.clip((width - _RELAXED_BELOW) / (_WHOLE_SPREAD - _RELAXED_BELOW), 0, 1)
        return np.array([max(lips.gap - self.gap, 0.0) / _WHOLE_OPENING, rounded, spread])


class _RestingFace:
    """The lower face at rest on a small grid, and the two layers of skin that carry other frames onto it."""

    def __init__(self, points: Array) -> None:
        import cv2

        oval = points[list(OVAL)]
        left, right = oval[:, 0].min() - 0.3, oval[:, 0].max() + 0.3
        nose = float(points[BELOW_NOSE, 1])
        self.box = Box(float(left), nose - 0.6, float(right), float(oval[:, 1].max()) + 0.4)
        self.step = float(right - left) / (_COLUMNS - 1)
        still, lips = set(OVAL + STILL_SKIN), set(INNER_CORNERS + OUTER_CORNERS)
        self._upper_points = sorted(still | lips | set(INNER_UPPER + OUTER_UPPER))
        self._lower_points = sorted(still | lips | set(INNER_LOWER + OUTER_LOWER + CHIN_SKIN))
        self._points = points
        self._upper = ThinPlate(points[self._upper_points], self.box, self.step)
        self._lower = ThinPlate(points[self._lower_points], self.box, self.step)
        rows, columns = self._upper.shape
        x, y = np.meshgrid(np.arange(columns), np.arange(rows))
        self._nodes = np.stack([x * self.step + self.box.left, y * self.step + self.box.top], -1)
        inside = np.zeros((rows, columns), np.uint8)
        on_grid = (oval - [self.box.left, self.box.top]) / self.step
        cv2.fillConvexPoly(inside, cv2.convexHull(np.round(on_grid).astype(np.int32)), 1)
        inside[[0, -1]] = inside[:, [0, -1]] = 0
        away = cv2.distanceTransform(inside, cv2.DIST_L2, 5) * self.step
        from_top = smooth_step((self._nodes[..., 1] - nose + _UP_TO) / _UP_FADE)
        cover = smooth_step((away - _EDGE_LEFT_OUT) / _EDGE_FADE) * from_top
        self.cover = cover.astype(np.float32)
        """How much of the change is shown: nothing at the edge of the face."""
        corners = points[list(INNER_CORNERS)]
        middle = np.concatenate(
            [corners[:1], (points[list(INNER_UPPER)] + points[list(INNER_LOWER)]) / 2, corners[1:]]
        )
        line = np.interp(self._nodes[..., 0], middle[:, 0], middle[:, 1])
        self._below = (self._nodes[..., 1] > line)[..., None]
        mouth = (np.abs(self._nodes[..., 1] - line) < _LIP_LINE) & (
            np.abs(self._nodes[..., 0] - corners[:, 0].mean()) < (corners[1, 0] - corners[0, 0]) / 2
        )
        self._skin = ((away > _EDGE_LEFT_OUT) & ~mouth).astype(np.float32)
        self._still = (away > _EDGE_LEFT_OUT) & (self._nodes[..., 1] < nose - 0.1)

    def light(self, picture: Picture, view: View, points: Array) -> Map:
        """Logarithm of the smooth light on the skin of another frame, whose mesh lies at `points`."""
        import cv2

        moves = points - self._points
        upper = self._upper.forward(moves[self._upper_points])
        lower = self._lower.forward(moves[self._lower_points])
        at = self._nodes + np.where(self._below, lower, upper)
        pixels = view.to_pixels(at.reshape(-1, 2)).reshape(at.shape).astype(np.float32)
        grey = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (0, 0), self.step * view.scale / 2)
        seen = cv2.remap(grey, pixels, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]
        spread = _SMOOTH / self.step
        lit = cv2.GaussianBlur((seen + 1.0).astype(np.float32) * self._skin, (0, 0), spread)
        known = cv2.GaussianBlur(self._skin, (0, 0), spread)
        return np.asarray(np.log((lit + 1e-3) / (known + 1e-3)), np.float32)

    def level(self, change: Map) -> Map:
        """A change without that of the lamp or the camera: beside the nose speech changes nothing."""
        return np.asarray(change - np.median(change[self._still]), np.float32)


def _weights(amounts: Array) -> Array:
    """The share of each map; rounded lips have a shading of their own, opening included."""
    return np.array([amounts[0] * (1 - amounts[1]), amounts[1], amounts[2] * (1 - amounts[1])])


def _spaced(frames: npt.NDArray[np.intp], opening: Array) -> list[int]:
    """At most `_MOST` of the frames, over all their openings."""
    ordered = frames[np.argsort(opening[frames])]
    return ordered[np.linspace(0, len(ordered) - 1, min(len(ordered), _MOST)).round().astype(int)].tolist()


def _agreed(changes: Sequence[Map], cover: Map) -> Map:
    """What most frames agree on; zero when there are too few."""
    if len(changes) < _FEWEST:
        return np.zeros_like(cover)
    stack = np.stack(changes)
    middle = np.median(stack, axis=0)
    off = (np.abs(stack - middle) * cover).mean((1, 2))
    kept = stack[off <= 2 * np.median(off) + 1e-3]
    limits = np.log(_DARKEST), np.log(_BRIGHTEST)
    return np.asarray(np.clip(np.median(kept, axis=0), *limits), np.float32)
