"""Arithmetic of the media figures: quantiles, slopes, verdicts. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound that a figure must keep."""

    bound: float
    at_least: bool = False
    unit: str = ""

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.bound:g}{self.unit}"

    def verdict(self, value: float, error: float = 0.0) -> str:
        """Whether a value with that standard error reaches it, in a word."""
        if abs(value - self.bound) < 2 * error:
            return "unclear"
        return "yes" if (value >= self.bound if self.at_least else value <= self.bound) else "NO"


@dataclass(frozen=True, slots=True)
class Slope:
    """A straight line's rise per hour, with the standard error of the fit."""

    per_hour: float
    error: float


def slope(times_s: Sequence[float], values: Sequence[float]) -> Slope:
    """Fit a line by least squares; at least three points at different times."""
    t, y = np.asarray(times_s, np.float64) / 3600, np.asarray(values, np.float64)
    if len(t) < 3 or np.ptp(t) == 0:
        raise ValueError(f"{len(t)} points do not make a slope")
    centred = t - t.mean()
    rise = float(centred @ y / (centred @ centred))
    residual = y - y.mean() - rise * centred
    variance = float(residual @ residual / max(len(t) - 2, 1) / (centred @ centred))
    return Slope(rise, variance**0.5)


def troughs(
    times_s: Sequence[float], values: Sequence[float], bucket_s: float
) -> tuple[list[float], list[float]]:
    """The least value of each stretch of time and when it was: what stays, without what comes and goes."""
    least: dict[int, tuple[float, float]] = {}
    for at_s, value in zip(times_s, values, strict=True):
        bucket = int(at_s // bucket_s)
        if bucket not in least or value < least[bucket][1]:
            least[bucket] = at_s, value
    return [at_s for at_s, _ in least.values()], [value for _, value in least.values()]


def percentile(values: Sequence[float], percent: float) -> float:
    """Linear between neighbours, as numpy has it; 0 of nothing."""
    return float(np.percentile(np.asarray(values, np.float64), percent)) if len(values) else 0.0


def lateness_ms(rtp_s: Sequence[float], at_s: Sequence[float]) -> list[float]:
    """How much later each frame came than the most punctual one of its stream; RTP time against arrival."""
    if not rtp_s:
        return []
    delay = np.asarray(at_s, np.float64) - np.asarray(rtp_s, np.float64)
    return [float(late) for late in (delay - delay.min()) * 1000]


def unwrapped(timestamps: Sequence[int], bits: int = 32) -> list[int]:
    """RTP timestamps without their wrap-arounds, from 0; neighbours are less than half a turn apart."""
    whole, half = 1 << bits, 1 << (bits - 1)
    out = [0] * min(len(timestamps), 1)
    for former, timestamp in pairwise(timestamps):
        step = (timestamp - former) % whole
        out.append(out[-1] + (step - whole if step >= half else step))
    return out
