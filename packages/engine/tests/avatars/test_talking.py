"""Which frames are kept because they show the inside of the mouth."""

import numpy as np
import pytest

from tutor_engine.avatars.framing import SIDE, Square
from tutor_engine.avatars.talking import talking_frames
from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.landmarks import (
    INNER_CORNERS,
    INNER_LOWER,
    INNER_UPPER,
    OUTER_CORNERS,
    OUTER_LOWER,
)
from tutor_engine.showing.puppet.mesh import FaceMesh, Points, eye_distance

WHOLE = Square(0, 0, SIDE)


@pytest.fixture
def closed(portrait: Picture, face_mesh: FaceMesh) -> Points:
    """A face with its mouth closed."""
    points = face_mesh.find(portrait)
    assert points is not None
    points[list(INNER_LOWER)] = points[list(INNER_UPPER)]
    return points


def opened(points: Points, gap: float, width: float = 1.0) -> Points:
    """The lower lip down by `gap` distances of the eyes, the corners drawn together."""
    moved = points.copy()
    moved[list(INNER_LOWER + OUTER_LOWER), 1] += gap * eye_distance(points)
    for right, left in (INNER_CORNERS, OUTER_CORNERS):
        middle = (points[right, 0] + points[left, 0]) / 2
        moved[[right, left], 0] = middle + (points[[right, left], 0] - middle) * width
    return moved


def test_openings_outside_the_loop_are_kept_evenly(closed: Points) -> None:
    track = [closed] * 20 + [opened(closed, gap) for gap in np.linspace(0, 0.3, 100)]
    kept = talking_frames(track, range(20), WHOLE)
    assert 10 <= len(kept) <= 20
    assert min(kept) >= 20
    assert max(kept) == 119, "the widest"
    assert np.diff(kept).max() < 12


def test_what_loops_anyway_is_not_kept_twice(closed: Points) -> None:
    track = [opened(closed, gap) for gap in np.linspace(0, 0.3, 50)]
    assert talking_frames(track, range(50), WHOLE) == []


def test_a_listener_gives_nothing(closed: Points) -> None:
    assert talking_frames([closed] * 50, range(20), WHOLE) == []
    assert talking_frames([None] * 50, range(20), WHOLE) == []


def test_rounded_lips_have_places_of_their_own(closed: Points) -> None:
    wide = [opened(closed, gap) for gap in np.linspace(0, 0.3, 60)]
    rounded = [opened(closed, gap, width=0.7) for gap in np.linspace(0.06, 0.15, 20)]
    kept = talking_frames([*wide, *rounded], range(0), WHOLE)
    assert any(index >= 60 for index in kept)


def test_a_face_that_has_left_the_square_is_not_kept(closed: Points) -> None:
    away = opened(closed, 0.2) + np.array([300, 0, 0], np.float32)
    assert talking_frames([closed] * 10 + [away], range(10), WHOLE) == []
    unfound = [closed] * 10 + [None, opened(closed, 0.2)]
    assert talking_frames(unfound, range(10), WHOLE) == [11]
