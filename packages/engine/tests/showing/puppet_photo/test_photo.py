import cv2
import numpy as np
import pytest

from tutor_engine.showing.puppet.body import Body, Picture
from tutor_engine.showing.puppet.landmarks import RIGHT_LID_LOWER, RIGHT_LID_UPPER
from tutor_engine.showing.puppet.mesh import FaceMesh, Points, eye_distance, mouth_opening, mouth_width
from tutor_engine.showing.puppet.photo import PhotoBody
from tutor_engine.showing.puppet.pose import Life, Mouth, Pose


def _seen(mesh: FaceMesh, body: Body, pose: Pose) -> Points:
    points = mesh.find(body.render(pose, 0))
    assert points is not None
    return points


def _eye(points: Points) -> float:
    gap = points[list(RIGHT_LID_UPPER[2:5]), 1].mean() - points[list(RIGHT_LID_LOWER[2:5]), 1].mean()
    return abs(float(gap)) / eye_distance(points)


def _sharpness(picture: Picture) -> np.ndarray:
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return np.abs(cv2.Laplacian(grey, cv2.CV_32F))


def test_the_body_keeps_the_promises_of_a_body(sitter_picture: Picture, sitter_body: PhotoBody) -> None:
    body: Body = sitter_body
    assert (body.width, body.height, body.loop_frames) == (512, 512, None)
    before = sitter_picture.copy()
    frame = body.render(Pose(), 7)
    assert frame.shape == (512, 512, 3)
    assert frame.dtype == np.uint8
    assert (body.render(Pose(), 3) == frame).all(), "without footage the loop changes nothing"
    assert (sitter_picture == before).all()


def test_a_smiling_photo_rests_with_its_mouth_closed(
    sitter_points: Points, sitter_body: PhotoBody, face_mesh: FaceMesh
) -> None:
    assert mouth_opening(sitter_points) > 0.15
    rest = _seen(face_mesh, sitter_body, Pose())
    assert mouth_opening(rest) < 0.045
    assert mouth_width(rest) < mouth_width(sitter_points)


@pytest.mark.parametrize("mouth", [Mouth(press=1), Mouth(press=0.9, wide=0.3), Mouth(press=1, round=0.4)])
def test_p_b_m_close(sitter_body: PhotoBody, face_mesh: FaceMesh, mouth: Mouth) -> None:
    assert mouth_opening(_seen(face_mesh, sitter_body, Pose(mouth=mouth))) < 0.045


def test_open_vowels_open_more_the_more_they_are_opened(sitter_body: PhotoBody, face_mesh: FaceMesh) -> None:
    gaps = [
        mouth_opening(_seen(face_mesh, sitter_body, Pose(mouth=Mouth(open=amount))))
        for amount in (0.0, 0.3, 0.6, 0.9)
    ]
    assert gaps == sorted(gaps)
    assert gaps[-1] > 5 * gaps[0]


def test_round_and_spread_lips_are_told_apart(sitter_body: PhotoBody, face_mesh: FaceMesh) -> None:
    spread = _seen(face_mesh, sitter_body, Pose(mouth=Mouth(open=0.26, wide=0.85)))
    rounded = _seen(face_mesh, sitter_body, Pose(mouth=Mouth(open=0.24, round=1)))
    assert mouth_width(spread) > 1.15 * mouth_width(rounded)
    assert mouth_opening(rounded) > 0.05


def test_speech_changes_nothing_but_the_lower_face(
    sitter_picture: Picture, sitter_points: Points, sitter_body: PhotoBody
) -> None:
    frame = sitter_body.render(Pose(mouth=Mouth(open=0.8)), 0)
    changed = np.abs(frame.astype(int) - sitter_picture).max(2) > 0
    rows, columns = np.nonzero(changed)
    eyes = sitter_points[[33, 263], 1].max()
    assert rows.min() > eyes
    assert columns.min() > 100
    assert columns.max() < 412
    assert changed.mean() < 0.2


