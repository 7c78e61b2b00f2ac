"""What of a Markdown file does not show when it is rendered, blanked out without moving anything else.

Comments, hidden HTML elements and link definitions are a usual place for orders to machines. Listings are
left as they are: a lesson about HTML shows such things on purpose. Linear time, no state.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from tutor_engine.knowledge.reading.html import hides

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})", re.MULTILINE)
_OPENING = re.compile(r"<(?:!--|([a-z][a-z0-9]*)\b([^<>]{0,600})>)", re.IGNORECASE)
_DEFINITION = re.compile(r"^ {0,3}\[[^\]\n]{1,200}\]:[ \t]*\S[^\n]{0,2000}$", re.MULTILINE)
_LONGEST = 20_000
"""An element that is not closed within so many characters hides this much."""
_BEYOND = 1 << 62
"""After the end of every text."""
_SHOWN = re.compile(r"\S")


def blank_hidden(text: str) -> tuple[str, int]:
    """The same text and length with spaces for what is not shown, and how many pieces that were."""
    listings = list(_listings(text))
    pieces = [
        (start, end)
        for start, end in (*_elements(text), *(match.span() for match in _DEFINITION.finditer(text)))
        if not _within(start, listings)
    ]
    if not pieces:
        return text, 0
    out: list[str] = []
    at = 0
    for start, end in sorted(pieces):
        start = max(start, at)
        if end > start:
            out += [text[at:start], _SHOWN.sub(" ", text[start:end])]
            at = end
    return "".join((*out, text[at:])), len(pieces)


def _within(at: int, spans: Sequence[tuple[int, int]]) -> bool:
    before = bisect_right(spans, (at, _BEYOND)) - 1
    return before >= 0 and at < spans[before][1]


def _elements(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    while (found := _OPENING.search(text, at)) is not None:
        at = found.end()
        tag, attributes = found.group(1), found.group(2) or ""
        if _in_code(text, found.start()) or (tag is not None and not hides(attributes)):
            continue
        closing = "-->" if tag is None else f"</{tag.lower()}"
        limit = min(len(text), at + _LONGEST)
        end = text[at:limit].lower().find(closing)
        at = limit if end < 0 else _after_tag(text, at + end, limit)
        yield found.start(), at


def _after_tag(text: str, at: int, limit: int) -> int:
    end = text.find(">", at, limit)
    return limit if end < 0 else end + 1


def _in_code(text: str, at: int) -> bool:
    """Whether a place lies between back quotes of its line."""
    return text.count("`", text.rfind("\n", 0, at) + 1, at) % 2 == 1


def _listings(text: str) -> Iterator[tuple[int, int]]:
    opened: re.Match[str] | None = None
    for fence in _FENCE.finditer(text):
        if opened is None:
            opened = fence
        elif fence.group(1).startswith(opened.group(1)):
            yield opened.start(), fence.end()
            opened = None
    if opened is not None:
        yield opened.start(), len(text)
