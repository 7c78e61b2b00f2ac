"""The answering stage: the first answerer that is available answers; the embedded tutor stands behind it.

Words that need an adult, and topics that a teacher keeps out of the lesson, get their fixed reply before any
answerer sees them. Orders to a machine are taken out of the passages; no citation leaves that does not rest
on them, whoever answers. A failure before the first word is tried once more and then goes to the next
answerer with an honest sentence; after it the answer says that the thread is lost and ends with
`AnswererFailed`, so that the lesson can go on.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

import structlog

from tutor_engine.answering.citations import Proof
from tutor_engine.answering.followup import search_query
from tutor_engine.answering.limits import Limits
from tutor_engine.answering.port import (
    Alert,
    AnswerCitation,
    AnswerEnd,
    Answerer,
    AnswererCapabilities,
    AnswererFailed,
    AnswerEvent,
    AnswerText,
    Exchange,
    Question,
)
from tutor_engine.answering.queueing import Crowded, Turnstile
from tutor_engine.answering.safety import concern_of_student, reply_to
from tutor_engine.answering.streams import closable
from tutor_engine.answering.teaching import taught
from tutor_engine.answering.texts import greeting, said, say
from tutor_engine.answering.untrusted import trusted

__all__ = ["Answering", "Patience", "Serving", "greeting", "search_query"]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Serving:
    """Which answerer serves this node and why not one before it; `/health` shows it."""

    capabilities: AnswererCapabilities
    reason: str


class _TooSlow(AnswererFailed):
    """Nothing came in time; a second try would only make the silence longer."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a student is let wait, and how many are served at once."""

    first_word_s: float = 6.0
    """A model that must be loaded first takes longer: the embedded tutor bridges that."""
    second_try_s: float = 3.0
    """After a failure that was not slowness."""
    stall_s: float = 8.0
    """Between two pieces; the sound of a sentence lasts about five seconds."""
    queue_s: float = 2.0
    rest_s: float = 20.0
    """An answerer that failed twice in a row, or was too slow, is not asked for so long."""
    at_once: int = 8
    """Generations at the same time; what vLLM or Ollama on one GPU still answer without delay."""


