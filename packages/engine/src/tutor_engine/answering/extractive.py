"""The embedded tutor: answers by quoting the library, says where, and says so when the library does not know.

No language model, no network, and text of a document is only ever quoted, never followed as an instruction.
"""

import time
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from dataclasses import replace

from tutor_engine.answering import cards, cloze, texts
from tutor_engine.answering.citations import cite
from tutor_engine.answering.followup import search_query
from tutor_engine.answering.grading import Grade, graded_term
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
from tutor_engine.answering.screen import code_at, harmless, is_formula
from tutor_engine.answering.select import (
    KNOWN_SCORE,
    Quotation,
    choose,
    first_half,
    following,
    gives_example,
)
from tutor_engine.answering.texts import Language, say
from tutor_engine.text import plain

_SMALL_TALK = {Intent.THANKS: "thanks", Intent.NO: "declined"}
_AGAIN = frozenset({Intent.REPEAT, Intent.SLOWER, Intent.ANSWER, Intent.YES})
"""Messages that go on from what was said before."""
_NEAR_SCORE = 0.15
"""Below the border but above this, the heading of a passage is worth offering."""
_FRESH = frozenset({Intent.YES, Intent.WHY, Intent.EXAMPLE, Intent.ASK, Intent.HOW})
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
        elif intent is Intent.CARDS:
            yield from _cards(question)
        elif intent is Intent.QUIZ_REPLY or (intent is Intent.ANSWER and _quizzed(question)):
            yield from _marking(question, intent)
        elif intent in _AGAIN and last_of("user", question.history) is None:
            yield from _said(say("ask" if intent is Intent.YES else "nothing_said", language))
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
    slowly = intent is Intent.YES and texts.said("slower", _last(question))
    heard = _heard(question) if intent in _FRESH else ()
    found = following(question.passages, _last(question)) if slowly else None
    found = found or choose(question.passages, query, intent, heard)
    if found is None:
        if heard and choose(question.passages, query, intent) is not None:
            yield from _exhausted(question, query, intent)
        else:
            yield from _refusal(question)
    elif intent is Intent.HINT:
        yield from _hint(found, language)
    elif intent is Intent.SLOWER or slowly:
        yield from _slowly(found, question)
    else:
        fits = {Intent.REPEAT: ("once_more", True), Intent.EXAMPLE: ("example", gives_example(found))}
        opening, fitting = fits.get(intent, ("", False))
        yield AnswerText((say(opening, language) if fitting else "") + _source(found.passage, question))
        yield from _quoted(found, language)
        yield from _closing(question, found)


def _slowly(found: Quotation, question: Question) -> Iterator[AnswerEvent]:
    """One sentence, and the rest when the student is ready for it."""
    language = question.language
    one = replace(found, spans=found.spans[:1])
    yield AnswerText(say("slower", language))
    yield from _quoted(one, language)
    yield AnswerText(_gap(language) + say("go_on", language))
    yield AnswerEnd()


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
    if found.about:
        yield AnswerText(say("on_heading", language, heading=found.about))
    for n, (start, end) in enumerate(found.spans, start=1):
        yield AnswerText(("" if n == 1 else _gap(language)) + _spoken(found.passage, start, end, language))
        yield AnswerCitation(cite(n, found.passage, start, end))


def _spoken(passage: Passage, start: int, end: int, language: Language) -> str:
    """A quoted sentence as it is said; one that was cut says so, and a formula is looked at instead."""
    raw = passage.text[start:end]
    if is_formula(raw):
        return say("formula_on_screen", language)
    if not any(sentence.end == end for sentence in passage.sentences):
        return _begun(plain(raw)).rstrip(",;:，；：、 ") + "…"
    return _begun(_sentence(raw, language))


def _begun(words: str) -> str:
    """With a capital: the quotation may begin after the first word of its sentence."""
    return words[:1].upper() + words[1:]


