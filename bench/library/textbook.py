"""A textbook made on the spot: prose of the demo library over as many pages as asked for, as a PDF.

Chapters, running titles, page numbers, a contents list, tables and listings, as books have them. Written by a
tiny PDF writer of ours, so that the benchmark needs no file and no further library.
"""

import random
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.house import DEMO_LIBRARY

WIDTH, HEIGHT = 595, 842
_LEFT = 64
_BODY, _LEADING = 11.0, 15.5
_LINE_CHARS = 88
_PAGE_LINES = 42
_CHAPTER_PAGES = 12

Line = tuple[float, float, str, str]
"""Size, distance from the left, font (F1 plain, F2 bold, F3 fixed) and text."""


@dataclass(frozen=True)
class Textbook:
    """The file, and a phrase of each page that must be found there."""

    data: bytes
    phrases: tuple[str, ...]
    characters: int


def sentences(folder: Path = DEMO_LIBRARY / "en") -> list[str]:
    """Every sentence of the English demo library."""
    text = "\n".join(path.read_text("utf-8") for path in sorted(folder.glob("*.md")))
    prose = " ".join(
        line for line in text.split("\n") if line and line[0] not in "#|`->*" and not line[0].isdigit()
    )
    found = re.split(r"(?<=[.!?])\s+", prose)
    return [s for s in found if 30 < len(s) < 300 and s.isascii()]


def textbook(pages: int, seed: int = 1) -> Textbook:
    """A book of so many pages; each page holds one sentence with a number that no other page has."""
    chance = random.Random(seed)
    source = sentences()
    laid: list[list[Line]] = []
    phrases: list[str] = []
    for number in range(1, pages + 1):
        chapter = (number - 1) // _CHAPTER_PAGES + 1
        phrase = f"Specimen {number * 7919 + 13} was described on this occasion."
        phrases.append(phrase)
        prose = chance.sample(source, 30)
        prose.insert(chance.randrange(12), phrase)
        laid.append(list(_page(number, chapter, prose, chance)))
    data = write_pdf(laid)
    characters = sum(len(line[3]) for page in laid for line in page)
    return Textbook(data, tuple(phrases), characters)


def _page(number: int, chapter: int, prose: Sequence[str], chance: random.Random) -> Iterator[Line]:
    yield 9.0, _LEFT, "F1", f"Chapter {chapter}  Light, water and the living world"
    lines = 2
    if number % _CHAPTER_PAGES == 1:
        yield 20.0, _LEFT, "F1", f"Chapter {chapter}: Of things seen and measured"
        lines += 2
    if number % 3 == 0:
        yield 13.5, _LEFT, "F1", f"{chapter}.{number} How it was found"
        lines += 1
    if number % 5 == 0:
        for row in range(4):
            yield _BODY, _LEFT, "F3", f"value_{row} = measure({chance.randint(1, 99)}, scale={row})"
        lines += 4
    for words in _wrapped(" ".join(prose)):
        if lines >= _PAGE_LINES:
            break
        yield _BODY, _LEFT, "F1", words
        lines += 1
    yield 9.0, WIDTH / 2, "F1", str(number)


def _wrapped(text: str) -> Iterator[str]:
    line = ""
    for word in text.split():
        if len(line) + len(word) + 1 > _LINE_CHARS:
            yield line
            line = ""
        line = f"{line} {word}".strip()
    yield line


def write_pdf(pages: Sequence[Sequence[Line]]) -> bytes:
    """Pages of lines, from the top of each page down, compressed as PDF writers do."""
    first = 6
    kids = " ".join(f"{first + 2 * i} 0 R" for i in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        *(
            f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode()
            for name in ("Helvetica", "Helvetica-Bold", "Courier")
        ),
    ]
    for i, lines in enumerate(pages):
        at = HEIGHT - 50.0
        content = b""
        for size, left, font, text in lines:
            escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("cp1252")
            content += f"BT /{font} {size} Tf {left:g} {at:g} Td (".encode() + escaped + b") Tj ET\n"
            at -= max(size * 1.4, _LEADING)
        packed = zlib.compress(content)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {first + 2 * i + 1} 0 R"
            " /Resources << /Font << /F1 3 0 R /F2 4 0 R /F3 5 0 R >> >> >>".encode()
        )
        objects.append(
            b"<< /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed) + packed + b"\nendstream"
        )
    return _file(objects)


def _file(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.5\n")
    offsets: list[int] = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(out)
    size = len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, table)
    return bytes(out)
