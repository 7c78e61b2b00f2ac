"""Reads one untrusted document in a process of its own: bytes on standard input, pages on standard output.

`python -m tutor_engine.knowledge.reading.parse <file name> <options>`. It confines itself first, opens no
file and no socket, and sends each page as soon as it is read; refusals are messages too, a crash is the
parent's to see. Messages are MessagePack, each after its length in four bytes.
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import msgspec

from tutor_engine.knowledge.document import (
    BadDocument,
    Block,
    Kind,
    ParsedPage,
    ParseLimits,
    ReadPage,
    Unreadable,
)
from tutor_engine.knowledge.reading.clean import decode_text, drop_invisible, hide_invisible
from tutor_engine.knowledge.reading.kinds import ARCHIVES, KINDS, kind_of
from tutor_engine.knowledge.reading.markdown import heading_title, markdown_blocks, text_blocks
from tutor_engine.knowledge.reading.passages import Cutter
from tutor_engine.knowledge.reading.sandbox import confine, more_time
from tutor_engine.text import plain

_LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
"""What operating systems leave in archives."""


class Options(msgspec.Struct, frozen=True):
    """What the parent asks for."""

    limits: ParseLimits
    read_before: int = 0
    """Pages up to this one are kept already; they are passed over, and not recognised again."""


class Opened(msgspec.Struct, tag=True, frozen=True):
    """The document can be read."""

    kind: Kind
    title: str


class Counted(msgspec.Struct, tag=True, frozen=True):
    """How many pages are known to come; grows while an archive is read."""

    pages: int


class PageRead(msgspec.Struct, tag=True, frozen=True):
    """One page."""

    page: ReadPage


class Refused(msgspec.Struct, tag=True, frozen=True):
    """The document cannot be read (on). Nothing follows."""

    reason: Unreadable
    detail: str


class Finished(msgspec.Struct, tag=True, frozen=True):
    """All pages have been sent. Nothing follows."""


Message = Opened | Counted | PageRead | Refused | Finished


@dataclass(frozen=True, slots=True)
class _Readout:
    """A document that has been opened; its pages are read as they are asked for."""

    title: str
    count: int
    pages: Iterator[ParsedPage]


def read_messages(data: bytes, filename: str, options: Options) -> Iterator[Message]:
    """All that is said about a document, to its end.

    Raises:
        BadDocument: it cannot be read; pages sent before stay true.
    """
    if len(data) > options.limits.max_bytes:
        raise BadDocument(Unreadable.TOO_LARGE, f"{len(data)} bytes")
    kind = kind_of(data, filename)
    stem = plain(PurePosixPath(filename.replace("\\", "/")).stem)[:200] or "Document"
    if kind == "zip":
        yield from _read_archive(data, stem, options)
        return
    readout = _open(data, kind, options, options.read_before)
    title = plain(readout.title)[:200] or stem
    yield Opened(kind, title)
    yield Counted(readout.count)
    yield from _judged(_cut(readout, Cutter(title), options), kept=options.read_before > 0)


def _judged(pages: Iterator[ReadPage], *, kept: bool) -> Iterator[Message]:
    """The pages; a document without a single passage is refused at its end, with the reason of its pages."""
    passages, failed = int(kept), list[str]()
    for page in pages:
        passages += len(page.passages)
        if page.failed:
            failed.append(page.failed)
        yield PageRead(page)
    if passages:
        yield Finished()
    elif any(why.startswith(("damaged", "file:")) for why in failed):
        raise BadDocument(Unreadable.DAMAGED, failed[0])
    elif failed:
        raise BadDocument(Unreadable.NO_TEXT, failed[0])
    else:
        raise BadDocument(Unreadable.EMPTY, "no passages")


def _cut(readout: _Readout, cutter: Cutter, options: Options, first: int = 1) -> Iterator[ReadPage]:
    """Pages with their passages, numbered from `first`; those that are kept already are passed over."""
    characters = 0
    for parsed in readout.pages:
        page = replace(parsed, number=parsed.number + first - 1) if first > 1 else parsed
        characters += len(page.text)
        if characters > options.limits.max_characters:
            raise BadDocument(Unreadable.TOO_LONG, f"{characters} characters by page {page.number}")
        passages = tuple(cutter.cut(page))
        more_time(options.limits)
        if page.number > options.read_before:
            yield ReadPage(
                page.number, page.text, page.failed, passages, page.places, page.recognised, page.hidden
            )


def _open(data: bytes, kind: Kind, options: Options, read_before: int) -> _Readout:
    limits = options.limits
    if kind == "pdf":
        from tutor_engine.knowledge.reading.pdf import open_pdf

        pdf = open_pdf(data, limits, read_before=read_before)
        return _Readout(pdf.title, pdf.count, pdf.pages)
    if kind in ("docx", "pptx"):
        from tutor_engine.knowledge.reading.archive import Archive
        from tutor_engine.knowledge.reading.docx import document_pages
        from tutor_engine.knowledge.reading.pptx import slide_pages

        archive = Archive(data, limits)
        return _Readout(*(document_pages if kind == "docx" else slide_pages)(archive, limits))
    if kind == "html":
        from tutor_engine.knowledge.reading.html import read_html

        title, page = read_html(data, limits)
        return _Readout(title or _first_title(page), 1, iter((page,)))
    page = _text_page(data, kind, limits)
    return _Readout(_first_title(page), 1, iter((page,)))


def _text_page(data: bytes, kind: Kind, limits: ParseLimits) -> ParsedPage:
    text = hide_invisible(decode_text(data))
    if len(text) > limits.max_characters:
        raise BadDocument(Unreadable.TOO_LONG, f"{len(text)} characters")
    if kind != "md":
        return ParsedPage(1, text, tuple(text_blocks(text)))
    from tutor_engine.knowledge.reading.rendered import blank_hidden

    text, hidden = blank_hidden(text)
    return ParsedPage(1, text, tuple(markdown_blocks(text)), hidden=hidden)


def _first_title(page: ParsedPage) -> str:
    """The first heading, when it stands above all others."""
    headings: list[Block] = [block for block in page.blocks if block.kind == "heading"]
    if not headings or any(other.level <= headings[0].level for other in headings[1:]):
        return ""
    return heading_title(page.text, headings[0])


# Archives -----------------------------------------------------------------------------------------------


def _read_archive(data: bytes, title: str, options: Options) -> Iterator[Message]:
    from tutor_engine.knowledge.reading.archive import Archive

    archive = Archive(data, options.limits)
    names = [name for name in archive.names if not any(part in name for part in _LITTER)]
    if any(PurePosixPath(name).suffix.lower() in ARCHIVES for name in names):
        raise BadDocument(Unreadable.NESTED, "an archive within the archive")
    readable = sorted(name for name in names if PurePosixPath(name).suffix.lower() in KINDS)
    if not readable:
        raise BadDocument(Unreadable.EMPTY if not names else Unreadable.UNSUPPORTED, "nothing to read inside")
    yield Opened("zip", title)
    counted = 0

    def pages() -> Iterator[ReadPage | Counted]:
        nonlocal counted
        for index, name in enumerate(readable):
            first = counted + 1
            try:
                content = archive.read(name)
                kept = max(0, options.read_before - counted)
                readout = _open(content, kind_of(content, name), options, kept)
                counted += readout.count
                if counted > options.limits.max_pages:
                    raise BadDocument(Unreadable.TOO_LONG, f"{counted} pages by {name[:80]}")
                yield Counted(counted + len(readable) - index - 1)
                cutter = Cutter(title, above=plain(PurePosixPath(name).stem)[:120])
                yield from _cut(readout, cutter, options, first)
            except BadDocument as error:
                if error.reason in (Unreadable.BOMB, Unreadable.TOO_LONG, Unreadable.TOO_COMPLEX):
                    raise
                counted = max(counted, first)
                yield ReadPage(first, "", failed=f"file: {error.reason.value}: {drop_invisible(name)[:120]}")

    def only_pages(both: Iterator[ReadPage | Counted], counts: list[Counted]) -> Iterator[ReadPage]:
        for each in both:
            if isinstance(each, Counted):
                counts.append(each)
            else:
                yield each

    counts: list[Counted] = []
    for message in _judged(only_pages(pages(), counts), kept=options.read_before > 0):
        while counts:
            yield counts.pop(0)
        yield message


# The child ----------------------------------------------------------------------------------------------


def _send(messages: Iterator[Message]) -> None:
    encoder = msgspec.msgpack.Encoder()
    for message in messages:
        body = encoder.encode(message)
        _write(len(body).to_bytes(4, "big") + body)


def _write(data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(1, rest) :]


def _said(data: bytes, filename: str, options: Options) -> Iterator[Message]:
    try:
        yield from read_messages(data, filename, options)
    except BadDocument as error:
        yield Refused(error.reason, error.detail)
    except (MemoryError, RecursionError) as error:
        yield Refused(Unreadable.TOO_COMPLEX, type(error).__name__)


def main() -> None:
    """Body of the child; the options arrive as JSON in the second argument."""
    options = msgspec.json.decode(sys.argv[2].encode(), type=Options)
    confine(options.limits)
    try:
        data = sys.stdin.buffer.read()
    except MemoryError:
        _send(iter((Refused(Unreadable.TOO_COMPLEX, "memory"),)))
        return
    try:
        _send(_said(data, sys.argv[1], options))
    except ImportError as error:  # a library did not fit into the memory that is left
        _send(iter((Refused(Unreadable.TOO_COMPLEX, str(error)[:200]),)))


if __name__ == "__main__":
    main()
