# ruff: noqa: E501 - a pattern cut in two is harder to read than a long one
"""Reads off a conversation whether an answer was right: the tutor's own verdict, nothing guessed beyond it.

The tutor says so in its first words, in a quiz after a question with choices and in Socratic teaching when
the student has found it. An answer that begins otherwise is no evidence. Pure text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tutor_platform.learning.models import CONCEPT_CHARS, EvidenceKind, Outcome

_RIGHT = re.compile(
    r"^\W*(?:yes[,!. ]+)?(?:that(?:'s| is) (?:exactly )?(?:right|correct)|(?:you(?:'re| are) )?(?:right|correct)\b(?! answer)"
    r"|exactly|well done|very good|great job|perfect|you have it|you(?:'ve| have) (?:got|found) it)"
    r"|^\W*(?:答对|对了|正确[！!。，,]|没错|完全正确|很好|太棒|对[，,！!]|说得对|回答正确|你说出来了)",
    re.IGNORECASE,
)
_WRONG = re.compile(
    r"^\W*(?:not quite|not exactly|nearly|almost|no\b|sorry|unfortunately|that(?:'s| is) (?:not|wrong|incorrect)|"
    r"incorrect|wrong|close\b)"
    r"|^\W*(?:还差一点|不对|不太对|不正确|错了|很遗憾|可惜|差一点|不是)",
    re.IGNORECASE,
)
_HERE_IT_IS = re.compile(r"^\W*(?:here is the answer|the answer is)|^\W*答案是", re.IGNORECASE)
_LETTER = re.compile(r"^\W*(?:[a-z]+ )*?\(?([a-i]|[1-9])\)?[.)、。\s]*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One answer judged."""

    kind: EvidenceKind
    outcome: Outcome
    concept: str


def quiz_verdict(choices: Sequence[str], reply: str, verdict: str) -> Verdict | None:
    """After a question with choices: what was asked for, and whether it was answered.

    The concept is the right choice: the one that was taken when it was right, else the one the tutor names.
    """
    outcome = _outcome(verdict)
    if outcome is None or not choices:
        return None
    taken = _taken(choices, reply)
    if outcome == "right":
        concept = taken or next((choice for choice in choices if _names(verdict, choice)), None)
    else:
        others = [choice for choice in choices if choice != taken]
        concept = next((choice for choice in others if _names(verdict, choice)), None)
    return None if concept is None else Verdict("quiz", outcome, _short(concept))


def socratic_verdict(question: str, verdict: str, source: str) -> Verdict | None:
    """In Socratic teaching: found on the way, or told in the end."""
    if _RIGHT.search(verdict):
        outcome: Outcome = "right"
    elif _HERE_IT_IS.search(verdict):
        outcome = "wrong"
    else:
        return None
    concept = source or question
    return Verdict("socratic", outcome, _short(concept)) if concept.strip() else None


def _outcome(verdict: str) -> Outcome | None:
    if _WRONG.search(verdict):
        return "wrong"
    return "right" if _RIGHT.search(verdict) else None


def _taken(choices: Sequence[str], reply: str) -> str | None:
    words = reply.strip().casefold()
    for choice in choices:
        if choice.casefold() == words.strip(" .。!！"):
            return choice
    if letter := _LETTER.match(words):
        sign = letter.group(1)
        place = int(sign) - 1 if sign.isdigit() else ord(sign) - ord("a")
        return choices[place] if place < len(choices) else None
    named = [choice for choice in choices if _names(reply, choice)]
    return named[0] if len(named) == 1 else None


def _names(text: str, choice: str) -> bool:
    wanted = choice.casefold().strip()
    if not wanted:
        return False
    if wanted.isascii():
        return re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", text.casefold()) is not None
    return wanted in text.casefold()


def _short(concept: str) -> str:
    return " ".join(concept.split())[:CONCEPT_CHARS]
