# ruff: noqa: E501 - a pattern cut in two is harder to read than a long one
"""Socratic teaching: a ladder of hints, and the answer only after an attempt.

What do you know, a gap to fill, the first half of the key sentence, the answer. Who finds it on the way is told so.
"""

import re
from dataclasses import dataclass, replace
from enum import IntEnum

from tutor_engine.answering.cloze import clozes
from tutor_engine.answering.followup import search_query
from tutor_engine.answering.grading import Grade, graded_term
from tutor_engine.answering.intent import Intent, asks, classify, normalised
from tutor_engine.answering.port import Move, Passage, Question, Quoted, TeachingState
from tutor_engine.answering.select import Quotation, choose, first_half, topic_of
from tutor_engine.answering.teaching.guidance import guide
from tutor_engine.answering.terms import terms
from tutor_engine.answering.texts import BLANK, Language, book, say
from tutor_engine.text import plain

_TELL = re.compile(
    r"\b(?:just |please |simply )?(?:tell|give) me(?: the)?(?: right| correct)?(?: answer)?$|\b(?:tell|give|show) me the (?:\w+ )?(?:answer|solution)\b|\bi give up\b|\bwhat(?:'s| is) the (?:right |correct )?(?:answer|solution)\b"
    r"|(?:直接|快|请)?(?:告诉我|给我|说|公布|讲)(?:正确)?答案|直接(?:告诉我|说|讲)|答案是(?:什么|啥)|我放弃",
    re.IGNORECASE,
)
_STUCK = re.compile(
    r"\b(?:i (?:do not|don't|dont|really don't) know|no idea|not sure|nothing|i have no (?:idea|clue)|i can't|don't remember|i forgot|dunno)\b|^(?:pass|skip)$"
    r"|不知道|不清楚|不确定|没学过|忘了|不会|想不出|没有?想法|^不懂",
    re.IGNORECASE,
)
_OPEN_QUESTION = re.compile(
    r"^(?:and |but |so )?(?:what|why|how|who|when|where|which)\b|什么|为什么|怎么|哪|多少|谁", re.IGNORECASE
)
_ASIDE = frozenset(
    {Intent.GREET, Intent.THANKS, Intent.WHO, Intent.REPEAT, Intent.SLOWER, Intent.QUIZ, Intent.CARDS}
)
_SHARE_KNOWN: dict[Language, float] = {"en": 0.4, "zh": 0.3}
"""So much of the key sentence, in its own terms, counts as having said it; pairs of Hanzi match less often."""


_REASON = re.compile(r"\b(?:because|since|due to)\b|因为|由于", re.IGNORECASE)
"""What follows is the answer to a why."""


class Rung(IntEnum):
    """What the tutor has asked for."""

    KNOWLEDGE = 0
    GAP = 1
    REST = 2


@dataclass(frozen=True, slots=True)
class Climbing(TeachingState):
    """One question on its way to an answer."""

    quotation: Quotation
    asked: str
    rung: Rung = Rung.KNOWLEDGE
    attempts: int = 0
    missing: str = ""
    """The word of the gap."""


def step(question: Question) -> tuple[Climbing | None, Move | None]:
    """The next rung, praise, or the answer."""
    state = question.teaching if isinstance(question.teaching, Climbing) else None
    intent = classify(question.text, question.history)
    if intent in _ASIDE:
        return state, None
    if state is not None:
        text = normalised(question.text)
        tells, stuck = (
            bool(_TELL.search(text)),
            bool(_STUCK.search(text)) or intent in (Intent.HINT, Intent.NO),
        )
        open_question = _asks(question.text) and _OPEN_QUESTION.search(text) is not None
        if not tells and not stuck and _found(state, text, question.language) and not open_question:
            return None, _praise(state, question.language)
        if tells:
            tried = state.attempts > 0 or state.rung is Rung.REST
            return (None, _answer(state, question.language)) if tried else _up(state, "think_first", question)
        if stuck:
            return _up(state, "step", question)
        if not _asks(question.text):
            return _up(replace(state, attempts=state.attempts + 1), "on_the_way", question)
    return _begin(question, intent)


