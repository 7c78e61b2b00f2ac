"""Passages made by hand, a fake answerer, and servers that speak the wire protocols of models."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from packages.engine.tests.answering.model_server import ModelServer, OllamaWire, OpenAIWire, serving

from tutor_engine.answering.port import (
    AnswerCitation,
    AnswerEnd,
    AnswererCapabilities,
    AnswererFailed,
    AnswerEvent,
    AnswerText,
    Exchange,
    Passage,
    Question,
    ScoredSentence,
)

MakePassage = Callable[..., Passage]
MakeQuestion = Callable[..., Question]


def _passage(
    *sentences: str,
    score: float = 0.9,
    title: str = "Star Book",
    heading: str = "Stars",
    page: int = 1,
    start: int = 10,
    scores: Sequence[float] = (),
    document: str = "doc",
) -> Passage:
    spans: list[ScoredSentence] = []
    at = 0
    for number, sentence in enumerate(sentences):
        mark = scores[number] if scores else 0.8 - 0.1 * number
        spans.append(ScoredSentence(at, at + len(sentence), mark))
        at += len(sentence) + 1
    return Passage(
        f"{document}:{page}:{start}",
        document,
        title,
        heading,
        page,
        start,
        " ".join(sentences),
        score,
        tuple(spans),
    )


@pytest.fixture(scope="session")
def make_passage() -> MakePassage:
    return _passage


def _question(
    text: str,
    *passages: Passage,
    language: Literal["en", "zh"] = "en",
    history: Sequence[tuple[Literal["user", "assistant"], str]] = (),
    **more: Any,
) -> Question:
    exchanges = tuple(Exchange(role, content) for role, content in history)
    return Question(text=text, language=language, passages=passages, history=exchanges, **more)


@pytest.fixture(scope="session")
def make_question() -> MakeQuestion:
    return _question


@dataclass(frozen=True)
class Answer:
    """A whole answer, collected."""

    text: str
    pieces: tuple[str, ...]
    citations: tuple[AnswerCitation, ...]
    end: AnswerEnd


async def collect(events: AsyncIterator[AnswerEvent]) -> Answer:
    pieces: list[str] = []
    citations: list[AnswerCitation] = []
    end: AnswerEnd | None = None
    async for event in events:
        assert end is None, "AnswerEnd is the last event"
        if isinstance(event, AnswerText):
            assert event.text
            pieces.append(event.text)
        elif isinstance(event, AnswerCitation):
            assert pieces, "a citation follows the text it supports"
            citations.append(event)
        else:
            end = event
    assert end is not None, "AnswerEnd is always there"
    return Answer("".join(pieces), tuple(pieces), tuple(citations), end)


async def until_failure(events: AsyncIterator[AnswerEvent]) -> tuple[str, str]:
    """What was said before an answer failed, and why it failed."""
    said = ""
    try:
        async for event in events:
            said += event.text if isinstance(event, AnswerText) else ""
    except AnswererFailed as error:
        return said, str(error)
    raise AssertionError("the answer was expected to fail")


class FakeAnswerer:
    """Says what it is told to, and may fail or hang before or after its first word."""

    def __init__(
        self,
        *words: str,
        up: bool = True,
        fails_after: int | None = None,
        failures: int = 1_000,
        hangs_after: int | None = None,
        name: str = "fake",
    ) -> None:
        self.capabilities = AnswererCapabilities(name, generates=True, detail="for tests")
        self.up = up
        self.closed = 0
        self.left = 0
        self.warmed: list[str | None] = []
        self._words = words or ("It shines.",)
        self._fails_after = fails_after
        self._failures = failures
        self._hangs_after = hangs_after

    async def available(self) -> bool:
        return self.up

    async def warm(self, model: str | None) -> None:
        self.warmed.append(model)

    async def answer(self, question: Question) -> AsyncIterator[AnswerEvent]:
        try:
            for number, word in enumerate(self._words):
                if number == self._fails_after and self._failures:
                    self._failures -= 1
                    raise AnswererFailed("told to")
                if number == self._hangs_after:
                    await asyncio.Event().wait()
                await asyncio.sleep(0)
                yield AnswerText(word)
            if self._fails_after == len(self._words):
                raise AnswererFailed("told to")
            yield AnswerEnd()
        finally:
            self.left += 1

    async def aclose(self) -> None:
        self.closed += 1


@pytest.fixture
async def ollama_server() -> AsyncIterator[ModelServer]:
    async with serving(OllamaWire) as server:
        yield server


@pytest.fixture
async def openai_server() -> AsyncIterator[ModelServer]:
    async with serving(OpenAIWire) as server:
        yield server
