"""What is searched for, and the piece of a contribution that shows it. Pure text, no database.

A search reaches one person's own turns, a few thousand rows, so each word is looked for as it stands: that
finds Chinese, which has no spaces, and parts of words alike, on every database.
"""

import re
from dataclasses import dataclass

MAX_WORDS = 8
"""More words than these do not make a search narrower."""
AROUND_CHARS = 70
"""Shown before and behind the first word found."""
ESCAPE = "\\"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a snippet; `hit` where it is a word that was searched for."""

    text: str
    hit: bool


def words_of(query: str) -> list[str]:
    """The words that all have to occur; what stands in quotation marks is one word."""
    found = [quoted or bare for quoted, bare in re.findall(r'["“”]([^"“”]+)["“”]|([^\s"“”]+)', query)]
    kept = dict.fromkeys(word.strip() for word in found if word.strip())
    return list(kept)[:MAX_WORDS]


def pattern(word: str) -> str:
    """A LIKE pattern for text that contains `word`, with `ESCAPE` before what LIKE would read itself."""
    escaped = re.sub(r"([%_\\])", r"\\\1", word)
    return f"%{escaped}%"


def snippet(content: str, words: list[str]) -> list[Piece]:
    """The surroundings of the first word found, with every word in it marked."""
    finder = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), re.I)
    first = finder.search(content) if words else None
    start = 0 if first is None else max(0, first.start() - AROUND_CHARS)
    end = min(len(content), (start if first is None else first.end()) + AROUND_CHARS)
    # A word cut in two reads like another word.
    if start > 0 and (space := content.find(" ", start, first.start() if first else end)) >= 0:
        start = space + 1
    shown = " ".join(content[start:end].split())
    pieces = [Piece("… ", hit=False)] if start > 0 else []
    pieces += _marked(shown, finder if words else None)
    if end < len(content):
        pieces.append(Piece(" …", hit=False))
    return pieces


def _marked(text: str, finder: re.Pattern[str] | None) -> list[Piece]:
    pieces: list[Piece] = []
    at = 0
    for match in finder.finditer(text) if finder is not None else ():
        if match.start() > at:
            pieces.append(Piece(text[at : match.start()], hit=False))
        pieces.append(Piece(match.group(), hit=True))
        at = match.end()
    if at < len(text):
        pieces.append(Piece(text[at:], hit=False))
    return pieces
