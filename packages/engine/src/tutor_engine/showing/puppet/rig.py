"""The moving lower face: two layers of skin that meet at the line of the lips, and the mouth between them.

The layer of the upper lip and the layer of the lower lip bend apart, so lips close over a smiling picture and
open from a closed one without folding. One rig serves every picture of the same face.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.inside import Inside
from tutor_engine.showing.puppet.landmarks import (
    BELOW_NOSE,
    CHIN_SKIN,
    JAW,
    JAW_CORNERS,
    OUTER_LOWER,
    OUTER_UPPER,
    RIGHT_CHEEK,
    STILL_SKIN,
)
from tutor_engine.showing.puppet.lips import Articulation, LipModel
from tutor_engine.showing.puppet.mesh import Points
from tutor_engine.showing.puppet.patch import Patch, mouth_coordinates, patch_around
from tutor_engine.showing.puppet.pose import Mouth
from tutor_engine.showing.puppet.shading import Shading
from tutor_engine.showing.puppet.view import Array, Lips, View
from tutor_engine.showing.puppet.warp import Box, Grid, ThinPlate, smooth_step

_STEP = 0.06
"""Grid of the warp: five pixels where the eyes are 80 pixels apart."""
_INSET = 0.024
"""The edge of an open lip in the picture is taken this much inside the lip, so that no tooth sticks to it."""
_INSET_CORNER = 0.016
_JAW_FOLLOWS = 0.72
"""Skin of the chin moves less than the lower lip."""
_SOURCE_JAW = 0.65
"""Share of an opening already in the picture that the jaw made."""


class MouthRig:
    """The lower face of one person, ready to speak. Immutable.

    `rest` are the person's calmest lips, from which speech starts; `common` the lips that the pictures mostly
    show, around which the skin bends (the same for a single photo). `shading` is what speech does to the
    light on it, if known.
    """

    def __init__(
        self,
        points: Points | Array,
        view: View,
        inside: Inside,
        rest: Lips,
        common: Lips | None = None,
        shading: Shading | None = None,
    ) -> None:
        self.inside = inside
        self._shading = shading
        self._model = LipModel(rest)
        local = view.to_mouth(np.asarray(points, np.float64)[:, :2])
        jaw, chin, still = local[list(JAW)], local[list(CHIN_SKIN)], local[list(STILL_SKIN)]
        around = np.concatenate([jaw, still, local[list(OUTER_LOWER + OUTER_UPPER)]])
        box = Box(
            float(around[:, 0].min()) - 0.42,
            float(local[BELOW_NOSE, 1]) - 0.45,
            float(around[:, 0].max()) + 0.42,
            float(around[:, 1].max()) + 0.62,
        )
        border = box.border(6)
        source = _without_teeth(common or rest)
        corners = np.concatenate([source.corners_in, source.corners_out])
        fixed = np.concatenate([still, border])
        self._still_moves = np.zeros((len(fixed), 2))
        self._upper = ThinPlate(
            np.concatenate([source.upper_in, source.upper_out, corners, jaw, fixed]), box, _STEP
        )
        self._lower = ThinPlate(
            np.concatenate([source.lower_in, source.lower_out, corners, jaw, chin, fixed]), box, _STEP
        )
        self._box = box
        ear_y = 0.6 * float(local[list(JAW_CORNERS), 1].mean())
        lip_y, chin_y = float(rest.lower_out[:, 1].max()), float(jaw[:, 1].max())
        self._jaw_weight = smooth_step((jaw[:, 1] - ear_y) / (chin_y - ear_y)) * smooth_step(
            1.25 - np.abs(jaw[:, 0]) / 0.95
        )
        self._chin_weight = smooth_step(1.15 - np.abs(chin[:, 0]) / 0.9) * (
            0.9 + 0.1 * smooth_step((chin[:, 1] - lip_y) / (chin_y - lip_y))
        )

    def draw(self, picture: Picture, out: Picture, view: View, lips: Lips, mouth: Mouth) -> None:
        """Draw `mouth` on the face of `picture`, whose own lips are `lips`, into its copy `out`."""
        import cv2

        shape = self._model.articulate(mouth)
        height, width = picture.shape[:2]
        patch = patch_around(view.to_pixels(self._box.corners()), 0).clipped(width, height)
        upper_moves, lower_moves = self._moves(_without_teeth(lips), lips.gap, shape)
        # OpenCV samples four channels in half the time that it takes for three.
        four = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2RGBA), np.uint8)
        if self._shading is not None:
            self._shading.shade(four, view, lips, shape, mouth)
        upper = _bend(four, patch, view, self._upper, self._upper.backward(upper_moves))
        lower = _bend(four, patch, view, self._lower, self._lower.backward(lower_moves))
        x, y = mouth_coordinates(view, patch)
        out[patch.slices] = _joined(upper, lower, x, y, shape)[..., :3]
        self.inside.draw(out, view, shape, mouth)

    def _moves(self, source: Lips, gap: float, shape: Articulation) -> tuple[Array, Array]:
        """How far each control of the upper and of the lower layer goes."""
        target = shape.lips
        corners = np.concatenate(
            [target.corners_in - source.corners_in, target.corners_out - source.corners_out]
        )
        jaw_drop = (shape.jaw - _SOURCE_JAW * gap) * _JAW_FOLLOWS
        jaw = np.stack([np.zeros_like(self._jaw_weight), self._jaw_weight * jaw_drop], 1)
        chin = np.stack([np.zeros_like(self._chin_weight), self._chin_weight * jaw_drop], 1)
        upper = [target.upper_in - source.upper_in, target.upper_out - source.upper_out, corners, jaw]
        lower = [target.lower_in - source.lower_in, target.lower_out - source.lower_out, corners, jaw, chin]
        return (
            np.concatenate([*upper, self._still_moves]),
            np.concatenate([*lower, self._still_moves]),
        )


def _without_teeth(lips: Lips) -> Lips:
    """The lips of a picture, with the edges of an open mouth moved into the lip."""
    if lips.gap <= _INSET:
        return lips
    inset = np.array([0.0, _INSET])
    # The dark beside the last teeth is no skin either: it would stay as a dot beside rounded lips.
    longer = np.array([1 + _INSET_CORNER / max(lips.half_width, _INSET_CORNER), 1.0])
    return Lips(
        (lips.upper_in - inset) * longer, (lips.lower_in + inset) * longer, lips.upper_out, lips.lower_out,
        lips.corners_in * longer, lips.corners_out,
    )  # fmt: skip


def cheek_colour(picture: Picture, points: Points | Array) -> npt.NDArray[np.float32]:
    """The colour of the skin."""
    x, y = (int(value) for value in points[RIGHT_CHEEK, :2])
    height, width = picture.shape[:2]
    patch = picture[max(0, y - 3) : min(height, y + 4), max(0, x - 3) : min(width, x + 4)]
    return np.median(patch.reshape(-1, 3), 0).astype(np.float32)


def _bend(picture: Picture, patch: Patch, view: View, layer: ThinPlate, back: Grid) -> Picture:
    """One layer of skin in a patch: the grid is carried into pixels and the picture sampled once."""
    import cv2

    in_pixels = back @ view.linear.T.astype(np.float32)
    inverse = np.linalg.inv(view.linear) / layer.step
    corner = np.array([patch.left, patch.top], np.float64) - view.origin
    shift = inverse @ corner - np.array([layer.box.left, layer.box.top]) / layer.step
    to_grid = np.concatenate([inverse, shift[:, None]], 1)
    offsets = cv2.warpAffine(
        in_pixels, to_grid, patch.size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
    )  # fmt: skip
    at = cv2.add(offsets, _places(*picture.shape[:2])[patch.slices])
    bent = cv2.remap(picture, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]
    return np.asarray(bent, np.uint8)


@lru_cache(maxsize=8)
def _places(height: int, width: int) -> npt.NDArray[np.float32]:
    """Where each pixel of a picture is: across and down."""
    return np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1).astype(np.float32)


def _joined(
    upper: Picture,
    lower: Picture,
    x: npt.NDArray[np.float32],
    y: npt.NDArray[np.float32],
    shape: Articulation,
) -> Picture:
    """The lower layer below the line of the lips, the upper above; beside the mouth they melt softly."""
    import cv2

    table = _seam_table(shape)
    row = np.clip((x + _TABLE_REACH) * (_TABLE_SIZE / (2 * _TABLE_REACH)), 0, _TABLE_SIZE - 1).astype(
        np.int32
    )
    weight = np.clip((y - table[0][row]) * table[1][row] + 0.5, 0, 1)
    return np.asarray(cv2.blendLinear(lower, upper, weight, 1 - weight), np.uint8)


_TABLE_SIZE = 1024
_TABLE_REACH = 2.5


def _seam_table(shape: Articulation) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Height of the seam and one over its softness, by the place across the face."""
    x = (np.arange(_TABLE_SIZE) + 0.5) * (2 * _TABLE_REACH / _TABLE_SIZE) - _TABLE_REACH
    middle = (shape.lips.upper_in[:, 1] + shape.lips.lower_in[:, 1]) / 2
    corner = float(shape.lips.corners_in[0, 1])
    along = np.concatenate([[-shape.half_width], shape.lips.upper_in[:, 0], [shape.half_width]])
    height = np.interp(x, along, np.concatenate([[corner], middle, [corner]]))
    beside = smooth_step((np.abs(x) - 0.93 * shape.half_width) / (0.12 * shape.half_width))
    softness = 0.02 + 0.28 * beside
    return height.astype(np.float32), (1 / softness).astype(np.float32)
