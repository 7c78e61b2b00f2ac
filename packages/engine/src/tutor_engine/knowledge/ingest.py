"""Hands an untrusted document to the parsing child and waits, with a time limit.

The engine's own process never opens a document: a file that crashes or bloats its reader takes only the
child with it.
"""

import asyncio
import os
import sys
from contextlib import suppress

import msgspec

from tutor_engine.knowledge.document import BadDocument, ParsedDocument, ParseLimits, Unreadable
from tutor_engine.knowledge.parse import Parsed

_DECODER = msgspec.json.Decoder(Parsed)


async def read_document(data: bytes, filename: str, limits: ParseLimits | None = None) -> ParsedDocument:
    """Pages and passages of a document.

    Raises:
        BadDocument: it cannot be read; carries the reason and a sentence for the teacher.
    """
    limits = limits or ParseLimits()
    if len(data) > limits.max_bytes:
        raise BadDocument(Unreadable.TOO_LARGE, f"{len(data)} bytes")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-m", "tutor_engine.knowledge.parse",
        _argument(filename), msgspec.json.encode(limits).decode(),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={"PATH": os.defpath, "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"},
    )  # fmt: skip
    try:
        async with asyncio.timeout(limits.wall_s):
            out, errors = await process.communicate(data)
    except TimeoutError as error:
        raise BadDocument(Unreadable.TOO_COMPLEX, f"more than {limits.wall_s:g} s") from error
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode != 0 or not out:
        last = errors.decode("utf-8", "replace").strip().rsplit("\n", 1)[-1][:200]
        reason = Unreadable.DAMAGED if (process.returncode or 0) > 0 else Unreadable.TOO_COMPLEX
        raise BadDocument(reason, last or f"reader ended with {process.returncode}")
    answer = _DECODER.decode(out)
    if answer.document is None:
        raise BadDocument(answer.refused or Unreadable.DAMAGED, answer.detail)
    return answer.document


def _argument(filename: str) -> str:
    """A file name that can be an argument of a process."""
    return filename.replace("\0", "").encode("utf-8", "replace").decode("utf-8")[-255:] or "document"
