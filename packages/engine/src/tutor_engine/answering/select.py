# ruff: noqa: E501 - a pattern cut in two is harder to read than a long one
"""Chooses the sentences to quote: the best one, its beginning repaired, and what fits a breath after it.

Works on the scores that retrieval computed; no model, no I/O.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tutor_engine.answering.intent import Intent
from tutor_engine.answering.port import Passage, ScoredSentence
from tutor_engine.answering.texts import Language
from tutor_engine.text import HAN, plain, spoken_length

KNOWN_SCORE = 0.5
"""A passage below this does not speak of the question."""
MAX_SPOKEN_WORDS = 45
"""About 18 seconds of speech; a listener keeps no more."""
_RANK_BONUS = 0.10
_DEFINITION_BONUS = 0.15
_REASON_BONUS = 0.10
_MAX_SENTENCES = 3
_MAX_SCREEN_CHARS = 600

_LEANS_BACK = re.compile(
    r"(?:therefore|thus|hence|this|that|these|those|it|they|its|their|he|she|his|her|for example|for instance|for this"
    r"|however|but|so|then|and|or|also|such|because of (?:this|that)|as a result|in this|in addition|moreover|similarly"
    r"|instead|otherwise|later|both|another|here|in symbols|the law says|you know the same)\b"
    r"|(?:因此|所以|这|那|它|他|她|其|但|而|并且|并|例如|比如|另外|此外|同样|否则|如果没有|后来|然后|书中|古人因此|一种解法)",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?:because|therefore|that is why|for this reason|so that|caused by|due to|since)\b|因为|所以|原因|因此|由于|是为了",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(
    r"\b(?:for example|for instance|such as|e\.g\.|like the)\b|例如|比如|像|包括|有些", re.IGNORECASE
)
_CLAUSE_END = re.compile(rf"[,;:，；：、](?=\s|[{HAN}])")
_QUESTION_END = ("?", "？", "?”", "？”")
_TOPIC_EN = re.compile(
    r"(?:so |and )?(?:what(?:'s| is| are| was| were| does)|define|explain|meaning of|definition of)\s+(?:the term |the word )?"
    r"(?:an? |the )?(.{2,60}?)(?:\s+mean)?$",
    re.IGNORECASE,
)
_TOPIC_ZH = re.compile(
    r"(?:什么是|什么叫(?:做)?)(.{1,20})$|(.{1,20}?)(?:是什么(?:意思)?|讲的是什么|说的是什么|指的是什么|是指什么|指什么|什么意思|的定义)$"
)


@dataclass(frozen=True, slots=True)
class Quotation:
    """Neighbouring sentences of one passage, as offsets into its text."""

    passage: Passage
    spans: tuple[tuple[int, int], ...]
    score: float

    @property
    def rest(self) -> str:
        """What follows in the passage, for the screen."""
        return self.passage.text[self.spans[-1][1] :].strip().lstrip(",;，；、 ")[:_MAX_SCREEN_CHARS]


def topic_of(query: str) -> str:
    """What a question of the kind “what is X” asks about; empty for others."""
    bare = query.strip().rstrip("?？。. ")
    found = _TOPIC_ZH.search(bare) or _TOPIC_EN.match(bare)
    topic = next((group for group in found.groups() if group), "") if found else ""
    return re.sub(r"(?:讲|说|指)的$", "", topic.strip().strip("《》"))


def choose(
    passages: Sequence[Passage], query: str, intent: Intent, heard: Collection[str] = ()
) -> Quotation | None:
    """The sentences that answer best; None when no passage is sure enough or all of it was `heard`."""
    topic = topic_of(query).lower()
    best: tuple[float, Passage, int] | None = None
    for rank, passage in enumerate(passages):
        if passage.score < KNOWN_SCORE:
            continue
        for index, sentence in enumerate(passage.sentences):
            words = plain(passage.text[sentence.start : sentence.end])
            if not _may_open(words) or words in heard:
                continue
            score = sentence.score + _RANK_BONUS / (rank + 1) + _fit(words, topic, intent)
            if best is None or score > best[0]:
                best = (score, passage, index)
    if best is None:
        return None
    score, passage, index = best
    return Quotation(passage, _around(passage, index, heard), score)


def _may_open(words: str) -> bool:
    """A question, a fragment or a line ending in a colon is no answer."""
    return spoken_length(words) >= 3 and not words.endswith((*_QUESTION_END, ":", "："))


def _fit(words: str, topic: str, intent: Intent) -> float:
    if intent is Intent.EXAMPLE:
        return _DEFINITION_BONUS if _EXAMPLE.search(words) else 0.0
    if intent is Intent.WHY:
        return _REASON_BONUS if _REASON.search(words) else 0.0
    return _DEFINITION_BONUS if topic and defines(words, topic) else 0.0


def defines(words: str, topic: str) -> bool:
    """Whether a sentence begins by saying what `topic` is."""
    opening = re.match(
        r"(?:the |an? |《)?(.{1,60}?)(?:》)?\s*(?:\bis\b|\bare\b|\bmeans\b|\brefers to\b|\bwas\b|是指|是|指|就是|称为|又叫)",
        words,
        re.IGNORECASE,
    )
    if opening is None:
        return False
    name, wanted = _singular(opening.group(1)), _singular(topic)
    return name == wanted or (name.startswith(wanted) and len(name) < len(wanted) + 8)


def _singular(name: str) -> str:
    return re.sub(r"^(?:the|an?) ", "", name.lower().strip(" ,，“”\"'")).rstrip("s")


def _around(passage: Passage, index: int, heard: Collection[str]) -> tuple[tuple[int, int], ...]:
    """The sentence, back to one that stands alone, and on while a breath lasts."""
    sentences = passage.sentences
    first = index
    while first > 0 and index - first < 2 and _leans(passage, sentences[first]):
        before = passage.text[sentences[first - 1].start : sentences[first - 1].end]
        asks = before.endswith(_QUESTION_END)
        if asks or not _adjoin(passage, sentences[first - 1], sentences[first]):
            break
        first -= 1
    spans: list[tuple[int, int]] = []
    length = 0.0
    for at in range(first, len(sentences)):
        sentence = sentences[at]
        words = plain(passage.text[sentence.start : sentence.end])
        length += spoken_length(words)
        beyond = at > index and (length > MAX_SPOKEN_WORDS or len(spans) >= _MAX_SENTENCES or words in heard)
        apart = bool(spans) and not _adjoin(passage, sentences[at - 1], sentence)
        if beyond or apart or (at > index and words.endswith(_QUESTION_END)):
            break
        spans.append((sentence.start, sentence.end))
    return _shortened(passage.text, spans)


def _leans(passage: Passage, sentence: ScoredSentence) -> bool:
    words = plain(passage.text[sentence.start : sentence.end])
    return _LEANS_BACK.match(words) is not None


def _adjoin(passage: Passage, before: ScoredSentence, after: ScoredSentence) -> bool:
    """Whether nothing unspeakable (code, a table) lies between two sentences."""
    return len(passage.text[before.end : after.start].strip("-*+•·> \t\n0123456789.)")) == 0


def _shortened(text: str, spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Cut a last sentence that is too long to hear at the last clause that still fits."""
    before = sum(spoken_length(plain(text[a:b])) for a, b in spans[:-1])
    start, end = spans[-1]
    if before + spoken_length(plain(text[start:end])) <= MAX_SPOKEN_WORDS * 1.5:
        return tuple(spans)
    cut = end
    for match in _CLAUSE_END.finditer(text, start, end):
        if before + spoken_length(plain(text[start : match.start()])) <= MAX_SPOKEN_WORDS:
            cut = match.start()
    return (*spans[:-1], (start, cut))


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
    return any(_EXAMPLE.search(plain(found.passage.text[a:b])) for a, b in found.spans)
