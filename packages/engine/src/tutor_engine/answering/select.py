# ruff: noqa: E501 - a pattern cut in two is harder to read than a long one
"""Chooses the sentences to quote: the best one, its beginning repaired, and what fits a breath after it.

Works on the scores that retrieval computed; no model, no I/O.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tutor_engine.answering import leaning
from tutor_engine.answering.intent import Intent
from tutor_engine.answering.port import Passage, ScoredSentence
from tutor_engine.answering.screen import is_formula, shown
from tutor_engine.answering.subjects import compared, defines, topic_of
from tutor_engine.answering.terms import terms
from tutor_engine.answering.texts import Language
from tutor_engine.answering.untrusted import ordered
from tutor_engine.text import HAN, HANZI, plain, spoken_length

__all__ = ["KNOWN_SCORE", "MAX_SPOKEN_WORDS", "Quotation", "choose", "defines", "first_half", "gives_example", "topic_of"]  # fmt: skip

KNOWN_SCORE = 0.5
"""A passage below this does not speak of the question."""
_BESIDE_SCORE = 0.25
"""Where one does, a passage that may is looked through as well: it can hold the one sentence that answers."""
MAX_SPOKEN_WORDS = 45
"""About 18 seconds of speech; a listener keeps no more."""
_RANK_BONUS = 0.10
_DEFINITION_BONUS = 0.15
_REASON_BONUS = 0.10
_NUMBER_BONUS = 0.10
_OVERLAP_BONUS = 0.10
"""For a sentence that holds all words of the question."""
_LEANING_SHARE = {"en": 0.15, "zh": 0.35}
"""Of the score of the sentence before, for one that goes on with it: “it” carries its words. Chinese scores count words."""
_FORMULA_MALUS = 0.20
_ECHO_MALUS = 0.20
"""For “In this way we know what a star is made of”: it has all words of the question and no answer."""
_MAX_SENTENCES = 3

_REASON = re.compile(
    r"\b(?:because|therefore|that is why|for this reason|so that|caused by|due to|since)\b|因为|所以|原因|因此|由于|是为了",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(
    r"\b(?:for example|for instance|such as|e\.g\.|like the)\b|例如|比如|像|包括|有些", re.IGNORECASE
)
_NUMBER_ASKED = re.compile(
    r"\bhow (?:many|much|long|far|old|big|large|fast|hot|cold|high|deep|tall|heavy|wide|often)\b|\bwhen\b|\bwhat (?:year|temperature|speed|distance|percentage)\b|\bwhich year\b"
    r"|多少|几(?:个|年|种|句|次|月|件|米|天)|多(?:长|高|大|远|久|快|重|深|宽)|哪一?年|什么时候",
    re.IGNORECASE,
)
_NUMBER = re.compile(rf"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|hundred|thousand|million|billion|half)\b|[一二三四五六七八九十百千万亿两半]+(?=[{HAN}])", re.IGNORECASE)  # fmt: skip
_ECHO = re.compile(r"\b(?:tell|told|know|knew|show|find out|found out|learn|see|seen|work out|measure|determine|explain|understand|discover|describe|wonder|ask)\w*\s+(?:us |you )?(?:what|how|why|where|when|which|who)\b(.+)", re.IGNORECASE)  # fmt: skip
_CLAUSE_END = re.compile(rf"[,;:，；：、](?=\s|[{HAN}])")
_QUESTION_END = ("?", "？", "?”", "？”")


@dataclass(frozen=True, slots=True)
class Quotation:
    """Sentences of one passage, as offsets into its text."""

    passage: Passage
    spans: tuple[tuple[int, int], ...]
    score: float
    about: str = ""
    """What the first sentence speaks of, where it only says “it”; empty: it stands alone."""

    @property
    def rest(self) -> str:
        """What follows in the passage, for the screen; nothing of a passage that holds orders to a machine."""
        if ordered(self.passage.text):
            return ""
        return shown(self.passage.text[self.spans[-1][1] :])


@lru_cache(maxsize=8_192)
def _plain(text: str) -> str:
    """As it is said; remembered, for the sentences of one library come again and again."""
    return plain(text)


@lru_cache(maxsize=8_192)
def _terms(words: str) -> frozenset[str]:
    return terms(words)


def choose(
    passages: Sequence[Passage], query: str, intent: Intent, heard: Collection[str] = ()
) -> Quotation | None:
    """The sentences that answer best; None when no passage is sure enough or all of it was `heard`."""
    if intent is Intent.COMPARE and (both := _comparison(passages, query, heard)) is not None:
        return both
    topic = topic_of(query).lower()
    asked = terms(query)
    numbers = _NUMBER_ASKED.search(query) is not None
    echoes = _echoes if _ECHO.search(query) is None else _never
    share = _LEANING_SHARE["zh" if HANZI.search(query) else "en"]
    best: tuple[float, Passage, int] | None = None
    known = any(passage.score >= KNOWN_SCORE for passage in passages)
    for rank, passage in enumerate(passages):
        if not known or passage.score < _BESIDE_SCORE:
            continue
        before = 0.0
        for index, words in enumerate(_said(passage)):
            own = passage.sentences[index].score
            carried = before if leaning.leans(words) else 0.0
            before = own
            if not _may_open(words) or words in heard:
                continue
            score = own + share * carried + _RANK_BONUS / (rank + 1) + _fit(words, topic, intent)
            score += _matches(words, asked, numbers) - (_ECHO_MALUS if echoes(words, asked) else 0.0)
            if best is None or score > best[0]:
                best = (score, passage, index)
    if best is None:
        return None
    score, passage, index = best
    return _opened(passage, _around(passage, index, intent, heard), score, intent, heard)


def following(passages: Sequence[Passage], last: str) -> Quotation | None:
    """The sentence after the one that was quoted in `last`, for a student who wants one at a time."""
    for passage in passages:
        told = [index for index, words in enumerate(_said(passage)) if words in last]
        for index in range(told[-1] + 1 if told else len(passage.sentences), len(passage.sentences)):
            words = _words(passage, passage.sentences[index])
            if _may_open(words):
                span = (passage.sentences[index].start, passage.sentences[index].end)
                return Quotation(passage, _shortened(passage.text, [span]), passage.score)
    return None


def _said(passage: Passage) -> Iterator[str]:
    return (_plain(passage.text[sentence.start : sentence.end]) for sentence in passage.sentences)


def _words(passage: Passage, sentence: ScoredSentence) -> str:
    return _plain(passage.text[sentence.start : sentence.end])


def _may_open(words: str) -> bool:
    """A question, a fragment or a line ending in a colon is no answer."""
    return spoken_length(words) >= 3 and not words.endswith((*_QUESTION_END, ":", "："))


def _fit(words: str, topic: str, intent: Intent) -> float:
    if intent is Intent.EXAMPLE:
        return _DEFINITION_BONUS if _EXAMPLE.search(words) else 0.0
    if intent is Intent.WHY:
        return _REASON_BONUS if _REASON.search(words) else 0.0
    return _DEFINITION_BONUS if topic and defines(words, topic) else 0.0


def _matches(words: str, asked: frozenset[str], numbers: bool) -> float:
    """What speaks for a sentence whatever kind of question it is."""
    score = -_FORMULA_MALUS if is_formula(words) else 0.0
    if numbers and _NUMBER.search(words):
        score += _NUMBER_BONUS
    # Pairs of Hanzi are what retrieval scored already.
    if asked and not HANZI.search(words):
        score += _OVERLAP_BONUS * len(asked & _terms(words)) / len(asked)
    return score


def _echoes(words: str, asked: frozenset[str]) -> bool:
    """Whether a sentence only says that the question can be answered."""
    echo = _ECHO.search(words)
    return echo is not None and len(asked & _terms(echo[1])) * 2 > len(asked)


def _never(_words: str, _asked: frozenset[str]) -> bool:
    """Of a question that asks how one knows what it asks."""
    return False


def _comparison(passages: Sequence[Passage], query: str, heard: Collection[str]) -> Quotation | None:
    """One sentence about each of two things, from one passage; None where no passage has both."""
    pair = compared(query)
    if pair is None:
        return None
    for passage in passages:
        if passage.score < KNOWN_SCORE:
            continue
        places = tuple(_about(passage, topic, heard) for topic in pair)
        if None in places:
            continue
        found = sorted({place for place in places if place is not None})
        spans = [(passage.sentences[place].start, passage.sentences[place].end) for place in found]
        if spoken_length(" ".join(_plain(passage.text[a:b]) for a, b in spans)) <= MAX_SPOKEN_WORDS:
            return _opened(passage, tuple(spans), passage.score, Intent.COMPARE)
    return None


def _about(passage: Passage, topic: str, heard: Collection[str]) -> int | None:
    """The sentence that says best what `topic` is."""
    wanted = topic.lower().rstrip("s")
    fits = (
        (defines(words, topic), passage.sentences[index].score, index)
        for index, words in enumerate(_said(passage))
        if wanted in words.lower() and _may_open(words) and words not in heard
    )
    best = max(fits, default=None)
    return None if best is None else best[2]


def _around(
    passage: Passage, index: int, intent: Intent, heard: Collection[str]
) -> tuple[tuple[int, int], ...]:
    """The sentence, back to one that stands alone, and on while a breath lasts."""
    sentences = passage.sentences
    first = index
    length = spoken_length(_words(passage, sentences[index]))
    while first > 0 and index - first < 2 and _goes_back(passage, first, intent if first == index else None):
        before = _words(passage, sentences[first - 1])
        length += spoken_length(before)
        asks = before.endswith(_QUESTION_END)
        if (
            asks
            or before in heard
            or length > MAX_SPOKEN_WORDS
            or not _adjoin(passage, sentences[first - 1], sentences[first])
        ):
            break
        first -= 1
    spans: list[tuple[int, int]] = []
    length = 0.0
    for at in range(first, len(sentences)):
        sentence = sentences[at]
        words = _words(passage, sentence)
        length += spoken_length(words)
        beyond = at > index and (length > MAX_SPOKEN_WORDS or len(spans) >= _MAX_SENTENCES or words in heard)
        apart = bool(spans) and not _adjoin(passage, sentences[at - 1], sentence)
        unfit = at > index and (words.endswith(_QUESTION_END) or is_formula(words))
        if beyond or apart or unfit:
            break
        spans.append((sentence.start, sentence.end))
    return _shortened(passage.text, spans)


def _goes_back(passage: Passage, at: int, intent: Intent | None) -> bool:
    """Whether a sentence needs the one before: for its words, or because the reason stands there."""
    words = _words(passage, passage.sentences[at])
    return leaning.leans(words) or (intent is Intent.WHY and _REASON.search(words) is None)


def _adjoin(passage: Passage, before: ScoredSentence, after: ScoredSentence) -> bool:
    """Whether nothing unspeakable (code, a table) lies between two sentences."""
    return len(passage.text[before.end : after.start].strip("-*+•·> \t\n0123456789.)")) == 0


def _shortened(text: str, spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Cut what is too long to hear at the last clause that still fits, else at the last word."""
    kept: list[tuple[int, int]] = []
    room = float(MAX_SPOKEN_WORDS)
    for start, end in spans:
        length = spoken_length(_plain(text[start:end]))
        if length <= room:
            kept.append((start, end))
            room -= length
            continue
        if not kept or room > MAX_SPOKEN_WORDS / 2:
            kept.append((start, _cut(text, start, end, room)))
        break
    return tuple(kept)


