"""What is sent in a window of time; counters have names."""

import pytest

from tutor_engine.media.clock import TickClock
from tutor_engine.media.playout import Playout
from tutor_engine.media.stats import SentRate, clock_values, playout_values


def test_the_sent_rate_is_that_of_the_last_two_seconds() -> None:
    sent = SentRate()
    for frame in range(100):
        sent.add(5_000, frame * 0.04)
    assert sent.bits_per_s(4.0) == pytest.approx(1_000_000, rel=0.03)
    assert sent.bits_per_s(100.0) == 0


def test_values_are_plain_numbers() -> None:
    values = playout_values(Playout()) | clock_values(TickClock(0.0))
    assert all(isinstance(value, float) for value in values.values())
    assert {"frames_dropped_late", "tick_late_p99_ms"} <= values.keys()
