"""The embedded tutor: answers by quoting the library, says where, and says so when the library does not know.

No language model, no network, and text of a document is only ever quoted, never followed as an instruction.
"""

import time
from collections.abc import AsyncIterator, Callable, Collection, Iterator

from tutor_engine.answering import cloze, texts
from tutor_engine.answering.citations import cite
from tutor_engine.answering.followup import search_query
from tutor_engine.answering.intent import Intent, classify, last_of
from tutor_engine.answering.port import (
    AnswerCitation,
    AnswerEnd,
    AnswererCapabilities,
    AnswerEvent,
    AnswerText,
    Move,
    Passage,
    Question,
)
from tutor_engine.answering.select import KNOWN_SCORE, Quotation, choose, first_half, gives_example
from tutor_engine.answering.texts import Language, say
from tutor_engine.text import plain

_SMALL_TALK = {Intent.THANKS: "thanks", Intent.NO: "declined"}
_NEAR_SCORE = 0.15
"""Below the border but above this, the heading of a passage is worth offering."""
_FRESH = frozenset({Intent.YES, Intent.WHY, Intent.EXAMPLE, Intent.ASK})
"""Kinds of questions for which repeating what was just quoted is no answer."""


class Extractive:
    """An `Answerer` that is always available."""

    capabilities = AnswererCapabilities(
        "extractive", generates=False, detail="quotes the library word for word"
    )

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock

    async def available(self) -> bool:
        """Always."""
        return True

    async def warm(self, model: str | None) -> None:
        """Nothing to load."""

    async def answer(self, question: Question) -> AsyncIterator[AnswerEvent]:
        """Stream the quotation: its source, then sentence by sentence, each with its citation."""
        began = self._clock()
        for event in self._events(question):
            if isinstance(event, AnswerEnd):
                spent_ms = (self._clock() - began) * 1000
                yield AnswerEnd(event.screen, event.known, {**event.timings_ms, "total": round(spent_ms, 2)})
            else:
                yield event

    async def aclose(self) -> None:
        """Nothing to release."""

    def _events(self, question: Question) -> Iterator[AnswerEvent]:
        move = question.move
        if move is None:
            yield from self._usual(question)
        elif move.speech:
            yield from _moved(move, question.language)
        else:
            for event in self._usual(question):
                if isinstance(event, AnswerEnd) and move.closing:
                    yield AnswerText(_gap(question.language) + move.closing)
                yield event

    def _usual(self, question: Question) -> Iterator[AnswerEvent]:
        language = question.language
        intent = classify(question.text, question.history)
        if intent is Intent.GREET:
            yield from _said(_hello(question))
        elif intent is Intent.WHO:
            yield from _said(say("who", language, name=question.tutor_name))
        elif intent in _SMALL_TALK:
            yield from _said(say(_SMALL_TALK[intent], language))
        elif intent is Intent.QUIZ:
            yield from _quiz(question)
        elif intent is Intent.QUIZ_REPLY:
            yield from _marking(question)
        elif intent in (Intent.REPEAT, Intent.YES) and last_of("user", question.history) is None:
            yield from _said(say("nothing_said" if intent is Intent.REPEAT else "ask", language))
        else:
            yield from _quoting(question, intent)


def _said(text: str, *, known: bool = True) -> Iterator[AnswerEvent]:
    yield AnswerText(text)
    yield AnswerEnd(known=known)


def _gap(language: Language) -> str:
    """What stands between two sentences."""
    return "" if language == "zh" else " "


def _moved(move: Move, language: Language) -> Iterator[AnswerEvent]:
    """Say what the teaching mode has decided."""
    cited = 0
    for piece in move.speech:
        if isinstance(piece, str):
            yield AnswerText(piece)
            continue
        cited += 1
        raw = piece.passage.text[piece.start : piece.end]
        whole = any(sentence.end == piece.end for sentence in piece.passage.sentences)
        yield AnswerText(_sentence(raw, language) if whole else plain(raw) + "…")
        yield AnswerCitation(cite(cited, piece.passage, piece.start, piece.end))
    if move.closing:
        yield AnswerText(_gap(language) + move.closing)
    yield AnswerEnd()


def _sentence(raw: str, language: Language) -> str:
    """Words of a document as they are said, with a stop at their end."""
    words = plain(raw)
    if words.endswith((".", "!", "?", "。", "！", "？", "”", "…")):
        return words
    return words + ("。" if language == "zh" else ".")


def _hello(question: Question) -> str:
    topics = list(question.headings)[:3]
    if not topics:
        return say("greet", question.language)
    return say("about", question.language, topics=texts.listed(topics, question.language))


def _quoting(question: Question, intent: Intent) -> Iterator[AnswerEvent]:
    language = question.language
    query = search_query(question.text, question.history, language)
    heard = _heard(question) if intent in _FRESH else ()
    found = choose(question.passages, query, intent, heard)
    if found is None:
        if heard and choose(question.passages, query, intent) is not None:
            yield from _exhausted(question, query, intent)
        else:
            yield from _refusal(question)
    elif intent is Intent.HINT:
        yield from _hint(found, language)
    else:
        fits = {Intent.REPEAT: ("once_more", True), Intent.EXAMPLE: ("example", gives_example(found))}
        opening, fitting = fits.get(intent, ("", False))
        yield AnswerText((say(opening, language) if fitting else "") + _source(found.passage, question))
        yield from _quoted(found, language)
        yield from _closing(question, found)


