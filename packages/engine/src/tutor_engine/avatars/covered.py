"""Whether something lies over the mouth. The mesh cannot say: it draws a mouth on a hand as well.

Judged by colour at a few points: lips are of the skin's hue, and never the same as the skin around them. A
beard changes the skin around, not the lips.
"""

import numpy as np
import numpy.typing as npt

from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.mesh import Points

_LIPS = (0, 11, 12, 14, 15, 16, 17, 37, 72, 73, 84, 85, 267, 302, 314, 315)
_AROUND = (18, 43, 57, 83, 164, 165, 167, 199, 200, 201, 273, 287, 313, 391, 393, 421)
_SKIN = (4, 5, 9, 50, 101, 151, 195, 280, 330)
"""Nose, forehead and below the eyes: above any mask."""
_SAME = 2.5
"""Distance in Lab of two colours that are one; lips are 10 and more from the skin, a hand 0 to 1."""
_OTHER_HUE = 0.4
"""Share of the skin's colour in the lips; bare lips have 0.9 and more, a mask or microphone 0 or less."""
_COLOURLESS = 5.0
"""Below this chroma a picture is grey, and hues say nothing."""


def covered(picture: Picture, points: Points) -> bool:
    """Whether what should be lips is something else."""
    lips, around, skin = (_colour(picture, points, of) for of in (_LIPS, _AROUND, _SKIN))
    if float(np.linalg.norm(lips - around)) < _SAME:
        return True
    chroma = float(np.linalg.norm(skin[1:]))
    return chroma > _COLOURLESS and float(lips[1:] @ skin[1:]) < _OTHER_HUE * chroma**2


def _colour(picture: Picture, points: Points, of: tuple[int, ...]) -> npt.NDArray[np.float32]:
    """The median colour at points of the mesh, in Lab."""
    import cv2

    height, width = picture.shape[:2]
    at = points[list(of), :2].round().astype(int)
    steps = np.arange(-1, 2)
    rows = np.clip(at[:, 1, None, None] + steps[:, None], 0, height - 1)
    columns = np.clip(at[:, 0, None, None] + steps, 0, width - 1)
    pixels = picture[rows, columns].reshape(len(of), 9, 3).mean(1).astype(np.float32) / 255
    lab = np.asarray(cv2.cvtColor(pixels[None], cv2.COLOR_RGB2LAB), np.float32)[0]
    return np.median(lab, axis=0).astype(np.float32)
