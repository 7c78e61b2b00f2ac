"""Ticks fall due on a grid, late ones are made up for, long stalls are not."""

import pytest

from tutor_engine.media.clock import MAX_CATCH_UP, TickClock


def test_ticks_come_one_by_one_on_the_grid() -> None:
    clock = TickClock(100.0)
    assert list(clock.due(99.99)) == []
    assert list(clock.due(100.0)) == [0]
    assert clock.next_s == pytest.approx(100.02)
    assert list(clock.due(100.019)) == []
    assert list(clock.due(100.0205)) == [1]
    assert clock.next_s == pytest.approx(100.04)


def test_the_grid_does_not_drift() -> None:
    clock = TickClock(0.0)
    assert sum(len(clock.due(k * 0.02)) for k in range(100_000)) == 100_000
    assert clock.skipped == 0


def test_a_short_stall_is_made_up_for() -> None:
    clock = TickClock(0.0)
    clock.due(0.0)
    assert list(clock.due(0.085)) == [1, 2, 3, 4]


def test_a_long_stall_skips_what_nobody_can_hear_any_more() -> None:
    clock = TickClock(0.0)
    clock.due(0.0)
    assert list(clock.due(1.0)) == list(range(51 - MAX_CATCH_UP, 51))
    assert clock.skipped == 50 - MAX_CATCH_UP


def test_lateness_is_measured_at_the_oldest_tick() -> None:
    clock = TickClock(0.0)
    assert clock.lateness_ms(0.99) == 0.0
    for tick in range(100):
        clock.due(tick * 0.02 + (0.005 if tick == 50 else 0.001))
    assert clock.lateness_ms(0.5) == pytest.approx(1.0)
    assert clock.lateness_ms(0.995) == pytest.approx(5.0)
