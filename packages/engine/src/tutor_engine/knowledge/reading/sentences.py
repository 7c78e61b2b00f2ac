"""Where sentences begin and end, in English and Chinese, as offsets. Pure functions, linear time."""

import re
from collections.abc import Iterator

_END = re.compile(r"[.!?]+[\"'”’)\]]*(?=\s|$)|[。！？]+[”’」』）)]*|…{2,}[”’」』）)]*")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[“\"])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|No|Nos|Fig|Figs|Eq|Vol|Ch|Sec|pp?|vs|etc|cf|ca|approx"
    r"|e\.g|i\.e|a\.m|p\.m|U\.S|U\.K|Ph\.D|Inc|Ltd|Co|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.$"
)
_MAX_CHARS = 700
"""Longer than any sentence worth quoting aloud; text without full stops is cut here."""
_SOFT_BREAK = re.compile(r"[,;:，；：、\s]")


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Offsets of the sentences within `text[start:end]`, without surrounding white space."""
    stop = len(text) if end is None else end
    begin = start
    for match in _END.finditer(text, start, stop):
        if match.group().startswith(".") and _goes_on(text, begin, match, stop):
            continue
        yield from _bounded(text, begin, match.end())
        begin = match.end()
    yield from _bounded(text, begin, stop)


def _goes_on(text: str, begin: int, match: re.Match[str], stop: int) -> bool:
    """Whether a full stop only ends an abbreviation or comes before a small letter."""
    following = text[match.end() : min(match.end() + 40, stop)].lstrip()
    if following[:1].islower():
        return True
    head = text[max(begin, match.end() - 12) : match.end()]
    found = _ABBREVIATION.search(head)
    return found is not None and bool(following) and not found.group().strip().startswith("etc")


def _bounded(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > _MAX_CHARS:
        cut = start + _MAX_CHARS
        for match in _SOFT_BREAK.finditer(text, start + _MAX_CHARS // 2, cut):
            cut = match.end()
        yield start, cut
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if end > start:
        yield start, end
