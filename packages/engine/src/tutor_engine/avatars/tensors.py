"""`latents.pt` of the official avatars, read and written without torch: a zip of numbers and one pickle.

Only what `torch.save` writes for a list of tensors is understood: stored entries, dense storages, no code.
"""

import io
import math
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tutor_engine.avatars.pickles import Name, PickleRefused, read_pickle

_STORAGES: Mapping[str, str] = {
    "torch.FloatStorage": "<f4",
    "torch.HalfStorage": "<f2",
    "torch.DoubleStorage": "<f8",
    "torch.BFloat16Storage": "bf16",
}
_MAX_DIMENSIONS = 6
_MAX_TENSORS = 20_000

Tensor = npt.NDArray[np.float32]


def read_tensors(data: bytes) -> list[Tensor]:
    """The tensors of a file in their order.

    Raises:
        PickleRefused: not such a file, damaged, or more than tensors inside.
    """
    if not data.startswith(b"PK"):
        raise PickleRefused("no tensors as torch 1.6 and later save them")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _Tensors(archive).read()
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise PickleRefused(f"damaged ({type(error).__name__})") from error


class _Tensors:
    """One open archive."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._storages: dict[str, npt.NDArray[Any]] = {}
        descriptions = [name for name in archive.namelist() if name.endswith("data.pkl")]
        if len(descriptions) != 1:
            raise PickleRefused("no tensors, or several files in one")
        self._root = descriptions[0].removesuffix("data.pkl")

    def read(self) -> list[Tensor]:
        made = read_pickle(
            self._content("data.pkl"),
            {"torch._utils._rebuild_tensor_v2": self._tensor, "collections.OrderedDict": lambda: None},
            self._storage,
        )
        many = [made] if isinstance(made, np.ndarray) else made
        if not isinstance(many, (list, tuple)) or len(many) > _MAX_TENSORS:
            raise PickleRefused("no list of tensors")
        if not all(isinstance(each, np.ndarray) for each in many):
            raise PickleRefused("something that is no tensor")
        return [np.asarray(each, np.float32) for each in many]

    def _content(self, name: str) -> bytes:
        entry = self._archive.getinfo(self._root + name)
        if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size:
            raise PickleRefused("packed numbers; torch stores them as they are")
        return self._archive.read(entry)

    def _storage(self, reference: Any) -> npt.NDArray[Any]:
        _, kind, key, _, _ = reference
        code = _STORAGES.get(kind.path) if isinstance(kind, Name) else None
        if code is None or not isinstance(key, str) or not key.isdigit():
            raise PickleRefused("numbers of an unknown kind")
        if key not in self._storages:
            content = self._content(f"data/{key}")
            self._storages[key] = _from_bfloat16(content) if code == "bf16" else np.frombuffer(content, code)
        return self._storages[key]

    def _tensor(
        self, storage: npt.NDArray[Any], offset: int, size: Sequence[int], stride: Sequence[int], *_: object
    ) -> npt.NDArray[Any]:
        if len(size) > _MAX_DIMENSIONS or len(size) != len(stride) or offset < 0:
            raise ValueError
        if any(length < 1 for length in size) or any(step < 0 for step in stride):
            raise ValueError
        last = offset + sum((length - 1) * step for length, step in zip(size, stride, strict=True))
        if last >= len(storage) or math.prod(size) > len(storage):
            raise ValueError
        steps = [step * storage.itemsize for step in stride]
        view = np.lib.stride_tricks.as_strided(storage[offset:], tuple(size), steps, writeable=False)
        return np.ascontiguousarray(view)


def _from_bfloat16(content: bytes) -> npt.NDArray[np.float32]:
    return (np.frombuffer(content, "<u2").astype(np.uint32) << 16).view(np.float32)


def write_tensors(tensors: npt.NDArray[np.float16]) -> bytes:
    """The rows of an array as a list of tensors [1, …], the way `torch.save` writes half precision."""
    count, shape = len(tensors), (1, *tensors.shape[1:])
    strides = [math.prod(shape[axis + 1 :]) for axis in range(len(shape))]
    storage = (
        b"(" + _text("storage") + b"ctorch\nHalfStorage\n" + _text("0") + _text("cpu")
        + _whole(tensors.size) + b"tQ"
    )  # fmt: skip
    rows = [
        b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + _whole(row * strides[0])
        + _tuple(shape) + _tuple(strides) + b"\x89ccollections\nOrderedDict\n)RtR"
        for row in range(count)
    ]  # fmt: skip
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("latents/data.pkl", b"\x80\x02](" + b"".join(rows) + b"e.")
        archive.writestr("latents/byteorder", b"little")
        archive.writestr("latents/data/0", np.ascontiguousarray(tensors, "<f2").tobytes())
        archive.writestr("latents/version", b"3\n")
    return file.getvalue()


def _text(value: str) -> bytes:
    data = value.encode()
    return b"X" + len(data).to_bytes(4, "little") + data


def _whole(value: int) -> bytes:
    data = value.to_bytes(8, "little", signed=True)
    return b"\x8a\x08" + data


def _tuple(values: Sequence[int]) -> bytes:
    return b"(" + b"".join(_whole(value) for value in values) + b"t"