def _exhausted(question: Question, query: str, intent: Intent) -> Iterator[AnswerEvent]:
    """Everything that fits was quoted already: asked on, say so; asked anew, quote it again."""
    found = choose(question.passages, query, intent)
    if found is None or intent in (Intent.YES, Intent.EXAMPLE, Intent.WHY):
        yield from _said(f"{say('no_more', question.language)} {say('next', question.language)}")
        return
    yield AnswerText(_source(found.passage, question))
    yield from _quoted(found, question.language)
    yield from _closing(question, found)


def _source(passage: Passage, question: Question) -> str:
    """Only documents with several pages have page numbers worth saying."""
    paged = any(other.page > 1 for other in question.passages if other.document == passage.document)
    return texts.source(passage.title, passage.page if paged else None, question.language)


def _quoted(found: Quotation, language: Language) -> Iterator[AnswerEvent]:
    for n, (start, end) in enumerate(found.spans, start=1):
        words = _sentence(found.passage.text[start:end], language)
        yield AnswerText(("" if n == 1 else _gap(language)) + words)
        yield AnswerCitation(cite(n, found.passage, start, end))


def _closing(question: Question, found: Quotation) -> Iterator[AnswerEvent]:
    """What it is that speaks, once; a question back; the rest on the screen."""
    language = question.language
    gap = _gap(language)
    earlier = [message.content for message in question.history if message.role == "assistant"]
    if not any(texts.said("quotes", text) for text in earlier):
        yield AnswerText(gap + say("quotes", language))
    yield AnswerText(gap + _question_back(question, found))
    yield AnswerEnd(screen=found.rest)


def _question_back(question: Question, found: Quotation) -> str:
    told = "".join(message.content for message in question.history[-6:])
    for passage in question.passages:
        heading = _leaf(passage)
        new = heading and heading != _leaf(found.passage) and f"“{heading}”" not in told
        if new and passage.score >= KNOWN_SCORE and len(heading) <= 60:
            return say("next_heading", question.language, heading=heading)
    return say("next", question.language)


def _refusal(question: Question) -> Iterator[AnswerEvent]:
    """An honest no, with what the library does have."""
    language = question.language
    near = [_leaf(passage) for passage in question.passages if passage.score >= _NEAR_SCORE]
    topics = list(dict.fromkeys(topic for topic in (*near, *question.headings) if topic))[:3]
    if not topics and not question.passages:
        yield from _said(say("empty", language), known=False)
        return
    gap = _gap(language)
    yield AnswerText(say("unknown", language))
    if topics:
        yield AnswerText(gap + say("unknown_topics", language, topics=texts.listed(topics, language)))
    else:
        yield AnswerText(gap + say("unknown_else", language))
    yield AnswerEnd(known=False)


def _hint(found: Quotation, language: Language) -> Iterator[AnswerEvent]:
    """The first half of the key sentence."""
    start, _ = found.spans[0]
    cut = first_half(found.passage, found.spans[0], language)
    yield AnswerText(say("hint", language, title=texts.book(found.passage.title, language)))
    yield AnswerText(plain(found.passage.text[start:cut]) + "…")
    yield AnswerCitation(cite(1, found.passage, start, cut))
    yield AnswerText(say("hint_end", language))
    yield AnswerEnd()


def _quiz(question: Question) -> Iterator[AnswerEvent]:
    language = question.language
    sure = [passage for passage in question.passages if passage.score >= KNOWN_SCORE]
    asked = [message.content for message in question.history if message.role == "assistant"]
    gap = cloze.pick(sure, language, asked)
    if gap is not None:
        yield from _said(say("quiz", language) + gap.prompt)
    elif question.headings:
        topics = texts.listed(list(question.headings)[:3], language)
        yield from _said(say("quiz_topic", language, topics=topics))
    else:
        yield from _said(say("empty", language), known=False)


def _marking(question: Question) -> Iterator[AnswerEvent]:
    language = question.language
    last = last_of("assistant", question.history) or ""
    gap = cloze.open_cloze(question.passages, language, last)
    if gap is None:
        yield from _quoting(question, Intent.ASK)
        return
    right = cloze.is_right(gap, question.text)
    yield AnswerText(say("right", language) if right else say("wrong", language, term=gap.term))
    start, end = gap.span
    yield from _quoted(Quotation(gap.passage, ((start, end),), 1.0), language)
    yield AnswerText(_gap(language) + say("quiz_again", language))
    yield AnswerEnd()


def _heard(question: Question) -> Collection[str]:
    """Sentences of these passages that the tutor has quoted in its last two answers."""
    recent = [message.content for message in question.history if message.role == "assistant"][-2:]
    said = "\n".join(recent)
    if not said:
        return ()
    words = (
        plain(passage.text[sentence.start : sentence.end])
        for passage in question.passages
        for sentence in passage.sentences
    )
    return frozenset(sentence for sentence in words if sentence in said)


def _leaf(passage: Passage) -> str:
    return passage.heading.rsplit(" › ", 1)[-1]
