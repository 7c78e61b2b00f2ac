"""Blocks to passages: cut by heading, about 900 English or 350 Chinese characters, sentences marked.

A passage never crosses a heading or a page, and its text is an unchanged slice of its page.
"""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from tutor_engine.knowledge.document import Block, CutPassage, Language, ParsedPage
from tutor_engine.knowledge.markdown import heading_title
from tutor_engine.knowledge.sentences import sentence_spans
from tutor_engine.text import HANZI, plain

MAX_CHARS: dict[Language, int] = {"en": 900, "zh": 350}
SEPARATOR = " › "
"""Between the headings of a breadcrumb."""
_MAX_HEADING_CHARS = 120
_SENTENCE_END = frozenset('.!?。！？”"’」』）)')


def language_of(text: str) -> Language:
    """`zh` when at least a sixth of the characters are Hanzi: a Chinese text full of formulas is Chinese."""
    dense = sum(not c.isspace() for c in text)
    return "zh" if dense and len(HANZI.findall(text)) * 6 >= dense else "en"


def cut_passages(title: str, pages: Sequence[ParsedPage]) -> Iterator[CutPassage]:
    """Passages of a document in reading order; headings reach over pages."""
    path: list[tuple[int, str]] = []
    for page in pages:
        group: list[Block] = []
        for block in page.blocks:
            if block.kind == "heading":
                yield from _cut(page, group, _breadcrumb(title, path))
                group = []
                words = plain(heading_title(page.text, block))[:_MAX_HEADING_CHARS]
                path = [entry for entry in path if entry[0] < block.level]
                path.append((block.level, words))
            else:
                group.append(block)
        yield from _cut(page, group, _breadcrumb(title, path))


def _breadcrumb(title: str, path: Sequence[tuple[int, str]]) -> str:
    return SEPARATOR.join(words for _, words in path if words and words != title)


def _cut(page: ParsedPage, blocks: Sequence[Block], heading: str) -> Iterator[CutPassage]:
    """Fill passages up to the limit, at block borders where possible, else at sentence borders."""
    if not blocks:
        return
    language = language_of(page.text[blocks[0].start : blocks[-1].end])
    limit = MAX_CHARS[language]
    start, end = blocks[0].start, blocks[0].start
    spans: list[tuple[int, int]] = []
    for piece_start, piece_end, quotable in _pieces(page.text, blocks, limit):
        gap = page.text[end:piece_start]
        if end > start and (piece_end - start > limit or gap.strip()):
            yield _passage(page, start, end, heading, language, spans)
            start, spans = piece_start, []
        end = piece_end
        if quotable:
            spans.append((piece_start, piece_end))
    if end > start:
        yield _passage(page, start, end, heading, language, spans)


def _pieces(text: str, blocks: Sequence[Block], limit: int) -> Iterator[tuple[int, int, bool]]:
    for block, following in zip_longest(blocks, blocks[1:]):
        if block.kind in ("code", "table"):
            for start in range(block.start, block.end, limit):
                yield start, min(start + limit, block.end), False
        else:
            # “The force is”, followed by a formula, is not a sentence that can be quoted alone.
            announces = following is not None and following.kind in ("code", "table")
            for start, end in sentence_spans(text, block.start, block.end):
                yield start, end, not (announces and end == block.end and text[end - 1] not in _SENTENCE_END)


def _passage(
    page: ParsedPage,
    start: int,
    end: int,
    heading: str,
    language: Language,
    spans: Sequence[tuple[int, int]],
) -> CutPassage:
    sentences = tuple((a - start, b - start) for a, b in spans)
    return CutPassage(page.number, start, page.text[start:end], heading, language, sentences)
