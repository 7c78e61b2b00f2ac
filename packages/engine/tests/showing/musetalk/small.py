"""Small networks of MuseTalk's structure with random weights; a filmed avatar; a device without networks."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import numpy.typing as npt

from tutor_engine.avatars.package import (
    MANIFEST_FILE,
    SCHEMA_VERSION,
    TRACK_FILE,
    VIDEO_FILE,
    AvatarFile,
    AvatarManifest,
)
from tutor_engine.avatars.writer import write_track, write_video
from tutor_engine.showing.musetalk.device import DeviceFull, Drawn, Order, Patch
from tutor_engine.showing.musetalk.geometry import Cuts
from tutor_engine.showing.musetalk.mel import Mel
from tutor_engine.showing.musetalk.sound import TurnSound
from tutor_engine.showing.port import Speech
from tutor_engine.showing.puppet.landmarks import OVAL
from tutor_engine.showing.puppet.mesh import Points

if TYPE_CHECKING:
    from tutor_engine.showing.musetalk.nets import Networks

WIDTH = 16
"""Of sound states; 384 in the real ones."""


def small_networks(seed: int = 0) -> "Networks":
    """Every kind of block that the real networks have, 12 to 40 times narrower."""
    import torch

    from tutor_engine.showing.musetalk.nets import UNET, VAE, WHISPER, build

    torch.manual_seed(seed)
    return build(
        {**UNET, "block_out_channels": [16, 32, 32, 32], "attention_head_dim": 2, "norm_num_groups": 8,
         "cross_attention_dim": WIDTH},
        {**VAE, "block_out_channels": [8, 8, 16, 16], "norm_num_groups": 4},
        {**WHISPER, "d_model": WIDTH, "encoder_attention_heads": 2, "encoder_ffn_dim": 2 * WIDTH},
    )  # fmt: skip


def oval(x: float, y: float, width: float, height: float) -> Points:
    """A mesh whose oval is an ellipse and all else its middle."""
    points = np.full((468, 3), (x, y, 0), np.float32)
    for number, index in enumerate(OVAL):
        turn = 2 * np.pi * number / len(OVAL)
        points[index, :2] = x + width / 2 * np.sin(turn), y - height / 2 * np.cos(turn)
    return points


def write_filmed(
    folder: Path, picture: npt.NDArray[np.uint8], points: Points, frames: int = 25, sway_px: int = 4
) -> Path:
    """A package of kind video: an RGB picture that moves sideways and back within a second."""
    folder.mkdir(parents=True)
    shifts = np.round(sway_px * np.sin(2 * np.pi * np.arange(frames) / frames)).astype(int)
    write_video(folder / VIDEO_FILE, [np.roll(picture, shift, axis=1) for shift in shifts])
    meshes = np.stack([points + np.array([shift, 0, 0], np.float32) for shift in shifts])
    write_track(folder / TRACK_FILE, meshes, np.arange(frames, dtype=np.int32))
    files = [
        AvatarFile(name, hashlib.sha256((folder / name).read_bytes()).hexdigest())
        for name in (VIDEO_FILE, TRACK_FILE)
    ]
    height, width = picture.shape[:2]
    manifest = AvatarManifest(SCHEMA_VERSION, "video", width, height, 25, files=files, source="a test")
    (folder / MANIFEST_FILE).write_bytes(msgspec.json.encode(manifest))
    return folder


class GreyEars:
    """Hears everything at once: one segment, to be encoded after each piece."""

    full = False
    """Have no memory for a window."""

    def __init__(self) -> None:
        self.sound = TurnSound()
        self._stale = False

    def add(self, speech: Speech) -> None:
        self.sound.add(speech)
        self._stale = True

    def missing(self, at_ms: float) -> range:
        return range(int(self._stale))

    def mel(self, number: int) -> Mel:
        return np.zeros((80, 3000), np.float32)

    def put(self, number: int, states: Any) -> None:
        self._stale = False

    def window(self, at_ms: float) -> Any:
        if self.full:
            raise DeviceFull("full")
        return at_ms


@dataclass
class GreyDevice:
    """A device without networks: faces are white, and it fails when told to."""

    words: str = "paper"
    fingerprint: str = "grey"
    side: int = 8
    batches: list[list[Order]] = field(default_factory=list[list[Order]])
    encoded: list[int] = field(default_factory=list[int])
    """Segments per call."""
    made: int = 0
    """Frames of which latents were made."""
    seated: int = 0
    released: int = 0
    fail: Exception | None = None
    """Raised by the next call that draws or encodes."""
    ears: list[GreyEars] = field(default_factory=list[GreyEars])

    def listen(self) -> GreyEars:
        self.ears.append(GreyEars())
        return self.ears[-1]

    def encode(self, mels: Sequence[Mel]) -> list[int]:
        self._perhaps_fail()
        self.encoded.append(len(mels))
        return [0] * len(mels)

    def latents(self, faces: npt.NDArray[np.uint8]) -> npt.NDArray[np.float16]:
        self._perhaps_fail()
        self.made += len(faces)
        return np.ones(self.latents_shape(len(faces)), np.float16)

    def latents_shape(self, frames: int) -> tuple[int, ...]:
        return (frames, 8, 1, 1)

    def seat(self, latents: npt.NDArray[np.float16], cuts: Cuts, patches: Patch) -> Patch:
        self.seated += 1
        return patches

    def draw(self, orders: Sequence[Order]) -> list[Drawn]:
        self._perhaps_fail()
        self.batches.append(list(orders))
        faces: list[Any] = []
        for order in orders:
            faces.append(faces[order.after] if order.after is not None else order.face or order.sound)
        return [
            Drawn(np.full_like(order.sitter[order.frame], 235), face)
            for order, face in zip(orders, faces, strict=True)
        ]

    def release(self) -> None:
        self.released += 1

    def run_out(self) -> None:
        """Have no memory for the next call."""
        self.fail = DeviceFull("full")

    def _perhaps_fail(self) -> None:
        if self.fail is not None:
            failure, self.fail = self.fail, None
            raise failure
