"""How a person's lips move: from articulation to lip lines in mouth coordinates (unit: eye distance).

The model is fitted to one face at rest or smiling. At rest and for p, b, m the lips it draws are truly
closed; rounded lips narrow, thicken and leave a small opening in their middle instead of a long slot.
"""

from dataclasses import dataclass

import numpy as np

from tutor_engine.showing.puppet.pose import Mouth
from tutor_engine.showing.puppet.view import ALONG, Array, Lips

_RELAXED_WIDTH = 0.80
"""Mouths wider than this are smiling; at rest most of the smile goes."""
_SMILE_KEPT = 0.30
_LARGEST_GAP = 0.34
"""Wider openings tear a warped face."""
_LARGEST_GAP_OF_WIDTH = 0.60
_RING_OF_LARGEST, _RING_OF_WIDTH = 0.9, 0.72
"""Rounded lips open as far as their width lets them: a ring, not a slit."""
_PURSED_SHARE = 0.53
"""Width of fully rounded lips over that of relaxed ones: 26 mm of 50 in adults."""
_GATHERED = 0.36
"""How much better the middle of rounded lips keeps its width than their ends: its red goes around."""
_CORNERS_LEAVE, _CURVE_LEAVES = 0.6, 0.3
"""How far the upper lip follows the closed line out of a smile; all the way would show gums."""
SHOWS_TEETH = 0.045
"""A face whose lips are further apart than this in the picture shows the inside of its mouth."""


@dataclass(frozen=True, slots=True)
class Articulation:
    """The lips of one pose."""

    lips: Lips
    half_width: float
    aperture: float
    """Share of the width that opens; the rest of the lips stays in contact."""
    gap: float
    """Opening in the middle."""
    jaw: float
    """How far the lower lip went down from the closed mouth."""


class LipModel:
    """The lip lines of one person."""

    def __init__(self, rest: Lips) -> None:
        self._rest = rest
        half = rest.half_width
        width = 2 * half
        self._relaxed = (
            _RELAXED_WIDTH + (width - _RELAXED_WIDTH) * _SMILE_KEPT if width > _RELAXED_WIDTH else width
        )
        self._width = width
        self._largest_gap = min(_LARGEST_GAP, _LARGEST_GAP_OF_WIDTH * width)
        self._pursed = _PURSED_SHARE * min(self._relaxed, _RELAXED_WIDTH)
        self._largest_ring = min(_RING_OF_LARGEST * self._largest_gap, _RING_OF_WIDTH * self._pursed)
        self.shows_teeth = rest.gap > SHOWS_TEETH
        gap = np.maximum(rest.lower_in[:, 1] - rest.upper_in[:, 1], 0)
        bow = 1 - ALONG**2
        middle = rest.upper_in[:, 1] + 0.35 * gap
        self._sag = float((middle * bow).sum() / (bow**2).sum())
        """Depth of the closed line's curve: positive when the corners are the highest points."""
        self._thick_upper = rest.upper_out[:, 1] - rest.upper_in[:, 1]
        self._thick_lower = rest.lower_out[:, 1] - rest.lower_in[:, 1]
        self._corner_offset = rest.corners_out - rest.corners_in

    def articulate(self, mouth: Mouth) -> Articulation:
        """The lip lines of a pose."""
        round_ = float(np.clip(mouth.round, 0, 1))
        half = self._width_of(mouth, round_) / 2
        squeeze = 2 * half / self._width
        gap = max(mouth.open, 0.0) * (self._largest_gap + (self._largest_ring - self._largest_gap) * round_)
        aperture = 1 - round_ * (0.50 - 0.46 * float(np.clip(mouth.open, 0, 1)))
        line = _Lines(self, 2 * half, aperture, gap, round_, mouth.tuck)
        along = np.sign(ALONG) * np.abs(ALONG) ** (1 - _GATHERED * round_)
        upper_y, lower_y = line.upper(along), line.lower(along)
        thicker = np.clip(squeeze**-0.6, 0.85, 1.3) * (1 - 0.18 * mouth.press)
        # Rounded lips turn outwards: the upper one shows more of its red, the lower one is as wide as it is.
        thicker_upper, thicker_lower = thicker * (1 + 0.10 * round_), min(thicker, 1.3 - 0.2 * round_)
        corners = np.array([[-half, line.corner_y], [half, line.corner_y]])
        corners_out = corners + self._corner_offset * (1 - 0.3 * round_)
        out_x = corners_out[0, 0] + (corners_out[1, 0] - corners_out[0, 0]) * (along + 1) / 2
        upper_out = upper_y + self._thick_upper * thicker_upper * (1 - 0.1 * mouth.open)
        lower_out = lower_y + self._thick_lower * thicker_lower * (1 - 0.3 * mouth.tuck)
        lips = Lips(
            upper_in=np.stack([along * half, upper_y], 1),
            lower_in=np.stack([along * half, lower_y], 1),
            upper_out=np.stack([out_x, _ringed(upper_out, along, corners_out, 0.2 * round_)], 1),
            lower_out=np.stack([out_x, _ringed(lower_out, along, corners_out, 0.4 * round_)], 1),
            corners_in=corners,
            corners_out=corners_out,
        )
        return Articulation(lips, half, aperture, gap, line.drop - 0.3 * line.tuck)

    def _width_of(self, mouth: Mouth, round_: float) -> float:
        """Between the inner corners."""
        # A dropping jaw pulls the corners together, and a smile cannot be held over an open vowel.
        jaw = 0.13 + 0.6 * max(self._relaxed - _RELAXED_WIDTH, 0.0)
        spread = self._relaxed * (1 + 0.10 * mouth.wide - jaw * mouth.open * (1 - 0.5 * mouth.wide))
        return spread + (self._pursed - spread) * round_

    def closed_line(self, width: float) -> tuple[float, float]:
        """Height of the corners and depth of the closed line for a mouth of this width."""
        smile_left = float(np.clip((width - 0.74) / max(self._width - 0.74, 0.05), 0, 1.3))
        sag = self._sag * smile_left
        return 0.55 * (self._sag - sag), sag

    def highest(self, u: Array, corner: float, sag: float) -> Array:
        """The highest upper lip: a smiling one is as high as it goes, and straighter without the smile."""
        flatter = _CURVE_LEAVES * (self._sag - sag) * np.clip(1 - u**2, 0, 1)
        return np.interp(u, ALONG, self._rest.upper_in[:, 1]) + _CORNERS_LEAVE * corner - flatter


