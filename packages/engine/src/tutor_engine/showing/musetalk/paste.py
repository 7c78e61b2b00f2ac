"""Laying drawn faces on frames, on the device and in the colours that are sent: I420 in, I420 out.

A face is scaled into its box, turned into brightness and colour, and blended by the mask; only the patch that
changes is computed. Blending is linear, so it may happen after the change of colours.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as nnf

from tutor_engine.showing.musetalk.geometry import Cuts

_YUV = (
    (65.481, 128.553, 24.966, 16.0),
    (-37.797, -74.203, 112.0, 128.0),
    (112.0, -93.786, -18.214, 128.0),
)
"""BT.601, video range, from RGB in 0–1; the last number is the offset."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """The patches of one avatar on the device."""

    base: Tensor
    """uint8 (frames, height * 3 // 2, width): what is there before."""
    mask: Tensor
    """uint8 (frames, height, width)."""
    place: Tensor
    """float32 (frames, 4): left and top of the box inside the patch, its width and height."""
    colours: Tensor
    """float32 (3, 4): from RGB in 0–1 to what is sent, and its offset."""

    @classmethod
    def make(cls, cuts: Cuts, patches: npt.NDArray[np.uint8], device: torch.device) -> "Canvas":
        """Upload them."""
        place = [
            (box.left - x, box.top - y, box.width, box.height)
            for box, (x, y) in zip(cuts.boxes, cuts.corners.tolist(), strict=True)
        ]
        return cls(
            torch.from_numpy(patches).to(device),
            torch.from_numpy(cuts.masks).to(device),
            torch.tensor(place, dtype=torch.float32, device=device),
            torch.tensor(_YUV, device=device),
        )


def paste(canvas: Canvas, frames: Sequence[int], faces: Tensor) -> Tensor:
    """Lay faces (batch, 3, side, side) on the patches of these frames: uint8 I420 as in `Canvas.base`."""
    # Rows are taken one by one: a tensor of numbers would have to travel, and everything would wait for it.
    mask = torch.stack([canvas.mask[frame] for frame in frames])
    place = torch.stack([canvas.place[frame] for frame in frames])
    base = torch.stack([canvas.base[frame] for frame in frames]).float()
    scaled = nnf.grid_sample(faces.float(), _grid(place, mask), "bilinear", "border", align_corners=False)
    matrix, offset = canvas.colours[:, :3], canvas.colours[:, 3, None, None]
    planes = torch.einsum("cr,brhw->bchw", matrix, scaled) + offset
    weight = mask.float().div_(255).unsqueeze(1)
    height = mask.shape[1]
    luma = base[:, :height] * (1 - weight[:, 0]) + planes[:, 0] * weight[:, 0]
    under = base[:, height:].reshape(len(base), 2, height // 2, -1)
    # Four points share a colour: those under the mask bring theirs, the others keep what was there.
    colour = under * (1 - nnf.avg_pool2d(weight, 2)) + nnf.avg_pool2d(planes[:, 1:] * weight, 2)
    rows = colour.reshape(len(base), height // 2, -1)
    return torch.cat([luma, rows], dim=1).round_().clamp_(0, 255).to(torch.uint8)


def _grid(place: Tensor, mask: Tensor) -> Tensor:
    """Where in the face each pixel of the patch is taken from, -1 to 1."""
    left, top, width, height = (place[:, k, None] for k in range(4))
    x = (torch.arange(mask.shape[2], device=mask.device) + 0.5 - left) / width * 2 - 1
    y = (torch.arange(mask.shape[1], device=mask.device) + 0.5 - top) / height * 2 - 1
    return torch.stack(
        [x[:, None, :].expand(-1, mask.shape[1], -1), y[:, :, None].expand(-1, -1, mask.shape[2])], dim=-1
    )
