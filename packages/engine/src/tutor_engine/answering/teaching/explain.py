# ruff: noqa: E501 - a pattern cut in two is harder to read than a long one
"""Explaining: the usual answer; simpler when the student did not understand. Remembers nothing."""

import re

from tutor_engine.answering.intent import normalised
from tutor_engine.answering.port import Move, Question
from tutor_engine.answering.teaching.guidance import guide

_LOST = re.compile(
    r"\b(?:i )?(?:do not|don't|dont|did not|didn't|still don't|can't) (?:really )?(?:understand|get (?:it|that|this)|follow)\b"
    r"|\b(?:i'm|i am) (?:lost|confused)\b|\b(?:too (?:hard|difficult|fast|complicated))\b|\b(?:simpler|easier|more simply)\b"
    r"|(?:听|看|没|还是|不太?|搞)+(?:不)?(?:懂|明白|理解|清楚)$|太难|太复杂|简单(?:一)?点|换个说法",
    re.IGNORECASE,
)


def step(question: Question) -> tuple[None, Move | None]:
    """What to do with this message."""
    lost = question.history and _LOST.search(normalised(question.text))
    return None, Move(guide("simpler", question.language)) if lost else None
