"""What an imported face brought along: latents of every frame and the box each was made of.

`official.safetensors`: `latents` float16 [frames, 8, 32, 32] (masked face and whole face, scaled as the UNet
wants them) and `boxes` float32 [frames, 4] (left, top, right, bottom in pixels of the package's pictures).
They are kept to be exported again; the engine makes its own, of its own boxes.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tutor_engine.avatars.package import PackageBroken

SHAPE = (8, 32, 32)


@dataclass(frozen=True, slots=True)
class Latents:
    """One row per frame of the footage."""

    latents: npt.NDArray[np.float16]
    boxes: npt.NDArray[np.float32]


def write_latents(path: Path, latents: Latents) -> None:
    """Write the file."""
    from safetensors.numpy import save

    tensors = {"latents": latents.latents.astype(np.float16), "boxes": latents.boxes.astype(np.float32)}
    path.write_bytes(save({name: np.ascontiguousarray(values) for name, values in tensors.items()}))


def read_latents(path: Path, frames: int) -> Latents:
    """Read and check the file of a package with so many frames.

    Raises:
        PackageBroken: missing, damaged, or of other frames.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        tensors = load_file(path)
        found = Latents(tensors["latents"], tensors["boxes"])
    except (OSError, KeyError, ValueError, SafetensorError) as error:
        raise PackageBroken(f"{path}: {error}") from error
    right = (
        found.latents.shape == (frames, *SHAPE)
        and found.latents.dtype == np.float16
        and found.boxes.shape == (frames, 4)
        and bool(np.isfinite(found.latents).all() and np.isfinite(found.boxes).all())
    )
    if not right:
        raise PackageBroken(f"{path}: not the latents of {frames} frames")
    return found
