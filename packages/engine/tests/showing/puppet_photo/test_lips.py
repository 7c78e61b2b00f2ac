import numpy as np
import pytest

from tutor_engine.showing.puppet.lips import LipModel
from tutor_engine.showing.puppet.mesh import Points
from tutor_engine.showing.puppet.pose import Mouth
from tutor_engine.showing.puppet.view import Lips, view_of


@pytest.fixture
def smiling(sitter_points: Points) -> LipModel:
    return LipModel(view_of(sitter_points).lips(sitter_points))


@pytest.fixture
def calm(sitter_points: Points) -> LipModel:
    """The same mouth, closed and not smiling."""
    lips = view_of(sitter_points).lips(sitter_points)
    narrow = np.array([0.8, 1.0])
    flat = np.array([0.8, 0.0])
    thin = np.array([0.0, 0.05])
    line = lips.upper_in * flat
    return LipModel(
        Lips(
            line, line, line - thin, line + thin,
            lips.corners_in * narrow, lips.corners_out * narrow,
        )
    )  # fmt: skip


@pytest.fixture(params=["smiling", "calm"])
def model(request: pytest.FixtureRequest) -> LipModel:
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("mouth", [Mouth(), Mouth(press=1), Mouth(wide=1), Mouth(round=1), Mouth(tongue=1)])
def test_without_opening_the_lips_touch_all_along(model: LipModel, mouth: Mouth) -> None:
    lips = model.articulate(mouth).lips
    assert np.abs(lips.lower_in[:, 1] - lips.upper_in[:, 1]).max() < 0.016


def test_opening_opens(model: LipModel) -> None:
    gaps = [model.articulate(Mouth(open=amount)).lips.gap for amount in (0, 0.25, 0.5, 0.75, 1)]
    assert gaps == sorted(gaps)
    assert gaps[-1] > 0.2


def test_the_jaw_goes_down_with_the_mouth(model: LipModel) -> None:
    jaws = [model.articulate(Mouth(open=amount)).jaw for amount in (0, 0.5, 1)]
    assert jaws[0] == 0
    assert jaws == sorted(jaws)


def test_rounding_narrows_and_leaves_a_small_opening(model: LipModel) -> None:
    spread, plain, rounded = (
        model.articulate(Mouth(open=0.25, wide=w, round=r)) for w, r in ((1, 0), (0, 0), (0, 1))
    )
    assert spread.half_width > plain.half_width > 1.4 * rounded.half_width
    assert plain.aperture == 1
    gap = rounded.lips.lower_in[:, 1] - rounded.lips.upper_in[:, 1]
    assert gap[5] > 0.05
    assert np.abs(gap[[0, 1, -2, -1]]).max() < 0.016, "the corners stay in contact"


def test_rounded_lips_open_both_ways_into_a_ring(model: LipModel) -> None:
    closed, rounded = model.articulate(Mouth(round=1)).lips, model.articulate(Mouth(open=0.48, round=1))
    up = closed.upper_in[5, 1] - rounded.lips.upper_in[5, 1]
    down = rounded.lips.lower_in[5, 1] - closed.lower_in[5, 1]
    assert 0.5 < up / down < 1.2
    width = 2 * rounded.half_width * rounded.aperture
    assert 0.35 < rounded.lips.gap / width < 1.1


def test_an_open_vowel_is_no_grin(smiling: LipModel) -> None:
    rest, opened = smiling.articulate(Mouth()), smiling.articulate(Mouth(open=0.85))
    assert opened.half_width < 0.93 * rest.half_width
    upper = opened.lips.upper_in[:, 1]
    assert abs(upper[5] - upper[[1, -2]].mean()) < 0.04, "the upper lip hangs nearly straight"


def test_rounded_lips_are_thicker(model: LipModel) -> None:
    plain, rounded = model.articulate(Mouth()).lips, model.articulate(Mouth(round=1)).lips
    assert rounded.lower_out[5, 1] - rounded.lower_in[5, 1] > plain.lower_out[5, 1] - plain.lower_in[5, 1]


def test_tucking_raises_the_lower_lip_towards_the_teeth(model: LipModel) -> None:
    plain, tucked = model.articulate(Mouth(open=0.1)), model.articulate(Mouth(open=0.1, tuck=1))
    assert tucked.lips.lower_in[5, 1] < plain.lips.lower_in[5, 1]
    assert tucked.jaw < plain.jaw


def test_a_smile_relaxes_at_rest_but_does_not_vanish(sitter_points: Points, smiling: LipModel) -> None:
    source = view_of(sitter_points).lips(sitter_points)
    rest = smiling.articulate(Mouth())
    assert 0.8 * source.half_width < rest.half_width < source.half_width
    assert smiling.shows_teeth