def _ringed(y: Array, along: Array, corners: Array, share: float) -> Array:
    """The outer line of a lip bent towards an arc through its middle and the corners."""
    corner = float(corners[:, 1].mean())
    ring = corner + (y[len(y) // 2] - corner) * np.clip(1 - along**2, 0, 1) ** 0.85
    return y + (ring - y) * share


class _Lines:
    """Height of the inner lip lines as functions of the place along the mouth (-1 to 1)."""

    def __init__(
        self, model: LipModel, width: float, aperture: float, gap: float, round_: float, tuck: float
    ) -> None:
        self._model, self._aperture, self._gap = model, aperture, gap
        self.corner_y, self._sag = model.closed_line(width)
        # A jaw drops the lower lip; rounded lips part from their middle both ways, into a ring.
        self._upper_share = 0.24 + 0.19 * round_
        self._flatness = 2.2 - 0.2 * round_
        self._steepness = 0.74 - 0.24 * round_
        self.drop = (1 - self._upper_share) * gap
        self.tuck = 0.03 * tuck
        self._lift = 0.17 * round_

    def _closed(self, u: Array) -> Array:
        return self.corner_y + self._sag * np.clip(1 - u**2, 0, 1)

    def _opening(self, u: Array) -> Array:
        inside = np.clip(1 - np.abs(u / self._aperture) ** self._flatness, 0, 1)
        return inside**self._steepness

    def upper(self, u: Array) -> Array:
        y = self._closed(u) - self._upper_share * self._gap * self._opening(u)
        # The lip rises from the teeth that rest on the other one.
        y = y - 0.7 * self.tuck * np.clip(1 - u**2, 0, 1)
        if not self._model.shows_teeth:
            return y
        limit = self._model.highest(u, self.corner_y, self._sag) - self._lift * (1 - u**2)
        return limit + 0.02 * np.logaddexp(0, (y - limit) / 0.02)

    def lower(self, u: Array) -> Array:
        y = self._closed(u) + self.drop * self._opening(u) - self.tuck * (1 - u**2)
        return np.maximum(y, self.upper(u)) if self._model.shows_teeth else y
