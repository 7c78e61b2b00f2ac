from pathlib import Path

import cv2
import numpy as np
import pytest

from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.mesh import (
    FaceMesh,
    FaceModelMissing,
    FaceModels,
    eye_distance,
    mouth_opening,
    mouth_width,
    yaw,
)


def test_one_face_is_found_where_it_is(portrait: Picture, face_mesh: FaceMesh) -> None:
    (face,) = face_mesh.detect(portrait)
    assert face.score > 0.8
    assert 170 < face.left < 200 < 250 < face.right < 290
    assert 70 < face.top < 100 < 160 < face.bottom < 190


def test_two_faces_too_small_for_a_single_look_are_searched(portrait: Picture, face_mesh: FaceMesh) -> None:
    both = np.concatenate([portrait, portrait[:, ::-1]], axis=1)
    assert face_mesh.detect(both) == []
    real = [face for face in face_mesh.search(both) if face_mesh.at(both, face) is not None]
    assert len([face for face in real if face.side > 60]) == 2


def test_a_picture_without_a_face_gives_none(face_mesh: FaceMesh) -> None:
    from skimage import data

    coffee = np.ascontiguousarray(data.coffee(), np.uint8)
    assert face_mesh.search(coffee) == []
    assert face_mesh.find(coffee) is None


def test_the_mesh_lies_on_the_features(portrait: Picture, face_mesh: FaceMesh) -> None:
    points = face_mesh.find(portrait)
    assert points is not None
    assert points.shape == (468, 3)
    assert eye_distance(points) == pytest.approx(43, abs=2)
    assert abs(yaw(points)) < 0.1
    nose, chin, forehead = points[4], points[152], points[10]
    assert forehead[1] < nose[1] < chin[1]
    assert nose[2] < chin[2], "the nose is nearest to the camera"
    assert 0.1 < mouth_opening(points) < 0.25, "she smiles and shows her teeth"
    assert mouth_width(points) > 0.6, "a smile is wide"


def test_tracking_follows_a_head_that_moves_and_tilts(portrait: Picture, face_mesh: FaceMesh) -> None:
    points = face_mesh.find(portrait)
    assert points is not None
    turn = cv2.getRotationMatrix2D((220, 130), 8, 1.05)
    turn[:, 2] += [6, -4]
    moved = np.asarray(cv2.warpAffine(portrait, turn, (512, 512)), np.uint8)
    tracked = face_mesh.track(moved, points)
    assert tracked is not None
    expected = points[:, :2] @ turn[:, :2].T + turn[:, 2]
    assert np.linalg.norm(tracked[:, :2] - expected, axis=1).mean() < 1.5


def test_a_lost_face_is_found_again(portrait: Picture, face_mesh: FaceMesh) -> None:
    points = face_mesh.find(portrait)
    assert points is not None
    elsewhere = points + np.array([250, 300, 0], np.float32)
    assert face_mesh.track(portrait, elsewhere) is None
    again = face_mesh.find(portrait, elsewhere)
    assert again is not None
    assert np.linalg.norm(again - points, axis=1).mean() < 1


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(FaceModelMissing, match=r"face_detection_short_range\.tflite"):
        FaceMesh(FaceModels.in_folder(tmp_path))
