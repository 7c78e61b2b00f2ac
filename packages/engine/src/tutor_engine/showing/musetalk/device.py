"""What the engine wants of a device with the networks on it; `Renderer` is the real one.

Tensors pass through here as they are and are looked into by nobody, so that the engine runs without torch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from tutor_engine.showing.musetalk.geometry import Cuts
from tutor_engine.showing.musetalk.mel import Mel
from tutor_engine.showing.musetalk.sound import TurnSound
from tutor_engine.showing.port import Speech

Tensor = Any
"""A tensor of the device."""
Patch = npt.NDArray[np.uint8]
"""I420, of the size of the avatar's cuts."""


class DeviceFull(Exception):
    """The device's memory is used up."""


@dataclass(frozen=True, slots=True)
class Order:
    """One face wanted on a frame of a sitter. Exactly one of the last three is given."""

    sitter: Any
    frame: int
    sound: Tensor | None = None
    """Draw it from this window of sound."""
    face: Tensor | None = None
    """Lay this one, drawn before."""
    after: int | None = None
    """Lay that of an earlier order of the same batch."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A patch, and the face on it for use on later frames."""

    patch: Patch
    face: Tensor


class Ears(Protocol):
    """The sound of one turn on the device."""

    @property
    def sound(self) -> TurnSound:
        """What was added."""
        ...

    def add(self, speech: Speech) -> None:
        """Take a piece of the turn."""
        ...

    def missing(self, at_ms: float) -> range:
        """Segments to encode before the window of this instant is known."""
        ...

    def mel(self, number: int) -> Mel:
        """What the encoder is to be given of a segment."""
        ...

    def put(self, number: int, states: Tensor) -> None:
        """Take the encoder's states of a segment."""
        ...

    def window(self, at_ms: float) -> Tensor:
        """The sound around an instant."""
        ...


class Device(Protocol):
    """Networks on a device. `latents` and `seat` may run beside the rest.

    Everything that allocates may raise `DeviceFull`.
    """

    @property
    def words(self) -> str:
        """Its name, for `/health`."""
        ...

    @property
    def fingerprint(self) -> str:
        """Tells one set of weights of the picture coder from another."""
        ...

    @property
    def side(self) -> int:
        """Of the faces that the networks see, pixels."""
        ...

    def listen(self) -> Ears:
        """The ears for one turn."""
        ...

    def encode(self, mels: Sequence[Mel]) -> Sequence[Tensor]:
        """States of the sound encoder, one per segment."""
        ...

    def latents(self, faces: npt.NDArray[np.uint8]) -> npt.NDArray[np.float16]:
        """Latents of RGB faces, the same every time."""
        ...

    def latents_shape(self, frames: int) -> tuple[int, ...]:
        """What `latents` returns for so many frames."""
        ...

    def seat(self, latents: npt.NDArray[np.float16], cuts: Cuts, patches: Patch) -> Any:
        """Bring an avatar onto the device."""
        ...

    def draw(self, orders: Sequence[Order]) -> Sequence[Drawn]:
        """Draw all orders, one result each, in order."""
        ...

    def release(self) -> None:
        """Give unused memory back."""
        ...
