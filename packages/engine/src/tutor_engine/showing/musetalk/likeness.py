"""Avatars as the MuseTalk engine holds them: prepared once in the background, shared by all performances."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import structlog

from tutor_engine.avatars.package import MANIFEST_FILE
from tutor_engine.showing.musetalk.device import Device, DeviceFull
from tutor_engine.showing.musetalk.geometry import Cuts, crop_of, cut_frames, patches_of
from tutor_engine.showing.musetalk.latents import kept_latents
from tutor_engine.showing.puppet.footage import Footage

_KEPT = 4
"""Avatars without a performance that stay on the device: the next lesson with this face starts at once."""

log = structlog.get_logger()

OpenFootage = Callable[[Path], Footage]


@dataclass(frozen=True, slots=True)
class Seated:
    """An avatar that is ready to be drawn."""

    footage: Footage
    cuts: Cuts
    sitter: Any


@dataclass(slots=True)
class Likeness:
    """An avatar, ready or not."""

    package: Path
    users: int = 0
    seated: Seated | None = None
    trouble: str = ""
    """Why it cannot be drawn."""

    def prepare(self, device: Device, open_footage: OpenFootage) -> None:
        """Bring it onto the device, in a thread of its own; `seated` appears when all is there."""
        try:
            footage = open_footage(self.package)
            cuts = cut_frames(footage.points, footage.pictures.shape[2], footage.pictures.shape[1] * 2 // 3)

            def make() -> Any:
                pairs = zip(footage.pictures, cuts.boxes, strict=True)
                return device.latents(np.stack([crop_of(p, box, device.side) for p, box in pairs]))

            shape = device.latents_shape(len(footage.pictures))
            latents = kept_latents(self.package, device.fingerprint, shape, make)
            sitter = device.seat(latents, cuts, patches_of(footage.pictures, cuts))
        except DeviceFull:
            device.release()
            self.trouble = "no memory left on the device for this avatar"
        except Exception as error:  # the lesson goes on with the stand-in, whatever is wrong with a package
            log.exception("likeness_failed", package=str(self.package))
            self.trouble = f"{type(error).__name__}: {error}"
        else:
            self.trouble = ""
            self.seated = Seated(footage, cuts, sitter)


class Likenesses:
    """All avatars of the engine. `take` and `leave` may be called from two threads."""

    def __init__(self) -> None:
        self._all: OrderedDict[str, Likeness] = OrderedDict()
        self._lock = Lock()

    def take(self, package: Path) -> Likeness:
        """The avatar of a package, for one more performance.

        Raises:
            OSError: no package.
        """
        digest = hashlib.sha256((package / MANIFEST_FILE).read_bytes()).hexdigest()
        key = f"{package.resolve()}:{digest}"
        with self._lock:
            likeness = self._all.setdefault(key, Likeness(package))
            self._all.move_to_end(key)
            likeness.users += 1
        return likeness

    def leave(self, likeness: Likeness) -> None:
        """One performance less; the device keeps the latest few."""
        with self._lock:
            likeness.users -= 1
            idle = [key for key, one in self._all.items() if one.users == 0]
            for key in idle[: max(len(idle) - _KEPT, 0)]:
                del self._all[key]

    def in_use(self) -> list[Likeness]:
        """Those with a performance."""
        with self._lock:
            return [one for one in self._all.values() if one.users > 0]
