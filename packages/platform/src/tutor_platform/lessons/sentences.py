"""Sentences of an answer, and which of them rests on a citation. Pure text."""

import re
from collections.abc import Sequence

_END = re.compile(r"(?<=[。！？])|(?<=[.!?…])(?=[\s\"”’)\]])|\n+")
_LETTERS = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]")
_MARKS = re.compile(r"\*\*|__|`+|^\s{0,3}(?:#{1,6}|>|[-*+]|\d{1,3}[.)])\s+", re.MULTILINE)
_COUNTS = 2
"""Fewer letters or Hanzi in common are chance."""


def sentences(text: str) -> list[str]:
    """The sentences of a text, without the space around them."""
    return [part for piece in _END.split(text) if (part := " ".join(piece.split()))]


def bare(text: str) -> str:
    """Words of an answer without the marks of its form."""
    return _MARKS.sub("", text)


def resting_on(said: Sequence[str], quote: str) -> str | None:
    """The sentence that has most in common with `quote`; None when none has anything."""
    wanted = set(_LETTERS.findall(quote.casefold()))
    best, most = None, _COUNTS - 1
    for sentence in said:
        common = len(wanted & set(_LETTERS.findall(sentence.casefold())))
        if common > most:
            best, most = sentence, common
    return best
