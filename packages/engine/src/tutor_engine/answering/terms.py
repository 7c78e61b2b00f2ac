"""The words of a text that carry its meaning, for comparing what was said with what is written. Pure."""

import re
from itertools import pairwise

from tutor_engine.text import HANZI

_WORD = re.compile(r"[A-Za-z]{3,}|\d+")
_SMALL = """
the and are was were that this these those with from for its has have had not but you your they them their
there what which who how why when where does did can could will would into than then also about because some
any all one very just think know mean means like maybe
"""
_EMPTY = frozenset(_SMALL.split())


def terms(text: str) -> frozenset[str]:
    """Latin words without their plural, numbers, and pairs of Hanzi."""
    hanzi = HANZI.findall(text)
    pairs = {a + b for a, b in pairwise(hanzi)}
    words = (word.lower() for word in _WORD.findall(text))
    return frozenset(pairs | {word.rstrip("s") for word in words if word not in _EMPTY})
