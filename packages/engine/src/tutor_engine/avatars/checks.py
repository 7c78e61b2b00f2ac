"""Whether a face in one picture can become an avatar: found, alone, large, frontal, whole, sharp, well lit.

Limits are in pixels or in the distance of the eyes; each says what it was set against.
"""

from dataclasses import dataclass

import numpy as np

from tutor_engine.avatars.covered import covered
from tutor_engine.avatars.findings import FindingCode
from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.landmarks import (
    LEFT_EYE_CORNERS,
    LEFT_LID_LOWER,
    LEFT_LID_UPPER,
    RIGHT_EYE_CORNERS,
    RIGHT_LID_LOWER,
    RIGHT_LID_UPPER,
)
from tutor_engine.showing.puppet.mesh import FaceMesh, FoundFace, Points, eye_distance, yaw

_MIN_EYE_DISTANCE = 40.0
"""Pixels; below, lips are a dozen pixels wide and cannot be moved believably."""
_MAX_YAW = np.deg2rad(20)
"""Beyond, one mouth corner is hidden and the warp tears."""
_SECOND_FACE = 0.35
"""A face smaller than this share of the largest is background: a picture on the wall."""
_MIN_SHARPNESS = 7.0
"""Variance of the Laplacian at 64 pixels between the eyes: sharp portraits have 100 to 500, one blurred by a
thirtieth of the eye distance 8, by a twentieth 5."""
_SHARPNESS_EYE_DISTANCE = 64.0
_MIN_LIGHT, _MAX_LIGHT = 40.0, 235.0
"""Mean brightness of the face, 0–255; a dark-skinned face in good light has 60 and more."""
CLOSED_EYE = 0.20
"""Height over width of an eye's opening; open eyes have 0.28 to 0.4."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What one picture showed; `points` is None without a face."""

    points: Points | None
    fault: FindingCode | None = None
    eye_opening: float = 0.0
    """Height over width of the wider open eye."""


class FaceChecks:
    """Looks at pictures one after the other."""

    def __init__(self, mesh: FaceMesh) -> None:
        self._mesh = mesh
        self._last: Points | None = None

    def look(self, picture: Picture, *, thorough: bool) -> Looked:
        """Find the face and judge it; `thorough` also looks for other faces, which costs more."""
        points = None
        if not thorough and self._last is not None:
            points = self._mesh.track(picture, self._last)
        if points is None:
            faces = self.faces(picture)
            if len(faces) > 1:
                return Looked(None, "several_faces")
            points = faces[0] if faces else None
        self._last = points
        if points is None:
            return Looked(None, "no_face")
        return Looked(points, fault_of(picture, points), eye_opening(points))

    def faces(self, picture: Picture) -> list[Points]:
        """The meshes of all faces that matter, largest first."""
        found: list[tuple[FoundFace, Points]] = []
        for face in self._mesh.search(picture):
            points = self._mesh.at(picture, face)
            if points is not None and not any(_same_face(points, other) for _, other in found):
                found.append((face, points))
        meshes = sorted((points for _, points in found), key=eye_distance, reverse=True)
        return [points for points in meshes if eye_distance(points) > _SECOND_FACE * eye_distance(meshes[0])]


def fault_of(picture: Picture, points: Points) -> FindingCode | None:
    """What is wrong with a face that was found, the gravest first."""
    height, width = picture.shape[:2]
    unit = eye_distance(points)
    low, high = points[:, :2].min(0), points[:, :2].max(0)
    if unit < _MIN_EYE_DISTANCE:
        return "face_small"
    if low.min() < 0 or high[0] > width - 1 or high[1] > height - 1:
        return "face_cut"
    if abs(yaw(points)) > _MAX_YAW:
        return "face_turned"
    light, sharpness = _light_and_sharpness(picture, points)
    if light < _MIN_LIGHT:
        return "face_dark"
    if light > _MAX_LIGHT:
        return "face_bright"
    if sharpness < _MIN_SHARPNESS:
        return "face_blurred"
    return "face_covered" if covered(picture, points) else None


def eye_opening(points: Points) -> float:
    """Height over width of the wider open eye."""
    right = _eye_height(points, RIGHT_LID_UPPER, RIGHT_LID_LOWER, RIGHT_EYE_CORNERS)
    left = _eye_height(points, LEFT_LID_UPPER, LEFT_LID_LOWER, LEFT_EYE_CORNERS)
    return max(right, left)


def _eye_height(
    points: Points, upper: tuple[int, ...], lower: tuple[int, ...], corners: tuple[int, int]
) -> float:
    width = np.linalg.norm(points[corners[0], :2] - points[corners[1], :2])
    middle = slice(2, 5)
    gap = points[list(upper[middle]), :2].mean(0) - points[list(lower[middle]), :2].mean(0)
    return float(np.linalg.norm(gap) / max(float(width), 1e-6))


def _light_and_sharpness(picture: Picture, points: Points) -> tuple[float, float]:
    import cv2

    height, width = picture.shape[:2]
    low = np.clip(points[:, :2].min(0), 0, [width - 1, height - 1]).astype(int)
    high = np.clip(points[:, :2].max(0), 0, [width - 1, height - 1]).astype(int) + 1
    face = cv2.cvtColor(np.ascontiguousarray(picture[low[1] : high[1], low[0] : high[0]]), cv2.COLOR_RGB2GRAY)
    scale = _SHARPNESS_EYE_DISTANCE / eye_distance(points)
    size = (max(8, round(face.shape[1] * scale)), max(8, round(face.shape[0] * scale)))
    same = cv2.resize(face, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    return float(np.mean(face)), float(np.var(cv2.Laplacian(same, cv2.CV_32F)))


def _same_face(a: Points, b: Points) -> bool:
    return float(np.linalg.norm(a[:, :2].mean(0) - b[:, :2].mean(0))) < eye_distance(b)
