import cv2
import numpy as np
import pytest

from tutor_engine.avatars.checks import CLOSED_EYE, FaceChecks, eye_opening, fault_of
from tutor_engine.avatars.covered import covered
from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.landmarks import (
    LEFT_LID_LOWER,
    LEFT_LID_UPPER,
    LIPS_OUTER,
    RIGHT_LID_LOWER,
    RIGHT_LID_UPPER,
)
from tutor_engine.showing.puppet.mesh import FaceMesh, Points
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


def _band(picture: Picture, points: Points, colour: tuple[int, int, int]) -> Picture:
    """Something flat over nose, mouth and chin."""
    out = picture.copy()
    around = points[[93, 195, 323, 365, 152, 136, 58, 288], :2].astype(np.int32)
    cv2.fillConvexPoly(out, cv2.convexHull(around), colour)
    return out


@pytest.mark.parametrize(
    "colour", [(190, 205, 225), (25, 25, 28), (224, 190, 168)], ids=["mask", "foam", "hand"]
)
def test_a_covered_mouth(portrait: Picture, face_mesh: FaceMesh, colour: tuple[int, int, int]) -> None:
    points = face_mesh.find(portrait)
    assert points is not None
    picture = _band(portrait, points, colour)
    seen = face_mesh.find(picture)
    assert seen is not None, "the mesh draws a mouth on anything"
    assert covered(picture, seen)


@pytest.mark.parametrize("what", ["as it is", "grey", "dim", "dark skin", "a beard"])
def test_a_bare_mouth_is_not_called_covered(portrait: Picture, face_mesh: FaceMesh, what: str) -> None:
    points = face_mesh.find(portrait)
    assert points is not None
    picture = portrait
    if what == "grey":
        picture = np.repeat(portrait.mean(2, keepdims=True), 3, axis=2).astype(np.uint8)
    elif what == "dim":
        picture = (portrait * 0.5).astype(np.uint8)
    elif what == "dark skin":
        picture = (portrait * np.array([0.34, 0.28, 0.24])).astype(np.uint8)
    elif what == "a beard":
        picture = _band(portrait, points, (60, 45, 40))
        lips = np.zeros(portrait.shape[:2], np.uint8)
        cv2.fillConvexPoly(lips, cv2.convexHull(points[list(LIPS_OUTER), :2].astype(np.int32)), 1)
        picture[lips == 1] = portrait[lips == 1]
    assert not covered(picture, points)
