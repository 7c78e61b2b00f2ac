"""Light that changes with the mouth: made pictures of skin whose cheek talking darkens by a known amount."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.inside import Inside, lower_teeth, painted_teeth
from tutor_engine.showing.puppet.landmarks import (
    CHIN_SKIN,
    INNER_CORNERS,
    INNER_LOWER,
    INNER_UPPER,
    LIPS_INNER,
    OUTER_CORNERS,
    OUTER_LOWER,
    OVAL,
)
from tutor_engine.showing.puppet.lips import LipModel
from tutor_engine.showing.puppet.mesh import Points, eye_distance
from tutor_engine.showing.puppet.pose import Mouth
from tutor_engine.showing.puppet.rig import MouthRig
from tutor_engine.showing.puppet.shading import Shading
from tutor_engine.showing.puppet.view import View, mean_face, view_of

_SIDE, _SKIN, _ROOM = 384, 150.0, 60.0
_OPEN, _U = Mouth(open=0.6), Mouth(open=0.1, round=1.0)
_CHEEK_AT, _CHIN_AT = (-0.62, 0.0), (0.0, 0.42)
"""In distances of the eyes from the mouth."""


@dataclass(frozen=True)
class Take:
    """One made frame."""

    picture: Picture
    points: Points


@dataclass(frozen=True)
class Scene:
    """Frames as a body has them."""

    takes: list[Take]
    views: list[View]

    def shading(self) -> Shading | None:
        track = np.stack([take.points[:, :2] for take in self.takes]).astype(np.float64)
        lips = [view.lips(points) for view, points in zip(self.views, track, strict=True)]
        calm = [index for index, one in enumerate(lips) if one.gap < 0.02]
        return Shading.of_footage(lambda at: self.takes[at].picture, self.views, track, lips, calm)


@pytest.fixture(scope="module")
def closed(sitter_points: Points) -> Points:
    """A small face with its mouth closed."""
    points = sitter_points * np.float32(_SIDE / 512)
    middle = (points[list(INNER_LOWER)] + points[list(INNER_UPPER)]) / 2
    points[list(INNER_LOWER)] = points[list(INNER_UPPER)] = middle
    return points


def _moved(points: Points, gap: float, width: float = 1.0) -> Points:
    moved = points.copy()
    moved[list(INNER_LOWER + OUTER_LOWER), 1] += gap * eye_distance(points)
    moved[list(CHIN_SKIN), 1] += 0.5 * gap * eye_distance(points)
    for right, left in (INNER_CORNERS, OUTER_CORNERS):
        middle = (points[right, 0] + points[left, 0]) / 2
        moved[[right, left], 0] = middle + (points[[right, left], 0] - middle) * width
    return moved


def _blob(closed: Points, at: tuple[float, float], size: float = 0.2) -> npt.NDArray[np.float64]:
    """A soft round place on the face, 1 in its middle."""
    x, y = np.meshgrid(np.arange(_SIDE), np.arange(_SIDE))
    pixels = np.stack([x, y], -1).reshape(-1, 2).astype(np.float64)
    away = view_of(closed).to_mouth(pixels) - np.array(at)
    return np.exp(-0.5 * (away**2).sum(1) / size**2).reshape(_SIDE, _SIDE)


def _take(closed: Points, gap: float, width: float = 1.0, change: float = 0.0, lamp: float = 1.0) -> Take:
    """Skin in a room; the logarithm of the light on the right cheek changes by `change`."""
    points = _moved(closed, gap, width)
    face, mouth = np.zeros((_SIDE, _SIDE), np.uint8), np.zeros((_SIDE, _SIDE), np.uint8)
    cv2.fillPoly(face, [points[list(OVAL), :2].astype(np.int32)], 1)
    cv2.fillPoly(mouth, [points[list(LIPS_INNER), :2].astype(np.int32)], 1)
    light = np.where(face > 0, _SKIN * np.exp(change * _blob(closed, _CHEEK_AT)), _ROOM)
    light[(mouth > 0) & (gap > 0.02)] = 30
    noise = np.random.default_rng(int(gap * 1e4)).normal(0, 2, light.shape)
    grey = np.clip(light * lamp + noise, 0, 255).astype(np.uint8)
    return Take(np.repeat(grey[..., None], 3, 2), points)


def _scene(takes: list[Take]) -> Scene:
    mean, heads = mean_face(np.stack([take.points[:, :2] for take in takes]).astype(np.float64))
    mouth = view_of(mean)
    return Scene(takes, [View(turn @ mouth.linear, turn @ mouth.origin + shift) for turn, shift in heads])


_WHOLE = 0.25
"""The opening at which the cheek is as dark as it gets."""


def _opening(closed: Points, change: float = -0.25) -> list[Take]:
    """A quiet second, then vowels that darken the cheek the more they open."""
    quiet = [_take(closed, 0.0) for _ in range(6)]
    return quiet + [_take(closed, gap, change=change * gap / _WHOLE) for gap in np.linspace(0.1, 0.25, 7)]


def _gain(scene: Scene, mouth: Mouth, source: int = 0) -> npt.NDArray[np.float64]:
    """What the pose does to the light of a grey picture with the lips of frame `source`."""
    shading = scene.shading()
    assert shading is not None
    picture = np.full((_SIDE, _SIDE, 4), 200, np.uint8)
    view, points = scene.views[source], scene.takes[source].points
    rest = scene.views[0].lips(scene.takes[0].points)
    shading.shade(picture, view, view.lips(points), LipModel(rest).articulate(mouth), mouth)
    return picture[..., 1] / 200.0


def _at(closed: Points, place: tuple[float, float]) -> tuple[int, int]:
    x, y = view_of(closed).to_pixels(np.array([place]))[0].round().astype(int)
    return int(y), int(x)


def test_the_shading_of_the_talking_frames_comes_back(closed: Points) -> None:
    scene = _scene(_opening(closed))
    gap = LipModel(scene.views[0].lips(closed)).articulate(_OPEN).gap
    there = np.exp(-0.25 * gap / _WHOLE)
    gain = _gain(scene, _OPEN)
    assert gain[_at(closed, _CHEEK_AT)] == pytest.approx(there, abs=0.04)
    assert gain[_at(closed, (0.62, 0.0))] == pytest.approx(1, abs=0.02), "the other cheek"
    assert gain[_at(closed, _CHIN_AT)] == pytest.approx(1, abs=0.03)


def test_a_larger_opening_shades_more_but_never_more_than_was_seen(closed: Points) -> None:
    scene, cheek = _scene(_opening(closed)), _at(closed, _CHEEK_AT)
    gains = [_gain(scene, Mouth(open=each))[cheek] for each in (0.2, 0.4, 0.6, 0.8, 1.0)]
    assert (np.diff(gains) <= 0).all()
    assert gains[0] > gains[2] + 0.05
    assert gains[-1] == pytest.approx(np.exp(-0.25), abs=0.05)


def test_nothing_is_shaded_at_rest(closed: Points) -> None:
    scene = _scene(_opening(closed))
    for mouth in (Mouth(), Mouth(press=1.0), Mouth(tuck=1.0)):
        assert (_gain(scene, mouth) == 1).all()


def test_a_frame_that_shows_it_already_is_not_shaded_twice(closed: Points) -> None:
    scene = _scene(_opening(closed))
    widest = len(scene.takes) - 1
    assert (_gain(scene, _OPEN, widest) == 1).all()


def test_the_room_stays_and_no_edge_appears(closed: Points) -> None:
    gain = _gain(_scene(_opening(closed, change=-0.5)), Mouth(open=1.0))
    face = np.zeros((_SIDE, _SIDE), np.uint8)
    cv2.fillPoly(face, [closed[list(OVAL), :2].astype(np.int32)], 1)
    assert (gain[face == 0] == 1).all()
    assert (gain[: int(closed[1, 1] - 0.5 * eye_distance(closed))] == 1).all(), "eyes and brow"
    steps = [np.abs(np.diff(gain, axis=axis)).max() for axis in (0, 1)]
    assert max(steps) < 0.045, "per pixel; a cut would be a third"
    assert gain.min() >= 0.68, "never darker than skin gets"


def test_the_inside_of_the_mouth_keeps_its_light(closed: Points) -> None:
    takes = [
        Take(np.clip(take.picture * np.exp(-0.3), 0, 255).astype(np.uint8), take.points)
        if index > 5 else take
        for index, take in enumerate(_opening(closed))
    ]  # fmt: skip
    scene, view = _scene(takes), view_of(closed)
    lips = view.lips(closed)
    skin = np.full(3, _SKIN, np.float32)
    teeth = painted_teeth(skin, lips, view.scale)
    inside = Inside(teeth, lower_teeth(teeth), skin)
    drawn: list[Picture] = []
    for shading in (None, scene.shading()):
        rig = MouthRig(closed, view, inside, lips, shading=shading)
        picture = takes[0].picture
        drawn.append(picture.copy())
        rig.draw(picture, drawn[-1], view, lips, Mouth(open=0.8))
    shape = LipModel(lips).articulate(Mouth(open=0.8)).lips
    middle = (shape.upper_in[3:8] + shape.lower_in[3:8]) / 2
    x, y = view.to_pixels(middle).round().astype(int).T
    assert (drawn[0][y, x] == drawn[1][y, x]).all()


@pytest.mark.parametrize("spoilt", ["hand", "lamp"])
def test_one_odd_frame_spoils_nothing(closed: Points, spoilt: str) -> None:
    clean, takes = _gain(_scene(_opening(closed)), _OPEN), _opening(closed)
    odd = takes[9]
    picture = odd.picture.copy()
    if spoilt == "hand":
        y, x = _at(closed, (0.5, 0.1))
        picture[y - 20 : y + 40, x - 20 : x + 40] = 230
    else:
        picture = np.clip(picture * np.linspace(0.6, 1.5, _SIDE)[None, :, None], 0, 255).astype(np.uint8)
    takes[9] = Take(picture, odd.points)
    assert np.abs(_gain(_scene(takes), _OPEN) - clean).max() < 0.03


def test_a_lamp_that_is_turned_up_while_they_speak_is_no_shading(closed: Points) -> None:
    takes = _opening(closed, change=0.0)[:6]
    takes += [_take(closed, gap, lamp=1.25) for gap in np.linspace(0.1, 0.25, 7)]
    assert np.abs(_gain(_scene(takes), _OPEN) - 1).max() < 0.04


def test_rounded_lips_have_a_shading_of_their_own(closed: Points) -> None:
    takes = _opening(closed)
    takes += [_take(closed, gap, width=0.7, change=0.2) for gap in np.linspace(0.05, 0.12, 5)]
    scene, cheek = _scene(takes), _at(closed, _CHEEK_AT)
    assert _gain(scene, _OPEN)[cheek] < 0.93
    # The skin of the cheek goes inwards with the corner of the mouth; shading comes before bending.
    rounded = _gain(scene, _U)
    assert rounded.max() == pytest.approx(np.exp(0.2), abs=0.06)
    assert 1.03 < _gain(scene, Mouth(open=0.1, round=0.5))[cheek] < rounded[cheek]


def test_spread_lips_have_a_shading_of_their_own(closed: Points) -> None:
    takes = _opening(closed)
    takes += [_take(closed, gap, width=1.1, change=0.2) for gap in np.linspace(0.02, 0.08, 5)]
    gain = _gain(_scene(takes), Mouth(wide=1.0))
    assert gain[_at(closed, _CHEEK_AT)] == pytest.approx(np.exp(0.2), abs=0.08)


def test_who_never_opens_the_mouth_has_no_shading(closed: Points) -> None:
    quiet = [_take(closed, 0.0) for _ in range(8)]
    assert _scene(quiet).shading() is None
    assert _scene([*quiet, _take(closed, 0.2), _take(closed, 0.22)]).shading() is None, "two are too few"
