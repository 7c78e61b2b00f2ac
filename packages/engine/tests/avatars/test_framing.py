import numpy as np
import pytest

from tutor_engine.avatars.framing import SIDE, Square, square_around
from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.mesh import FaceMesh, eye_distance


def test_the_face_is_well_in_view(portrait: Picture, face_mesh: FaceMesh) -> None:
    points = face_mesh.find(portrait)
    assert points is not None
    square = square_around(points[None], 512, 512)
    cut, moved = square.cut(portrait), square.points(points)
    assert cut.shape == (SIDE, SIDE, 3)
    assert 65 < eye_distance(moved) < 90
    assert moved[:, :2].min() > 0
    assert moved[:, :2].max() < SIDE
    assert moved[[33, 263], 0].mean() == pytest.approx(SIDE / 2, abs=20)
    again = face_mesh.find(cut)
    assert again is not None
    assert np.linalg.norm(again[:, :2] - moved[:, :2], axis=1).mean() < 2


@pytest.mark.parametrize("size", [(200, 900), (900, 200), (130, 130)])
def test_the_square_stays_in_the_picture(
    portrait: Picture, face_mesh: FaceMesh, size: tuple[int, int]
) -> None:
    points = face_mesh.find(portrait)
    assert points is not None
    shifted = points - [*points[:, :2].min(0), 0]
    square = square_around(shifted[None].astype(np.float32), *size)
    assert 0 <= square.left <= size[0] - square.side
    assert 0 <= square.top <= size[1] - square.side


def test_a_head_that_moves_far_gets_more_room(portrait: Picture, face_mesh: FaceMesh) -> None:
    points = face_mesh.find(portrait)
    assert points is not None
    still = square_around(points[None], 2000, 2000)
    far = np.stack([points, points + np.array([250, 0, 0], np.float32)])
    assert square_around(far, 2000, 2000).side > still.side


def test_points_move_with_the_pixels() -> None:
    square = Square(100, 50, 256)
    points = np.array([[[100, 50, 1], [355, 305, -2]]], np.float32)
    assert square.points(points)[0] == pytest.approx(np.array([[0.5, 0.5, 2], [510.5, 510.5, -4]]))
