"""Hands an untrusted document to the parsing child and takes its pages as they come.

The engine's own process never opens a document: a file that crashes or bloats its reader takes only the
child with it, and whatever the child has started (tesseract) ends with it.
"""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import msgspec
import structlog

from tutor_engine.knowledge.document import (
    BadDocument,
    ParsedDocument,
    ParsedPage,
    ParseLimits,
    Unreadable,
)
from tutor_engine.knowledge.reading.parse import Finished, Message, Opened, Options, PageRead, Refused

log = structlog.get_logger()

_DECODER = msgspec.msgpack.Decoder(Message)
_MAX_MESSAGE_BYTES = 64 * 1024 * 1024
"""The text of the longest document, with its passages, in one message."""
_SPENT = (signal.SIGXCPU, signal.SIGKILL)
"""How the kernel ends a child that has used up its time or memory; other signals are crashes."""


class ReaderCrashed(Exception):
    """The parsing child died of the document; it may be worth one more try."""


class DocumentReader:
    """Reads one document: `async with DocumentReader(...) as reader: async for message in reader.messages()`.

    Leaving the block ends the child, whatever it is doing.
    """

    def __init__(
        self, source: Path, filename: str, limits: ParseLimits | None = None, *, read_before: int = 0
    ) -> None:
        """Pages up to `read_before` are kept already (see `Options`)."""
        self._source = source
        self._filename = filename
        self._options = Options(limits or ParseLimits(), read_before)
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> "DocumentReader":
        with await asyncio.to_thread(self._source.open, "rb") as file:
            starting = asyncio.ensure_future(_start(file, self._filename, self._options))
            try:
                self._process = await asyncio.shield(starting)
            except asyncio.CancelledError:  # what was half started must not stay behind
                await _end(await starting)
                raise
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None:
            await asyncio.shield(_end(self._process))

    async def messages(self) -> AsyncIterator[Message]:
        """Every message to the end of the document.

        Raises:
            BadDocument: it cannot be read (on); carries the reason and a sentence for the teacher.
            ReaderCrashed: the child died.
        """
        limits = self._options.limits
        deadline = asyncio.get_running_loop().time() + limits.total_wall_s
        while True:
            try:
                async with asyncio.timeout_at(
                    min(deadline, asyncio.get_running_loop().time() + limits.wall_s)
                ):
                    message = await self._receive()
            except TimeoutError as error:
                raise BadDocument(Unreadable.TOO_COMPLEX, f"more than {limits.wall_s:g} s") from error
            if isinstance(message, Refused):
                raise BadDocument(message.reason, message.detail)
            yield message
            if isinstance(message, Finished):
                return

    async def _receive(self) -> Message:
        process = self._process
        if process is None or process.stdout is None:
            raise RuntimeError("the reader has not been entered")
        try:
            size = int.from_bytes(await process.stdout.readexactly(4), "big")
            if size > _MAX_MESSAGE_BYTES:
                raise BadDocument(Unreadable.TOO_LONG, f"a page of {size} bytes")
            return _DECODER.decode(await process.stdout.readexactly(size))
        except asyncio.IncompleteReadError:
            raise await _why_it_ended(process) from None
        except msgspec.DecodeError as error:
            raise ReaderCrashed("it spoke nonsense") from error


async def _start(file: IO[bytes], filename: str, options: Options) -> asyncio.subprocess.Process:
    kept = {name: os.environ[name] for name in ("TESSDATA_PREFIX", "LD_LIBRARY_PATH") if name in os.environ}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-m", "tutor_engine.knowledge.reading.parse",
        _argument(filename), msgspec.json.encode(options).decode(),
        stdin=file, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, start_new_session=True,
        env={"PATH": f"{os.defpath}:/usr/local/bin", "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1", **kept},
    )  # fmt: skip


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill the child with all that it has started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.communicate()


async def _why_it_ended(process: asyncio.subprocess.Process) -> Exception:
    errors = b""
    if process.stderr is not None:
        errors = await process.stderr.read()
    code = await process.wait()
    last = errors.decode("utf-8", "replace").strip().rsplit("\n", 1)[-1][:200]
    log.warning("document_reader_ended", exit_code=code, said=last)
    if -code in _SPENT:
        return BadDocument(Unreadable.TOO_COMPLEX, last or f"reader ended with {code}")
    if code < 0:
        return ReaderCrashed(signal.Signals(-code).name)
    return BadDocument(Unreadable.DAMAGED, last or "reader ended without a word")


async def read_document(data: bytes, filename: str, limits: ParseLimits | None = None) -> ParsedDocument:
    """Pages and passages of a whole document at once.

    Raises:
        BadDocument: it cannot be read; carries the reason and a sentence for the teacher.
    """
    limits = limits or ParseLimits()
    if len(data) > limits.max_bytes:
        raise BadDocument(Unreadable.TOO_LARGE, f"{len(data)} bytes")
    with tempfile.NamedTemporaryFile(prefix="document-") as file:
        await asyncio.to_thread(_fill, file.file, data)
        try:
            return await _read_whole(Path(file.name), filename, limits)
        except ReaderCrashed as error:
            raise BadDocument(Unreadable.CRASHED, str(error)) from error


def _fill(file: IO[bytes], data: bytes) -> None:
    file.write(data)
    file.flush()


async def _read_whole(path: Path, filename: str, limits: ParseLimits) -> ParsedDocument:
    opened: Opened | None = None
    read: list[PageRead] = []
    async with DocumentReader(path, filename, limits) as reader:
        async for message in reader.messages():
            if isinstance(message, Opened):
                opened = message
            elif isinstance(message, PageRead):
                read.append(message)
    if opened is None:
        raise ReaderCrashed("it did not open the document")
    pages = tuple(ParsedPage(m.page.number, m.page.text, (), m.page.failed, m.page.places) for m in read)
    return ParsedDocument(
        opened.kind, opened.title, pages, tuple(cut for m in read for cut in m.page.passages)
    )


def _argument(filename: str) -> str:
    """A file name that can be an argument of a process."""
    return filename.replace("\0", "").encode("utf-8", "replace").decode("utf-8")[-255:] or "document"
