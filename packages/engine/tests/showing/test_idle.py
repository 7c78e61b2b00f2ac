"""Idle life: periodic without a seam, natural in its figures, the same for the same seed."""

from dataclasses import astuple

import numpy as np
import pytest

from tutor_engine.showing.idle import FootageLife, IdleLife
from tutor_engine.showing.puppet.pose import Life

SEEDS = range(8)


def columns(life: IdleLife) -> np.ndarray:
    return np.array([astuple(life.at(k)) for k in range(life.frames)])


@pytest.mark.parametrize("seed", SEEDS)
def test_the_loop_repeats_without_a_seam(seed: int) -> None:
    life = IdleLife(seed)
    table = columns(life)
    steps = np.abs(np.diff(np.concatenate([table, table[:1]]), axis=0))
    assert (steps[-1] <= np.percentile(steps, 90, axis=0) + 1e-9).all()
    assert life.at(0) == life.at(life.frames) == life.at(-life.frames)


@pytest.mark.parametrize("seed", SEEDS)
def test_two_or_three_whole_blinks_away_from_the_seam(seed: int) -> None:
    blink = columns(IdleLife(seed))[:, 0]
    starts = np.flatnonzero((blink[1:] > 0) & (blink[:-1] == 0)) + 1
    assert 2 <= len(starts) <= 3
    assert blink.max() == 1
    assert not blink[:15].any()
    assert not blink[-15:].any()
    assert 0.03 < float(np.mean(blink > 0.1)) < 0.15


@pytest.mark.parametrize("seed", SEEDS)
def test_movement_stays_small(seed: int) -> None:
    table = columns(IdleLife(seed))
    _, brow, look_x, look_y, roll, sway_x, sway_y, breath = np.abs(table).max(axis=0)
    assert 0.005 < roll < 0.04
    assert 0.002 < sway_x < 0.02
    assert sway_y < 0.02
    assert brow < 0.6
    assert 0.1 < look_x < 0.7
    assert look_y < 0.4
    assert breath == pytest.approx(1, abs=0.05)
    assert float(np.median(np.abs(table[:, 2]))) < 0.15


def test_breath_comes_about_every_four_seconds() -> None:
    breath = columns(IdleLife(3, frames=225))[:, 7]
    assert np.sum((breath[:-1] < 0.5) & (breath[1:] >= 0.5)) == 2


def test_the_same_seed_gives_the_same_life() -> None:
    assert [IdleLife(4).at(k) for k in range(225)] == [IdleLife(4).at(k) for k in range(225)]
    assert columns(IdleLife(4)).tolist() != columns(IdleLife(5)).tolist()


@pytest.mark.parametrize("frames", [0, -25, 24, 210])
def test_a_loop_is_whole_seconds(frames: int) -> None:
    with pytest.raises(ValueError, match="whole number of seconds"):
        IdleLife(1, frames)


def test_short_loops_are_possible() -> None:
    assert columns(IdleLife(1, 25)).shape == (25, 8)


def test_footage_lives_by_itself() -> None:
    life = FootageLife(100)
    assert life.frames == 100
    assert {life.at(k) for k in (0, 50, 150)} == {Life()}