def _begin(question: Question, intent: Intent) -> tuple[Climbing | None, Move | None]:
    query = search_query(question.text, question.history, question.language)
    found = choose(question.passages, query, intent)
    if found is None:
        return None, None
    topic = topic_of(query)
    language = question.language
    opening = say("knows", language, topic=topic) if topic else say("knows_this", language)
    return Climbing(found, query), Move(guide("knows", language), (opening,), passages=(found.passage,))


def _up(state: Climbing, opening: str, question: Question) -> tuple[Climbing | None, Move]:
    """One rung higher."""
    language, passage = question.language, state.quotation.passage
    said = say(opening, language)
    key = _key(state)
    if state.rung is Rung.KNOWLEDGE and (gap := _gap(state, language)) is not None:
        prompt, missing = gap
        move = Move(
            guide("gap", language, key=key, gap=prompt),
            (said, say("gap", language, gap=_spaced(prompt, language))),
            passages=(passage,),
        )
        return replace(state, rung=Rung.GAP, missing=missing), move
    if state.rung < Rung.REST:
        span = state.quotation.spans[0]
        cut = first_half(passage, span, language)
        half = plain(passage.text[span[0] : cut])
        spoken = (
            said,
            say("hint", language, title=book(passage.title, language)),
            Quoted(passage, span[0], cut),
            say("hint_end", language),
        )
        return replace(state, rung=Rung.REST), Move(
            guide("hint", language, key=key, half=half), spoken, passages=(passage,)
        )
    return None, _answer(state, language)


def _praise(state: Climbing, language: Language) -> Move:
    guidance = guide("understood", language, key=_key(state))
    return Move(
        guidance,
        (say("understood", language), *_quotes(state, language)),
        say("your_example", language),
        (state.quotation.passage,),
    )


def _answer(state: Climbing, language: Language) -> Move:
    return Move(
        guide("reveal", language),
        (say("here_it_is", language), *_quotes(state, language)),
        say("your_example", language),
        (state.quotation.passage,),
    )


def _quotes(state: Climbing, language: Language) -> list[str | Quoted]:
    pieces: list[str | Quoted] = []
    for start, end in state.quotation.spans:
        if pieces and language == "en":
            pieces.append(" ")
        pieces.append(Quoted(state.quotation.passage, start, end))
    return pieces


def _asks(text: str) -> bool:
    """Whether the student asks something else; “oxygen?” is an attempt."""
    return asks(text.rstrip("?？ "))


def _found(state: Climbing, text: str, language: Language) -> bool:
    """Whether the student's words hold the missing word, or enough of the key sentence that was not in the question."""
    if state.missing and graded_term(state.missing, text) is Grade.RIGHT:
        return True
    said = terms(text)
    key = _key(state)
    reason = _REASON.search(key)
    wanted = terms(key[reason.end() :] if reason else key) - terms(state.asked)
    return len(wanted & said) >= max(2, _SHARE_KNOWN[language] * len(wanted))


def _key(state: Climbing) -> str:
    start, end = state.quotation.spans[0]
    return plain(state.quotation.passage.text[start:end])


def _gap(state: Climbing, language: Language) -> tuple[str, str] | None:
    """The key sentence with a gap and the word that fills it; None when no word stands out."""
    passage, span = state.quotation.passage, state.quotation.spans[0]
    topic = terms(state.asked)
    for cloze in clozes([_only(passage, span)], language):
        if not terms(cloze.term) <= topic:
            return cloze.prompt, cloze.term
    key = _key(state)
    named = re.findall(r"\b(?:the|an?|of|its|their|by|called) ([A-Za-z]{4,})\b", key)
    words = [
        word for word in named or re.findall(r"[A-Za-z]{4,}", key) if terms(word) and not terms(word) <= topic
    ]
    if language == "zh" or not words:
        return None
    word = max(words, key=len)
    return re.sub(rf"\b{word}\b", BLANK["en"], key, count=1), word


def _only(passage: Passage, span: tuple[int, int]) -> Passage:
    """The passage with this sentence alone to quote."""
    return replace(passage, sentences=tuple(s for s in passage.sentences if (s.start, s.end) == span))


def _spaced(prompt: str, language: Language) -> str:
    ended = prompt.rstrip().endswith((".", "!", "?", "。", "！", "？"))
    return prompt if ended else prompt + ("。" if language == "zh" else ".")
