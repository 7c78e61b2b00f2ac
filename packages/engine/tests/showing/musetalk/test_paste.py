"""The paste in the sent colours, against the authors' paste in RGB done plainly in numpy and OpenCV."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
import torch
from packages.engine.tests.showing.musetalk.small import oval

from tutor_engine.showing.musetalk.geometry import (
    FaceBox,
    cut_frames,
    face_mask,
    lay_patch,
    patches_of,
    planes,
)
from tutor_engine.showing.musetalk.paste import Canvas, paste
from tutor_engine.showing.puppet.mesh import Points
from tutor_engine.showing.puppet.opening import open_footage

Pixels = npt.NDArray[np.float64]


def yuv(rgb: Pixels) -> Pixels:
    """BT.601, video range, from 0–255."""
    r, g, b = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    y = 16 + (65.481 * r + 128.553 * g + 24.966 * b) / 255
    u = 128 + (-37.797 * r - 74.203 * g + 112.0 * b) / 255
    v = 128 + (112.0 * r - 93.786 * g - 18.214 * b) / 255
    return np.stack([y, u, v], axis=-1)


def halved(plane: Pixels) -> Pixels:
    return plane.reshape(plane.shape[0] // 2, 2, plane.shape[1] // 2, 2).mean((1, 3))


def authors_paste(
    picture: npt.NDArray[np.uint8], face: npt.NDArray[np.uint8], points: Points, box: FaceBox
) -> tuple[Pixels, Pixels, Pixels]:
    """Scale the face into its box, change colours, blend by the mask: whole planes."""
    luma, u, v = (plane.astype(np.float64) for plane in planes(picture))
    height, width = luma.shape
    mask = np.zeros((height, width))
    square = face_mask(points, box) / 255
    x, y = (box.left + box.right) // 2 - box.reach, box.middle_row - box.reach
    for row in range(max(y, 0), min(y + len(square), height)):
        columns = np.arange(max(x, 0), min(x + len(square), width))
        mask[row, columns] = square[row - y, columns - x]
    over = np.zeros((height, width, 3))
    scaled = cv2.resize(face, (box.width, box.height), interpolation=cv2.INTER_LINEAR)
    over[box.top : box.bottom, box.left : box.right] = scaled
    mixed = yuv(over)
    return (
        luma + mask * (mixed[..., 0] - luma),
        u * (1 - halved(mask)) + halved(mask * mixed[..., 1]),
        v * (1 - halved(mask)) + halved(mask * mixed[..., 2]),
    )


@pytest.mark.parametrize("side", [64, 256])
@pytest.mark.parametrize("shift", [0, 1, 3])
def test_differs_from_the_authors_paste_by_at_most_two_levels(side: int, shift: int) -> None:
    rng = np.random.default_rng(shift)
    pictures = np.stack(
        [cv2.GaussianBlur(rng.integers(0, 256, (240, 160), np.uint8), (0, 0), 2) for _ in range(2)]
    ).astype(np.uint8)
    points = np.stack([oval(75 + shift, 80, 70 + shift, 90), oval(80, 78 + shift, 66, 92)])
    cuts = cut_frames(points, 160, 160)
    canvas = Canvas.make(cuts, patches_of(pictures, cuts), torch.device("cpu"))
    faces = np.stack(
        [cv2.GaussianBlur(rng.integers(0, 256, (side, side, 3), np.uint8), (0, 0), 3) for _ in range(2)]
    )
    tensors = torch.from_numpy(faces).permute(0, 3, 1, 2).float() / 255
    patches = paste(canvas, [0, 1], tensors).numpy()
    for number in range(2):
        made = pictures[number].copy()
        lay_patch(made, patches[number], *cuts.corners[number].tolist())
        wanted = authors_paste(pictures[number], faces[number], points[number], cuts.boxes[number])
        assert np.abs(made.astype(int) - pictures[number]).max() > 20, "a face was laid"
        for ours, theirs in zip(planes(made), wanted, strict=True):
            assert np.abs(ours - theirs).max() <= 2


def test_half_precision_faces_make_no_visible_difference(filmed: Path) -> None:
    footage = open_footage(filmed)
    cuts = cut_frames(footage.points[:2], 128, 128)
    canvas = Canvas.make(cuts, patches_of(footage.pictures[:2], cuts), torch.device("cpu"))
    faces = torch.rand(2, 3, 256, 256, generator=torch.Generator().manual_seed(4))
    full, half = paste(canvas, [0, 1], faces), paste(canvas, [0, 1], faces.half())
    assert (full.int() - half.int()).abs().max() <= 1


def test_where_the_mask_is_empty_nothing_changes(filmed: Path) -> None:
    footage = open_footage(filmed)
    cuts = cut_frames(footage.points[:1], 128, 128)
    patches = patches_of(footage.pictures[:1], cuts)
    canvas = Canvas.make(cuts, patches, torch.device("cpu"))
    made = paste(canvas, [0], torch.ones(1, 3, 64, 64)).numpy()
    still = cuts.masks[0] == 0
    assert still.any()
    assert np.array_equal(made[0, : cuts.height][still], patches[0, : cuts.height][still])
