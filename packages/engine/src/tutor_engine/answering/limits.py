"""What a teacher lets a tutor talk about: rules over words, in English and Chinese, before anybody answers.

A model is told the same in its persona; these rules hold for whoever answers. They know words, not meanings:
a topic that is asked about in other words is left to the model. Pure.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tutor_engine.answering.intent import Intent, asks, classify
from tutor_engine.answering.port import Question
from tutor_engine.answering.select import KNOWN_SCORE
from tutor_engine.answering.terms import terms
from tutor_engine.answering.texts import listed, say
from tutor_engine.text import HANZI

_MOST_NAMED = 3
_QUESTIONS = frozenset({Intent.ASK, Intent.DEFINE, Intent.WHY, Intent.HOW, Intent.COMPARE})


@dataclass(frozen=True, slots=True)
class Limits:
    """Topics by their names; without `allowed`, everything that is not declined is."""

    allowed: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()

    def kept(self, question: Question) -> Question:
        """The question without what stands in the library under the heading of a declined topic."""
        if not self.declined:
            return question
        passages = (each for each in question.passages if not self._declines(f"{each.title} {each.heading}"))
        headings = (heading for heading in question.headings if not self._declines(heading))
        return replace(question, passages=tuple(passages), headings=tuple(headings))

    def reply(self, question: Question) -> str | None:
        """What is said instead of an answer; None: it may be answered."""
        language = question.language
        if self._declines(question.text):
            return say("not_here", language)
        if question.library_away:
            return None
        if not self.allowed or not _opens_a_subject(question) or self._is_allowed(question):
            return None
        return say("only_here", language, topics=listed(self.allowed[:_MOST_NAMED], language))

    def _declines(self, text: str) -> bool:
        return mentioned(self.declined, text)

    def _is_allowed(self, question: Question) -> bool:
        if mentioned(self.allowed, question.text):
            return True
        about = (passage for passage in question.passages if passage.score >= KNOWN_SCORE)
        return any(mentioned(self.allowed, f"{each.title} {each.heading} {each.text}") for each in about)


def mentioned(topics: Sequence[str], text: str) -> bool:
    """Whether a text names one of these topics: each of its words, in whatever order and number."""
    if not topics:
        return False
    words = terms(text)
    return any(_named(topic, text, words) for topic in topics)


def _named(topic: str, text: str, words: frozenset[str]) -> bool:
    wanted = terms(topic)
    if wanted:
        return wanted <= words
    # “AI”, “π”, one Hanzi: too short for words of meaning, looked for as written.
    short = topic.strip()
    if not short:
        return False
    if HANZI.search(short):
        return short in text
    return re.search(rf"(?<!\w){re.escape(short)}(?!\w)", text, re.IGNORECASE) is not None


def _opens_a_subject(question: Question) -> bool:
    """A question of the student's own: no small talk, no answer to the tutor's, nothing that only goes on."""
    if question.teaching is not None and question.teaching.offered:
        return False
    if classify(question.text, question.history) not in _QUESTIONS:
        return False
    return asks(question.text) and bool(terms(question.text))
