"""Lines of a PDF page as they are printed: words, sizes, weights and places, by pypdfium2.

What a reader of the page cannot see is taken off the page before its text is read: invisible ink, white on
white, letters under a point, text beside the paper. Runs only in the parsing child process.
"""

import ctypes
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tutor_engine.knowledge.reading.clean import is_invisible
from tutor_engine.knowledge.reading.geometry import Word
from tutor_engine.knowledge.reading.pdf_hidden import take_off_hidden

JOINS = "\u00ad"
"""Ends the text of a line whose last word goes on in the next."""
_HYPHEN = 0x02
"""What pdfium makes of a hyphen at the end of a line; the rest of the word follows at once."""
_ENDS = frozenset((0x0A, _HYPHEN))
_LINE_BREAKS = frozenset((_HYPHEN, 0xAD, 0xFFFE))
_MAX_CHARS = 200_000
_BOLD_NAMES = ("bold", "black", "heavy", "-bd", "semibold")
_MONO_NAMES = ("mono", "courier", "consolas", "menlo", "code", "typewriter", "cmtt")
_BOLD_WEIGHT = 600


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line. Offsets of its words count within `text`."""

    text: str
    size: float
    """Height of the letters in points; the middle one of three samples."""
    bold: bool = False
    mono: bool = False
    top: float = 0.0
    bottom: float = 0.0
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class RawPage:
    """A page before its lines are told apart into headings, text and noise."""

    number: int
    lines: tuple[Line, ...] = ()
    width: float = 0.0
    height: float = 0.0
    scanned: bool = False
    """Whether a picture covers much of the page."""
    hidden: int = 0
    """Pieces of text that were taken off because nobody can see them."""
    failed: str = ""


@dataclass(frozen=True, slots=True)
class _Paper:
    """From the file's coordinates to those of the page as it is shown."""

    left: float
    bottom: float
    right: float
    top: float
    turn: int

    @property
    def size(self) -> tuple[float, float]:
        wide, high = self.right - self.left, self.top - self.bottom
        return (high, wide) if self.turn % 2 else (wide, high)

    def shown(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of a box given as left, bottom, right, top."""
        x0, y0, x1, y1 = box
        if self.turn == 1:
            return y0 - self.bottom, x0 - self.left, y1 - self.bottom, x1 - self.left
        if self.turn == 2:
            return self.right - x1, y0 - self.bottom, self.right - x0, y1 - self.bottom
        if self.turn == 3:
            return self.top - y1, self.right - x1, self.top - y0, self.right - x0
        return x0 - self.left, self.top - y1, x1 - self.left, self.top - y0


def read_page(document: Any, index: int) -> RawPage:
    """The lines of one page; a page that cannot be read says so in `failed`."""
    import pypdfium2

    try:
        page = document[index]
    except pypdfium2.PdfiumError as error:
        return RawPage(index + 1, failed=f"damaged: {error}")
    try:
        paper = _paper(page)
        scanned, hidden = take_off_hidden(page, page.get_bbox())
        text_page = page.get_textpage()
        try:
            lines = tuple(_Reader(text_page, paper).lines())
        finally:
            text_page.close()
        return RawPage(index + 1, lines, *paper.size, scanned=scanned, hidden=hidden)
    except pypdfium2.PdfiumError as error:
        return RawPage(index + 1, failed=f"damaged: {error}")
    finally:
        page.close()


def _paper(page: Any) -> _Paper:
    left, bottom, right, top = page.get_bbox()
    return _Paper(left, bottom, right, top, (page.get_rotation() // 90) % 4)


# Characters to lines ------------------------------------------------------------------------------------


class _Reader:
    """Walks the characters of a page once; asks for the place of a word, not of each letter."""

    def __init__(self, text_page: Any, paper: _Paper) -> None:
        from pypdfium2 import raw

        self._raw = raw
        self._page = text_page.raw
        self._count = min(text_page.count_chars(), _MAX_CHARS)
        self._paper = paper
        self._box = raw.FS_RECTF()
        self._box_ref = ctypes.byref(self._box)
        self._matrix = raw.FS_MATRIX()
        self._matrix_ref = ctypes.byref(self._matrix)
        self._name = ctypes.create_string_buffer(128)
        self._flags = ctypes.c_int()

    def lines(self) -> Iterator[Line]:
        """Lines in the order of the page's content."""
        unicode_of, page = self._raw.FPDFText_GetUnicode, self._page
        letters: list[tuple[int, int]] = []
        high = 0
        for index in range(self._count):
            unit = unicode_of(page, index)
            if unit in _ENDS:
                if unit == _HYPHEN:
                    letters.append((index, unit))
                yield from self._line(letters)
                letters = []
            elif 0xD800 <= unit < 0xDC00:
                high = unit
                continue
            elif high and 0xDC00 <= unit < 0xE000:
                letters.append((index, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00)))
            elif unit != 13:
                letters.append((index, unit))
            high = 0
        yield from self._line(letters)

    def _line(self, letters: list[tuple[int, int]]) -> Iterator[Line]:
        joins = bool(letters) and letters[-1][1] in _LINE_BREAKS
        seen = [(index, unit) for index, unit in letters if 32 <= unit < 127 or not _unwanted(unit)]
        while seen and chr(seen[-1][1]).isspace():
            seen.pop()
        begin = next((i for i, (_, unit) in enumerate(seen) if not chr(unit).isspace()), len(seen))
        seen = seen[begin:]
        if not seen:
            return
        text = "".join(_usual(unit) for _, unit in seen)
        words = tuple(self._words(seen))
        samples = [seen[0][0], seen[len(seen) // 2][0], seen[-1][0]]
        sizes = sorted(size for size in map(self._size, samples) if size)
        fonts = [self._font(index) for index in samples]
        yield Line(
            text + (JOINS if joins else ""),
            sizes[len(sizes) // 2] if sizes else 0.0,
            bold=all(bold for bold, _ in fonts),
            mono=all(mono for _, mono in fonts),
            top=min(self._tops, default=0.0),
            bottom=max(self._bottoms, default=0.0),
            words=words,
        )

    def _words(self, letters: Sequence[tuple[int, int]]) -> Iterator[Word]:
        self._tops: list[float] = []
        self._bottoms: list[float] = []
        at = 0
        start, first, last, wide = 0, -1, -1, False
        for index, unit in letters:
            space = unit in (32, 9, 0xA0, 0x3000)
            now_wide = unit >= 0x2E80
            if first >= 0 and (space or now_wide != wide):
                yield self._word(start, at, first, last)
                first = -1
            if not space:
                if first < 0:
                    start, first, wide = at, index, now_wide
                last = index
            at += len(_usual(unit)) if unit > 0x7F else 1
        if first >= 0:
            yield self._word(start, at, first, last)

    def _word(self, start: int, end: int, first: int, last: int) -> Word:
        left, top, right, bottom = self._place(first)
        if last != first:
            other = self._place(last)
            left, top = min(left, other[0]), min(top, other[1])
            right, bottom = max(right, other[2]), max(bottom, other[3])
        self._tops.append(top)
        self._bottoms.append(bottom)
        return Word(start, end - start, left, right)

    def _place(self, index: int) -> tuple[float, float, float, float]:
        box = self._box
        if not self._raw.FPDFText_GetLooseCharBox(self._page, index, self._box_ref):
            return 0.0, 0.0, 0.0, 0.0
        return self._paper.shown((box.left, box.bottom, box.right, box.top))

    def _size(self, index: int) -> float:
        points = self._raw.FPDFText_GetFontSize(self._page, index)
        if not self._raw.FPDFText_GetMatrix(self._page, index, self._matrix_ref):
            return round(points, 1)
        return round(points * (self._matrix.c**2 + self._matrix.d**2) ** 0.5, 1)

    def _font(self, index: int) -> tuple[bool, bool]:
        """Whether a character is bold, and whether all letters of its font are equally wide."""
        got = self._raw.FPDFText_GetFontInfo(self._page, index, self._name, 128, self._flags)
        name = self._name.value.decode("latin-1").lower() if got else ""
        weight = self._raw.FPDFText_GetFontWeight(self._page, index)
        bold = weight >= _BOLD_WEIGHT or any(part in name for part in _BOLD_NAMES)
        return bold, bool(self._flags.value & 1) or any(part in name for part in _MONO_NAMES)


def _unwanted(unit: int) -> bool:
    """No character, or one that cannot be seen."""
    return 0xD800 <= unit < 0xE000 or unit > 0x10FFFF or is_invisible(chr(unit))


def _usual(unit: int) -> str:
    """Ligatures and the look-alike radicals that some programs write become the usual letters."""
    if unit < 0x2E80 or not (unit < 0x2FE0 or 0xF900 <= unit < 0xFB07):
        return " " if unit == 0xA0 else chr(unit)
    return unicodedata.normalize("NFKC", chr(unit))
