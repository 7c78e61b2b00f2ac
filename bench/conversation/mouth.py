"""The tutor's mouth as a student receives it, followed by a face mesh that does not know what drew it."""

from collections.abc import Sequence

import numpy as np

from bench.conversation.reading import Series, closed_from, moved_from
from bench.house import MODELS
from bench.student import Seen
from tutor_engine.showing.lipsync import measure, opening_range
from tutor_engine.showing.puppet.mesh import FaceMesh, FaceModels


class Mouth:
    """Reads received frames."""

    def __init__(self) -> None:
        self._mesh = FaceMesh(FaceModels.in_folder(MODELS))

    def gaps(self, frames: Sequence[Seen]) -> Series:
        """Opening of the mouth in each frame, in distances of the eyes."""
        import cv2

        pictures = (np.asarray(cv2.cvtColor(f.i420, cv2.COLOR_YUV2RGB_I420), np.uint8) for f in frames)
        return measure(pictures, self._mesh).gap

    def moves(self, idle: Sequence[Seen], frames: Sequence[Seen]) -> float | None:
        """When the first of `frames` came whose mouth is not that of the idle face."""
        if not idle or not frames:
            return None
        at_s = [seen.at_s for seen in frames]
        return moved_from(at_s, self.gaps(frames), self.gaps(idle), after_s=at_s[0])

    def closes(
        self, idle: Sequence[Seen], speaking: Sequence[Seen], frames: Sequence[Seen], after_s: float
    ) -> float | None:
        """When the first of `frames` came from which on the mouth stayed closed."""
        if not idle or not speaking or not frames:
            return None
        at_s = [seen.at_s for seen in frames]
        span = opening_range(self.gaps(speaking))
        return closed_from(at_s, self.gaps(frames), self.gaps(idle), span, after_s=after_s)
