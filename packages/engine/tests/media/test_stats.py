"""Quality steps follow a shortage, not a small number; counters have names."""

import pytest

from tutor_engine.media.clock import TickClock
from tutor_engine.media.encode import TIERS
from tutor_engine.media.playout import Playout
from tutor_engine.media.stats import QualitySteps, SentRate, clock_values, playout_values


def test_a_small_estimate_while_little_is_sent_changes_nothing() -> None:
    steps = QualitySteps()
    for second in range(60):
        steps.heard(90_000, 60_000, 100.0 + second)
    assert steps.tier is TIERS[0]


def test_a_shortage_steps_down_once_in_three_seconds_and_recovers_slowly() -> None:
    steps = QualitySteps()
    for second in range(4):
        steps.heard(500_000, 1_200_000, 100.0 + second)
    assert steps.tier is TIERS[2]
    steps.heard(900_000, 400_000, 110.0)
    assert steps.tier is TIERS[2]
    steps.heard(900_000, 400_000, 119.0)
    assert steps.tier is TIERS[1]
    steps.heard(900_000, 700_000, 140.0)
    steps.heard(900_000, 700_000, 160.0)
    assert steps.tier is TIERS[0]


def test_it_never_steps_below_the_last() -> None:
    steps = QualitySteps()
    for second in range(0, 100, 5):
        steps.heard(1_000, 1_000_000, 100.0 + second)
    assert steps.tier is TIERS[-1]


def test_the_sent_rate_is_that_of_the_last_two_seconds() -> None:
    sent = SentRate()
    for frame in range(100):
        sent.add(5_000, frame * 0.04)
    assert sent.bits_per_s == pytest.approx(1_000_000, rel=0.03)
    sent.add(0, 100.0)
    assert sent.bits_per_s == 0


def test_values_are_plain_numbers() -> None:
    values = playout_values(Playout()) | clock_values(TickClock(0.0))
    assert all(isinstance(value, float) for value in values.values())
    assert {"frames_dropped_late", "tick_late_p99_ms"} <= values.keys()
