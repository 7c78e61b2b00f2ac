"""Blocks to passages: cut by heading, about 900 English or 350 Chinese characters, sentences marked.

A passage never crosses a heading or a page, and its text is an unchanged slice of its page.
"""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from tutor_engine.knowledge.document import Block, CutPassage, Language, ParsedPage
from tutor_engine.knowledge.reading.injection import looks_like_order
from tutor_engine.knowledge.reading.markdown import heading_title
from tutor_engine.knowledge.reading.sentences import sentence_spans
from tutor_engine.text import HANZI, plain

MAX_CHARS: dict[Language, int] = {"en": 900, "zh": 350}
SEPARATOR = " › "
"""Between the headings of a breadcrumb."""
_MAX_HEADING_CHARS = 120
_WHOLE_CHARS = 4_000
"""A table or listing stays in one passage up to this length, about a printed page."""
_SENTENCE_END = frozenset('.!?。！？”"’」』）)')


_Piece = tuple[int, int, bool]
"""Start and end of a sentence, table or listing, and whether it can be quoted alone."""


def language_of(text: str) -> Language:
    """`zh` when at least a sixth of the characters are Hanzi: a Chinese text full of formulas is Chinese."""
    dense = sum(map(len, text.split()))
    return "zh" if dense and len(HANZI.findall(text)) * 6 >= dense else "en"


class Cutter:
    """Cuts the pages of one document as they come; headings reach over pages."""

    def __init__(self, title: str, above: str = "") -> None:
        """`above` heads every breadcrumb: the file's name within an archive."""
        self._title = title
        self._path: list[tuple[int, str]] = [(0, above)] if above else []

    def cut(self, page: ParsedPage) -> Iterator[CutPassage]:
        """Passages of the next page in reading order."""
        group: list[Block] = []
        for block in page.blocks:
            if block.kind == "heading":
                yield from _cut(page, group, self._breadcrumb())
                group = []
                words = plain(heading_title(page.text, block))[:_MAX_HEADING_CHARS]
                self._path = [entry for entry in self._path if entry[0] < block.level]
                self._path.append((block.level, words))
            else:
                group.append(block)
        yield from _cut(page, group, self._breadcrumb())

    def _breadcrumb(self) -> str:
        return SEPARATOR.join(words for _, words in self._path if words and words != self._title)


def cut_passages(title: str, pages: Sequence[ParsedPage]) -> Iterator[CutPassage]:
    """Passages of a whole document."""
    cutter = Cutter(title)
    for page in pages:
        yield from cutter.cut(page)


def _cut(page: ParsedPage, blocks: Sequence[Block], heading: str) -> Iterator[CutPassage]:
    """Fill passages up to the limit, at block borders where possible, else at sentence borders."""
    if not blocks:
        return
    language = language_of(page.text[blocks[0].start : blocks[-1].end])
    limit = MAX_CHARS[language]
    start, end = blocks[0].start, blocks[0].start
    pieces: list[_Piece] = []
    for piece in _pieces(page.text, blocks, limit):
        gap = page.text[end : piece[0]]
        if end > start and (piece[1] - start > limit or gap.strip()):
            yield from _passages(page, start, pieces, heading, language)
            start, pieces = piece[0], []
        end = piece[1]
        pieces.append(piece)
    if end > start:
        yield from _passages(page, start, pieces, heading, language)


def _pieces(text: str, blocks: Sequence[Block], limit: int) -> Iterator[_Piece]:
    for block, following in zip_longest(blocks, blocks[1:]):
        if block.kind in ("code", "table"):
            for start, end in _whole_lines(text, block):
                yield start, end, False
        else:
            # “The force is”, followed by a formula, is not a sentence that can be quoted alone.
            announces = following is not None and following.kind in ("code", "table")
            for start, end in sentence_spans(text, block.start, block.end):
                yield start, end, not (announces and end == block.end and text[end - 1] not in _SENTENCE_END)


def _whole_lines(text: str, block: Block) -> Iterator[tuple[int, int]]:
    """The block in one piece; one that would fill pages is cut between lines, a line without end anywhere."""
    start = block.start
    while block.end - start > _WHOLE_CHARS:
        line_end = text.rfind("\n", start + 1, start + _WHOLE_CHARS)
        cut = line_end if line_end > start else start + _WHOLE_CHARS
        yield start, cut
        start = cut + (line_end > start)
    if block.end > start:
        yield start, block.end


def _passages(
    page: ParsedPage, start: int, pieces: Sequence[_Piece], heading: str, language: Language
) -> Iterator[CutPassage]:
    """One passage; two when it holds an order: what stands before it stays quotable."""

    def passage(start: int, part: Sequence[_Piece], *, flagged: bool) -> CutPassage:
        sentences = tuple((a - start, b - start) for a, b, quotable in part if quotable)
        return CutPassage(
            page.number, start, page.text[start : part[-1][1]], heading, language, sentences, flagged
        )

    if not looks_like_order(page.text[start : pieces[-1][1]]):
        yield passage(start, pieces, flagged=False)
        return
    first = next(n for n, (_, end, _) in enumerate(pieces) if looks_like_order(page.text[start:end]))
    if first:
        yield passage(start, pieces[:first], flagged=False)
    yield passage(pieces[first][0] if first else start, pieces[first:], flagged=True)
