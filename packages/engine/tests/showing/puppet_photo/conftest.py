"""A portrait cut as an avatar is, its mesh and its body."""

import cv2
import numpy as np
import pytest

from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.mesh import FaceMesh, Points
from tutor_engine.showing.puppet.photo import PhotoBody


@pytest.fixture(scope="session")
def sitter_picture(portrait: Picture) -> Picture:
    cut = cv2.resize(portrait[0:290, 70:360], (512, 512), interpolation=cv2.INTER_CUBIC)
    return np.asarray(cut, np.uint8)


@pytest.fixture(scope="session")
def sitter_points(sitter_picture: Picture, face_mesh: FaceMesh) -> Points:
    points = face_mesh.find(sitter_picture)
    assert points is not None
    return points


@pytest.fixture(scope="session")
def sitter_body(sitter_picture: Picture, sitter_points: Points) -> PhotoBody:
    return PhotoBody(sitter_picture, sitter_points)
