"""Where MuseTalk draws on a frame: the face box of its authors, from the mesh, and the mask of the paste.

Formulas are those of the published pipeline (box of the 68 face points, blending of the lower half), with the
face mesh in place of its pose and parsing networks. Pixels everywhere; nothing here needs torch.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tutor_engine.showing.puppet.landmarks import CHIN, OVAL
from tutor_engine.showing.puppet.mesh import Points

BOTTOM_MARGIN_PX = 10
"""Version 1.5 lowers the box by this much, whatever the size of the face."""
_BRIDGE = (5, 195)
"""Their middle is where point 29 of the 68 lies: on the bridge of the nose."""
_EXPAND = 1.5
_BLUR_SHARE = 0.1
_JAW_DROP = 0.10
"""An open jaw reaches this share of the box below the chin of the frame."""

_Bytes = npt.NDArray[np.uint8]


class NoFaceBox(ValueError):
    """A frame has no usable face box; the message names the frame."""


@dataclass(frozen=True, slots=True)
class FaceBox:
    """Rows and columns that the networks see, as 256×256 whatever the shape."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Pixels."""
        return self.bottom - self.top

    @property
    def middle_row(self) -> int:
        """Only below it the face is redrawn."""
        return (self.top + self.bottom) // 2

    @property
    def reach(self) -> int:
        """Half the side of the square around the box in which the mask is made and blurred."""
        return int(max(self.width, self.height) // 2 * _EXPAND)

    @property
    def blur(self) -> int:
        """Side of the Gaussian kernel, odd."""
        return int(_BLUR_SHARE * (2 * self.reach) // 2 * 2) + 1


def face_box(points: Points, width: int, height: int) -> FaceBox | None:
    """The box of one frame; None when the mesh gives none.

    The centre is the bridge of the nose, the top as far above it as the chin is below.
    """
    oval = points[list(OVAL), :2]
    chin = float(points[CHIN, 1])
    bridge = float(points[list(_BRIDGE), 1].mean())
    top = max(0, int(bridge - (chin - bridge)))
    bottom = min(int(chin) + BOTTOM_MARGIN_PX, height)
    left, right = max(0, int(oval[:, 0].min())), min(int(oval[:, 0].max()), width)
    if right - left < 2 or bottom - top < 2:
        return None
    return FaceBox(left, top, right, bottom)


def face_mask(points: Points, box: FaceBox) -> _Bytes:
    """How much of the drawn face is seen at each pixel of the square around the box, 0 to 255.

    The hull of the face's oval, with room for an opened jaw, cut at the middle of the box and blurred.
    """
    import cv2

    side = 2 * box.reach
    x, y = (box.left + box.right) // 2 - box.reach, box.middle_row - box.reach
    oval = points[list(OVAL), :2].astype(np.float64)
    jaw = oval[oval[:, 1] > box.middle_row] + [0.0, _JAW_DROP * box.height]
    hull = cv2.convexHull(np.round(np.concatenate([oval, jaw]) - [x, y]).astype(np.int32))
    mask = np.zeros((side, side), np.uint8)
    cv2.fillConvexPoly(mask, hull, (255,))
    inside = np.zeros_like(mask)
    rows = slice(max(box.middle_row - y, 0), box.bottom - y)
    columns = slice(box.left - x, box.right - x)
    inside[rows, columns] = mask[rows, columns]
    blurred = np.asarray(cv2.GaussianBlur(inside, (box.blur, box.blur), 0), np.uint8)
    cut = np.zeros_like(blurred)
    rows = slice(box.top - y, box.bottom - y)
    cut[rows, columns] = blurred[rows, columns]
    return cut


@dataclass(frozen=True, slots=True)
class Cuts:
    """The patches of all frames of an avatar: equal in size, each at its own even corner."""

    boxes: tuple[FaceBox, ...]
    corners: npt.NDArray[np.int32]
    """Shape (frames, 2): column and row of each patch."""
    width: int
    height: int
    masks: _Bytes
    """Shape (frames, height, width)."""


def cut_frames(points: npt.NDArray[np.float32], width: int, height: int) -> Cuts:
    """Lay one patch over the part of each frame that changes.

    Raises:
        NoFaceBox: a frame without a usable box; no frame is ever left out.
    """
    boxes: list[FaceBox] = []
    for number, mesh in enumerate(points):
        box = face_box(mesh, width, height)
        if box is None:
            raise NoFaceBox(f"frame {number} has no face box")
        boxes.append(box)
    tops = [max(box.middle_row - box.blur // 2, box.top, 0) // 2 * 2 for box in boxes]
    patch_width = min(_even(max(box.right - box.left // 2 * 2 for box in boxes)), width)
    patch_height = min(_even(max(b.bottom - top for b, top in zip(boxes, tops, strict=True))), height)
    corners = np.array(
        [
            (min(box.left // 2 * 2, width - patch_width), min(top, height - patch_height))
            for box, top in zip(boxes, tops, strict=True)
        ],
        np.int32,
    )
    masks = np.zeros((len(boxes), patch_height, patch_width), np.uint8)
    for mask, mesh, box, corner in zip(masks, points, boxes, corners, strict=True):
        _lay(mask, face_mask(mesh, box), box, corner)
    return Cuts(tuple(boxes), corners, patch_width, patch_height, masks)


def _lay(out: _Bytes, mask: _Bytes, box: FaceBox, corner: npt.NDArray[np.int32]) -> None:
    """Copy the part of the square mask that lies under the patch."""
    height, width = out.shape
    x = int(corner[0]) - ((box.left + box.right) // 2 - box.reach)
    y = int(corner[1]) - (box.middle_row - box.reach)
    x0, y0 = max(x, 0), max(y, 0)
    x1, y1 = min(x + width, mask.shape[1]), min(y + height, mask.shape[0])
    out[y0 - y : y1 - y, x0 - x : x1 - x] = mask[y0:y1, x0:x1]


def _even(pixels: int) -> int:
    return (pixels + 1) // 2 * 2


def patches_of(pictures: _Bytes, cuts: Cuts) -> _Bytes:
    """The patches of I420 pictures, themselves I420: shape (frames, height * 3 // 2, width)."""
    out = np.empty((len(pictures), cuts.height * 3 // 2, cuts.width), np.uint8)
    for patch, picture, (x, y) in zip(out, pictures, cuts.corners.tolist(), strict=True):
        for seen, whole in zip(planes(patch), windows(picture, x, y, cuts.width, cuts.height), strict=True):
            seen[...] = whole
    return out


def planes(picture: _Bytes) -> tuple[_Bytes, _Bytes, _Bytes]:
    """Brightness and the two colour planes of an I420 picture, as views."""
    height, width = picture.shape[0] * 2 // 3, picture.shape[1]
    colour = picture[height:].reshape(2, height // 2, width // 2)
    return picture[:height], colour[0], colour[1]


def windows(picture: _Bytes, x: int, y: int, width: int, height: int) -> tuple[_Bytes, _Bytes, _Bytes]:
    """The rectangle at an even corner of an I420 picture, plane by plane, as views."""
    luma, *colours = planes(picture)
    half = slice(y // 2, (y + height) // 2), slice(x // 2, (x + width) // 2)
    return luma[y : y + height, x : x + width], colours[0][half], colours[1][half]


def lay_patch(picture: _Bytes, patch: _Bytes, x: int, y: int, share: float = 1.0) -> None:
    """Put an I420 patch on an I420 picture; `share` below 1 lets the picture shine through."""
    height, width = patch.shape[0] * 2 // 3, patch.shape[1]
    for under, over in zip(windows(picture, x, y, width, height), planes(patch), strict=True):
        if share >= 1:
            under[...] = over
        else:
            mixed = under.astype(np.float32) * (1 - share) + over.astype(np.float32) * share
            under[...] = np.rint(mixed).astype(np.uint8)


def crop_of(picture: _Bytes, box: FaceBox, side: int) -> _Bytes:
    """The face box of an I420 picture as the networks want it: RGB, shape (side, side, 3)."""
    import cv2

    whole = cv2.cvtColor(picture, cv2.COLOR_YUV2RGB_I420)
    face = whole[box.top : box.bottom, box.left : box.right]
    return np.asarray(cv2.resize(face, (side, side), interpolation=cv2.INTER_LANCZOS4), np.uint8)
