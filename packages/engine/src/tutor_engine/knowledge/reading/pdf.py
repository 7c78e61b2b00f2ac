"""PDF documents page by page: text with headings and places, scanned pages through tesseract.

A first look at pages spread over the document tells what is body and what comes back on every page; then the
pages stream out one by one, each with its neighbours in view. Runs only in the parsing child process.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from tutor_engine.knowledge.document import BadDocument, ParsedPage, ParseLimits, Unreadable
from tutor_engine.knowledge.reading.clean import drop_invisible
from tutor_engine.knowledge.reading.markdown import TOC_HEADING
from tutor_engine.knowledge.reading.ocr import OcrFailed, Recogniser, ocr_lines
from tutor_engine.knowledge.reading.pdf_layout import Profile, lay_out, running_titles, survey
from tutor_engine.knowledge.reading.pdf_lines import RawPage, read_page

_PASSWORD_ERROR = 4
"""FPDF_ERR_PASSWORD."""
_SURVEYED = 24
_RUN = 3
"""Surveyed pages lie in runs, so that left and right pages are both seen."""
_AROUND = 2
"""Neighbours on each side that are looked at for running titles."""
_FEW_CHARS = 24
"""A scan with less text than this (a stamp, a page number) is read from its picture."""
_RECOGNISED_RATIO = 1.25
"""Heights of recognised words vary; headings of a scan must stand out by so much more."""
_ODD = re.compile("[\ufffd\ue000-\uf8ff]")
_GARBLED_SHARE = 0.3
"""More private or replacement characters than this: the file does not say what its glyphs mean."""


@dataclass(slots=True)
class _Book:
    """An open PDF with the raw pages near where it is being read."""

    document: Any
    count: int
    limits: ParseLimits
    recogniser: Recogniser
    read_before: int
    """Pages up to this one are known already: they are not read from their picture again."""
    _near: dict[int, RawPage]
    _characters: int = 0

    def raw(self, index: int) -> RawPage:
        if index not in self._near:
            page = read_page(self.document, index)
            self._characters += sum(len(line.text) for line in page.lines)
            if self._characters > self.limits.max_characters:
                detail = f"{self._characters} characters by page {index + 1}"
                raise BadDocument(Unreadable.TOO_LONG, detail)
            self._near[index] = page
        return self._near[index]

    def forget(self, index: int) -> None:
        self._near.pop(index, None)

    def neighbours(self, index: int) -> list[RawPage]:
        first, last = max(0, index - _AROUND), min(self.count, index + _AROUND + 1)
        return [self.raw(i) for i in range(first, last) if i != index]


@dataclass(frozen=True, slots=True)
class PdfPages:
    """What is known before the first page is out, and the pages."""

    title: str
    """From the file's own description or its first heading; may be empty."""
    count: int
    pages: Iterator[ParsedPage]


def open_pdf(
    data: bytes,
    limits: ParseLimits,
    *,
    read_before: int = 0,
    recogniser: Callable[[ParseLimits], Recogniser] = Recogniser,
) -> PdfPages:
    """Open a PDF; its pages are read while they are asked for.

    Raises:
        BadDocument: no page can be read at all; also raised between pages, by a document that is too long.
    """
    import pypdfium2

    if b"%PDF-" not in data[:1024]:
        raise BadDocument(Unreadable.DAMAGED, "no PDF header")
    try:
        document: Any = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        encrypted = getattr(error, "err_code", None) == _PASSWORD_ERROR
        raise BadDocument(Unreadable.ENCRYPTED if encrypted else Unreadable.DAMAGED, str(error)) from error
    count = len(document)
    if count == 0:
        raise BadDocument(Unreadable.EMPTY, "no pages")
    if count > limits.max_pages:
        raise BadDocument(Unreadable.TOO_LONG, f"{count} pages")
    book = _Book(document, count, limits, recogniser(limits), read_before, {})
    looked_at = [book.raw(index) for index in _spread(count)]
    profile = survey(looked_at)
    title = drop_invisible(str(document.get_metadata_dict().get("Title", ""))).strip()
    return PdfPages(title or _first_title(looked_at, profile), count, _pages(book, profile))


def _spread(count: int) -> list[int]:
    """Pages to look at first: all of a short document, else runs spread evenly."""
    if count <= _SURVEYED:
        return list(range(count))
    runs = _SURVEYED // _RUN
    starts = [round(k * (count - _RUN) / (runs - 1)) for k in range(runs)]
    return sorted({start + i for start in starts for i in range(_RUN)})


def _first_title(pages: list[RawPage], profile: Profile) -> str:
    """The first heading, when it is set larger than all others seen."""
    headings = [line for page in pages for line in page.lines if profile.level(line)]
    if not headings or TOC_HEADING.match(headings[0].text):
        return ""
    if any(profile.level(other) <= profile.level(headings[0]) for other in headings[1:]):
        return ""
    return headings[0].text


def _pages(book: _Book, profile: Profile) -> Iterator[ParsedPage]:
    with book.document:
        for index in range(book.count):
            raw = book.raw(index)
            if index < book.read_before:
                yield _text_page(book, raw, profile, index)
            elif raw.scanned and _characters(raw) < _FEW_CHARS:
                yield _from_picture(book, raw, "scanned")
            elif _garbled(raw):
                yield _from_picture(book, raw, "garbled")
            else:
                yield _text_page(book, raw, profile, index)
            book.forget(index - _AROUND)


def _text_page(book: _Book, raw: RawPage, profile: Profile, index: int) -> ParsedPage:
    if not raw.lines:
        return ParsedPage(raw.number, "", failed=raw.failed or "no_text")
    return lay_out(raw, profile, running_titles(raw, book.neighbours(index)))


def _from_picture(book: _Book, raw: RawPage, why: str) -> ParsedPage:
    """The page as tesseract reads it; `failed` says why it cannot."""
    if not book.recogniser.languages:
        return ParsedPage(raw.number, "", failed=f"{why}: no tesseract")
    try:
        lines = ocr_lines(book.recogniser, book.document, raw.number - 1)
    except OcrFailed as error:
        return ParsedPage(raw.number, "", failed=f"{why}: {error}")
    page = RawPage(raw.number, tuple(lines), raw.width, raw.height)
    if not page.lines:
        return ParsedPage(raw.number, "", failed="no_words")
    profile = survey([page])
    profile = replace(profile, body=profile.body * _RECOGNISED_RATIO)
    return replace(lay_out(page, profile), recognised=True)


def _characters(raw: RawPage) -> int:
    return sum(len(line.text) - line.text.count(" ") for line in raw.lines)


def _garbled(raw: RawPage) -> bool:
    odd = sum(len(_ODD.findall(line.text)) for line in raw.lines)
    return odd > 0 and odd > _characters(raw) * _GARBLED_SHARE