def _cut(text: str, start: int, end: int, room: float) -> int:
    borders = [match.start() for match in _CLAUSE_END.finditer(text, start, end)]
    for border in reversed(borders):
        if start < border and 3 <= spoken_length(plain(text[start:border])) <= room:
            return border
    return _last_word(text, start, end, room)


def _last_word(text: str, start: int, end: int, room: float) -> int:
    """Where at most `room` words have been said, between words."""
    cut = start
    for at in range(start + 1, end):
        if text[at].isspace() or HANZI.match(text[at]):
            if spoken_length(plain(text[start:at])) > room:
                break
            cut = at
    return cut if cut > start else end


def _opened(
    passage: Passage,
    spans: tuple[tuple[int, int], ...],
    score: float,
    intent: Intent,
    heard: Collection[str] = (),
) -> Quotation:
    """The quotation with a first sentence that stands alone, or with a word on what it speaks of.

    Where the passage was being told already, “it” is understood.
    """
    start, end = spans[0]
    if intent is not Intent.EXAMPLE:
        start += leaning.connective(passage.text[start:end])
    said = _plain(passage.text[start:end])
    told = {words for words in _said(passage) if words in heard} if heard else ()
    about = passage.heading.rsplit(" › ", 1)[-1] if leaning.pronoun(said) and not told else ""
    return Quotation(passage, ((start, end), *spans[1:]), score, about)


def first_half(passage: Passage, span: tuple[int, int], language: Language) -> int:
    """Where the first half of a sentence ends, at a word; its end when it cannot be divided."""
    start, end = span
    raw = passage.text
    whole = spoken_length(plain(raw[start:end]))
    cut = start
    for at in range(start + 1, end):
        at_border = language == "zh" or raw[at].isspace()
        if at_border and spoken_length(plain(raw[start:at])) <= whole / 2:
            cut = at
    return cut if cut > start else end


def gives_example(found: Quotation) -> bool:
    """Whether a quotation really holds an example."""
    return any(_EXAMPLE.search(_plain(found.passage.text[a:b])) for a, b in found.spans)