def test_no_seam_shows_where_the_moving_part_ends(sitter_picture: Picture, sitter_body: PhotoBody) -> None:
    frame = sitter_body.render(Pose(mouth=Mouth(open=0.9)), 0)
    rows, columns = np.nonzero(np.abs(frame.astype(int) - sitter_picture).max(2) > 0)
    ring = np.zeros((512, 512), bool)
    ring[rows.min() - 1 : rows.max() + 2, columns.min() - 1 : columns.max() + 2] = True
    ring[rows.min() + 2 : rows.max() - 1, columns.min() + 2 : columns.max() - 1] = False
    ratio = _sharpness(frame)[ring].mean() / _sharpness(sitter_picture)[ring].mean()
    assert 0.9 < ratio < 1.1


def test_blinking_closes_the_eyes(sitter_body: PhotoBody, face_mesh: FaceMesh) -> None:
    heights = [_eye(_seen(face_mesh, sitter_body, Pose(life=Life(blink=amount)))) for amount in (0, 0.5, 1)]
    assert heights == sorted(heights, reverse=True)
    assert heights[-1] < 0.75 * heights[0]


@pytest.mark.parametrize(
    ("life", "dx", "dy"),
    [(Life(sway_x=0.01), 5.1, 0), (Life(sway_x=-0.01), -5.1, 0), (Life(sway_y=0.01), 0, 5.1)],
)
def test_the_head_sways_and_the_background_does_not(
    sitter_body: PhotoBody, face_mesh: FaceMesh, life: Life, dx: float, dy: float
) -> None:
    still, moved = sitter_body.render(Pose(), 0), sitter_body.render(Pose(life=life), 0)
    before, after = face_mesh.find(still), face_mesh.find(moved)
    assert before is not None
    assert after is not None
    shift = (after[:, :2] - before[:, :2]).mean(0)
    assert shift == pytest.approx([dx, dy], abs=2.5)
    assert (still[:40, :40] == moved[:40, :40]).mean() > 0.99


def test_the_head_tilts_clockwise(sitter_body: PhotoBody, face_mesh: FaceMesh) -> None:
    def tilt(points: Points) -> float:
        eyes = points[263] - points[33]
        return float(np.arctan2(eyes[1], eyes[0]))

    still, tilted = (_seen(face_mesh, sitter_body, Pose(life=Life(roll=roll))) for roll in (0.0, 0.05))
    assert tilt(tilted) - tilt(still) == pytest.approx(0.05, abs=0.02)


@pytest.mark.parametrize("life", [Life(look_x=1), Life(look_y=1), Life(brow=1), Life(breath=1)])
def test_every_sign_of_life_is_seen_and_small(sitter_body: PhotoBody, life: Life) -> None:
    still, alive = sitter_body.render(Pose(), 0), sitter_body.render(Pose(life=life), 0)
    changed = np.abs(still.astype(int) - alive).max(2) > 2
    assert 0.0005 < changed.mean() < 0.6
    assert cv2.PSNR(still, alive) > 22


def test_a_closed_mouth_gets_painted_teeth(sitter_body: PhotoBody, face_mesh: FaceMesh) -> None:
    closed = sitter_body.render(Pose(), 0)
    points = face_mesh.find(closed)
    assert points is not None
    body = PhotoBody(closed, points)
    opened = body.render(Pose(mouth=Mouth(open=0.9)), 0)
    again = face_mesh.find(opened)
    assert again is not None
    assert mouth_opening(again) > 0.15
    mouth = opened[int(again[13, 1]) + 2 : int(again[14, 1]) - 1, int(again[82, 0]) : int(again[312, 0])]
    assert mouth.max() > 120, "teeth are light"
    assert mouth.min() < 60, "the mouth is dark"
    assert mouth_opening(_seen(face_mesh, body, Pose())) < 0.045
