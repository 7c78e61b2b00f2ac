"""Where the person ends and the room begins in one photo, told by colour from what the mesh says of the head.

No network: GrabCut (Rother, Kolmogorov, Blake, 2004) on a small copy of the picture. A photo whose colours
do not tell person and room apart gets no matte.
"""

import numpy as np
import numpy.typing as npt

from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.landmarks import CHIN, OVAL
from tutor_engine.showing.puppet.mesh import Points, eye_distance

Matte = npt.NDArray[np.float32]

_SIDE = 128
"""Pixels of the longer side of the small copy: the edge only has to be known to a few pixels."""
_ROUNDS = 4
_LEAST_HEAD = 0.9
"""Share of the head that must have been found; less, and hair or forehead has the colour of the room."""


def person(picture: Picture, points: Points) -> Matte | None:
    """1 on the person, 0 on the room, at the size of a small copy; None when colour does not tell."""
    import cv2

    height, width = picture.shape[:2]
    scale = _SIDE / max(height, width)
    small = cv2.resize(picture, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    flat = points[:, :2].astype(np.float64) * scale
    labels, head = _guess(small.shape[0], small.shape[1], flat, eye_distance(points) * scale)
    # GrabCut starts from clusters of random seeds; the same photo must always have the same edge.
    cv2.setRNGSeed(1)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    try:
        cv2.grabCut(small, labels, None, *models, _ROUNDS, cv2.GC_INIT_WITH_MASK)  # type: ignore[call-overload]
    except cv2.error:
        return None
    found = (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)
    if found[head].mean() < _LEAST_HEAD:
        return None
    whole = cv2.morphologyEx(found.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    return np.asarray(whole, np.float32)


def _guess(
    height: int, width: int, points: npt.NDArray[np.float64], unit: float
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    """Labels to begin with, and what is surely head."""
    import cv2

    x, y = np.meshgrid(np.arange(width), np.arange(height))
    middle, chin = points.mean(0), points[CHIN]
    across, down = np.abs(x - middle[0]) / unit, (y - middle[1]) / unit
    below = (y - chin[1]) / unit
    head = (across / 1.45) ** 2 + (down / 2.0) ** 2 < 1
    shoulders = (below > 0.3) & (across < 1.0 + 1.6 * np.clip(below - 0.3, 0, 1))
    far = (across > 2.6) & (below < 0) | (down < -2.9)
    labels = np.full((height, width), cv2.GC_PR_BGD, np.uint8)
    labels[head | shoulders] = cv2.GC_PR_FGD
    labels[far] = cv2.GC_BGD
    face = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(face, cv2.convexHull(points[list(OVAL)].astype(np.int32)), 1)
    labels[face > 0] = cv2.GC_FGD
    labels[(below > 0.5) & (across < 0.5)] = cv2.GC_FGD
    surely = (across / 1.2) ** 2 + (down / 1.8) ** 2 < 1
    return labels, surely
