"""How well a concept is mastered, by Bayesian knowledge tracing over its evidence. Pure arithmetic.

Corbett and Anderson, "Knowledge tracing", User Modeling and User-Adapted Interaction 4 (1995): the chance
that a student knows something is updated by each answer, allowing for slips and lucky guesses, and grows a
little by every practice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from tutor_platform.learning.models import EvidenceKind, Outcome

Level = Literal["new", "growing", "solid"]

KNOWN_BEFORE = 0.3
LEARNS = 0.15
SLIPS = 0.1
GUESSES: dict[EvidenceKind, float] = {"quiz": 0.3, "socratic": 0.1}
"""A quiz has about three choices; words of one's own are seldom luck."""
SOLID = 0.85
GROWING = 0.5


@dataclass(frozen=True, slots=True)
class Answer:
    """One piece of evidence."""

    kind: EvidenceKind
    outcome: Outcome


def mastery(answers: Iterable[Answer]) -> float:
    """The chance that the concept is known, after the answers in their order; 0 to 1."""
    known = KNOWN_BEFORE
    for answer in answers:
        guess = GUESSES[answer.kind]
        if answer.outcome == "right":
            likely, anyway = known * (1 - SLIPS), (1 - known) * guess
        else:
            likely, anyway = known * SLIPS, (1 - known) * (1 - guess)
        known = likely / (likely + anyway)
        known += (1 - known) * LEARNS
    return known


def level(known: float) -> Level:
    """The same in one word."""
    if known >= SOLID:
        return "solid"
    return "growing" if known >= GROWING else "new"
