import numpy as np
import numpy.typing as npt
import pytest

from tutor_engine.avatars.loop import best_loop, bridged, faded, longest_run, smoothed

Track = npt.NDArray[np.float32]


def _track(frames: int, period: float | None) -> Track:
    """A face of 100 pixels between the eyes' outer corners that sways with a period, or drifts."""
    face = np.random.default_rng(3).uniform(0, 200, (468, 3)).astype(np.float32)
    face[33, :2], face[263, :2] = [50, 80], [150, 80]
    at = np.arange(frames)
    move = 8 * np.sin(2 * np.pi * at / period) if period else 0.4 * at
    track = np.repeat(face[None], frames, axis=0)
    track[:, :, 0] += move[:, None].astype(np.float32)
    return track


def test_a_movement_that_repeats_is_cut_seamlessly() -> None:
    track = _track(180, period=125)
    loop = best_loop(track, np.ones(180, bool))
    assert loop.seamless
    assert len(loop.order) % 25 == 0
    assert loop.first + loop.count + loop.fade <= 180
    jump = np.abs(track[loop.first + loop.count] - track[loop.first]).max()
    assert jump < 2


def test_a_movement_that_does_not_repeat_goes_there_and_back() -> None:
    loop = best_loop(_track(180, period=None), np.ones(180, bool))
    assert not loop.seamless
    assert loop.fade == 0
    assert len(loop.order) % 25 == 0
    steps = np.abs(np.diff(np.append(loop.order, loop.order[0])))
    assert (steps == 1).all(), "no jump anywhere, the end included"


@pytest.mark.parametrize("frames", [75, 76, 100, 101, 750])
def test_every_length_gives_whole_seconds(frames: int) -> None:
    loop = best_loop(_track(frames, period=None), np.ones(frames, bool))
    assert len(loop.order) % 25 == 0
    assert len(loop.order) >= 100
    assert loop.count <= 201
    assert loop.first + loop.count <= frames


def test_the_loop_does_not_turn_in_a_blink() -> None:
    eyes_open = np.ones(160, bool)
    eyes_open[:20] = False
    loop = best_loop(_track(160, period=None), eyes_open)
    assert eyes_open[loop.first]
    assert eyes_open[loop.first + loop.count - 1]


@pytest.mark.parametrize("period", [125, None])
def test_the_loop_begins_and_ends_with_closed_lips(period: float | None) -> None:
    track = _track(220, period)
    talking = np.ones(220, bool)
    talking[5:16] = talking[130:141] = talking[205:216] = False
    track[:, 13] = track[:, 14]
    track[talking, 14, 1] += 15
    loop = best_loop(track, np.ones(220, bool))
    assert not talking[loop.first]
    assert not talking[loop.first + loop.count - (not loop.seamless)]


def test_fading_melts_the_end_into_the_beginning() -> None:
    track = _track(180, period=125)
    loop = best_loop(track, np.ones(180, bool))
    count = loop.count + loop.fade
    pictures = [np.full((4, 4, 3), index, np.uint8) for index in range(count)]
    mixed, points = faded(loop, pictures, track[loop.first : loop.first + count])
    assert len(mixed) == len(points) == loop.count
    assert mixed[0].mean() > loop.count * 0.8, "the first is mostly what follows the last"
    assert mixed[loop.fade].mean() == loop.fade
    assert pictures[0].mean() == 0


def test_there_and_back_fades_nothing() -> None:
    track = _track(120, period=None)
    loop = best_loop(track, np.ones(120, bool))
    part = track[loop.first : loop.first + loop.count]
    pictures = [np.full((4, 4, 3), index, np.uint8) for index in range(loop.count)]
    mixed, points = faded(loop, pictures, part)
    assert all((a == b).all() for a, b in zip(mixed, pictures, strict=True))
    assert (points == part).all()


def test_smoothing_takes_jitter_and_leaves_movement() -> None:
    track = _track(100, period=60)
    noisy = track + np.random.default_rng(1).normal(0, 0.5, track.shape).astype(np.float32)
    smooth = smoothed(noisy)
    assert np.abs(smooth - track).mean() < 0.75 * np.abs(noisy - track).mean()
    assert np.abs(smoothed(track) - track).max() < 0.2
    short = track[:5]
    assert (smoothed(short) == short).all()


def test_short_gaps_are_bridged_and_long_ones_are_not() -> None:
    face = np.zeros((468, 3), np.float32)
    track = [face, None, None, face + 3, *[None] * 6, face, None]
    filled = bridged(track, longest=5)
    assert filled[1] is not None
    assert filled[2] is not None
    assert filled[1][0, 0] == pytest.approx(1)
    assert filled[2][0, 0] == pytest.approx(2)
    assert filled[4:10] == [None] * 6
    assert filled[-1] is None


@pytest.mark.parametrize(
    ("usable", "run"),
    [([], (0, 0)), ([False], (0, 0)), ([True, True], (0, 2)), ([True, False, True, True, False], (2, 2))],
)
def test_the_longest_run_is_taken(usable: list[bool], run: tuple[int, int]) -> None:
    assert longest_run(np.array(usable, bool)) == run
