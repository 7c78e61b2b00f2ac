"""Reading files over HTTP: whole, as a stream, or as a seekable file of which only parts are fetched.

Synchronous on purpose: installing models is a command of an operator, never part of a lesson.
"""

import base64
import http.client
import io
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Protocol

from typing_extensions import Buffer

from tutor_engine.models.errors import SourceUnreachable

_TIMEOUT_S = 60
_ATTEMPTS = 3
_RETRY_S = 0.5
_BLOCK_BYTES = 128 * 1024
_BLOCK_MAX_BYTES = 8 * 1024 * 1024
"""Read-ahead grows to this while reading in order: a 90 MB member costs about 15 requests."""

USER_AGENT = "virtual-tutor-models/1"


def open_url(url: str, headers: Mapping[str, str] | None = None) -> http.client.HTTPResponse:
    """Open an http(s) address; credentials written in it are sent as basic authentication.

    Raises:
        SourceUnreachable: no answer, or an answer other than success.
    """
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise SourceUnreachable(f"{url} is not an http or https address.")
    sent = {"User-Agent": USER_AGENT, **(headers or {})}
    if parts.username is not None:
        secret = f"{urllib.parse.unquote(parts.username)}:{urllib.parse.unquote(parts.password or '')}"
        sent["Authorization"] = "Basic " + base64.b64encode(secret.encode()).decode()
        parts = parts._replace(netloc=parts.netloc.rpartition("@")[2])
    shown = urllib.parse.urlunsplit(parts)
    request = urllib.request.Request(shown, headers=sent)  # noqa: S310 - the scheme is checked above
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return urllib.request.urlopen(request, timeout=_TIMEOUT_S)  # noqa: S310 - as above
        except urllib.error.HTTPError as error:
            error.close()
            if error.code < 500 or attempt == _ATTEMPTS:
                raise SourceUnreachable(f"{shown} answered {error.code} {error.reason}.") from error
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", error)
            if attempt == _ATTEMPTS:
                raise SourceUnreachable(f"{shown} cannot be reached: {reason}.") from error
        time.sleep(_RETRY_S * attempt)
    raise AssertionError("unreachable")


class RangesRefused(Exception):
    """The server sends files whole only."""


class RangeFile(io.RawIOBase):
    """A remote file read by HTTP range requests.

    Raises:
        RangesRefused: on construction, when the server ignores ranges.
        SourceUnreachable: on construction or read.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._position = 0
        self._block = b""
        self._block_start = 0
        self._block_bytes = _BLOCK_BYTES
        with open_url(url, {"Range": "bytes=0-0"}) as response:
            total = response.headers.get("Content-Range", "").rpartition("/")[2]
            if response.status != 206 or not total.isdigit():
                raise RangesRefused(url)
        self._size = int(total)

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """Position in bytes."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move without fetching."""
        self._position = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[
            whence
        ] + offset
        return self._position

    def readinto(self, buffer: Buffer, /) -> int:
        """Fill from the block at hand, fetching the next one when it is used up."""
        view = memoryview(buffer).cast("B")
        if self._position >= self._size or not view:
            return 0
        end = self._block_start + len(self._block)
        if not self._block_start <= self._position < end:
            self._fetch(in_order=bool(self._block) and self._position == end)
        offset = self._position - self._block_start
        piece = self._block[offset : offset + len(view)]
        view[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def _fetch(self, *, in_order: bool) -> None:
        self._block_bytes = min(self._block_bytes * 2, _BLOCK_MAX_BYTES) if in_order else _BLOCK_BYTES
        last = min(self._position + self._block_bytes, self._size) - 1
        with open_url(self._url, {"Range": f"bytes={self._position}-{last}"}) as response:
            try:
                block = response.read()
            except (OSError, http.client.HTTPException) as error:
                raise SourceUnreachable(f"{self._url} broke off: {error}.") from error
        if len(block) != last - self._position + 1:
            raise SourceUnreachable(f"{self._url} broke off.")
        self._block, self._block_start = block, self._position


class Sink(Protocol):
    """Takes bytes."""

    def write(self, data: bytes, /) -> object:
        """Take all of them."""
        ...


def copy_whole(url: str, target: Sink) -> None:
    """Download a file whole into `target`."""
    with open_url(url) as response:
        try:
            while chunk := response.read(1024 * 1024):
                target.write(chunk)
        except (OSError, http.client.HTTPException) as error:
            raise SourceUnreachable(f"{url} broke off: {error}.") from error
