# ruff: noqa: E501 - a pattern cut in two is harder to read than a long one
"""Fill-in-the-blank questions from sentences that define a term, and their marking. Pure functions."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tutor_engine.answering.port import Passage
from tutor_engine.answering.select import KNOWN_SCORE
from tutor_engine.answering.texts import BLANK, Language
from tutor_engine.text import HAN, HANZI, plain, spoken_length

_DEFINITION: dict[Language, re.Pattern[str]] = {
    "en": re.compile(
        r"((?:The |An? )?)([A-Za-z][\w'’-]*(?: [\w'’-]+){0,3}?)((?: is| are| means| refers to) (?:an?|the) .{15,}| consists of .{15,}| are (?:[\w-]+ ){1,4}(?:that|which|who|where|with|of|in|for) .{5,})"
    ),
    "zh": re.compile(rf"()([《]?[{HAN}A-Za-z]{{2,8}}[》]?(?<!是))((?:是指|是|指|又叫).{{6,}})"),
}
_VAGUE = re.compile(
    r"(?:it|this|that|these|they|there|he|she|one|what|which|most|both|(?:at|in|on|of|under|over|from|with|by|for|near|inside|behind|among|when|if|as)\b|它|他|她|这|那|其|古人|今天|西方)",
    re.IGNORECASE,
)
_WORD = re.compile(r"\W+")
_WORDS: dict[Language, tuple[float, float]] = {"en": (8, 25), "zh": (6, 25)}
"""Shorter sentences give nothing to think about, longer ones are forgotten before the gap."""


_NEAREST = 3
_NEAR_SCORE = 0.2
_TIMES = 2
"""A word that a passage says once is not what it teaches."""


@dataclass(frozen=True, slots=True)
class Cloze:
    """A question with a gap, and where its answer is written."""

    passage: Passage
    span: tuple[int, int]
    term: str
    prompt: str
    """The sentence with the gap spoken as a word."""


def clozes(passages: Sequence[Passage], language: Language) -> list[Cloze]:
    """All questions that these passages offer, best passages first."""
    found: list[Cloze] = []
    for passage in passages:
        for sentence in passage.sentences:
            words = plain(passage.text[sentence.start : sentence.end])
            match = _DEFINITION[language].fullmatch(words)
            shortest, longest = _WORDS[language]
            if match is None or not shortest <= spoken_length(words) <= longest:
                continue
            article, term, rest = match.groups()
            if (
                (bool(article) or _taught(term.strip("《》"), passage))
                and not _VAGUE.match(term)
                and term.lower() not in rest.lower()
            ):
                gap = BLANK[language]
                # “An blank” would be wrong, and tell how the word begins.
                prompt = f"{article.replace('An ', 'A ')}{gap}{rest}"
                span = (sentence.start, sentence.end)
                found.append(Cloze(passage, span, term.strip("《》"), prompt[0].upper() + prompt[1:]))
    return found


def askable(passages: Sequence[Passage]) -> list[Passage]:
    """The passages to make questions from: those that surely speak of a topic, else the nearest ones.

    “Quiz me on the eye” asks nothing of a passage, so retrieval is less sure than it is of a question.
    """
    sure = [passage for passage in passages if passage.score >= KNOWN_SCORE]
    return sure or [passage for passage in passages[:_NEAREST] if passage.score >= _NEAR_SCORE]


def _taught(term: str, passage: Passage) -> bool:
    """Whether a passage is about a term: its heading names it, it is set in bold, or it comes back."""
    name = term.lower()
    if name in passage.heading.lower() or f"**{name}" in passage.text.lower():
        return True
    return passage.text.lower().count(name) >= _TIMES


def pick(passages: Sequence[Passage], language: Language, asked: Collection[str]) -> Cloze | None:
    """The first question that was not asked yet in these messages."""
    return next(
        (cloze for cloze in clozes(passages, language) if not any(cloze.prompt in text for text in asked)),
        None,
    )


def open_cloze(passages: Sequence[Passage], language: Language, last: str) -> Cloze | None:
    """The question that the tutor's last message asked."""
    return next((cloze for cloze in clozes(passages, language) if cloze.prompt in last), None)


def is_right(cloze: Cloze, reply: str) -> bool:
    """Whether the student's words hold the missing term; a plural or an article more or less does not matter."""
    said, wanted = _bare(reply), _bare(cloze.term)
    if HANZI.search(wanted):
        return wanted in said
    return bool(wanted) and f" {wanted} " in f" {said} "


def _bare(text: str) -> str:
    words = _WORD.sub(" ", text.lower()).split()
    return " ".join(word.rstrip("s") for word in words if word not in ("a", "an", "the"))
