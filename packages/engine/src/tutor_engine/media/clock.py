"""The one clock of a worker: which 20 ms ticks are due, and how late they were taken.

It is told the time and reads none itself.
"""

import math
from collections import deque
from itertools import islice

from tutor_engine.media.playout import TICK_MS

TICK_S = TICK_MS / 1000
MAX_CATCH_UP = 5
"""Ticks made up for after a stall; 100 ms are hidden by jitter buffers, more is skipped."""
_REMEMBERED = 1500
"""30 s of lateness."""


class TickClock:
    """Ticks on a grid of exactly 20 ms that never drifts."""

    def __init__(self, start_s: float) -> None:
        self._start_s = start_s
        self._next = 0
        self._late_ms: deque[float] = deque(maxlen=_REMEMBERED)
        self.skipped = 0

    @property
    def next_s(self) -> float:
        """When the next tick is due."""
        return self._start_s + self._next * TICK_S

    def due(self, now_s: float) -> range:
        """The ticks to run now. After a long stall the oldest are skipped: their time is over."""
        passed = math.floor((now_s - self._start_s) / TICK_S + 1e-9) + 1
        if passed <= self._next:
            return range(0)
        self._late_ms.append((now_s - self.next_s) * 1000)
        first = max(self._next, passed - MAX_CATCH_UP)
        self.skipped += first - self._next
        self._next = passed
        return range(first, passed)

    def lateness_ms(self, share: float, last: int = _REMEMBERED) -> float:
        """The lateness that this share of the `last` wake-ups, of at most 30 s, did not exceed."""
        if not self._late_ms:
            return 0.0
        ordered = sorted(islice(reversed(self._late_ms), last))
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
