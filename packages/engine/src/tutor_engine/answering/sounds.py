# ruff: noqa: E501 - a rule a line
"""How words sound, roughly: what a recogniser confuses becomes alike. Pure functions, English and Chinese."""

import re
from difflib import SequenceMatcher
from functools import lru_cache

from tutor_engine.text import HANZI

_SPELLINGS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"[^a-z ]", ""), (r"\b(?:k(?=n)|g(?=n)|p(?=[sn])|w(?=r))", ""), (r"ph", "f"), (r"tch|ch|sh|tion|sion", "x"),
        (r"gh(?=t|\b)", ""), (r"c(?=[iey])", "s"), (r"ck|[cq]u?", "k"), (r"g(?=[iey])|dge", "j"), (r"wh", "w"), (r"th", "t"),
        (r"z", "s"), (r"v", "f"), (r"d\b", "t"), (r"mb\b", "m"), (r"x", "ks"), (r"y(?=[aeiou])", ""), (r"(?<=[a-z])[aeiouyhw]+", "a"),
        (r"\b[aeiou]+", "a"), (r"([a-z])\1+", r"\1"),
    )
)  # fmt: skip


@lru_cache(maxsize=2_048)
def sounds(text: str) -> str:
    """Hanzi as their syllables without tones; Latin words as consonants, with one sign for any vowel."""
    if HANZI.search(text):
        from pypinyin import lazy_pinyin

        return " ".join(lazy_pinyin(text))
    heard = text.lower()
    for pattern, sound in _SPELLINGS:
        heard = pattern.sub(sound, heard)
    return heard


def likeness(one: str, other: str) -> float:
    """0 to 1: how near two words or phrases are, by their letters or their sound, whichever is nearer."""
    pairs = ((one.lower(), other.lower()), (sounds(one), sounds(other)))
    return max(SequenceMatcher(None, a, b, autojunk=False).ratio() if a and b else 0.0 for a, b in pairs)
