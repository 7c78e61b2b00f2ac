"""Pictures of filmed avatars: decoded once on a node, shared by all lessons and engines of the face worker.

They lie in a file without a name beside the package and are mapped into memory, so that the system may take
their pages back when it needs them; the file goes with the last who looks at it.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from weakref import WeakValueDictionary

import numpy as np
import numpy.typing as npt

Pictures = npt.NDArray[np.uint8]

_known: WeakValueDictionary[str, Pictures] = WeakValueDictionary()
_lock = Lock()


def shared_pictures(
    key: str, folder: Path, shape: tuple[int, ...], decode: Callable[[Pictures], None]
) -> Pictures:
    """The pictures of a key, read-only; `decode` fills them for the first who asks, others wait for it."""
    with _lock:
        pictures = _known.get(key)
        if pictures is None:
            pictures = _blank(folder, shape)
            decode(pictures)
            pictures.flags.writeable = False
            _known[key] = pictures
        return pictures


def _blank(folder: Path, shape: tuple[int, ...]) -> Pictures:
    """Room for pictures: mapped where the folder lets us, else plain memory."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            # Without its blocks set aside, a full disk would kill the worker in the middle of a lesson.
            os.posix_fallocate(file.fileno(), 0, int(np.prod(shape)))
            return np.memmap(file, np.uint8, "r+", shape=shape)
    except OSError:
        return np.empty(shape, np.uint8)
