"""What the lines of a PDF page are: headings, paragraphs, tables, listings; and what is not read at all.

A survey of pages spread over the document tells the size of its body, its heading sizes and the lines that
come back on most pages; neighbours tell the running titles of a chapter. Pure functions over lines.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tutor_engine.knowledge.document import Block, BlockKind, ParsedPage
from tutor_engine.knowledge.reading.geometry import PlacedLine, Word, pack
from tutor_engine.knowledge.reading.markdown import CONTENTS_LINE, TOC_HEADING
from tutor_engine.knowledge.reading.pdf_lines import JOINS, Line, RawPage

_HEADING_RATIO = 1.15
"""A heading is at least this much larger than the body."""
_MAX_HEADING_CHARS = 120
_MAX_BOLD_HEADING_CHARS = 80
_PAGE_NUMBER = re.compile(
    r"[-–—|\s]*(?:page\s*|p\.\s*)?(?:\d{1,4}|[ivxlc]{1,7})(?:\s*(?:/|of)\s*\d{1,4})?[-–—|\s]*$"
    r"|第\s*\d+\s*页(?:\s*[，,/]?\s*共\s*\d+\s*页)?$",
    re.IGNORECASE,
)
_BULLET = re.compile(r"\s*(?:[•◦▪●■–·*-]|\(?\d{1,2}[.)]|[（(][一二三四五六七八九十\d]{1,3}[)）])\s+")
_SENTENCE_END = tuple(".!?。！？:：”")
_NO_HEADING_END = tuple(".!?,;。！？，；")
_EDGE_LINES = 2
"""Headers and footers are looked for among so many first and last lines."""
_EDGE_SHARE = 0.14
"""… and running titles of a chapter within this part of the page's height."""
_COLUMN_GAP = 1.6
"""Words further apart than this many letter heights stand in different columns."""
_MIN_TABLE_ROWS = 3
_MIN_CODE_LINES = 2


@dataclass(frozen=True, slots=True)
class Profile:
    """What a document's pages have in common."""

    body: float
    """Height of the body's letters in points."""
    levels: tuple[float, ...]
    """Heights of headings, the largest first."""
    repeated: frozenset[str]
    """Shapes of headers and footers."""
    bold_body: bool
    mono_body: bool

    def level(self, line: Line) -> int:
        """Heading level of a line by its size; 0: none."""
        if line.size < self.body * _HEADING_RATIO or len(line.text) > _MAX_HEADING_CHARS or line.mono:
            return 0
        if not any(c.isalpha() for c in line.text):
            return 0
        larger = sum(size > line.size + 0.05 for size in self.levels)
        return min(1 + larger, 6)


def survey(pages: Sequence[RawPage]) -> Profile:
    """The profile of a document, from some of its pages."""
    weights: Counter[float] = Counter()
    bold: Counter[bool] = Counter()
    mono: Counter[bool] = Counter()
    for page in pages:
        for line in page.lines:
            weights[round(line.size, 1)] += len(line.text)
            bold[line.bold] += len(line.text)
            mono[line.mono] += len(line.text)
    body = weights.most_common(1)[0][0] if weights else 0.0
    larger = {
        round(line.size, 1)
        for page in pages
        for line in page.lines
        if line.size >= body * _HEADING_RATIO and len(line.text) <= _MAX_HEADING_CHARS
    }
    return Profile(
        body,
        tuple(sorted(larger, reverse=True)),
        _repeated(pages, body * _HEADING_RATIO),
        bold[True] > bold[False],
        mono[True] > mono[False],
    )


def shape(line: str) -> str:
    """A line with its numbers taken out, so that “Page 3” and “Page 4” are one."""
    return re.sub(r"\d+", "#", line).strip().lower()


def _edges(page: RawPage) -> tuple[Line, ...]:
    if len(page.lines) <= 2 * _EDGE_LINES:
        return page.lines
    return (*page.lines[:_EDGE_LINES], *page.lines[-_EDGE_LINES:])


def _repeated(pages: Sequence[RawPage], heading_size: float) -> frozenset[str]:
    """Shapes of small first and last lines that come back on most pages, or on most left or right ones."""
    if len(pages) < 3:
        return frozenset()
    counts: Counter[str] = Counter()
    sides: Counter[tuple[str, int]] = Counter()
    for page in pages:
        found = {shape(line.text) for line in _edges(page) if line.size < heading_size}
        counts.update(found)
        sides.update((each, page.number % 2) for each in found)
    sided = Counter(page.number % 2 for page in pages)
    most = {each for each, times in counts.items() if times >= 3 and times * 2 > len(pages)}
    by_side = {each for (each, side), times in sides.items() if times >= 4 and times * 3 > sided[side] * 2}
    return frozenset(most | by_side)


def running_titles(page: RawPage, neighbours: Sequence[RawPage]) -> frozenset[str]:
    """Lines at the upper or lower edge that stand at the same place of a page nearby."""
    return frozenset(_titles(page) & {title for other in neighbours for title in _titles(other)})


