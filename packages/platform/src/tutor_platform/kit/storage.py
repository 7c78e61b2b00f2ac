"""Files by key in one local folder. Keys are made by the platform; a key never leaves the folder.

Uploads are received in chunks beside the files and become one by a rename, so a file is whole or absent.
"""

import asyncio
import errno
import hashlib
import os
import re
import tempfile
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tutor_platform.kit.errors import StorageFull, TooLarge

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_.-]*)+")
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
PIECE_BYTES = 256 * 1024

_HEAD_BYTES = 64

Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Incoming:
    """An upload that has arrived and is not the file of any key yet."""

    path: Path
    sha256: str
    size_bytes: int
    head: bytes
    """The first bytes, which tell what kind of file it is."""


@contextmanager
def room() -> Generator[None]:
    """A full disk is a refusal that a person can understand.

    Raises:
        StorageFull: in the place of the system's own error.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise StorageFull(str(error.errno)) from error
        raise


class LocalStorage:
    """Operations on files under `root`; a file is either whole or absent."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def path(self, key: str) -> Path:
        """Where the file of `key` lies; raises ValueError for a key that is none."""
        if not _KEY.fullmatch(key) or ".." in key:
            raise ValueError(f"not a storage key: {key!r}")
        return self._root / key

    async def put(self, key: str, data: bytes) -> None:
        """Store `data`, replacing what was there in one step.

        Raises:
            StorageFull: there is no room; nothing has changed.
        """
        await self.write(key, lambda path: path.write_bytes(data))

    async def write(self, key: str, fill: Callable[[Path], Done]) -> Done:
        """Store what `fill` writes into the path it is given, in a thread, in one step.

        Raises:
            StorageFull: there is no room; nothing has changed.
        """
        return await asyncio.to_thread(self._write, self.path(key), fill)

    async def get(self, key: str) -> bytes | None:
        """The file's bytes, or None."""
        path = self.path(key)
        try:
            return await asyncio.to_thread(path.read_bytes)
        except FileNotFoundError:
            return None

    async def pieces(self, key: str) -> AsyncGenerator[bytes]:
        """The file's bytes, piece by piece; nothing when it is absent."""
        path = self.path(key)
        try:
            # Waits for nothing; opened in a thread it would stay open when this is cancelled.
            file = path.open("rb")
        except FileNotFoundError:
            return
        with file:
            while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
                yield piece

    async def size_bytes(self, key: str) -> int | None:
        """How large the file is; None when it is absent."""
        path = self.path(key)
        try:
            return (await asyncio.to_thread(path.stat)).st_size
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

    async def free_bytes(self) -> int:
        """Room left on the disk."""
        found = await asyncio.to_thread(os.statvfs, self._root)
        return found.f_bavail * found.f_frsize

    async def receive(self, chunks: AsyncIterable[bytes], max_bytes: int) -> Incoming:
        """Take an upload; whoever calls keeps or discards it.

        Raises:
            TooLarge: it has more bytes.
            StorageFull: the disk has no room for it.
        """
        descriptor, name = await asyncio.to_thread(self._begin)
        path, digest, size_bytes, head = Path(name), hashlib.sha256(), 0, b""
        try:
            with room(), os.fdopen(descriptor, "wb", buffering=PIECE_BYTES) as file:
                async for chunk in chunks:
                    size_bytes += len(chunk)
                    if size_bytes > max_bytes:
                        raise TooLarge(str(max_bytes))
                    if len(head) < _HEAD_BYTES:
                        head = (head + chunk)[:_HEAD_BYTES]
                    digest.update(chunk)
                    await asyncio.to_thread(file.write, chunk)
        except BaseException:
            # At once, also when the person has left: a file is whole or absent.
            path.unlink(missing_ok=True)  # noqa: ASYNC240
            raise
        return Incoming(path, digest.hexdigest(), size_bytes, head)

    async def keep(self, key: str, incoming: Incoming) -> None:
        """Make an upload the file of `key`."""
        path = self.path(key)
        await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
        await asyncio.to_thread(incoming.path.replace, path)

    async def discard(self, incoming: Incoming) -> None:
        """Forget an upload; nothing happens when it was kept."""
        await asyncio.to_thread(incoming.path.unlink, missing_ok=True)

    def _begin(self) -> tuple[int, str]:
        folder = self._root / "incoming"
        with room():
            folder.mkdir(parents=True, exist_ok=True)
            return tempfile.mkstemp(dir=folder)

    @staticmethod
    def _write(path: Path, fill: Callable[[Path], Done]) -> Done:
        with room():
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=path.parent)
            os.close(descriptor)
            try:
                done = fill(Path(name))
                Path(name).replace(path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        return done
