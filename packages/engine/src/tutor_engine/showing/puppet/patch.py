"""Rectangles of a picture, and the mouth coordinates of their pixels."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tutor_engine.showing.puppet.view import Array, View


@dataclass(frozen=True, slots=True)
class Patch:
    """A rectangle of a picture, in pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """To index a picture."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.right - self.left, self.bottom - self.top

    def clipped(self, width: int, height: int) -> "Patch":
        """The part inside a picture."""
        left, top = min(max(self.left, 0), width - 1), min(max(self.top, 0), height - 1)
        right, bottom = max(min(self.right, width), left + 1), max(min(self.bottom, height), top + 1)
        return Patch(left, top, right, bottom)


def patch_around(pixels: Array, margin: int) -> Patch:
    """The smallest patch that holds all points and a margin."""
    low, high = np.floor(pixels.min(0)).astype(int) - margin, np.ceil(pixels.max(0)).astype(int) + margin
    return Patch(int(low[0]), int(low[1]), int(high[0]) + 1, int(high[1]) + 1)


def mouth_coordinates(view: View, patch: Patch) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Mouth coordinates of every pixel of a patch."""
    inverse = np.linalg.inv(view.linear)
    columns = (np.arange(patch.left, patch.right) - view.origin[0])[None, :]
    rows = (np.arange(patch.top, patch.bottom) - view.origin[1])[:, None]
    x = (inverse[0, 0] * columns).astype(np.float32) + (inverse[0, 1] * rows).astype(np.float32)
    y = (inverse[1, 0] * columns).astype(np.float32) + (inverse[1, 1] * rows).astype(np.float32)
    return x, y
