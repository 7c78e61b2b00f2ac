"""Whether a mouth moves with its sound: measured on rendered or received pictures, without any speech model.

The face mesh is independent of what drew the face, so the same figures hold for a drawn tutor, a photo and a
neural engine. Series run at 25 frames per second; a picture without a face gives NaN and is left out. Every
judgement comes with a control that must fail, see `mismatched` and `found_shifts`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tutor_engine.showing.port import FPS
from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.mesh import FaceMesh, Points, mouth_opening, mouth_width

Series = npt.NDArray[np.float64]

_CLOSED_BELOW = 0.25
"""A mouth is closed below this share of its range of openings."""
_STEADY = 0.10
"""A mouth moves when its opening changes by more than this share of its range of openings in one frame."""
_FEWEST_PAIRS = 5


@dataclass(frozen=True, slots=True)
class Span:
    """Frames `first` to `last`, both included: when a sound is made."""

    first: int
    last: int

    @classmethod
    def of_ms(cls, start_ms: float, end_ms: float, lead_ms: float = 50.0) -> "Span":
        """The frames of a sound; lips are in place up to `lead_ms` before it is heard."""
        return cls(round(max(0.0, start_ms - lead_ms) * FPS / 1000), round(end_ms * FPS / 1000))


@dataclass(frozen=True, slots=True)
class MouthSeries:
    """What the mesh saw of the mouth, frame by frame, in distances of the eyes."""

    gap: Series
    """Between the inner lips."""
    width: Series
    """Between the outer corners."""

    @property
    def faces(self) -> float:
        """Share of frames with a face."""
        return float(np.mean(~np.isnan(self.gap))) if len(self.gap) else 0.0


@dataclass(frozen=True, slots=True)
class Offset:
    """Where two series fit best."""

    frames: int
    """Positive: the mouth comes after the sound."""
    r: float
    """Correlation there."""
    r_at_zero: float


@dataclass(frozen=True, slots=True)
class Articulated:
    """How well single sounds are shaped."""

    closed_rate: float
    """Share of the closures (p, b, m) in which the mouth closed."""
    open_over_closed: float
    """Mean opening of open vowels over mean opening of closures, as others publish it (real video: 4)."""
    closures: int
    opens: int


def measure(pictures: Iterable[Picture], mesh: FaceMesh) -> MouthSeries:
    """Follow the mouth through RGB pictures."""
    gap: list[float] = []
    width: list[float] = []
    last: Points | None = None
    for picture in pictures:
        last = mesh.find(picture, last)
        gap.append(np.nan if last is None else mouth_opening(last))
        width.append(np.nan if last is None else mouth_width(last))
    return MouthSeries(np.array(gap), np.array(width))


def loudness(pcm: npt.NDArray[np.int16], rate_hz: int, frames: int) -> Series:
    """Square root of the loudness (RMS, 0–1) of mono sound around each frame."""
    samples = pcm.astype(np.float64) / 32768
    power = np.concatenate([[0.0], np.cumsum(samples**2)])
    per_frame = rate_hz / FPS
    edges = np.clip(((np.arange(frames + 1) - 0.5) * per_frame).round().astype(int), 0, len(samples))
    count = np.maximum(np.diff(edges), 1)
    return np.sqrt(np.sqrt(np.maximum(np.diff(power[edges]), 0) / count))


def correlation(mouth: Series, sound: Series, lag: int = 0) -> float:
    """Pearson's r of the mouth `lag` frames later with the sound; 0 when either does not move."""
    count = min(len(mouth), len(sound))
    mouth, sound = mouth[:count], sound[:count]
    if lag > 0:
        mouth, sound = mouth[lag:], sound[:-lag]
    elif lag < 0:
        mouth, sound = mouth[:lag], sound[-lag:]
    seen = ~(np.isnan(mouth) | np.isnan(sound))
    if seen.sum() < _FEWEST_PAIRS:
        return 0.0
    a, b = mouth[seen] - mouth[seen].mean(), sound[seen] - sound[seen].mean()
    norm = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / norm if norm > 1e-12 else 0.0


def offset(mouth: Series, sound: Series, max_lag: int = 8) -> Offset:
    """How many frames the mouth comes after the sound (a phoneme track or `loudness`)."""
    lags = range(-max_lag, max_lag + 1)
    r = {lag: correlation(mouth, sound, lag) for lag in lags}
    # Equal correlations (a mouth that never moves) must not look like an offset.
    best = max(lags, key=lambda lag: (r[lag], -abs(lag)))
    return Offset(best, r[best], r[0])


def articulated(gap: Series, closures: Sequence[Span], opens: Sequence[Span]) -> Articulated:
    """Judge single sounds: p, b, m must close the mouth, open vowels must open it."""
    floor, ceiling = _range(gap)
    closed = [float(np.nanmin(part)) for part in _parts(gap, closures)]
    opened = [float(np.nanmax(part)) for part in _parts(gap, opens)]
    limit = floor + _CLOSED_BELOW * (ceiling - floor)
    rate = float(np.mean([value < limit for value in closed])) if closed else 0.0
    ratio = 0.0
    if closed and opened:
        ratio = float(np.mean(opened)) / max(float(np.mean(closed)), 0.004)
    return Articulated(rate, ratio, len(closed), len(opened))


def moving_in_silence(
    gap: Series, silent: npt.NDArray[np.bool_], speaking_range: float | None = None
) -> float:
    """Share of silent frames in which the mouth moves or stands open.

    `speaking_range` is the range of openings in speech (see `opening_range`), when `gap` holds silence only.
    """
    floor, ceiling = _range(gap)
    span = speaking_range if speaking_range is not None else ceiling - floor
    if not silent.any() or span < 1e-6:
        return 0.0
    steps = np.abs(np.diff(gap, prepend=gap[:1]))
    moves = (steps > _STEADY * span) | (gap > floor + _CLOSED_BELOW * span)
    return float(np.mean(moves[silent[: len(gap)]]))


def opening_range(gap: Series) -> float:
    """Between the mouth's usual smallest and largest opening."""
    floor, ceiling = _range(gap)
    return ceiling - floor


def mismatched(mouths: Sequence[Series], sounds: Sequence[Series]) -> list[float]:
    """Control: correlations of every mouth with the sound of every other sentence. They must be low."""
    return [
        correlation(mouth, _stretched(sound, len(mouth)))
        for i, mouth in enumerate(mouths)
        for j, sound in enumerate(sounds)
        if i != j
    ]


def found_shifts(mouth: Series, sound: Series, shifts: Sequence[int], max_lag: int = 12) -> list[int]:
    """Control: the mouth is delayed by each shift on purpose; the offsets found must be the shifts."""
    margin = max(abs(shift) for shift in shifts)
    count = min(len(mouth), len(sound))
    inside = slice(margin, count - margin)
    return [offset(np.roll(mouth[:count], shift)[inside], sound[inside], max_lag).frames for shift in shifts]


def _range(gap: Series) -> tuple[float, float]:
    seen = gap[~np.isnan(gap)]
    if not len(seen):
        return 0.0, 0.0
    return float(np.percentile(seen, 2)), float(np.percentile(seen, 95))


def _parts(gap: Series, spans: Sequence[Span]) -> list[Series]:
    parts = [gap[span.first : span.last + 1] for span in spans]
    return [part for part in parts if len(part) and not np.isnan(part).all()]


def _stretched(series: Series, count: int) -> Series:
    return np.interp(np.linspace(0, 1, count), np.linspace(0, 1, len(series)), series)
