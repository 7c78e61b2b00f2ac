import numpy as np
import pytest

from tutor_engine.showing.puppet.mesh import Points
from tutor_engine.showing.puppet.view import ALONG, mean_face, similarity, view_of


def test_pixels_and_mouth_coordinates_are_inverse(sitter_points: Points) -> None:
    view = view_of(sitter_points)
    pixels = sitter_points[:, :2].astype(float)
    assert np.abs(view.to_pixels(view.to_mouth(pixels)) - pixels).max() < 1e-6


def test_the_unit_is_the_distance_of_the_eyes_and_the_mouth_is_level(sitter_points: Points) -> None:
    view = view_of(sitter_points)
    assert view.scale == pytest.approx(76, abs=3)
    corners = view.lips(sitter_points).corners_in
    assert corners[:, 1] == pytest.approx([0, 0], abs=1e-6)
    assert corners[0, 0] == pytest.approx(-corners[1, 0])


def test_lips_run_from_corner_to_corner_and_lie_in_order(sitter_points: Points) -> None:
    lips = view_of(sitter_points).lips(sitter_points)
    for line in (lips.upper_in, lips.lower_in, lips.upper_out, lips.lower_out):
        assert len(line) == len(ALONG)
        assert (np.diff(line[:, 0]) > 0).all()
    middle = len(ALONG) // 2
    assert (
        lips.upper_out[middle, 1]
        < lips.upper_in[middle, 1]
        < lips.lower_in[middle, 1]
        < lips.lower_out[middle, 1]
    )
    assert lips.gap == pytest.approx(0.16, abs=0.04)


def test_a_similarity_is_recovered() -> None:
    rng = np.random.default_rng(1)
    points = rng.normal(size=(12, 2))
    turn = 1.3 * np.array([[np.cos(0.3), -np.sin(0.3)], [np.sin(0.3), np.cos(0.3)]])
    linear, shift = similarity(points, points @ turn.T + [3, -2])
    assert linear == pytest.approx(turn)
    assert shift == pytest.approx([3, -2])


def test_the_mean_face_is_free_of_head_motion(sitter_points: Points) -> None:
    face = sitter_points[:, :2].astype(float)
    track = np.stack([face + np.array([step, -2 * step]) for step in range(6)])
    mean, heads = mean_face(track)
    for points, (linear, shift) in zip(track, heads, strict=True):
        assert np.abs(mean @ linear.T + shift - points).max() < 1e-6
