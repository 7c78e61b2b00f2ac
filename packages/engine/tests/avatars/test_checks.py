import cv2
import numpy as np
import pytest

from tutor_engine.avatars.checks import CLOSED_EYE, FaceChecks, eye_opening, fault_of
from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.landmarks import (
    LEFT_LID_LOWER,
    LEFT_LID_UPPER,
    RIGHT_LID_LOWER,
    RIGHT_LID_UPPER,
)
from tutor_engine.showing.puppet.mesh import FaceMesh
from tutor_engine.showing.puppet.photo import PhotoBody
from tutor_engine.showing.puppet.pose import Life, Pose


@pytest.fixture
def checks(face_mesh: FaceMesh) -> FaceChecks:
    return FaceChecks(face_mesh)


def _scaled(picture: Picture, factor: float) -> Picture:
    return np.asarray(cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)


def test_a_good_portrait_has_no_fault(checks: FaceChecks, portrait: Picture) -> None:
    looked = checks.look(portrait, thorough=True)
    assert looked.points is not None
    assert looked.fault is None
    assert looked.eye_opening > 1.3 * CLOSED_EYE


def test_no_face(checks: FaceChecks) -> None:
    from skimage import data

    looked = checks.look(np.ascontiguousarray(data.coffee(), np.uint8), thorough=True)
    assert (looked.points, looked.fault) == (None, "no_face")


def test_several_faces(checks: FaceChecks, portrait: Picture) -> None:
    both = np.concatenate([portrait, portrait[:, ::-1]], axis=1)
    assert checks.look(both, thorough=True).fault == "several_faces"


def test_a_small_face_in_the_background_does_not_count(checks: FaceChecks, portrait: Picture) -> None:
    picture = np.asarray(cv2.resize(portrait, (1536, 1536)), np.uint8)
    picture[20:276, 20:276] = cv2.resize(portrait, (256, 256))
    assert checks.look(picture, thorough=True).fault is None


def test_a_face_too_small(checks: FaceChecks, portrait: Picture) -> None:
    assert checks.look(_scaled(portrait, 0.7), thorough=True).fault == "face_small"


def test_a_blurred_face(checks: FaceChecks, portrait: Picture) -> None:
    blurred = np.asarray(cv2.GaussianBlur(portrait, (0, 0), 3), np.uint8)
    assert checks.look(blurred, thorough=True).fault == "face_blurred"


@pytest.mark.parametrize(("gain", "offset", "fault"), [(0.15, 0, "face_dark"), (0.3, 200, "face_bright")])
def test_bad_light(checks: FaceChecks, portrait: Picture, gain: float, offset: float, fault: str) -> None:
    lit = np.clip(portrait * gain + offset, 0, 255).astype(np.uint8)
    assert checks.look(lit, thorough=True).fault == fault


def test_a_face_cut_by_the_edge(checks: FaceChecks, portrait: Picture) -> None:
    looked = checks.look(np.ascontiguousarray(portrait[:160]), thorough=True)
    assert looked.fault in {"face_cut", "no_face"}


def test_a_turned_face(portrait: Picture, face_mesh: FaceMesh) -> None:
    points = face_mesh.find(portrait)
    assert points is not None
    turned = points.copy()
    middle = points[:, 0].mean()
    turned[:, 2] += np.tan(np.deg2rad(25)) * (points[:, 0] - middle)
    assert fault_of(portrait, turned) == "face_turned"


def test_closing_eyes_are_seen(portrait: Picture, face_mesh: FaceMesh) -> None:
    picture = np.asarray(cv2.resize(portrait[0:290, 70:360], (512, 512)), np.uint8)
    points = face_mesh.find(picture)
    assert points is not None
    closed = face_mesh.find(PhotoBody(picture, points).render(Pose(life=Life(blink=1)), 0))
    assert closed is not None
    assert eye_opening(closed) < 0.75 * eye_opening(points)


def test_the_wider_eye_counts(portrait: Picture, face_mesh: FaceMesh) -> None:
    points = face_mesh.find(portrait)
    assert points is not None
    winking = points.copy()
    winking[list(RIGHT_LID_UPPER)] = winking[list(RIGHT_LID_LOWER)]
    assert eye_opening(winking) == pytest.approx(eye_opening(points), rel=0.1)
    winking[list(LEFT_LID_UPPER)] = winking[list(LEFT_LID_LOWER)]
    assert eye_opening(winking) < CLOSED_EYE


def test_looking_again_tracks(checks: FaceChecks, portrait: Picture) -> None:
    first = checks.look(portrait, thorough=True)
    again = checks.look(np.roll(portrait, 4, axis=1), thorough=False)
    assert first.points is not None
    assert again.points is not None
    assert (again.points - first.points)[:, 0].mean() == pytest.approx(4, abs=1)
