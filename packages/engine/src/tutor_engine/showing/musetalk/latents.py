"""Latents of an avatar's frames, kept in its package: made once, on the first machine that needs them.

They belong to one footage and one set of networks; of another they are made again. A package that cannot be
written to is no failure: they are then made each time.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import structlog

from tutor_engine.avatars.package import MANIFEST_FILE

LATENTS_FILE = "latents.safetensors"
_KEY = "latents"

Latents = npt.NDArray[np.float16]

log = structlog.get_logger()


def kept_latents(
    package: Path, networks: str, shape: tuple[int, ...], make: Callable[[], Latents]
) -> Latents:
    """Those of the package when they are of these networks, else made and written beside the footage.

    `networks` names the weights of the VAE; `shape` is what must come out.
    """
    path, origin = package / LATENTS_FILE, _origin(package, networks)
    found = _read(path, origin, shape)
    if found is not None:
        return found
    made = make()
    _write(path, made, origin)
    return made


def _origin(package: Path, networks: str) -> str:
    """What they are made of: the manifest holds the hashes of footage and track."""
    return hashlib.sha256((package / MANIFEST_FILE).read_bytes() + networks.encode()).hexdigest()


def _read(path: Path, origin: str, shape: tuple[int, ...]) -> Latents | None:
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        return None
    try:
        with safe_open(path, framework="numpy") as file:
            if (file.metadata() or {}).get("origin") != origin:
                return None
            found = np.asarray(file.get_tensor(_KEY))
    except (OSError, SafetensorError) as error:
        log.warning("latents_unreadable", path=str(path), reason=str(error))
        return None
    if found.shape != shape or found.dtype != np.float16 or not np.isfinite(found).all():
        return None
    return found


def _write(path: Path, latents: Latents, origin: str) -> None:
    from safetensors.numpy import save

    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.write_bytes(save({_KEY: latents}, metadata={"origin": origin}))
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        log.warning("latents_not_kept", path=str(path), reason=str(error))
