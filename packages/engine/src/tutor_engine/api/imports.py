"""Files of the import folder, taken by name: whatever the name says, nothing outside of the folder is read.

What was checked is what is copied: the file is opened step by step without following links, and the copy is
what the work is done on.
"""

import asyncio
import os
import stat
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from tutor_engine.api.errors import Refusal
from tutor_engine.api.uploads import too_large
from tutor_protocol import ErrorCode

_CHUNK = 1024 * 1024


async def keep_import(folder: Path, name: str, copy: Path, max_bytes: int) -> None:
    """Copy a file of the import folder to a place of ours; nothing stays of one that is refused.

    Raises:
        Refusal: 403 outside of the folder or no file, 404 missing, 413 too large, 422 empty.
    """
    try:
        await asyncio.to_thread(_copy, folder, name, copy, max_bytes)
    except BaseException:
        await asyncio.to_thread(copy.unlink, missing_ok=True)
        raise


def _copy(folder: Path, name: str, copy: Path, max_bytes: int) -> None:
    with _opened(folder, name) as source, copy.open("xb") as target:
        left = max_bytes
        while chunk := source.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise too_large(max_bytes)
            target.write(chunk)
        if left == max_bytes:
            raise Refusal(422, ErrorCode.BAD_MESSAGE, "This file is empty.")
        target.flush()
        os.fsync(target.fileno())


def _opened(folder: Path, name: str) -> BinaryIO:
    """The file that a name means once its links are resolved."""
    if ".." in PurePosixPath(name.replace("\\", "/")).parts:
        raise _outside()
    try:
        root = folder.resolve(strict=True)
        steps = (root / name).resolve().relative_to(root).parts
    except ValueError as error:  # elsewhere, or no name at all (a zero byte)
        raise _outside() from error
    except (OSError, RuntimeError) as error:
        raise _missing() from error
    if not steps:
        raise _outside()
    try:
        return _walk(root, steps)
    except OSError as error:
        raise _missing() from error


def _walk(root: Path, steps: Sequence[str]) -> BinaryIO:
    """Open folder by folder: a link put there after the name was resolved is not followed."""
    with ExitStack() as stack:
        at = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        stack.callback(os.close, at)
        for step in steps[:-1]:
            at = os.open(step, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=at)
            stack.callback(os.close, at)
        # A pipe must not keep us waiting for somebody to write into it.
        file = os.open(steps[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=at)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise _outside()
    return os.fdopen(file, "rb")


def _outside() -> Refusal:
    return Refusal(403, ErrorCode.FORBIDDEN, "Only files inside the import folder can be used.")


def _missing() -> Refusal:
    return Refusal(404, ErrorCode.NOT_FOUND, "There is no such file in the import folder.")
