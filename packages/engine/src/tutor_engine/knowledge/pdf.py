"""PDF pages to text with headings, by pypdfium2. Runs only in the parsing child process.

Headings are lines set larger than the body; lines that come back on most pages (headers, footers, page
numbers) become gaps.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tutor_engine.knowledge.clean import drop_invisible
from tutor_engine.knowledge.document import BadDocument, Block, ParsedPage, ParseLimits, Unreadable
from tutor_engine.knowledge.markdown import TOC_HEADING

_HEADING_RATIO = 1.15
"""A heading is at least this much larger than the body."""
_MAX_HEADING_CHARS = 120
_TOC_LINE = re.compile(r".{1,200}?(?:\.{4,}|…{2,}|·{4,}|(?: \.){4,})\s*\d{1,4}\s*$")
_PAGE_NUMBER = re.compile(
    r"[-–—\s]*(?:page\s*)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?[-–—\s]*$|第\s*\d+\s*页", re.IGNORECASE
)
_BULLET = re.compile(r"\s*[•◦▪●■–·*-]\s+")
_SENTENCE_END = tuple(".!?。！？:：”")
_PASSWORD_ERROR = 4
"""FPDF_ERR_PASSWORD."""


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    size: float
    """Height of the letters in points; the median over the line."""


@dataclass(frozen=True, slots=True)
class _RawPage:
    number: int
    lines: tuple[_Line, ...]
    failed: str = ""


def read_pdf(data: bytes, limits: ParseLimits) -> tuple[str, tuple[ParsedPage, ...]]:
    """Title from the file's own description (may be empty) and its pages.

    Raises:
        BadDocument: no page can be read at all.
    """
    import pypdfium2

    if b"%PDF-" not in data[:1024]:
        raise BadDocument(Unreadable.DAMAGED, "no PDF header")
    try:
        document: Any = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        encrypted = getattr(error, "err_code", None) == _PASSWORD_ERROR
        raise BadDocument(Unreadable.ENCRYPTED if encrypted else Unreadable.DAMAGED, str(error)) from error
    with document:
        count = len(document)
        if count == 0:
            raise BadDocument(Unreadable.EMPTY, "no pages")
        if count > limits.max_pages:
            raise BadDocument(Unreadable.TOO_LONG, f"{count} pages")
        raw = list(_read_pages(document, count, limits))
        title = drop_invisible(str(document.get_metadata_dict().get("Title", "")))
    if not any(page.lines for page in raw):
        failed = all(page.failed and page.failed != "no_text" for page in raw)
        raise BadDocument(Unreadable.DAMAGED if failed else Unreadable.NO_TEXT, f"{count} pages")
    body = _body_size(raw)
    repeated = _repeated(raw, body * _HEADING_RATIO)
    sizes = sorted(
        {round(x.size, 1) for p in raw for x in p.lines if x.size >= body * _HEADING_RATIO}, reverse=True
    )
    levels = {size: min(level, 6) for level, size in enumerate(sizes, start=1)}
    return title.strip(), tuple(_parsed(page, levels, repeated) for page in raw)


def _read_pages(document: Any, count: int, limits: ParseLimits) -> Iterator[_RawPage]:
    import pypdfium2

    total = 0
    for index in range(count):
        try:
            page = document[index]
            lines = tuple(_read_lines(page))
            page.close()
        except pypdfium2.PdfiumError as error:
            yield _RawPage(index + 1, (), f"damaged: {error}")
            continue
        total += sum(len(line.text) for line in lines)
        if total > limits.max_characters:
            raise BadDocument(Unreadable.TOO_LONG, f"{total} characters by page {index + 1}")
        yield _RawPage(index + 1, lines, "" if lines else "no_text")


def _read_lines(page: Any) -> Iterator[_Line]:
    from pypdfium2 import raw

    text_page = page.get_textpage()
    handle = text_page.raw
    text: list[str] = []
    sizes: list[float] = []
    high = 0
    for index in range(text_page.count_chars()):
        unit = raw.FPDFText_GetUnicode(handle, index)
        if 0xD800 <= unit < 0xDC00:
            high = unit
            continue
        if high and 0xDC00 <= unit < 0xE000:
            unit = 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00)
        high = 0
        if unit in (0, 0xFFFF) or 0xD800 <= unit < 0xE000 or unit > 0x10FFFF:
            continue
        if unit == 10:
            yield from _line(text, sizes)
            text, sizes = [], []
            continue
        text.append(chr(unit))
        if not chr(unit).isspace():
            sizes.append(round(float(raw.FPDFText_GetFontSize(handle, index)), 1))
    yield from _line(text, sizes)
    text_page.close()


def _line(text: Sequence[str], sizes: Sequence[float]) -> Iterator[_Line]:
    joined = "".join(text)
    broken = joined.rstrip("\r").endswith(("\u00ad", "\u0002", "\ufffe"))
    words = drop_invisible(joined).strip()
    if words:
        yield _Line(words + ("\u00ad" if broken else ""), sorted(sizes)[len(sizes) // 2] if sizes else 0.0)


def _body_size(pages: Sequence[_RawPage]) -> float:
    weights: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            weights[round(line.size, 1)] += len(line.text)
    return weights.most_common(1)[0][0] if weights else 0.0


def _shape(line: str) -> str:
    return re.sub(r"\d+", "#", line).strip().lower()


def _repeated(pages: Sequence[_RawPage], heading_size: float) -> frozenset[str]:
    """Shapes of small first and last lines that come back on most pages."""
    if len(pages) < 3:
        return frozenset()
    edges: Counter[str] = Counter()
    for page in pages:
        ends = (*page.lines[:2], *page.lines[-2:])
        edges.update({_shape(line.text) for line in ends if line.size < heading_size})
    return frozenset(shape for shape, times in edges.items() if times >= 3 and times * 2 > len(pages))


def _parsed(page: _RawPage, levels: dict[float, int], repeated: frozenset[str]) -> ParsedPage:
    text: list[str] = []
    blocks: list[Block] = []
    at = 0
    fresh = True
    widest = max((len(line.text) for line in page.lines), default=0)
    in_contents = False
    for line in page.lines:
        words = line.text
        joined = words.endswith("\u00ad")
        words = words.removesuffix("\u00ad")
        start, end = at, at + len(words)
        text.append(words if joined else words + "\n")
        at = end + (0 if joined else 1)
        level = levels.get(round(line.size, 1), 0) if len(words) <= _MAX_HEADING_CHARS else 0
        noise = _shape(line.text) in repeated or _PAGE_NUMBER.match(words) or _TOC_LINE.match(words)
        if level:
            in_contents = TOC_HEADING.match(words) is not None
        if noise or in_contents:
            fresh = True
        elif level:
            blocks.append(Block("heading", start, end, level))
            fresh = True
        elif fresh or _BULLET.match(words):
            blocks.append(Block("paragraph", start, end))
            fresh = _ends_paragraph(words, widest)
        else:
            blocks[-1] = Block("paragraph", blocks[-1].start, end)
            fresh = _ends_paragraph(words, widest)
    return ParsedPage(page.number, "".join(text).rstrip("\n"), tuple(blocks), page.failed)


def _ends_paragraph(words: str, widest: int) -> bool:
    return words.endswith(_SENTENCE_END) and len(words) < widest * 0.8
