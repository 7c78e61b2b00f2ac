"""Finding faces in a picture: a detector and a 468-point mesh, both small TFLite networks run by OpenCV.

Points are in pixels of the picture they were found in; the third number is depth in the same unit, smaller
towards the camera. This module never downloads a model and never changes the picture.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.landmarks import (
    EYE_OUTER_CORNERS,
    LEFT_EYE_CORNERS,
    RIGHT_EYE_CORNERS,
)

Points = npt.NDArray[np.float32]
"""Shape (468, 3)."""

DETECTOR_FILE = Path("face-detector") / "face_detection_short_range.tflite"
MESH_FILE = Path("face-mesh") / "face_landmark.tflite"

_DETECTOR_SIDE = 128
_MESH_SIDE = 192
_CROP_SCALE = 1.5
"""Side of the mesh network's crop over the side of the face's box, as the network was trained."""
_MIN_PRESENCE = 0.5
_SAME_FACE_OVERLAP = 0.3
_INSIDE = 0.6


class FaceModelMissing(Exception):
    """A face model is not installed; the message names the file."""


@dataclass(frozen=True, slots=True)
class FaceModels:
    """Where the two networks are."""

    detector: Path
    mesh: Path

    @classmethod
    def in_folder(cls, models: Path) -> "FaceModels":
        """The two files as the models catalogue installs them under `models`."""
        return cls(models / DETECTOR_FILE, models / MESH_FILE)


@dataclass(frozen=True, slots=True)
class FoundFace:
    """A face as the detector sees it, in pixels of the picture."""

    score: float
    left: float
    top: float
    right: float
    bottom: float
    tilt: float
    """Angle of the line of the eyes, radians, clockwise in the picture."""

    @property
    def side(self) -> float:
        """Longer side of the box."""
        return max(self.right - self.left, self.bottom - self.top)


@dataclass(frozen=True, slots=True)
class _Crop:
    x: float
    y: float
    side: float
    angle: float


class FaceMesh:
    """The two networks, loaded once. Not for use by two threads at a time."""

    def __init__(self, models: FaceModels) -> None:
        self._detector = _load(models.detector)
        self._mesh = _load(models.mesh)
        self._detector_outputs = list(self._detector.getUnconnectedOutLayersNames())
        self._mesh_outputs = list(self._mesh.getUnconnectedOutLayersNames())
        self._anchors = _anchors()

    def detect(self, picture: Picture, min_score: float = 0.5) -> list[FoundFace]:
        """All faces, the surest first."""
        import cv2

        height, width = picture.shape[:2]
        scale = _DETECTOR_SIDE / max(height, width)
        small_width, small_height = max(1, round(width * scale)), max(1, round(height * scale))
        left, top = (_DETECTOR_SIDE - small_width) // 2, (_DETECTOR_SIDE - small_height) // 2
        canvas = np.zeros((_DETECTOR_SIDE, _DETECTOR_SIDE, 3), np.float32)
        small = cv2.resize(picture, (small_width, small_height), interpolation=cv2.INTER_AREA)
        canvas[top : top + small_height, left : left + small_width] = small
        self._detector.setInput((canvas / 127.5 - 1.0).transpose(2, 0, 1)[None].copy())
        boxes, scores = _by_size(self._detector.forward(self._detector_outputs))
        boxes, logits = boxes.reshape(-1, 16), scores.ravel()
        sure = 1 / (1 + np.exp(-np.clip(logits, -80, 80)))
        found: list[FoundFace] = []
        for index in np.argsort(-sure):
            if sure[index] < min_score:
                break
            points = boxes[index].reshape(8, 2) + self._anchors[index] * _DETECTOR_SIDE
            points[1] -= self._anchors[index] * _DETECTOR_SIDE
            face = _face(float(sure[index]), (points - [left, top]) / scale, points[1] / scale)
            if not any(_same(face, other) for other in found):
                found.append(face)
        return found

    def search(self, picture: Picture, min_score: float = 0.6) -> list[FoundFace]:
        """All faces, also those too small for `detect` (below a seventh of the picture), largest first."""
        seen = [_moved(face, x, y) for x, y, side in _tiles(picture.shape[1], picture.shape[0])
                for face in self.detect(picture[y : y + side, x : x + side], min_score)]  # fmt: skip
        seen += self.detect(picture, min_score)
        found: list[FoundFace] = []
        for face in sorted(seen, key=lambda face: -face.score):
            if not any(_same(face, other) for other in found):
                found.append(face)
        return sorted(found, key=lambda face: -face.side)

    def at(self, picture: Picture, face: FoundFace) -> Points | None:
        """The mesh of a detected face; None when there is no face after all."""
        middle_x, middle_y = (face.left + face.right) / 2, (face.top + face.bottom) / 2
        first, _ = self._run(picture, _Crop(middle_x, middle_y, face.side * _CROP_SCALE, face.tilt))
        # The box of the detector is coarse: look again where the first look found the face.
        return self.track(picture, first)

    def track(self, picture: Picture, previous: Points) -> Points | None:
        """The mesh near where it was in the frame before; None when the face has left."""
        points, presence = self._run(picture, _crop_around(previous))
        return points if presence >= _MIN_PRESENCE else None

    def find(self, picture: Picture, previous: Points | None = None) -> Points | None:
        """Track `previous`, or else detect and take the surest face."""
        if previous is not None:
            tracked = self.track(picture, previous)
            if tracked is not None:
                return tracked
        for face in self.detect(picture)[:1] or self.search(picture)[:1]:
            return self.at(picture, face)
        return None

    def _run(self, picture: Picture, crop: _Crop) -> tuple[Points, float]:
        import cv2

        scale = crop.side / _MESH_SIDE
        cos, sin = np.cos(crop.angle) * scale, np.sin(crop.angle) * scale
        half = _MESH_SIDE / 2
        to_picture = np.array(
            [[cos, -sin, crop.x - (cos - sin) * half], [sin, cos, crop.y - (sin + cos) * half]], np.float32
        )
        patch = cv2.warpAffine(
            picture,
            to_picture,
            (_MESH_SIDE, _MESH_SIDE),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        self._mesh.setInput((patch.astype(np.float32) / 255.0).transpose(2, 0, 1)[None].copy())
        raw, presence = _by_size(self._mesh.forward(self._mesh_outputs))
        points = raw.reshape(468, 3)
        flat = points[:, :2] @ to_picture[:, :2].T + to_picture[:, 2]
        placed = np.concatenate([flat, points[:, 2:] * scale], 1).astype(np.float32)
        return placed, float(1 / (1 + np.exp(-float(presence.ravel()[0]))))


def eye_distance(points: Points) -> float:
    """Between the middles of the eyes, in pixels: the unit in which faces are measured."""
    right, left = points[list(RIGHT_EYE_CORNERS), :2], points[list(LEFT_EYE_CORNERS), :2]
    return float(np.linalg.norm(left.mean(0) - right.mean(0)))


def yaw(points: Points) -> float:
    """How far the head is turned aside, radians; 0 looks into the camera."""
    right, left = points[EYE_OUTER_CORNERS[0]], points[EYE_OUTER_CORNERS[1]]
    return float(np.arctan2(left[2] - right[2], np.linalg.norm(left[:2] - right[:2])))


def mouth_opening(points: Points) -> float:
    """Distance of the inner lips over the distance of the eyes."""
    rows = points[[13, 82, 312], :2] - points[[14, 87, 317], :2]
    return float(np.linalg.norm(rows, axis=1).mean()) / eye_distance(points)


def mouth_width(points: Points) -> float:
    """Distance of the outer mouth corners over the distance of the eyes."""
    return float(np.linalg.norm(points[61, :2] - points[291, :2])) / eye_distance(points)


def _load(path: Path) -> Any:
    import cv2

    if not path.is_file():
        raise FaceModelMissing(f"face model not installed: {path}")
    # The newer engine of OpenCV 5 returns only one of the outputs of these networks.
    return cv2.dnn.readNetFromTFLite(str(path), cv2.dnn.ENGINE_CLASSIC)


def _anchors() -> npt.NDArray[np.float32]:
    """Centres of the detector's boxes, 0–1: two per cell of a 16×16 grid, six per cell of an 8×8 one."""
    rows: list[tuple[float, float]] = []
    for cells, per_cell in ((16, 2), (8, 6)):
        for row in range(cells):
            for column in range(cells):
                rows += [((column + 0.5) / cells, (row + 0.5) / cells)] * per_cell
    return np.array(rows, np.float32)


