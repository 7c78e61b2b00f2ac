"""Uploaded files, read with a limit before anything looks at them."""

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
            megabytes = max_bytes // (1024 * 1024)
            message = f"This file is larger than {megabytes} MB. Please split or shrink it."
            raise Refusal(413, ErrorCode.MESSAGE_TOO_LARGE, message)
    if not data:
        raise Refusal(422, ErrorCode.BAD_MESSAGE, "This file is empty.")
    return bytes(data)