def _closing(question: Question, found: Quotation) -> Iterator[AnswerEvent]:
    """What it is that speaks, once; a question back; the rest on the screen."""
    language = question.language
    gap = _gap(language)
    screen, code = _screen(found)
    if code:
        yield AnswerText(gap + say("code_on_screen", language))
    earlier = [message.content for message in question.history if message.role == "assistant"]
    if not any(texts.said("quotes", text) for text in earlier):
        yield AnswerText(gap + say("quotes", language))
    yield AnswerText(gap + _question_back(question, found))
    yield AnswerEnd(screen=screen)


def _screen(found: Quotation) -> tuple[str, bool]:
    """What to show, and whether it is code that belongs to what was said."""
    text, end = found.passage.text, found.spans[-1][1]
    formulas = [harmless(text[a:b]) for a, b in found.spans if is_formula(text[a:b])]
    code = code_at(text[end:])
    shown = found.rest if code or not formulas else "\n\n".join((*formulas, found.rest)).strip()
    return shown, bool(code)


def _question_back(question: Question, found: Quotation) -> str:
    told = "".join(message.content for message in question.history[-6:])
    for passage in question.passages:
        heading = _leaf(passage)
        # The nearest of another document is seldom what comes next.
        here = passage.document == found.passage.document
        new = here and heading and heading != _leaf(found.passage) and f"“{heading}”" not in told
        if new and passage.score >= KNOWN_SCORE and len(heading) <= 60:
            return say("next_heading", question.language, heading=heading)
    return say("next", question.language)


def _refusal(question: Question) -> Iterator[AnswerEvent]:
    """An honest no, with what the library does have."""
    language = question.language
    if question.library_away:
        yield from _said(say("away", language), known=False)
        return
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
    sure = cloze.askable(question.passages)
    asked = [message.content for message in question.history if message.role == "assistant"]
    gap = cloze.pick(sure, language, asked)
    if gap is not None:
        yield from _said(say("quiz", language) + gap.prompt)
    elif question.headings:
        topics = texts.listed(list(question.headings)[:3], language)
        yield from _said(say("quiz_topic", language, topics=topics))
    else:
        yield from _said(say("away" if question.library_away else "empty", language), known=False)


def _cards(question: Question) -> Iterator[AnswerEvent]:
    """Terms and their meaning on the screen, each with its place."""
    language = question.language
    sure = cloze.askable(question.passages)
    made = cards.cards(sure, language)
    if not made:
        yield AnswerText(say("away" if question.library_away else "no_cards", language))
        yield from _said(_gap(language) + say("next", language), known=False)
        return
    yield AnswerText(say("cards", language, count=len(made)))
    for n, card in enumerate(made, start=1):
        yield AnswerCitation(cite(n, card.passage, card.start, card.end))
    yield AnswerEnd(screen=cards.on_screen(made))


def _last(question: Question) -> str:
    return last_of("assistant", question.history) or ""


def _quizzed(question: Question) -> bool:
    return texts.said("quiz", _last(question))


def _marking(question: Question, intent: Intent) -> Iterator[AnswerEvent]:
    language = question.language
    gap = cloze.open_cloze(question.passages, language, _last(question))
    if gap is None:
        yield from _quoting(question, Intent.ASK)
        return
    yield AnswerText(_verdict(gap, question, intent))
    start, end = gap.span
    yield from _quoted(Quotation(gap.passage, ((start, end),), 1.0), language)
    yield AnswerText(_gap(language) + say("quiz_again", language))
    yield AnswerEnd()


def _verdict(gap: cloze.Cloze, question: Question, intent: Intent) -> str:
    language = question.language
    if intent is Intent.ANSWER:
        return say("revealed", language, term=gap.term)
    grade = graded_term(gap.term, question.text)
    if grade is Grade.RIGHT or cloze.is_right(gap, question.text):
        return say("right", language)
    if grade is Grade.UNSURE:
        return say("compare_yourself", language)
    return say("wrong", language, term=gap.term)


def _heard(question: Question) -> Collection[str]:
    """Sentences of these passages that the tutor has quoted in its last two answers."""
    recent = [message.content for message in question.history if message.role == "assistant"][-2:]
    if recent and texts.said("slower", recent[-1]):
        # What was too fast is told again; only what was told slowly counts.
        recent = recent[-1:]
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