def _titles(page: RawPage) -> set[str]:
    edge = page.height * _EDGE_SHARE
    found = (page.lines[0], page.lines[-1]) if page.lines else ()
    return {
        f"{shape(line.text)}@{round(line.top / 4)}"
        for line in found
        if line.top and (line.bottom <= edge or line.top >= page.height - edge)
    }


def lay_out(page: RawPage, profile: Profile, titles: frozenset[str] = frozenset()) -> ParsedPage:
    """The page as text with its blocks and the places of its lines."""
    kinds = _kinds(page.lines, profile)
    text: list[str] = []
    blocks: list[Block] = []
    placed: list[PlacedLine] = []
    at = 0
    fresh, in_contents = True, False
    widest = max((len(line.text) for line in page.lines), default=0)
    for line, kind in zip(page.lines, kinds, strict=True):
        words = line.text.removesuffix(JOINS)
        joins = line.text.endswith(JOINS)
        start, end = at, at + len(words)
        text.append(words if joins else words + "\n")
        at = end + (0 if joins else 1)
        if line.words:
            moved = tuple(Word(w.start + start, w.length, w.left, w.right) for w in line.words)
            placed.append(PlacedLine(line.top, line.bottom, moved))
        level = _level(line, kind, words, profile, fresh)
        if level:
            in_contents = TOC_HEADING.match(words) is not None
        if in_contents or _is_noise(line, words, page, profile, titles):
            fresh = True
        elif level:
            blocks.append(Block("heading", start, end, level))
            fresh = True
        else:
            fresh = _append(blocks, kind, start, end, fresh or _BULLET.match(words) is not None)
            fresh = fresh or (kind == "paragraph" and _ends_paragraph(words, widest))
    places = pack(page.width, page.height, placed) if placed else b""
    return ParsedPage(
        page.number, "".join(text).rstrip("\n"), tuple(blocks), page.failed, places, hidden=page.hidden
    )


def _append(blocks: list[Block], kind: BlockKind, start: int, end: int, fresh: bool) -> bool:
    """Continue the last block or begin one; returns whether the next line begins one whatever it is."""
    last = blocks[-1] if blocks else None
    if last is not None and last.kind == kind and (kind != "paragraph" or not fresh):
        blocks[-1] = Block(kind, last.start, end)
    else:
        blocks.append(Block(kind, start, end))
    return kind != "paragraph"


def _level(line: Line, kind: BlockKind, words: str, profile: Profile, fresh: bool) -> int:
    if kind != "paragraph":
        return 0
    level = profile.level(line)
    if level or not line.bold or profile.bold_body or not fresh:
        return level
    short = len(words) <= _MAX_BOLD_HEADING_CHARS and not words.endswith(_NO_HEADING_END)
    plain_size = line.size >= profile.body * 0.95
    return min(len(profile.levels) + 1, 6) if short and plain_size and any(c.isalpha() for c in words) else 0


def _is_noise(line: Line, words: str, page: RawPage, profile: Profile, titles: frozenset[str]) -> bool:
    if shape(line.text) in profile.repeated or CONTENTS_LINE.match(words):
        return True
    if f"{shape(line.text)}@{round(line.top / 4)}" in titles:
        return line is page.lines[0] or line is page.lines[-1]
    at_edge = line in page.lines[:_EDGE_LINES] or line in page.lines[-_EDGE_LINES:]
    return at_edge and _PAGE_NUMBER.match(words) is not None


def _kinds(lines: Sequence[Line], profile: Profile) -> list[BlockKind]:
    """Which lines belong to a table or a listing; a single odd line belongs to neither."""
    kinds: list[BlockKind] = ["paragraph"] * len(lines)
    if not profile.mono_body:
        for begin, end in _runs([line.mono for line in lines], _MIN_CODE_LINES):
            kinds[begin:end] = _as("code", end - begin)
    for begin, end in _runs([_has_columns(line) for line in lines], _MIN_TABLE_ROWS):
        kinds[begin:end] = _as("table", end - begin)
    return kinds


def _as(kind: BlockKind, count: int) -> list[BlockKind]:
    return [kind] * count


def _runs(marks: Sequence[bool], shortest: int) -> Iterator[tuple[int, int]]:
    begin = None
    for index, mark in enumerate((*marks, False)):
        if mark and begin is None:
            begin = index
        elif not mark and begin is not None:
            if index - begin >= shortest:
                yield begin, index
            begin = None


def _has_columns(line: Line) -> bool:
    gap = max(line.size * _COLUMN_GAP, 8.0)
    return any(b.left - a.right > gap for a, b in zip(line.words, line.words[1:], strict=False)) and not (
        _BULLET.match(line.text) or CONTENTS_LINE.match(line.text)
    )


def _ends_paragraph(words: str, widest: int) -> bool:
    return words.endswith(_SENTENCE_END) and len(words) < widest * 0.8
