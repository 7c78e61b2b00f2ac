"""Puts the text of one page together, block by block, for formats whose text is not the file itself.

Used for HTML, Word and PowerPoint, whose page text is ours: citations count their offsets in it.
"""

import re
from collections.abc import Sequence

from tutor_engine.knowledge.document import Block, BlockKind, ParsedPage
from tutor_engine.knowledge.reading.clean import drop_invisible
from tutor_engine.knowledge.reading.markdown import CONTENTS_LINE, TOC_HEADING

_SPACE = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n{3,}")


class PageWriter:
    """One page being written. Contents lists are left out with their heading."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.hidden = 0
        """Pieces of text left out because no reader can see them."""
        self._text: list[str] = []
        self._blocks: list[Block] = []
        self._at = 0
        self._skip_level = 0

    @property
    def characters(self) -> int:
        """Length of the page so far."""
        return self._at

    @property
    def blocks(self) -> Sequence[Block]:
        """Blocks so far."""
        return self._blocks

    def add(self, kind: BlockKind, text: str, level: int = 0) -> None:
        """Append a block; empty text is passed over."""
        words = drop_invisible(text)
        words = _BLANK_LINES.sub("\n\n", words.strip("\n")) if kind == "code" else _tidy(words)
        if not words.strip():
            return
        if kind == "heading":
            words = words.replace("\n", " ")
            if self._skip_level and level > self._skip_level:
                return
            self._skip_level = level if TOC_HEADING.match(words) else 0
        if self._skip_level or (kind in ("paragraph", "item") and CONTENTS_LINE.match(words)):
            return
        last = self._blocks[-1].kind if self._blocks else None
        gap = "" if last is None else "\n" if kind == last and kind in ("item", "code") else "\n\n"
        start = self._at + len(gap)
        end = start + len(words)
        self._text.append(gap + words)
        self._at = end
        if kind == last == "code":
            self._blocks[-1] = Block("code", self._blocks[-1].start, end)
        else:
            self._blocks.append(Block(kind, start, end, level))

    def add_table(self, rows: Sequence[Sequence[str]]) -> None:
        """Append a table, one line for each row."""
        lines = [
            "| " + " | ".join(_tidy(drop_invisible(cell)).replace("\n", " ") for cell in row) + " |"
            for row in rows
            if any(cell.strip() for cell in row)
        ]
        self.add("table", "\n".join(lines))

    def page(self) -> ParsedPage:
        """The page as it stands."""
        return ParsedPage(self.number, "".join(self._text), tuple(self._blocks), hidden=self.hidden)


def _tidy(text: str) -> str:
    return "\n".join(line for raw in text.split("\n") if (line := _SPACE.sub(" ", raw).strip()))