class Answering:
    """Answers from the first of `answerers` that can; the last must always be available."""

    def __init__(
        self,
        answerers: Sequence[Answerer],
        patience: Patience | None = None,
        clock: Callable[[], float] = time.monotonic,
        plainly: Callable[[str], str] = lambda text: text,
    ) -> None:
        """`plainly` says a message in words that the rules of intent know, where it can."""
        if not answerers:
            raise ValueError("at least one answerer is needed")
        self._answerers = tuple(answerers)
        self._patience = patience or Patience()
        self._clock = clock
        self._plainly = plainly
        self._rests_until: dict[int, float] = {}
        self.turnstile = Turnstile(self._patience.at_once, clock)

    async def answer(self, question: Question) -> AsyncIterator[AnswerEvent]:
        """Stream one answer; leaving the iteration cancels it.

        Raises:
            AnswererFailed: after the first words, or when even the last answerer failed.
        """
        concern = concern_of_student(question.text)
        if concern is not None:
            question.on_alert(Alert(concern, "student", question.text.strip()[:200]))
            yield AnswerText(reply_to(concern, question.language))
            yield AnswerEnd(teaching=question.teaching)
            return
        limits = Limits(tuple(question.topics_allowed), tuple(question.topics_declined))
        question = limits.kept(replace(question, passages=trusted(question.passages)))
        if (instead := limits.reply(question)) is not None:
            yield AnswerText(instead)
            yield AnswerEnd(teaching=question.teaching)
            return
        state, move = question.teaching, None
        if not question.library_away:
            state, move = taught(replace(question, text=self._plain(question.text, question.language)))
        choices = state.offered if state is not None else ()
        proof = Proof(question.passages, move)
        async with aclosing(self._answered(replace(question, move=move))) as events:
            async for event in events:
                if isinstance(event, AnswerEnd):
                    event = replace(event, teaching=state, choices=choices)
                elif isinstance(event, AnswerCitation):
                    citation = proof.checked(event.citation)
                    if citation is None:
                        log.warning("citation_refused", refused=proof.refused)
                        continue
                    event = AnswerCitation(citation)
                yield event

    async def _answered(self, question: Question) -> AsyncGenerator[AnswerEvent]:
        """The answer of the first that can, with an excuse when that is not the first that should."""
        excuse = ""
        for place, answerer in enumerate(self._answerers):
            last = place == len(self._answerers) - 1
            if not last and (self._rests(place) or not await answerer.available()):
                continue
            asked = question
            if not answerer.capabilities.generates:
                asked = replace(question, text=self._plain(question.text, question.language))
            waits_s = (None,) if last else (self._patience.first_word_s, self._patience.second_try_s)
            for wait_s in waits_s:
                spoken = False
                try:
                    async with aclosing(self._tried(answerer, asked, wait_s)) as events:
                        async for event in events:
                            if excuse and not spoken:
                                yield AnswerText(excuse)
                            spoken = True
                            yield event
                    self._rests_until.pop(place, None)
                    return
                except Crowded as error:
                    log.info("answerer_crowded", detail=str(error))
                    excuse = _excuse("busy", question)
                    break
                except AnswererFailed as error:
                    log.warning("answerer_failed", answerer=answerer.capabilities.name, detail=str(error))
                    if spoken:
                        yield AnswerText(("" if question.language == "zh" else " ") + _lost(question))
                    if spoken or last:
                        raise
                    if isinstance(error, _TooSlow):
                        excuse = self._given_up(place, question)
                        break
            else:
                excuse = self._given_up(place, question)

    async def _tried(
        self, answerer: Answerer, question: Question, wait_s: float | None
    ) -> AsyncGenerator[AnswerEvent]:
        """One try; without `wait_s` for as long as it takes and without a queue."""
        if wait_s is None:
            async with aclosing(closable(answerer.answer(question))) as events:
                async for event in events:
                    yield event
            return
        async with (
            self.turnstile.through(self._patience.queue_s) as queue_ms,
            aclosing(closable(answerer.answer(question))) as events,
        ):
            patience_s = wait_s
            while True:
                try:
                    async with asyncio.timeout(patience_s):
                        event = await anext(events, None)
                except TimeoutError:
                    raise _TooSlow(f"no word within {patience_s} s") from None
                if event is None:
                    return
                if isinstance(event, AnswerEnd):
                    event = replace(event, timings_ms={"queue": queue_ms, **event.timings_ms})
                yield event
                patience_s = self._patience.stall_s

    @property
    def has_room(self) -> bool:
        """Whether a guess may be answered without making somebody wait."""
        return self.turnstile.inside < self._patience.at_once and not self.turnstile.waiting

    def _given_up(self, place: int, question: Question) -> str:
        """Let an answerer rest; the value is what the next one says first."""
        self._rests_until[place] = self._clock() + self._patience.rest_s
        return _excuse("fallback", question)

    def _rests(self, place: int) -> bool:
        until = self._rests_until.get(place)
        return until is not None and self._clock() < until

    async def current(self) -> Serving:
        """Who would answer now."""
        refused: list[str] = []
        for place, answerer in enumerate(self._answerers):
            rests = self._rests(place)
            if (not rests and await answerer.available()) or answerer is self._answerers[-1]:
                reason = "; ".join(refused) or answerer.capabilities.detail
                return Serving(answerer.capabilities, reason)
            detail = "failed or was too slow just now" if rests else answerer.capabilities.detail
            refused.append(f"{answerer.capabilities.name}: {detail}")
        raise AssertionError("unreachable: the last answerer always serves")

    async def warm(self, model: str | None = None) -> None:
        """Load what the first answer needs, on every answerer that is available."""
        await asyncio.to_thread(self._plainly, "I cannot keep up with you")
        for answerer in self._answerers:
            if await answerer.available():
                await answerer.warm(model)

    async def aclose(self) -> None:
        """Release all answerers. Idempotent."""
        for answerer in self._answerers:
            await answerer.aclose()

    def search_query(self, text: str, history: Sequence[Exchange], language: str) -> str:
        """What to look for in the library for this message; follow-ups get their subject back."""
        return search_query(self._plain(text, language), history, language)

    def _plain(self, text: str, language: str) -> str:
        return self._plainly(text) if language == "en" else text


def _excuse(key: str, question: Question) -> str:
    """An honest sentence, unless the last answer began with it already."""
    last = next((m.content for m in reversed(question.history) if m.role == "assistant"), "")
    return "" if said(key, last) else say(key, question.language)


def _lost(question: Question) -> str:
    return say("cut_off", question.language)
