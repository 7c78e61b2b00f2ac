"""The inside of a person's own mouth, as footage of speech shows it: teeth, tongue and dark for each opening.

Pictures of the inside are kept free of shape: one axis along the mouth, the other from the upper to the lower
lip. An opening between two kept ones shows both, mixed; rounded lips have pictures of their own if the person
rounded them. Footage that shows no open mouth has no bank.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.view import Array, Lips, View
from tutor_engine.showing.puppet.warp import smooth_step

Inner = npt.NDArray[np.float32]
"""A picture of the inside, shape (_ROWS, _COLUMNS, 3), RGB 0–255."""

_COLUMNS, _ROWS = 96, 48
_LEVELS = 12
LEAST_GAP = 0.05
"""In distances of the eyes; in narrower slits the mesh tells lips and teeth apart too badly."""
_WIDEST_NEEDED = 0.13
_FEWEST_LEVELS = 4
ROUNDED_BELOW = 0.87
"""A mouth narrower than this share of the usual width is a rounded one."""
_WIDEST_STEP = 0.05
"""Between two kept openings; pictures farther apart would show two rows of teeth when mixed."""
_DARK = 0.6
"""Of the brightness of the lips' rims: what is darker is no lip."""
_LEAST_DARK = 0.7
"""Share of the inside of rounded lips that is dark; with less of it the mesh has taken lips for it."""
_IN_FROM_LIPS = 0.06
"""Share of the opening left out at both lips, so that no lip is taken for its inside."""


@dataclass(frozen=True, slots=True)
class _Row:
    """Pictures of growing openings."""

    gaps: Array
    inners: tuple[Inner, ...]

    def at(self, gap: float) -> Inner:
        place = float(np.interp(gap, self.gaps, np.arange(len(self.gaps))))
        low = int(place)
        # Each picture is shown alone for half the way: mixed teeth are soft teeth.
        share = np.float32(smooth_step(np.array(2 * (place - low) - 0.5)))
        if share <= 0 or low + 1 == len(self.inners):
            return self.inners[low]
        return np.asarray(self.inners[low] * (1 - share) + self.inners[low + 1] * share, np.float32)


class MouthBank:
    """The insides of one person's mouth. Immutable."""

    def __init__(self, spread: _Row, rounded: _Row | None) -> None:
        self._spread, self._rounded = spread, rounded

    @classmethod
    def of_footage(
        cls, picture_of: Callable[[int], Picture], views: Sequence[View], lips: Sequence[Lips]
    ) -> "MouthBank | None":
        """Choose the clearest openings of footage; None when it shows too little of an open mouth."""
        gaps = np.array([one.gap for one in lips])
        widths = np.array([one.half_width for one in lips])
        rounded = widths < ROUNDED_BELOW * np.median(widths)
        row = _row(np.where(rounded, 0.0, gaps), picture_of, views, lips)
        if row is None:
            return None
        dark = [
            bool(each) and _is_dark(picture_of(at), views[at], lips[at]) for at, each in enumerate(rounded)
        ]
        return cls(row, _row(np.where(dark, gaps, 0.0), picture_of, views, lips))

    @property
    def shows_rounded(self) -> bool:
        """Whether the person rounded the lips in the footage."""
        return self._rounded is not None

    def seen(self, along: Inner, down: Inner, gap: float, round_: float) -> Inner:
        """The inside at places `along` (-1 to 1 between the ends of the opening) and `down` (0 to 1)."""
        import cv2

        inner = self._spread.at(gap)
        if self._rounded is not None and round_ > 0.02:
            inner = inner * np.float32(1 - round_) + self._rounded.at(gap) * np.float32(round_)
        columns = (along + 1) * ((_COLUMNS - 1) / 2)
        rows = down * (_ROWS - 1)
        return np.asarray(
            cv2.remap(
                inner,
                columns.astype(np.float32),
                rows.astype(np.float32),
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            ),
            np.float32,
        )


def _row(
    gaps: Array, picture_of: Callable[[int], Picture], views: Sequence[View], lips: Sequence[Lips]
) -> _Row | None:
    """Evenly spaced openings up to nearly the widest, each from the frame that is nearest to it."""
    widest = float(np.quantile(gaps, 0.995))
    if widest < _WIDEST_NEEDED:
        return None
    wanted = np.linspace(LEAST_GAP, widest, _LEVELS)
    near = [int(np.argmin(np.abs(gaps - gap))) for gap in wanted]
    chosen = sorted({frame for frame in near if gaps[frame] >= LEAST_GAP}, key=lambda frame: gaps[frame])
    if len(chosen) < _FEWEST_LEVELS or np.diff(gaps[chosen]).max() > _WIDEST_STEP:
        return None
    inners = tuple(_inner(picture_of(frame), views[frame], lips[frame]) for frame in chosen)
    return _Row(gaps[chosen], inners)


def _is_dark(picture: Picture, view: View, lips: Lips) -> bool:
    """Whether what lies between rounded lips is as dark as the inside of a mouth."""
    rim = view.to_pixels(np.concatenate([lips.upper_out, lips.lower_out])).round().astype(int)
    inside = (rim >= 0).all(1) & (rim[:, 0] < picture.shape[1]) & (rim[:, 1] < picture.shape[0])
    around = picture[rim[inside, 1], rim[inside, 0]].mean()
    return bool((_inner(picture, view, lips).mean(-1) < _DARK * around).mean() >= _LEAST_DARK)


def _inner(picture: Picture, view: View, lips: Lips) -> Inner:
    """The inside of one frame's mouth without its shape."""
    import cv2

    along = np.linspace(-1, 1, _COLUMNS) * lips.half_width
    middle = float(lips.corners_in[:, 0].mean())
    down = np.linspace(_IN_FROM_LIPS, 1 - _IN_FROM_LIPS, _ROWS)[:, None]
    top, bottom = (_line(lips.corners_in, line, middle + along) for line in (lips.upper_in, lips.lower_in))
    y = top + (np.maximum(bottom, top) - top) * down
    x = np.broadcast_to(middle + along, y.shape)
    pixels = view.to_pixels(np.stack([x, y], -1).reshape(-1, 2)).reshape(*y.shape, 2).astype(np.float32)
    seen = cv2.remap(picture, pixels, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]
    return np.asarray(seen, np.float32)


def _line(corners: Array, line: Array, x: Array) -> Array:
    whole = np.concatenate([corners[:1], line, corners[1:]])
    order = np.argsort(whole[:, 0])
    return np.interp(x, whole[order, 0], whole[order, 1])
