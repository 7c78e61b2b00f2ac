"""Boxes, masks and patches, on a mesh of a plain oval."""

import numpy as np
import pytest

from tutor_engine.showing.musetalk.geometry import (
    FaceBox,
    NoFaceBox,
    cut_frames,
    face_box,
    face_mask,
    lay_patch,
    patches_of,
    planes,
)
from tutor_engine.showing.puppet.landmarks import CHIN, OVAL
from tutor_engine.showing.puppet.mesh import Points


def oval(x: float = 128, y: float = 128, width: float = 80, height: float = 120) -> Points:
    """A mesh whose oval is an ellipse, its chin at the bottom, the bridge of the nose in the middle."""
    points = np.full((468, 3), (x, y, 0), np.float32)
    for number, index in enumerate(OVAL):
        turn = 2 * np.pi * number / len(OVAL)
        points[index, :2] = x + width / 2 * np.sin(turn), y - height / 2 * np.cos(turn)
    assert points[CHIN, 1] == pytest.approx(y + height / 2, abs=0.5)
    return points


def test_the_box_is_as_high_above_the_bridge_as_the_chin_is_below_and_ten_pixels_more() -> None:
    box = face_box(oval(), 256, 256)
    assert box == FaceBox(88, 68, 168, 198)


def test_the_box_stays_inside_the_picture() -> None:
    box = face_box(oval(x=20, y=240), 256, 256)
    assert box is not None
    assert (box.left, box.bottom) == (0, 256)
    assert face_box(oval(y=-200), 256, 256) is None
    assert face_box(oval(width=0.5), 256, 256) is None


def test_the_mask_covers_the_lower_half_softly() -> None:
    points = oval()
    box = face_box(points, 256, 256)
    assert box is not None
    mask = face_mask(points, box)
    assert mask.shape == (2 * box.reach, 2 * box.reach)
    x, y = 128 - ((box.left + box.right) // 2 - box.reach), box.reach
    assert mask[y + 30, x] == 255
    assert mask[y - box.blur // 2 - 1].max() == 0
    edge = mask[y, x]
    assert 90 < edge < 165, "the edge lies in the middle of the blur"
    steps = np.abs(np.diff(mask[y - 20 : y + 20, x].astype(int)))
    assert steps.max() < 60


def test_the_mask_follows_a_jaw_that_opens_beyond_the_chin() -> None:
    points = oval()
    box = face_box(points, 256, 256)
    assert box is not None
    mask = face_mask(points, box)
    y = box.reach - box.middle_row + 188
    assert mask[y, box.reach] > 200, "the chin itself is redrawn"


def test_patches_are_equal_even_and_hold_all_of_every_mask() -> None:
    points = np.stack([oval(120 + 3 * k, 130 - 2 * k, 80 + k, 118 + 3 * k) for k in range(5)])
    cuts = cut_frames(points, 256, 256)
    assert cuts.width % 2 == cuts.height % 2 == 0
    assert (cuts.corners % 2 == 0).all()
    assert (cuts.corners + np.array([cuts.width, cuts.height]) <= 256).all()
    for mesh, box, mask in zip(points, cuts.boxes, cuts.masks, strict=True):
        whole = face_mask(mesh, box)
        assert mask.sum(dtype=np.int64) == pytest.approx(whole.sum(dtype=np.int64), rel=2e-3)


def test_a_frame_without_a_box_refuses_the_avatar_instead_of_being_left_out() -> None:
    points = np.stack([oval(), oval(width=0.1), oval()])
    with pytest.raises(NoFaceBox, match="frame 1"):
        cut_frames(points, 256, 256)


def test_a_patch_laid_back_changes_nothing() -> None:
    rng = np.random.default_rng(1)
    pictures = rng.integers(0, 256, (3, 384, 256), np.uint8)
    cuts = cut_frames(np.stack([oval(120 + 4 * k) for k in range(3)]), 256, 256)
    patches = patches_of(pictures, cuts)
    for picture, patch, (x, y) in zip(pictures, patches, cuts.corners.tolist(), strict=True):
        copy = picture.copy()
        lay_patch(copy, patch, x, y)
        assert np.array_equal(copy, picture)
        lay_patch(copy, 255 - patch, x, y)
        assert np.array_equal(
            planes(copy)[0][y : y + cuts.height, x : x + cuts.width], 255 - planes(patch)[0]
        )


def test_half_a_share_is_the_middle() -> None:
    picture, patch = np.full((384, 256), 100, np.uint8), np.full((96, 64), 201, np.uint8)
    lay_patch(picture, patch, 10, 20, 0.5)
    assert set(np.unique(picture)) == {100, 150}
