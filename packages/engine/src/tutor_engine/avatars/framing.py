"""The square around a face that becomes the avatar's picture: face well in view, shoulders visible."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tutor_engine.showing.puppet.body import Picture

SIDE = 512
"""Pixels of every avatar made here."""
_EYES_FROM_TOP = 0.42
_SIDE_IN_EYE_DISTANCES = 6.7
_ROOM = 1.35
"""The side is at least this many times what the face covers in all its positions."""


@dataclass(frozen=True, slots=True)
class Square:
    """A square of the source, in its pixels."""

    left: int
    top: int
    side: int

    def cut(self, picture: Picture) -> Picture:
        """The square at the avatar's size."""
        import cv2

        part = picture[self.top : self.top + self.side, self.left : self.left + self.side]
        how = cv2.INTER_AREA if self.side > SIDE else cv2.INTER_CUBIC
        return np.asarray(cv2.resize(np.ascontiguousarray(part), (SIDE, SIDE), interpolation=how), np.uint8)

    def points(self, points: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Mesh points (…, 468, 3) moved into the cut square; depth keeps the same unit."""
        scale = SIDE / self.side
        shift = np.array([self.left, self.top, 0.0], np.float32)
        half = np.array([0.5, 0.5, 0.0], np.float32)
        return ((points - shift + half) * scale - half).astype(np.float32)


def square_around(points: npt.NDArray[np.float32], width: int, height: int) -> Square:
    """The square for a face with these meshes (frames, 468, 3) in pictures of this size."""
    eyes = (points[:, 33, :2] + points[:, 263, :2]) / 2
    right, left = points[:, [33, 133], :2].mean(1), points[:, [263, 362], :2].mean(1)
    unit = float(np.median(np.linalg.norm(left - right, axis=1)))
    extent = (points[..., :2].max((0, 1)) - points[..., :2].min((0, 1))).max()
    side = int(min(max(_SIDE_IN_EYE_DISTANCES * unit, _ROOM * float(extent)), width, height))
    middle = np.median(eyes, axis=0)
    x = int(np.clip(middle[0] - side / 2, 0, width - side))
    y = int(np.clip(middle[1] - _EYES_FROM_TOP * side, 0, height - side))
    return Square(x, y, side)
