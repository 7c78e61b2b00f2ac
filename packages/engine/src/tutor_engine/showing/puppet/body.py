"""What the puppet needs of a body: something with a face that can take a pose."""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from tutor_engine.showing.puppet.pose import Pose

Picture = npt.NDArray[np.uint8]
"""RGB: shape (height, width, 3)."""


class Body(Protocol):
    """A face that renders poses. Immutable after building, so all lessons share it."""

    @property
    def width(self) -> int:
        """Pixels, even."""
        ...

    @property
    def height(self) -> int:
        """Pixels, even."""
        ...

    @property
    def loop_frames(self) -> int | None:
        """Frames of its own idle footage at 25 fps, a whole number of seconds; None when it has none."""
        ...

    def render(self, pose: Pose, loop_index: int) -> Picture:
        """Draw the pose; `loop_index` chooses the frame of the footage (ignored without footage)."""
        ...
