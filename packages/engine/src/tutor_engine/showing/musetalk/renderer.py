"""The networks at work on one device: sound encoded, faces drawn in batches of fixed sizes, patches sent.

Implements `Device`. A batch is launched and its way home begun before the one before it is waited for.
"""

import hashlib
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from tutor_engine.showing.musetalk.buckets import SIZES, buckets
from tutor_engine.showing.musetalk.device import DeviceFull, Drawn, Order, Patch
from tutor_engine.showing.musetalk.features import TurnFeatures
from tutor_engine.showing.musetalk.geometry import Cuts
from tutor_engine.showing.musetalk.mel import BANDS, FRAMES, Mel
from tutor_engine.showing.musetalk.nets import (
    FACE_SIDE,
    STEPS_AFTER,
    STEPS_BEFORE,
    FaceNet,
    Networks,
    face_latents,
    sound_states,
)
from tutor_engine.showing.musetalk.paste import Canvas, paste

_ENCODE_BATCH = 8
_WARM_ROUNDS = 5

Draw = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class Sitter:
    """An avatar on the device."""

    latents: Tensor
    """(frames, 8, 32, 32)."""
    canvas: Canvas


@contextmanager
def _within_memory() -> Generator[None]:
    """Say `DeviceFull` when the device's memory is used up."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise DeviceFull(str(error).splitlines()[0]) from error


class Renderer:
    """Implements `Device`; `warm` comes first."""

    def __init__(
        self,
        networks: Networks,
        device: torch.device,
        dtype: torch.dtype,
        *,
        sizes: Sequence[int] = SIZES,
        compiled: bool = False,
    ) -> None:
        """Take over the networks; `compiled` fuses kernels and makes `warm` take minutes."""
        self._device, self._dtype, self._sizes = device, dtype, tuple(sizes)
        self._vae, self._whisper = networks.to(device, dtype).vae, networks.whisper
        self._net = FaceNet(networks)
        self._plain: Draw = torch.compile(self._net, dynamic=False) if compiled else self._net
        self._draw: dict[int, Draw] = {}
        self._width = int(networks.unet.config["cross_attention_dim"])
        self._states = len(networks.whisper.layers) + 1
        self._latent_side = FACE_SIDE // 2 ** (len(networks.vae.config["block_out_channels"]) - 1)
        self._ring: dict[int, list[Tensor]] = {}
        """Pinned buffers by size, at rest; as many as were ever under way at once."""
        self._copying = torch.cuda.Stream(device) if device.type == "cuda" else None
        self.frames_drawn = 0
        """From sound, since the beginning."""

    @property
    def words(self) -> str:
        """Its name, for `/health`."""
        cuda = self._device.type == "cuda"
        return torch.cuda.get_device_name(self._device) if cuda else str(self._device)

    @property
    def fingerprint(self) -> str:
        """Tells one set of weights of the picture coder from another."""
        first = self._vae.encoder.conv_in.weight.detach().float().cpu().numpy()
        return hashlib.sha256(first.tobytes()).hexdigest()

    @property
    def side(self) -> int:
        """Of the faces that the networks see, pixels."""
        return FACE_SIDE

    def latents_shape(self, frames: int) -> tuple[int, ...]:
        """What `latents` returns for so many frames."""
        return (frames, 8, self._latent_side, self._latent_side)

    @torch.inference_mode()
    def warm(self) -> float:
        """Run and, on a GPU, capture every size; returns frames per second of the largest."""
        self.encode([np.full((BANDS, FRAMES), -1.5, np.float32)])
        # One pool for all graphs: they never run together, and what they return is copied at once.
        pool = torch.cuda.graph_pool_handle() if self._device.type == "cuda" else None
        for size in reversed(self._sizes):
            inputs = self._inputs(size)
            if pool is not None:
                self._draw[size] = _capture(self._plain, inputs, self._device, pool)
            else:
                self._plain(*inputs)
                self._draw[size] = self._plain
        inputs = self._inputs(largest := max(self._sizes))
        begun_s = perf_counter()
        rounds = _WARM_ROUNDS if self._device.type == "cuda" else 1
        for _ in range(rounds):
            self._draw[largest](*inputs)
        self._wait()
        return rounds * largest / max(perf_counter() - begun_s, 1e-9)

    def listen(self) -> TurnFeatures:
        """The ears for one turn."""
        return TurnFeatures(self._width, self._states, self._device, self._dtype)

    @_within_memory()
    @torch.inference_mode()
    def encode(self, mels: Sequence[Mel]) -> list[Tensor]:
        """Whisper's states of segments, (1500, 5, 384) each."""
        states: list[Tensor] = []
        for first in range(0, len(mels), _ENCODE_BATCH):
            batch = torch.from_numpy(np.stack(mels[first : first + _ENCODE_BATCH]))
            states += sound_states(self._whisper, batch.to(self._device, self._dtype))
        return states

    @_within_memory()
    @torch.inference_mode()
    def latents(self, faces: npt.NDArray[np.uint8]) -> npt.NDArray[np.float16]:
        """Latents of RGB faces (frames, side, side, 3), the same every time."""
        made: list[Tensor] = []
        for first in range(0, len(faces), _ENCODE_BATCH):
            batch = torch.from_numpy(faces[first : first + _ENCODE_BATCH]).to(self._device)
            scaled = batch.permute(0, 3, 1, 2).to(self._dtype) / 255
            made.append(face_latents(self._vae, scaled).to(torch.float16).cpu())
        return torch.cat(made).numpy()

    @_within_memory()
    def seat(self, latents: npt.NDArray[np.float16], cuts: Cuts, patches: Patch) -> Sitter:
        """Bring an avatar onto the device."""
        moved = torch.from_numpy(latents).to(self._device, self._dtype)
        return Sitter(moved, Canvas.make(cuts, patches, self._device))

    @_within_memory()
    @torch.inference_mode()
    def draw(self, orders: Sequence[Order]) -> list[Drawn]:
        """Draw all orders, the first ones first; patches travel while later ones are computed."""
        faces: list[Tensor | None] = [order.face for order in orders]
        waiting = [number for number, order in enumerate(orders) if order.sound is not None]
        sent: list[tuple[list[int], Callable[[], Patch]]] = []
        self.frames_drawn += len(waiting)
        for bucket in buckets(len(waiting), self._sizes):
            chosen = waiting[bucket.first : bucket.first + bucket.used]
            for number, face in zip(chosen, self._faces(orders, chosen, bucket.size), strict=False):
                faces[number] = face
            sent += self._lay(orders, faces, chosen)
        for number, order in enumerate(orders):
            if order.after is not None:
                faces[number] = faces[order.after]
        sent += self._lay(orders, faces, [k for k, order in enumerate(orders) if order.sound is None])
        drawn: dict[int, Drawn] = {}
        for numbers, fetch in sent:
            for number, patch in zip(numbers, fetch(), strict=True):
                face = faces[number]
                if face is not None:
                    drawn[number] = Drawn(patch, face)
        return [drawn[number] for number in range(len(orders))]

    def release(self) -> None:
        """Give unused memory back, after it ran out."""
        self._ring.clear()
        if self._device.type == "cuda":
            torch.cuda.empty_cache()

    def _faces(self, orders: Sequence[Order], chosen: Sequence[int], size: int) -> Tensor:
        padded = [*chosen, *[chosen[-1]] * (size - len(chosen))]
        latents = torch.stack([orders[number].sitter.latents[orders[number].frame] for number in padded])
        sound = torch.stack([sound for number in padded if (sound := orders[number].sound) is not None])
        latents = latents.contiguous(memory_format=torch.channels_last)
        return self._draw.get(size, self._plain)(latents, sound)

    def _lay(
        self, orders: Sequence[Order], faces: Sequence[Tensor | None], numbers: Sequence[int]
    ) -> list[tuple[list[int], Callable[[], Patch]]]:
        """Paste, sitter by sitter, and start the way home."""
        sent: list[tuple[list[int], Callable[[], Patch]]] = []
        ordered = sorted(numbers, key=lambda number: id(orders[number].sitter))
        for _, group in groupby(ordered, key=lambda number: id(orders[number].sitter)):
            mine = list(group)
            frames = [orders[number].frame for number in mine]
            stacked = torch.stack([face for number in mine if (face := faces[number]) is not None])
            sent.append((mine, self._send(paste(orders[mine[0]].sitter.canvas, frames, stacked))))
        return sent

    def _send(self, patches: Tensor) -> Callable[[], Patch]:
        """Copy to this side without waiting; the returned function waits."""
        if self._copying is None:
            return patches.numpy
        # Sizes are rounded up, so that batches of many kinds share few buffers.
        size = 1 << (patches.numel() - 1).bit_length()
        resting = self._ring.setdefault(size, [])
        pinned = resting.pop() if resting else torch.empty(size, dtype=torch.uint8, pin_memory=True)
        arrived = torch.cuda.Event()
        self._copying.wait_stream(torch.cuda.current_stream(self._device))
        with torch.cuda.stream(self._copying):
            pinned[: patches.numel()].copy_(patches.view(-1), non_blocking=True)
            arrived.record(self._copying)
        patches.record_stream(self._copying)

        def fetch() -> Patch:
            arrived.synchronize()
            patch = pinned[: patches.numel()].numpy().reshape(patches.shape).copy()
            resting.append(pinned)
            return patch

        return fetch

    def _inputs(self, size: int) -> tuple[Tensor, Tensor]:
        side, tokens = self._latent_side, (STEPS_BEFORE + STEPS_AFTER) * self._states
        latents = torch.zeros(size, 8, side, side, device=self._device, dtype=self._dtype)
        sound = torch.zeros(size, tokens, self._width, device=self._device, dtype=self._dtype)
        return latents.contiguous(memory_format=torch.channels_last), sound

    def _wait(self) -> None:
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)


def _capture(draw: Draw, inputs: tuple[Tensor, Tensor], device: torch.device, pool: Any) -> Draw:
    """Record one size as a CUDA graph; what it returns is a copy, which replaying does not change."""
    latents, sound = inputs
    side = torch.cuda.Stream(device)
    side.wait_stream(torch.cuda.current_stream(device))
    with torch.cuda.stream(side):
        for _ in range(3):
            draw(latents, sound)
    torch.cuda.current_stream(device).wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    # Other threads may copy meanwhile: only what this one does must fit a graph.
    with torch.cuda.graph(graph, pool=pool, capture_error_mode="thread_local"):
        faces = draw(latents, sound)

    def replay(new_latents: Tensor, new_sound: Tensor) -> Tensor:
        latents.copy_(new_latents)
        sound.copy_(new_sound)
        graph.replay()
        return faces.clone()

    return replay
