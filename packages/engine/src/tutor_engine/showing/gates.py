"""What a face must reach before it speaks to students, and controls that prove that the judge is awake.

Gates judge the takes of an `Audition`. Each control is the same take spoilt on purpose (shifted, another
sentence, a mouth that stands still, a seam …); a control that passes its gate fails the whole report.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tutor_engine.showing.audition import Audition, Take
from tutor_engine.showing.lipsync import (
    Articulated,
    Series,
    Span,
    articulated,
    correlation,
    mismatched,
    moving_in_silence,
    offset,
    opening_range,
)
from tutor_engine.showing.port import FPS, FaceEngine, Speech
from tutor_engine.showing.puppet.mesh import FaceMesh

_SHIFT_FRAMES = 4


@dataclass(frozen=True, slots=True)
class Gate:
    """A bound on one figure; `low` to `high`, both included."""

    name: str
    low: float
    high: float
    unit: str = ""

    def admits(self, value: float) -> bool:
        """Whether the value is good enough; no value never is."""
        return bool(np.isfinite(value)) and self.low <= value <= self.high

    @property
    def goal(self) -> str:
        """The bound in short."""
        if np.isinf(self.high):
            return f"≥ {self.low:g}{self.unit}"
        if self.low == -self.high:
            return f"±{self.high:g}{self.unit}"
        return f"{self.low:g}–{self.high:g}{self.unit}"


OFFSET = Gate("mouth after sound", -1, 1, " frames")
FOLLOWS = Gate("r(gap, phonemes)", 0.85, np.inf)
CLOSES = Gate("p b m closed", 0.95, np.inf)
OPENS = Gate("open ÷ closed", 3.5, np.inf)
ROUNDS = Gate("spread ÷ rounded width", 1.05, np.inf)
STILL = Gate("moving in silence", 0, 0.02)
SEAM = Gate("structure around the mouth", 0.9, 1.1)
SAME = Gate("upper face unchanged", 0.985, np.inf)
FACES = Gate("frames with a face", 0.99, np.inf)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One figure against its gate."""

    gate: Gate
    value: float

    @property
    def passed(self) -> bool:
        """Whether it is good enough."""
        return self.gate.admits(self.value)


@dataclass(frozen=True, slots=True)
class Control:
    """A spoilt take against the gate that must refuse it."""

    name: str
    gate: Gate
    value: float

    @property
    def refused(self) -> bool:
        """As it must be."""
        return not self.gate.admits(self.value)


@dataclass(frozen=True, slots=True)
class Report:
    """All verdicts on an avatar, and the controls."""

    verdicts: tuple[Verdict, ...]
    controls: tuple[Control, ...]

    @property
    def passed(self) -> bool:
        """Every gate passed and every control refused."""
        return all(v.passed for v in self.verdicts) and all(c.refused for c in self.controls)


def check(engine: FaceEngine, package: Path, lines: Sequence[Speech], mesh: FaceMesh) -> Report:
    """Let the avatar say at least two sentences and judge it.

    Raises:
        AvatarUnusable: the engine cannot show the package.
    """
    audition = Audition(engine, package, mesh)
    try:
        return judge([audition.say(line) for line in lines])
    finally:
        audition.close()


def judge(takes: Sequence[Take]) -> Report:
    """Judge the takes together: means over sentences, the worst offset, all sounds."""
    return Report(tuple(Verdict(gate, value) for gate, value in _figures(takes)), tuple(_controls(takes)))


def _figures(takes: Sequence[Take]) -> list[tuple[Gate, float]]:
    sounds = _sounds(takes)
    compared = [one for take in takes for one in take.compared]
    figures = [
        (FACES, float(np.mean([take.faces for take in takes]))),
        (OFFSET, _offset([take.gap for take in takes], takes)),
        (FOLLOWS, float(np.mean([correlation(take.gap, take.wanted) for take in takes]))),
        (CLOSES, sounds.closed_rate),
        (OPENS, sounds.open_over_closed),
        (STILL, _silence(takes)),
        (SEAM, _mean([one.seam for one in compared])),
        (SAME, _mean([one.same_outside for one in compared])),
    ]
    if any(take.rounded for take in takes) and any(take.spread for take in takes):
        figures.insert(5, (ROUNDS, _spread_over_rounded(takes)))
    return figures


