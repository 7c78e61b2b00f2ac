"""A body made of footage: the person's own idle movement goes on while the rig moves the mouth.

One rig, built on the mean face, serves all frames; the pose of the head in each frame is part of the map, so
every pixel is sampled once. The footage brings its own blinks and sway; of a pose's life only what speech
adds (brows and nods) is laid over it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tutor_engine.showing.puppet.bank import MouthBank
from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.inside import Inside, Teeth, lower_teeth, own_teeth, painted_teeth
from tutor_engine.showing.puppet.lips import SHOWS_TEETH
from tutor_engine.showing.puppet.pose import Life, Pose
from tutor_engine.showing.puppet.rig import MouthRig, cheek_colour
from tutor_engine.showing.puppet.shading import Shading
from tutor_engine.showing.puppet.sway import Sway
from tutor_engine.showing.puppet.view import Array, Lips, View, mean_face, view_of

_CALM_SHARE = 0.3
"""Share of the frames, those with the mouth least open, that show how the lips rest."""


@dataclass(frozen=True, slots=True)
class Footage:
    """Pictures, meshes and the order in which they loop."""

    pictures: npt.NDArray[np.uint8]
    """I420, shape (frames, height * 3 // 2, width): half the memory of RGB, and what is sent in the end."""
    points: npt.NDArray[np.float32]
    """Shape (frames, 468, 3), in pixels. Frames that never loop show the person talking."""
    order: npt.NDArray[np.int32]
    """Frame numbers of one loop at 25 fps, a whole number of seconds."""


class VideoBody:
    """A looping footage of one person. Immutable."""

    def __init__(self, footage: Footage) -> None:
        self._footage = footage
        track = footage.points[..., :2].astype(np.float64)
        mean, heads = mean_face(track)
        mean_view = view_of(mean)
        self._views = [
            View(linear @ mean_view.linear, linear @ mean_view.origin + shift) for linear, shift in heads
        ]
        self._lips = [view.lips(points) for view, points in zip(self._views, track, strict=True)]
        calm = np.argsort([lips.gap for lips in self._lips])[: max(1, round(_CALM_SHARE * len(track)))]
        widest = int(np.argmax([lips.gap for lips in self._lips]))
        middle = self._picture(int(calm[0]))
        skin = cheek_colour(middle, track[int(calm[0])])
        rest = _mean_lips([self._lips[index] for index in calm])
        upper = self._teeth(widest, rest, skin)
        bank = MouthBank.of_footage(self._picture, self._views, self._lips)
        self._rig = MouthRig(
            mean,
            mean_view,
            Inside(upper, lower_teeth(upper), skin, bank),
            rest=rest,
            common=_mean_lips([self._lips[frame] for frame in np.unique(footage.order)]),
            shading=Shading.of_footage(self._picture, self._views, track, self._lips, calm.tolist()),
        )
        self._sway = Sway(self.width, self.height, mean)
        self._away = [view.origin - mean_view.origin for view in self._views]

    @property
    def width(self) -> int:
        """Pixels, even."""
        return int(self._footage.pictures.shape[2])

    @property
    def height(self) -> int:
        """Pixels, even."""
        return int(self._footage.pictures.shape[1]) * 2 // 3

    @property
    def loop_frames(self) -> int | None:
        """Frames of the loop, a whole number of seconds."""
        return len(self._footage.order)

    def render(self, pose: Pose, loop_index: int) -> Picture:
        """Draw the mouth of the pose on the frame of the loop."""
        frame = int(self._footage.order[loop_index % len(self._footage.order)])
        picture = self._picture(frame)
        out = picture.copy()
        self._rig.draw(picture, out, self._views[frame], self._lips[frame], pose.mouth)
        added = Life(brow=pose.life.brow, sway_y=pose.life.sway_y)
        return self._sway.move(out, added, self._away[frame])

    def _picture(self, frame: int) -> Picture:
        import cv2

        return np.asarray(cv2.cvtColor(self._footage.pictures[frame], cv2.COLOR_YUV2RGB_I420), np.uint8)

    def _teeth(self, widest: int, calm: Lips, skin: npt.NDArray[np.float32]) -> Teeth:
        """The person's own teeth from the frame that shows most of them."""
        view, lips = self._views[widest], self._lips[widest]
        if lips.gap > SHOWS_TEETH:
            return own_teeth(self._picture(widest), view, lips)
        return painted_teeth(skin, calm, view.scale)


def _mean_lips(many: list[Lips]) -> Lips:
    def mean(name: str) -> Array:
        return np.mean([getattr(lips, name) for lips in many], axis=0)

    return Lips(
        mean("upper_in"), mean("lower_in"), mean("upper_out"), mean("lower_out"),
        mean("corners_in"), mean("corners_out"),
    )  # fmt: skip
