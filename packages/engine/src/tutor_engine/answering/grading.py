"""Marks what a student says or types against a term or a sentence of the library. Pure functions.

Between right and wrong lies a band in which a program should not judge: there the student compares.
"""

import re
from enum import Enum
from itertools import pairwise

from tutor_engine.answering.sounds import likeness
from tutor_engine.answering.terms import terms
from tutor_engine.text import HANZI

_SAME_SOUND = 0.93
"""“fotosynthesis” is “photosynthesis”; “neutron” may or may not be meant for “neuron”."""
_NEAR_SOUND = 0.68
_RIGHT_RECALL = 0.5
"""So many of the key words of a sentence, beyond those of the question, are an answer in one's own words."""
_NEAR_RECALL = 0.25
_WORDS = re.compile(r"[A-Za-z0-9]+(?:['’-][A-Za-z0-9]+)*")


class Grade(Enum):
    """How an answer is taken."""

    RIGHT = "right"
    UNSURE = "unsure"
    """Near, or in other words: the student is shown the sentence and judges."""
    WRONG = "wrong"


def graded_term(term: str, reply: str) -> Grade:
    """A missing word, however it was spelled or misheard, alone or inside a sentence."""
    wanted = _one(term)
    nearest = max((likeness(wanted, _one(part)) for part in _parts(reply, term)), default=0.0)
    if nearest >= _SAME_SOUND:
        return Grade.RIGHT
    return Grade.UNSURE if nearest >= _NEAR_SOUND else Grade.WRONG


def graded_sentence(sentence: str, reply: str, asked: str = "") -> Grade:
    """A free answer: how many key words of the sentence it holds that the question did not give away."""
    wanted = terms(sentence) - terms(asked)
    if not wanted:
        return Grade.UNSURE
    share = len(wanted & terms(reply)) / len(wanted)
    if share >= _RIGHT_RECALL:
        return Grade.RIGHT
    return Grade.UNSURE if share >= _NEAR_RECALL else Grade.WRONG


def _one(word: str) -> str:
    """Without the ending of a plural."""
    return re.sub(r"(?<=\w\w)s$", "", re.sub(r"ies$", "y", word, flags=re.IGNORECASE), flags=re.IGNORECASE)


def _parts(reply: str, term: str) -> list[str]:
    """Runs of the reply about as long as the term."""
    if HANZI.search(term):
        length = len(term)
        hanzi = "".join(HANZI.findall(reply))
        return [hanzi[at : at + length] for at in range(max(len(hanzi) - length + 1, 1))]
    words = _WORDS.findall(reply.replace("’", "'"))
    if len(term.split()) == 1:
        # A recogniser may cut one word in two.
        return [*words, *("".join(pair) for pair in pairwise(words))]
    length = len(term.split())
    return [" ".join(words[at : at + length]) for at in range(max(len(words) - length + 1, 1))]
