"""Who is let in and who is moved, without a clock."""

import pytest

from tutor_engine.showing.musetalk.load import Load


def late_frames(load: Load, performance: int, count: int, from_s: float) -> list[int]:
    """Frames 30 ms late, 40 ms apart; who was moved."""
    moved = [load.shown(performance, 0.03, from_s + 0.04 * k) for k in range(count)]
    return [one for one in moved if one is not None]


def test_as_many_are_let_in_as_the_speed_carries_with_a_reserve() -> None:
    load = Load(400.0)
    assert [load.admit(number, 0.0) for number in range(16)] == [True] * 14 + [False] * 2
    assert load.speaking(0.0) == 14


def test_one_is_always_let_in() -> None:
    assert Load(3.0).admit(1, 0.0)


def test_the_same_speaker_counts_once() -> None:
    load = Load(60.0)
    assert load.admit(1, 0.0)
    assert load.admit(2, 0.0)
    assert load.admit(1, 0.1)
    assert not load.admit(3, 0.1)


def test_who_has_finished_makes_room() -> None:
    load = Load(60.0)
    load.admit(1, 0.0)
    load.admit(2, 0.0)
    load.shown(2, 0.0, 1.5)
    assert load.admit(3, 1.6)
    load.leave(3)
    load.leave(3)
    assert load.admit(4, 1.6)


def test_lateness_moves_the_newest_speaker() -> None:
    load = Load(400.0)
    for number in (1, 2, 3):
        load.admit(number, 0.0)
    assert late_frames(load, 1, 5, 0.5) == [3]
    assert load.speaking(0.7) == 2
    assert load.overloaded(0.7)


def test_a_few_late_frames_are_forgiven() -> None:
    load = Load(400.0)
    load.admit(1, 0.0)
    assert late_frames(load, 1, 4, 0.0) == []
    assert late_frames(load, 1, 4, 2.0) == []
    assert not load.overloaded(2.2)


def test_frames_in_time_move_nobody() -> None:
    load = Load(400.0)
    load.admit(1, 0.0)
    assert [load.shown(1, -0.1, 0.04 * k) for k in range(50)] == [None] * 50


def test_after_lateness_nobody_is_added_for_a_while() -> None:
    load = Load(400.0)
    for number in (1, 2, 3):
        load.admit(number, 0.0)
    late_frames(load, 1, 5, 0.5)
    for number in (1, 2):
        load.shown(number, 0.0, 1.0)
    assert not load.admit(4, 1.0)
    for second in range(1, 12):
        for number in (1, 2):
            load.shown(number, 0.0, float(second))
    assert load.admit(4, 11.0)


def test_even_the_only_speaker_is_moved_when_the_device_is_too_slow() -> None:
    load = Load(400.0)
    load.admit(1, 0.0)
    assert late_frames(load, 1, 5, 0.5) == [1]
    assert not load.admit(1, 1.0)
    assert late_frames(load, 1, 20, 1.0) == []


def test_the_speed_is_learnt() -> None:
    load = Load(400.0)
    for _ in range(50):
        load.drew(8, 0.04)
    assert load.frames_per_s == pytest.approx(200.0, rel=0.02)
    load.drew(8, 0.0)
    assert load.frames_per_s == pytest.approx(200.0, rel=0.02)
