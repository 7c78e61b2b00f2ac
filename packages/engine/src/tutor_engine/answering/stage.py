"""The answering stage: the first answerer that is available answers; the embedded tutor stands behind it.

A failure before the first word goes to the next answerer unheard; after it the iteration ends with
`AnswererFailed`, so that the lesson can say an honest sentence instead of starting over.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass

import structlog

from tutor_engine.answering.followup import search_query
from tutor_engine.answering.port import (
    AnswerCitation,
    Answerer,
    AnswererCapabilities,
    AnswererFailed,
    AnswerEvent,
    AnswerText,
    Exchange,
    Question,
)
from tutor_engine.answering.texts import greeting

__all__ = ["Answering", "Serving", "greeting", "search_query"]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Serving:
    """Which answerer serves this node and why not one before it; `/health` shows it."""

    capabilities: AnswererCapabilities
    reason: str


class Answering:
    """Answers from the first of `answerers` that can; the last must always be available."""

    def __init__(self, answerers: Sequence[Answerer]) -> None:
        if not answerers:
            raise ValueError("at least one answerer is needed")
        self._answerers = tuple(answerers)

    async def answer(self, question: Question) -> AsyncIterator[AnswerEvent]:
        """Stream one answer; leaving the iteration cancels it.

        Raises:
            AnswererFailed: after the first words, or when even the last answerer failed.
        """
        for place, answerer in enumerate(self._answerers):
            last = place == len(self._answerers) - 1
            if not last and not await answerer.available():
                continue
            begun = False
            events = answerer.answer(question)
            try:
                async for event in events:
                    begun = begun or isinstance(event, AnswerText | AnswerCitation)
                    yield event
                return
            except AnswererFailed as error:
                if begun or last:
                    raise
                log.warning("answerer_failed", answerer=answerer.capabilities.name, detail=str(error))
            finally:
                if isinstance(events, AsyncGenerator):
                    await events.aclose()

    async def current(self) -> Serving:
        """Who would answer now."""
        refused: list[str] = []
        for answerer in self._answerers:
            if await answerer.available() or answerer is self._answerers[-1]:
                reason = "; ".join(refused) or answerer.capabilities.detail
                return Serving(answerer.capabilities, reason)
            refused.append(f"{answerer.capabilities.name}: {answerer.capabilities.detail}")
        raise AssertionError("unreachable: the last answerer always serves")

    async def warm(self, model: str | None = None) -> None:
        """Load what the first answer needs, on every answerer that is available."""
        for answerer in self._answerers:
            if await answerer.available():
                await answerer.warm(model)

    async def aclose(self) -> None:
        """Release all answerers. Idempotent."""
        for answerer in self._answerers:
            await answerer.aclose()

    @staticmethod
    def search_query(text: str, history: Sequence[Exchange], language: str) -> str:
        """What to look for in the library for this message; follow-ups get their subject back."""
        return search_query(text, history, language)
