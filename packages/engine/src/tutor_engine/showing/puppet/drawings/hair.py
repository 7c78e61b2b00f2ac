"""Hair as combed strands between guide curves, so that it flows instead of looking like a cap."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tutor_engine.showing.puppet.drawings.paint import Canvas, Colour, Mask, Points, plot, ribbon, spline

_SAMPLES = 60


@dataclass(frozen=True, slots=True)
class HairColours:
    """From the depth of the hair to the light on it."""

    deep: Colour
    base: Colour
    light: Colour
    gleam: Colour


@dataclass(frozen=True, slots=True)
class Lock:
    """Hair that runs along guide curves, all from root to tip; strands lie between neighbours."""

    guides: Sequence[str]
    """See `plot`."""

    def strand(self, across: float, start: float = 0.0, end: float = 1.0) -> Points:
        """The path at `across` (0 first guide, 1 last), from `start` to `end` of its length."""
        curves = [_even(spline(plot(g), closed=False)) for g in self.guides]
        place = across * (len(curves) - 1)
        k = min(int(place), len(curves) - 2)
        path = curves[k] + (curves[k + 1] - curves[k]) * (place - k)
        a, b = int(start * (_SAMPLES - 1)), max(int(end * (_SAMPLES - 1)), int(start * (_SAMPLES - 1)) + 3)
        return path[a : b + 1]


def _even(curve: Points) -> Points:
    """The same curve with points at equal distances."""
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(curve, axis=0), axis=1))])
    want = np.linspace(0, along[-1], _SAMPLES)
    return np.stack([np.interp(want, along, curve[:, c]) for c in (0, 1)], 1)


def comb(
    canvas: Canvas,
    lock: Lock,
    colours: HairColours,
    *,
    count: int,
    seed: int,
    shine: float,
    within: Mask | None = None,
    width: float = 2.2,
    spread: float = 0.10,
    gleam: float = 0.35,
) -> None:
    """Comb a lock: dark strands for depth, light ones for flow, a band of gleam at `shine` of the length."""
    rng = np.random.default_rng(seed)

    def strands(n: int, w: float, lengths: tuple[float, float]) -> list[Points]:
        made: list[Points] = []
        for _ in range(n):
            start = rng.uniform(0, 1 - lengths[0])
            end = min(1.0, start + rng.uniform(*lengths))
            path = lock.strand(rng.uniform(0, 1), start, end)
            made.append(ribbon(path, (0.15, w * rng.uniform(0.6, 1.2), w * rng.uniform(0.6, 1.2), 0.15)))
        return made

    canvas.fill(
        strands(count // 2, width * 2.2, (0.5, 0.95)), colours.deep, alpha=0.30, blur=0.9, within=within
    )
    canvas.fill(
        strands(count // 2, width * 1.8, (0.4, 0.9)), colours.light, alpha=0.26, blur=0.8, within=within
    )
    canvas.fill(strands(count, width * 0.7, (0.4, 0.95)), colours.deep, alpha=0.34, blur=0.25, within=within)
    canvas.fill(strands(count, width * 0.55, (0.3, 0.8)), colours.light, alpha=0.36, blur=0.2, within=within)
    bright: list[Points] = []
    for _ in range(count):
        middle = shine + rng.normal(0, spread * 0.35)
        reach = spread * rng.uniform(0.5, 1.3)
        path = lock.strand(rng.uniform(0, 1), max(middle - reach, 0), min(middle + reach, 1))
        bright.append(ribbon(path, (0.1, width * 0.8, 0.1)))
    canvas.fill(bright, colours.gleam, alpha=gleam, blur=0.7, within=within)


def wisps(
    canvas: Canvas,
    lock: Lock,
    colour: Colour,
    *,
    count: int,
    seed: int,
    width: float = 1.1,
    stray: float = 3.0,
) -> None:
    """A few loose hairs that leave the lock's outline."""
    rng = np.random.default_rng(seed)
    made: list[Points] = []
    for _ in range(count):
        path = lock.strand(rng.uniform(0, 1), rng.uniform(0, 0.4), 1.0)
        drift = np.linspace(0, 1, len(path))[:, None] ** 2 * rng.normal(0, stray, (1, 2))
        made.append(ribbon(path + drift, (width, width * 0.8, 0.15)))
    canvas.fill(made, colour, alpha=0.8, blur=0.15)
