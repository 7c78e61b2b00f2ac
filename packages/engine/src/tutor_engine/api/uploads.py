"""Uploaded files, read with a limit before anything looks at them."""

import asyncio
import os
from pathlib import Path
from typing import BinaryIO

from fastapi import UploadFile

from tutor_engine.api.errors import Refusal
from tutor_protocol import ErrorCode

_CHUNK = 1024 * 1024


async def read_upload(file: UploadFile, max_bytes: int) -> bytes:
    """The whole file.

    Raises:
        Refusal: 413 when it is larger than allowed, 422 when it is empty.
    """
    data = bytearray()
    while chunk := await file.read(_CHUNK):
        data += chunk
        if len(data) > max_bytes:
            raise too_large(max_bytes)
    if not data:
        raise Refusal(422, ErrorCode.BAD_MESSAGE, "This file is empty.")
    return bytes(data)


async def keep_upload(file: UploadFile, path: Path, max_bytes: int) -> None:
    """Write the whole file to a place of ours, for good; nothing stays of one that is refused.

    Raises:
        Refusal: 413 when it is larger than allowed, 422 when it is empty.
    """
    written = 0
    try:
        with await asyncio.to_thread(path.open, "xb") as copy:
            while chunk := await file.read(_CHUNK):
                written += len(chunk)
                if written > max_bytes:
                    raise too_large(max_bytes)
                await asyncio.to_thread(copy.write, chunk)
            if not written:
                raise Refusal(422, ErrorCode.BAD_MESSAGE, "This file is empty.")
            await asyncio.to_thread(_sync, copy)
    except BaseException:
        await asyncio.to_thread(path.unlink, missing_ok=True)
        raise


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def too_large(max_bytes: int) -> Refusal:
    """The refusal of a file that is larger than allowed."""
    megabytes = max_bytes // (1024 * 1024)
    message = f"This file is larger than {megabytes} MB. Please split or shrink it."
    return Refusal(413, ErrorCode.MESSAGE_TOO_LARGE, message)