def _controls(takes: Sequence[Take]) -> list[Control]:
    silent = _seen(np.concatenate([take.silent_gap for take in takes]))
    rest = float(np.median(silent)) if len(silent) else 0.0
    still = [replace(take, gap=np.full(len(take.gap), rest)) for take in takes]
    lazy = [replace(take, gap=_flapping(take)) for take in takes]
    wrong = mismatched([take.gap for take in takes], [take.wanted for take in takes])
    chatter = [replace(take, silent_gap=take.gap) for take in takes]
    return [
        Control(f"{_SHIFT_FRAMES} frames late", OFFSET, _offset([_late(take.gap) for take in takes], takes)),
        Control("another sentence, the best", FOLLOWS, max(wrong, default=0.0)),
        Control("a still mouth", FOLLOWS, _mean([correlation(take.gap, take.wanted) for take in still])),
        Control("a still mouth", CLOSES, _sounds(still).closed_rate),
        Control("a still mouth", OPENS, _sounds(still).open_over_closed),
        Control("a mouth that flaps evenly", CLOSES, _sounds(lazy).closed_rate),
        Control("speech instead of silence", STILL, _silence(chatter)),
        Control("a brighter patch", SEAM, _mean([one.seam for take in takes for one in take.patched])),
        Control(
            "a brighter patch", SAME, _mean([one.same_outside for take in takes for one in take.patched])
        ),
    ]


def _late(gap: Series) -> Series:
    return np.concatenate([np.repeat(gap[:1], _SHIFT_FRAMES), gap])[: len(gap)]


def _flapping(take: Take) -> Series:
    """Opening and closing once a second, whatever is said."""
    seen = _seen(take.gap)
    low, high = np.percentile(seen, (2, 95)) if len(seen) else (0.0, 0.0)
    phase = np.arange(len(take.gap)) / FPS
    return np.asarray(low + (high - low) * np.abs(np.sin(np.pi * phase)) ** 0.5, np.float64)


def _offset(gaps: Sequence[Series], takes: Sequence[Take]) -> float:
    """Of the takes, the one farthest from its sound."""
    found = [offset(gap, take.wanted).frames for gap, take in zip(gaps, takes, strict=True)]
    return float(max(found, key=abs, default=0))


def _sounds(takes: Sequence[Take]) -> Articulated:
    """All takes as one, so that a sentence with a single closure does not weigh as much as one with ten."""
    gap = np.concatenate([take.gap for take in takes])
    closures: list[Span] = []
    opens: list[Span] = []
    start = 0
    for take in takes:
        inside = [(span, closures) for span in take.closures] + [(span, opens) for span in take.opens]
        for span, where in inside:
            last = min(span.last, len(take.gap) - 1)
            if span.first <= last:
                where.append(Span(start + span.first, start + last))
        start += len(take.gap)
    # The silence tells how closed lips look: a mouth that speaks without ever closing must not set the scale.
    silent = [take.silent_gap for take in takes]
    return articulated(np.concatenate([gap, *silent]), closures, opens)


def _spread_over_rounded(takes: Sequence[Take]) -> float:
    def widths(kind: str) -> float:
        spans = [(take, span) for take in takes for span in getattr(take, kind)]
        parts = [take.width[span.first : span.last + 1] for take, span in spans]
        extreme = np.nanmax if kind == "spread" else np.nanmin
        return _mean([float(extreme(part)) for part in parts if len(part) and not np.isnan(part).all()])

    return widths("spread") / widths("rounded")


def _silence(takes: Sequence[Take]) -> float:
    speaking = float(np.mean([opening_range(take.gap) for take in takes]))
    silent = np.concatenate([take.silent_gap for take in takes])
    return moving_in_silence(silent, np.ones(len(silent), bool), speaking)


def _seen(gap: Series) -> Series:
    """Without the frames in which no face was found."""
    return gap[~np.isnan(gap)]


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if len(values) else float("nan")