def _by_size(outputs: Any) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """The two outputs of a network, the larger first: their order differs between builds of OpenCV."""
    first, second = (np.asarray(output, np.float32) for output in outputs)
    return (first, second) if first.size >= second.size else (second, first)


def _face(score: float, points: npt.NDArray[np.float32], size: npt.NDArray[np.float32]) -> FoundFace:
    """From the detector's row: centre, size, then right eye, left eye, nose, mouth and ears."""
    (x, y), eyes = points[0], points[3] - points[2]
    return FoundFace(
        score=score,
        left=float(x - size[0] / 2),
        top=float(y - size[1] / 2),
        right=float(x + size[0] / 2),
        bottom=float(y + size[1] / 2),
        tilt=float(np.arctan2(eyes[1], eyes[0])),
    )


def _same(a: FoundFace, b: FoundFace) -> bool:
    """Whether two boxes show one face: they cover each other, or one lies mostly inside the other."""
    width = min(a.right, b.right) - max(a.left, b.left)
    height = min(a.bottom, b.bottom) - max(a.top, b.top)
    common = max(0.0, width) * max(0.0, height)
    area_a = (a.right - a.left) * (a.bottom - a.top)
    area_b = (b.right - b.left) * (b.bottom - b.top)
    union = max(area_a + area_b - common, 1e-9)
    return common / union > _SAME_FACE_OVERLAP or common > _INSIDE * min(area_a, area_b)


def _moved(face: FoundFace, x: int, y: int) -> FoundFace:
    return FoundFace(face.score, face.left + x, face.top + y, face.right + x, face.bottom + y, face.tilt)


def _tiles(width: int, height: int) -> list[tuple[int, int, int]]:
    """Squares (x, y, side) of the short side and of half of it, each overlapping its neighbours by half."""
    tiles: list[tuple[int, int, int]] = []
    for side in (min(width, height), min(width, height) // 2):
        if side < _DETECTOR_SIDE:
            continue
        columns = np.linspace(0, width - side, max(1, round((width - side) / side * 2) + 1))
        rows = np.linspace(0, height - side, max(1, round((height - side) / side * 2) + 1))
        tiles += [(int(x), int(y), side) for y in rows for x in columns]
    return tiles


def _crop_around(points: Points) -> _Crop:
    """The square that the mesh network wants, upright along the eyes."""
    eyes = points[EYE_OUTER_CORNERS[1], :2] - points[EYE_OUTER_CORNERS[0], :2]
    angle = float(np.arctan2(eyes[1], eyes[0]))
    cos, sin = np.cos(angle), np.sin(angle)
    upright = points[:, :2] @ np.array([[cos, -sin], [sin, cos]])
    low, high = upright.min(0), upright.max(0)
    middle = (low + high) / 2 @ np.array([[cos, sin], [-sin, cos]])
    return _Crop(float(middle[0]), float(middle[1]), float((high - low).max()) * _CROP_SCALE, angle)
