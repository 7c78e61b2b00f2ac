"""A body made of one photo: it speaks, blinks, looks, sways and breathes."""

import numpy as np

from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.inside import Inside, lower_teeth, own_teeth, painted_teeth
from tutor_engine.showing.puppet.lids import Lids
from tutor_engine.showing.puppet.lips import SHOWS_TEETH
from tutor_engine.showing.puppet.matte import person
from tutor_engine.showing.puppet.mesh import Points
from tutor_engine.showing.puppet.pose import REST, Mouth, Pose
from tutor_engine.showing.puppet.rig import MouthRig, cheek_colour
from tutor_engine.showing.puppet.sway import Sway
from tutor_engine.showing.puppet.view import view_of


class PhotoBody:
    """One photo with even sides and the mesh of its face. Immutable."""

    def __init__(self, picture: Picture, points: Points) -> None:
        self._picture = np.ascontiguousarray(picture)
        self._view = view_of(points)
        self._lips = self._view.lips(points)
        skin = cheek_colour(picture, points)
        if self._lips.gap > SHOWS_TEETH:
            upper = own_teeth(picture, self._view, self._lips)
        else:
            upper = painted_teeth(skin, self._lips, self._view.scale)
        inside = Inside(upper, lower_teeth(upper), skin)
        self._rig = MouthRig(points, self._view, inside, self._lips)
        self._lids = Lids(self._picture, points)
        self._sway = Sway(self.width, self.height, points, person(self._picture, points))
        self._resting = self._spoken(REST)

    @property
    def width(self) -> int:
        """Pixels, even."""
        return int(self._picture.shape[1])

    @property
    def height(self) -> int:
        """Pixels, even."""
        return int(self._picture.shape[0])

    @property
    def loop_frames(self) -> int | None:
        """A photo has no footage of its own."""
        return None

    def render(self, pose: Pose, loop_index: int) -> Picture:
        """Draw the pose; `loop_index` means nothing to a photo."""
        out = self._resting.copy() if pose.mouth == REST else self._spoken(pose.mouth)
        self._lids.draw(out, pose.life.blink)
        return self._sway.move(out, pose.life)

    def _spoken(self, mouth: Mouth) -> Picture:
        """The photo with another mouth."""
        out = self._picture.copy()
        self._rig.draw(self._picture, out, self._view, self._lips, mouth)
        return out
