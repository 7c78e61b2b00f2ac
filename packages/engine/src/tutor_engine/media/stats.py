"""Numbers about a peer: what it reports of the network, and what it costs. Pure functions and counters."""

from collections import deque

from tutor_engine.media.clock import TickClock
from tutor_engine.media.playout import TICK_MS, Playout

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

    def bits_per_s(self, now_s: float) -> float:
        """The mean of the window."""
        while self._sent and now_s - self._sent[0][0] > _WINDOW_S:
            self._bytes -= self._sent.popleft()[1]
        return self._bytes * 8 / _WINDOW_S


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
