"""Markdown and plain text to blocks: headings, paragraphs, list items, code, tables.

Front matter, comments, menus and tables of contents become gaps between blocks. One pass over the lines;
never looks back further than one line, so hostile input costs linear time.
"""

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from tutor_engine.knowledge.document import Block, BlockKind

_ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(\S.*?)?[ \t]*#*[ \t]*$")
_SETEXT = re.compile(r" {0,3}(=+|-{3,})[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]+\S")
_LINK_ONLY = re.compile(r"[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]+\[[^\]]{1,200}\]\([^)]{0,400}\)[ \t]*$")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_SKIPPED_TAG = re.compile(r"[ \t]*<(nav|script|style|head|aside|footer)\b", re.IGNORECASE)
CONTENTS_LINE = re.compile(r"[^\n]{1,200}?(?:\.{4,}|…{2,}|·{4,}|(?:[ \t]\.){4,})[ \t]*\d{1,4}[ \t]*$")
"""A line of a table of contents: words, dots, a page number."""
_TOC_MARK = re.compile(r"[ \t]*(?:\[TOC\]|\[\[toc\]\]|\{:toc\})[ \t]*$", re.IGNORECASE)
TOC_HEADING = re.compile(
    r"(?:table of contents|contents|on this page|navigation|index|目\s*录|目\s*次|导航)[:：]?$", re.IGNORECASE
)
"""Headings whose section only lists other headings."""

_CHAPTER = re.compile(
    r"(?:(?:chapter|section|part|unit|lesson)\s+[\dIVXLC]+\b.{0,80}|第[一二三四五六七八九十百\d]+[章节课单元部].{0,40})$",
    re.IGNORECASE,
)
_SENTENCE_END = tuple(".!?,;:。！？，；：…”\"'")


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str

    @property
    def blank(self) -> bool:
        return not self.text.strip()


def _lines(text: str) -> Iterator[_Line]:
    start = 0
    for raw in text.split("\n"):
        yield _Line(start, start + len(raw), raw.rstrip())
        start += len(raw) + 1


def heading_title(text: str, block: Block) -> str:
    """Words of a heading block."""
    line = text[block.start : block.end].split("\n", 1)[0].strip()
    match = _ATX.match(line)
    return (match.group(2) or "").strip() if match else line


def markdown_blocks(text: str) -> Iterator[Block]:
    """Blocks of a Markdown document in order."""
    yield from _Scanner(text, headings_by_mark=True).run()


def text_blocks(text: str) -> Iterator[Block]:
    """Blocks of a plain text; chapter lines and short lines standing alone are headings."""
    yield from _Scanner(text, headings_by_mark=False).run()


class _Scanner:
    """Walks the lines once, with the paragraph that is open."""

    def __init__(self, text: str, *, headings_by_mark: bool) -> None:
        self._text = text
        self._lines = list(_lines(text))
        self._marks = headings_by_mark
        self._open: tuple[int, int] | None = None
        self._kind: BlockKind = "paragraph"
        self._skip_level = 0
        """Level of the contents heading whose section is being skipped; 0: none."""

    def run(self) -> Iterator[Block]:
        index = self._after_front_matter()
        while index < len(self._lines):
            line = self._lines[index]
            stop = self._end_of_skipped(index)
            if stop > index:
                yield from self._close()
                index = stop
                continue
            fence = _FENCE.match(line.text) if self._marks else None
            if fence:
                yield from self._close()
                index = yield from self._code(index, fence.group(1))
                continue
            heading = self._heading(index)
            if heading is not None:
                yield from self._headed(heading)
                index += 2 if heading.end > line.end else 1
                continue
            yield from self._ordinary(line)
            index += 1
        yield from self._close()

    def _headed(self, heading: Block) -> Iterator[Block]:
        yield from self._close()
        title = heading_title(self._text, heading)
        if self._skip_level and heading.level > self._skip_level:
            return
        self._skip_level = heading.level if TOC_HEADING.match(title) else 0
        if not self._skip_level and title:
            yield heading

    def _after_front_matter(self) -> int:
        if not self._lines or self._lines[0].text.strip() not in ("---", "+++"):
            return 0
        mark = self._lines[0].text.strip()
        for index, line in enumerate(self._lines[1:200], start=1):
            if line.text.strip() == mark:
                return index + 1
        return 0

    def _end_of_skipped(self, index: int) -> int:
        """First line after a comment or a menu in HTML that begins here; `index` when none does."""
        text = self._lines[index].text
        if text.lstrip().startswith("<!--"):
            closing = "-->"
        elif (tag := _SKIPPED_TAG.match(text)) is not None:
            closing = f"</{tag.group(1).lower()}"
        else:
            return index
        for at in range(index, min(index + 2_000, len(self._lines))):
            if closing in self._lines[at].text.lower():
                return at + 1
        return index + 1

    def _code(self, index: int, fence: str) -> Generator[Block, None, int]:
        first = self._lines[index]
        for at in range(index + 1, len(self._lines)):
            if self._lines[at].text.strip().startswith(fence):
                break
        else:
            at = len(self._lines) - 1
        if not self._skip_level:
            yield Block("code", first.start, self._lines[at].end)
        return at + 1

    def _heading(self, index: int) -> Block | None:
        line = self._lines[index]
        if not self._marks:
            return self._plain_heading(index)
        atx = _ATX.match(line.text)
        if atx:
            return Block("heading", line.start, line.end, len(atx.group(1)))
        if line.blank or index + 1 >= len(self._lines) or self._open is not None or _ITEM.match(line.text):
            return None
        under = _SETEXT.match(self._lines[index + 1].text)
        if under and not line.text.lstrip().startswith("|"):
            return Block("heading", line.start, self._lines[index + 1].end, 1 if "=" in under.group(1) else 2)
        return None

    def _plain_heading(self, index: int) -> Block | None:
        line = self._lines[index]
        words = line.text.strip()
        if not words or len(words) > 80:
            return None
        if _CHAPTER.match(words) and not words.endswith(_SENTENCE_END):
            return Block("heading", line.start, line.end, 1)
        alone = (index == 0 or self._lines[index - 1].blank) and (
            index + 1 < len(self._lines) and self._lines[index + 1].blank
        )
        followed = any(not x.blank for x in self._lines[index + 1 : index + 4])
        if alone and followed and not words.endswith(_SENTENCE_END) and not _ITEM.match(line.text):
            return Block("heading", line.start, line.end, 1 if index == 0 else 2)
        return None

    def _ordinary(self, line: _Line) -> Iterator[Block]:
        dropped = CONTENTS_LINE.match(line.text) or _TOC_MARK.match(line.text) or _LINK_ONLY.match(line.text)
        if line.blank or self._skip_level or dropped or _RULE.match(line.text):
            yield from self._close()
            return
        table = line.text.lstrip().startswith("|")
        if _ITEM.match(line.text) or table != (self._kind == "table"):
            yield from self._close()
        if self._open is None:
            self._kind = "table" if table else "item" if _ITEM.match(line.text) else "paragraph"
            self._open = (line.start, line.end)
        else:
            self._open = (self._open[0], line.end)

    def _close(self) -> Iterator[Block]:
        if self._open is not None:
            yield Block(self._kind, *self._open)
        self._open = None
        self._kind = "paragraph"
