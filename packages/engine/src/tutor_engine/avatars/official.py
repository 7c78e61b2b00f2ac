"""An avatar folder of the official MuseTalk, read as data: pictures, boxes, latents of the distinct frames.

The original writes every list there and back (2N entries), its followers write N and mirror the index while
playing; here both become N. Nothing in the folder is trusted: links are not followed, pickles are not run,
sizes and counts are checked. For the sandboxed process only.
"""

import hashlib
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tutor_engine.avatars.latents import SHAPE, Latents
from tutor_engine.avatars.pickles import NUMPY, PickleRefused, read_pickle
from tutor_engine.avatars.source import read_photo
from tutor_engine.avatars.tensors import read_tensors
from tutor_engine.showing.puppet.body import Picture

PICTURES, BOXES, MASKS, MASK_BOXES = "full_imgs", "coords.pkl", "mask", "mask_coords.pkl"
LATENTS = ("latents.pt", "latent.pt")
INFO = "avator_info.json"
"""The spelling is theirs."""

_SUFFIXES = frozenset({".png", ".jpg", ".jpeg"})
_MAX_PICTURES = 6_000
_MAX_PICTURE_BYTES = 40 * 2**20
_MAX_PICKLE_BYTES = 16 * 2**20
_MAX_LATENT_BYTES = 512 * 2**20
_MOST_FRAMES = 750
"""Half a minute, as of footage."""
_MAX_SIDE = 8_192


class OfficialRefused(Exception):
    """The folder is no avatar of MuseTalk that can be used; the message says why."""


@dataclass(frozen=True, slots=True)
class OfficialAvatar:
    """The distinct frames of a folder."""

    files: list[Path]
    boxes: npt.NDArray[np.float32]
    """Left, top, right, bottom of the face in each frame; all 0 where none was found."""
    latents: npt.NDArray[np.float16] | None

    def pictures(self) -> Iterator[Picture]:
        """The frames in their order, all of one size.

        Raises:
            OfficialRefused: the size changes.
            SourceRefused: a picture is damaged or too large.
        """
        size: tuple[int, ...] | None = None
        for file in self.files:
            picture = read_photo(file)
            size = size or picture.shape
            if picture.shape != size:
                raise OfficialRefused(f"{file.name} has another size than the pictures before it.")
            yield picture

    def latents_in(self, frames: slice, left: int, top: int, scale: float) -> Latents | None:
        """The latents of some frames, with boxes in pixels of a package cut from them at this place."""
        if self.latents is None:
            return None
        corner = np.array([left, top, left, top], np.float32)
        return Latents(self.latents[frames], ((self.boxes[frames] - corner) * scale).astype(np.float32))


def read_official(folder: Path) -> OfficialAvatar:
    """Read and check a folder.

    Raises:
        OfficialRefused: something is missing, damaged, or not plain data.
    """
    files = _pictures(folder / PICTURES)
    boxes = _boxes(folder / BOXES)
    if len(boxes) != len(files):
        raise OfficialRefused(f"{BOXES} speaks of {len(boxes)} frames, {PICTURES} has {len(files)}.")
    latents = _latents(folder, len(boxes))
    if there_and_back(files):
        half = len(files) // 2
        if not np.array_equal(boxes[:half], boxes[half:][::-1]):
            raise OfficialRefused(f"{PICTURES} runs there and back, {BOXES} does not.")
        files, boxes = files[:half], boxes[:half]
        latents = latents[:half] if latents is not None else None
    files, boxes = files[:_MOST_FRAMES], boxes[:_MOST_FRAMES]
    return OfficialAvatar(files, boxes, latents[:_MOST_FRAMES] if latents is not None else None)


def there_and_back(files: list[Path]) -> bool:
    """Whether the second half of the pictures is the first one backwards (2N)."""
    if len(files) % 2 or not files:
        return False
    pairs = list(zip(files[: len(files) // 2], files[len(files) // 2 :][::-1], strict=True))
    if any(first.stat().st_size != second.stat().st_size for first, second in pairs):
        return False
    return all(_digest(first) == _digest(second) for first, second in pairs)


def _pictures(folder: Path) -> list[Path]:
    try:
        found = [path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES]
    except OSError as error:
        raise OfficialRefused(f"{PICTURES} is missing.") from error
    if not 0 < len(found) <= _MAX_PICTURES:
        raise OfficialRefused(f"{PICTURES} holds {len(found)} pictures; 1 to {_MAX_PICTURES} can be used.")
    if not all(path.stem.isdecimal() and len(path.stem) <= 12 for path in found):
        raise OfficialRefused(f"The pictures in {PICTURES} are not numbered.")
    for path in found:
        _check(path, _MAX_PICTURE_BYTES)
    return sorted(found, key=lambda path: int(path.stem))


def _check(path: Path, max_bytes: int) -> None:
    try:
        found = path.lstat()
    except OSError as error:
        raise OfficialRefused(f"{path.name} is missing.") from error
    if not stat.S_ISREG(found.st_mode):
        raise OfficialRefused(f"{path.name} is a link or no file.")
    if found.st_size > max_bytes:
        raise OfficialRefused(f"{path.name} is larger than {max_bytes // 2**20} MB.")


def _read(path: Path, max_bytes: int) -> bytes:
    _check(path, max_bytes)
    try:
        return path.read_bytes()
    except OSError as error:
        raise OfficialRefused(f"{path.name} cannot be read.") from error


def _boxes(path: Path) -> npt.NDArray[np.float32]:
    try:
        value = read_pickle(_read(path, _MAX_PICKLE_BYTES), NUMPY)
    except PickleRefused as error:
        raise OfficialRefused(f"{path.name}: {error}.") from error
    if not isinstance(value, (list, tuple)) or not all(_is_box(box) for box in value):
        raise OfficialRefused(f"{path.name} holds no list of boxes.")
    return np.array(value, np.float32).reshape(-1, 4)


def _is_box(box: Any) -> bool:
    if not isinstance(box, (list, tuple)) or len(box) != 4:
        return False
    if not all(isinstance(value, (int, float)) and abs(value) <= _MAX_SIDE for value in box):
        return False
    left, top, right, bottom = box
    return (left < right and top < bottom) or not any(box)


def _latents(folder: Path, count: int) -> npt.NDArray[np.float16] | None:
    path = next((folder / name for name in LATENTS if (folder / name).exists()), None)
    if path is None:
        return None
    try:
        tensors = read_tensors(_read(path, _MAX_LATENT_BYTES))
    except PickleRefused as error:
        raise OfficialRefused(f"{path.name}: {error}.") from error
    if len(tensors) != count:
        raise OfficialRefused(f"{path.name} speaks of {len(tensors)} frames, {BOXES} of {count}.")
    if any(tensor.shape != (1, *SHAPE) for tensor in tensors):
        raise OfficialRefused(f"{path.name} holds tensors of another shape than [1, 8, 32, 32].")
    latents = np.concatenate(tensors).astype(np.float16)
    if not np.isfinite(latents).all():
        raise OfficialRefused(f"{path.name} holds numbers that are none.")
    return latents


def _digest(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()
