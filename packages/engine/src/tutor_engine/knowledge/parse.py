"""Reads one untrusted document in a process of its own: bytes on standard input, JSON on standard output.

`python -m tutor_engine.knowledge.parse <file name>`. It limits its own time and memory first, opens no file
and no socket, and answers a refusal as JSON too; a crash is the parent's to notice.
"""

import resource
import sys
from pathlib import PurePath
from typing import Literal

import msgspec

from tutor_engine.knowledge.clean import decode_text, hide_invisible
from tutor_engine.knowledge.document import (
    BadDocument,
    Block,
    ParsedDocument,
    ParsedPage,
    ParseLimits,
    Unreadable,
)
from tutor_engine.knowledge.markdown import heading_title, markdown_blocks, text_blocks
from tutor_engine.knowledge.passages import cut_passages
from tutor_engine.knowledge.pdf import read_pdf
from tutor_engine.text import plain

KINDS: dict[str, Literal["md", "txt", "pdf"]] = {
    ".md": "md", ".markdown": "md", ".txt": "txt", ".text": "txt", ".pdf": "pdf",
}  # fmt: skip
"""What can be read, by the ending of the file's name."""


class Parsed(msgspec.Struct):
    """What the child answers: a document, or why there is none."""

    document: ParsedDocument | None = None
    refused: Unreadable | None = None
    detail: str = ""


def parse_document(data: bytes, filename: str, limits: ParseLimits) -> ParsedDocument:
    """Read a document in this process.

    Raises:
        BadDocument: it cannot be read.
    """
    name = PurePath(filename.replace("\\", "/"))
    kind = KINDS.get(name.suffix.lower())
    if kind is None:
        raise BadDocument(Unreadable.UNSUPPORTED, name.suffix)
    if len(data) > limits.max_bytes:
        raise BadDocument(Unreadable.TOO_LARGE, f"{len(data)} bytes")
    if not data.strip():
        raise BadDocument(Unreadable.EMPTY)
    if kind == "pdf":
        title, pages = read_pdf(data, limits)
    else:
        title, pages = _read_text(data, kind, limits)
    title = plain(title)[:200] or _first_title(pages) or plain(name.stem)[:200] or "Document"
    passages = tuple(cut_passages(title, pages))
    if not passages:
        raise BadDocument(Unreadable.EMPTY, "no passages")
    shown = tuple(ParsedPage(page.number, page.text, (), page.failed) for page in pages)
    return ParsedDocument(kind, title, shown, passages)


def _read_text(
    data: bytes, kind: Literal["md", "txt"], limits: ParseLimits
) -> tuple[str, tuple[ParsedPage, ...]]:
    text = hide_invisible(decode_text(data))
    if len(text) > limits.max_characters:
        raise BadDocument(Unreadable.TOO_LONG, f"{len(text)} characters")
    blocks = tuple(markdown_blocks(text) if kind == "md" else text_blocks(text))
    return "", (ParsedPage(1, text, blocks),)


def _first_title(pages: tuple[ParsedPage, ...]) -> str:
    """The first heading, when it stands above all others."""
    headings: list[tuple[ParsedPage, Block]] = [
        (page, block) for page in pages for block in page.blocks if block.kind == "heading"
    ]
    if not headings:
        return ""
    page, block = headings[0]
    if any(other.level <= block.level for _, other in headings[1:]):
        return ""
    return plain(heading_title(page.text, block))[:200]


def _confine(limits: ParseLimits) -> None:
    """No more than the allowed time and memory, no files, no core dump."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s, limits.cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Body of the child; the limits arrive as JSON in the second argument."""
    limits = msgspec.json.decode(sys.argv[2].encode(), type=ParseLimits)
    _confine(limits)
    try:
        data = sys.stdin.buffer.read()
        answer = msgspec.json.encode(Parsed(document=parse_document(data, sys.argv[1], limits)))
    except BadDocument as error:
        answer = msgspec.json.encode(Parsed(refused=error.reason, detail=error.detail))
    except MemoryError:
        answer = msgspec.json.encode(Parsed(refused=Unreadable.TOO_COMPLEX, detail="memory"))
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    main()
