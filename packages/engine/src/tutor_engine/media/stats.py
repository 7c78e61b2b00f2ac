"""Numbers about a peer: what it reports of the network, and what it costs. Pure functions and counters."""

from collections import deque
from collections.abc import Sequence

from tutor_engine.media.clock import TickClock
from tutor_engine.media.encode import TIERS, VideoSettings
from tutor_engine.media.playout import TICK_MS, Playout

_SHORTAGE = 0.9
_STEP_DOWN_S = 3.0
_STEP_UP_S = 15.0
_WINDOW_S = 2.0


class SentRate:
    """How much was sent in the last two seconds."""

    def __init__(self) -> None:
        self._sent: deque[tuple[float, int]] = deque()
        self._bytes = 0

    def add(self, size: int, now_s: float) -> None:
        """A frame of `size` bytes has left."""
        self._sent.append((now_s, size))
        self._bytes += size
        while self._sent and now_s - self._sent[0][0] > _WINDOW_S:
            self._bytes -= self._sent.popleft()[1]

    @property
    def bits_per_s(self) -> float:
        """The mean of the window."""
        return self._bytes * 8 / _WINDOW_S


class QualitySteps:
    """Which quality step fits a receiver.

    A receiver's estimate (REMB) is at most 1.5 times what it gets, so a small number says nothing while
    little is sent: only an estimate below what is being sent is a shortage. Better after 15 s without one.
    """

    def __init__(self, tiers: Sequence[VideoSettings] = TIERS) -> None:
        self._tiers = tiers
        self._position = 0
        self._changed_s = 0.0

    @property
    def tier(self) -> VideoSettings:
        """The step to encode with."""
        return self._tiers[self._position]

    def heard(self, estimate_bps: float, sent_bps: float, now_s: float) -> None:
        """The receiver has said what fits through."""
        since_s = now_s - self._changed_s
        if estimate_bps < _SHORTAGE * sent_bps:
            if since_s >= _STEP_DOWN_S:
                self._position = min(self._position + 1, len(self._tiers) - 1)
                self._changed_s = now_s
        elif self._position and since_s >= _STEP_UP_S:
            self._position -= 1
            self._changed_s = now_s


def playout_values(playout: Playout) -> dict[str, float]:
    """What the schedule of a peer did."""
    return {
        "frames_live": float(playout.live_frames),
        "frames_loop": float(playout.loop_frames),
        "frames_dropped_late": float(playout.dropped_frames),
        "underrun_ms": float(playout.underrun_ticks * TICK_MS),
    }


def clock_values(clock: TickClock) -> dict[str, float]:
    """How punctual the worker is; the same for all its peers."""
    return {
        "tick_late_p50_ms": clock.lateness_ms(0.5),
        "tick_late_p99_ms": clock.lateness_ms(0.99),
        "ticks_skipped": float(clock.skipped),
    }
