"""How long a lesson has been used, read off its record: a lesson that stands open costs nothing.

The time between two contributions counts as far as it is shorter than `MOST_GAP_S`. Pure: no clock, no
database.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Literal

MOST_GAP_S = 180.0
"""Longer than this nobody listens to one answer or thinks about one question."""
WARN_S = 120.0
"""So much before the end the student is told."""

Left = Literal["enough", "little", "none"]


def used_s(moments: Sequence[datetime]) -> float:
    """Seconds of use, from when each contribution was made, in order."""
    gaps = ((after - before).total_seconds() for before, after in pairwise(moments))
    return sum(min(max(gap, 0.0), MOST_GAP_S) for gap in gaps)


def left(moments: Sequence[datetime], minutes: int | None) -> Left:
    """How much of a tutor's minutes per lesson is left; without a limit always enough."""
    if minutes is None:
        return "enough"
    rest_s = minutes * 60 - used_s(moments)
    if rest_s <= 0:
        return "none"
    return "little" if rest_s <= WARN_S else "enough"
