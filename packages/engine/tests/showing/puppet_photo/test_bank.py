"""Insides of mouths kept from footage: made pictures, in which each opening has a colour of its own."""

import cv2
import numpy as np
import pytest

from tutor_engine.showing.puppet.bank import MouthBank
from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.view import ALONG, Lips, View

_SCALE = 80
_VIEW = View(_SCALE * np.eye(2), np.array([100.0, 60.0]))
_TEETH, _TONGUE, _SKIN = 220, 120, 240


def _lips(gap: float, half_width: float = 0.4) -> Lips:
    bow = 1 - ALONG**2
    upper = np.stack([ALONG * half_width, -0.3 * gap * bow], 1)
    lower = np.stack([ALONG * half_width, 0.7 * gap * bow], 1)
    corners = np.array([[-half_width, 0.0], [half_width, 0.0]])
    return Lips(upper, lower, upper - np.array([0, 0.05]), lower + np.array([0, 0.05]), corners, corners)


def _picture(lips: Lips, blue: int, teeth: int = _TEETH) -> Picture:
    """Teeth above, tongue below, skin around; `blue` tells pictures apart."""
    picture = np.full((150, 200, 3), _SKIN, np.uint8)
    outline = np.concatenate([lips.corners_in[:1], lips.upper_in, lips.corners_in[1:], lips.lower_in[::-1]])
    inside = np.zeros((150, 200), np.uint8)
    cv2.fillPoly(inside, [np.round(_VIEW.to_pixels(outline)).astype(np.int32)], 1)
    half = np.arange(150)[:, None] < _VIEW.to_pixels((lips.upper_in[5:6] + lips.lower_in[5:6]) / 2)[0, 1]
    picture[(inside > 0) & half] = (teeth, teeth, blue)
    picture[(inside > 0) & ~half] = (_TONGUE, 0, blue)
    return picture


def _bank(spread: list[float], rounded: list[float] | None = None, teeth: int = 0) -> MouthBank | None:
    """Of spread lips, and of rounded ones behind which `teeth` are seen (0: the dark)."""
    rounded = rounded or []
    lips = [*(_lips(gap) for gap in spread), *(_lips(gap, 0.2) for gap in rounded)]
    shown = [_TEETH] * len(spread) + [teeth] * len(rounded)
    pictures = [_picture(each, int(each.gap * 1000), seen) for each, seen in zip(lips, shown, strict=True)]
    return MouthBank.of_footage(pictures.__getitem__, [_VIEW] * len(lips), lips)


_GAPS = [0.0, 0.02, *np.linspace(0.06, 0.24, 19).tolist()]
_ROUNDED = np.linspace(0.06, 0.15, 10).tolist()
_ALONG = np.array([[0.0, -0.4, 0.4]], np.float32).repeat(2, 0)
_DOWN = np.array([[0.15], [0.85]], np.float32).repeat(3, 1)


def test_teeth_stay_above_and_the_tongue_below() -> None:
    bank = _bank(_GAPS)
    assert bank is not None
    seen = bank.seen(_ALONG, _DOWN, 0.2, 0.0)
    assert seen[0, :, 0] == pytest.approx(_TEETH, abs=12)
    assert seen[1, :, 0] == pytest.approx(_TONGUE, abs=12)


@pytest.mark.parametrize("gap", [0.08, 0.13, 0.19, 0.24])
def test_an_opening_shows_its_neighbours_mixed(gap: float) -> None:
    bank = _bank(_GAPS)
    assert bank is not None
    assert bank.seen(_ALONG, _DOWN, gap, 0.0)[..., 2].mean() == pytest.approx(1000 * gap, abs=10)


def test_between_two_openings_nothing_jumps() -> None:
    bank = _bank(_GAPS)
    assert bank is not None
    shown = [bank.seen(_ALONG, _DOWN, gap, 0.0)[..., 2].mean() for gap in np.linspace(0.05, 0.25, 80)]
    assert np.abs(np.diff(shown)).max() < 10, "a whole picture is 16 away from the next"


def test_wider_openings_than_the_footage_has_show_its_widest() -> None:
    bank = _bank(_GAPS)
    assert bank is not None
    assert (bank.seen(_ALONG, _DOWN, 0.5, 0.0) == bank.seen(_ALONG, _DOWN, 0.26, 0.0)).all()


def test_rounded_lips_have_pictures_of_their_own() -> None:
    bank = _bank(_GAPS, _ROUNDED)
    assert bank is not None
    assert bank.shows_rounded
    assert bank.seen(_ALONG, _DOWN, 0.24, 0.0)[..., 2].mean() == pytest.approx(240, abs=10)
    assert bank.seen(_ALONG, _DOWN, 0.24, 1.0)[..., 2].mean() == pytest.approx(150, abs=12)
    assert bank.seen(_ALONG, _DOWN, 0.24, 0.5)[..., 2].mean() == pytest.approx(195, abs=12)


def test_what_is_bright_between_rounded_lips_are_the_lips_themselves() -> None:
    bank = _bank(_GAPS, _ROUNDED, teeth=_SKIN)
    assert bank is not None
    assert not bank.shows_rounded


def test_footage_of_a_closed_mouth_has_no_bank() -> None:
    assert _bank([0.02] * 30) is None
    assert _bank([0.0] * 28 + [0.2, 0.2]) is None, "one opening is not enough"
