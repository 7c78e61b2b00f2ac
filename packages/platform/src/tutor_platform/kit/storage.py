"""Files by key in one local folder. Keys are made by the platform; a key never leaves the folder."""

import asyncio
import os
import re
import tempfile
from pathlib import Path

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_.-]*)+")


class LocalStorage:
    """Five operations on files under `root`; a file is either whole or absent."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def path(self, key: str) -> Path:
        """Where the file of `key` lies; raises ValueError for a key that is none."""
        if not _KEY.fullmatch(key) or ".." in key:
            raise ValueError(f"not a storage key: {key!r}")
        return self._root / key

    async def put(self, key: str, data: bytes) -> None:
        """Store `data`, replacing what was there in one step."""
        await asyncio.to_thread(self._put, self.path(key), data)

    async def get(self, key: str) -> bytes | None:
        """The file's bytes, or None."""
        path = self.path(key)
        try:
            return await asyncio.to_thread(path.read_bytes)
        except FileNotFoundError:
            return None

    async def age_s(self, key: str, now_s: float) -> float | None:
        """Seconds since the file was stored, or None; `now_s` counts from 1970."""
        path = self.path(key)
        try:
            return now_s - (await asyncio.to_thread(path.stat)).st_mtime
        except FileNotFoundError:
            return None

    async def delete(self, key: str) -> None:
        """Remove the file; nothing happens when it is absent."""
        await asyncio.to_thread(self.path(key).unlink, missing_ok=True)

    @staticmethod
    def _put(path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
