"""What every answerer promises, proved on each adapter and on the fake."""

from collections.abc import AsyncGenerator, AsyncIterator

import pytest
from packages.engine.tests.answering.model_server import ModelServer
from packages.engine.tests.answering.quoting import rests_on

from tutor_engine.answering.extractive import Extractive
from tutor_engine.answering.ollama import Ollama
from tutor_engine.answering.openai import OpenAICompatible
from tutor_engine.answering.port import Answerer, AnswerText

from .conftest import FakeAnswerer, MakePassage, MakeQuestion, collect


@pytest.fixture(params=["extractive", "ollama", "openai", "fake"])
async def answerer(
    request: pytest.FixtureRequest, ollama_server: ModelServer, openai_server: ModelServer
) -> AsyncIterator[Answerer]:
    made: dict[str, Answerer] = {
        "extractive": Extractive(),
        "ollama": Ollama(ollama_server.url),
        "openai": OpenAICompatible(openai_server.url),
        "fake": FakeAnswerer("Stars shine.", " Bye."),
    }
    one = made[request.param]
    yield one
    await one.aclose()
    await one.aclose()


async def test_streams_text_then_ends_with_valid_citations(
    answerer: Answerer, make_passage: MakePassage, make_question: MakeQuestion
) -> None:
    assert await answerer.available()
    await answerer.warm(None)
    passages = [
        make_passage("A star is a ball of hot gas.", "Stars shine."),
        make_passage("Mars is red.", page=3),
    ]
    for text in ("What is a star?", "hello", "quiz me", "why?", "🌌", "x" * 8_000):
        answer = await collect(answerer.answer(make_question(text, *passages, headings=("Stars",))))
        assert answer.text.strip()
        assert "[" not in answer.text
        assert all(rests_on(event.citation, passages) for event in answer.citations)
        assert all(value >= 0 for value in answer.end.timings_ms.values())


async def test_answers_without_passages_or_history(answerer: Answerer, make_question: MakeQuestion) -> None:
    for language in ("en", "zh"):
        answer = await collect(answerer.answer(make_question("What is a star?", language=language)))
        assert answer.text.strip()
        assert not answer.citations


async def test_leaving_the_iteration_ends_it(
    answerer: Answerer, make_passage: MakePassage, make_question: MakeQuestion
) -> None:
    events = answerer.answer(make_question("What is a star?", make_passage("A star is a ball of hot gas.")))
    assert isinstance(events, AsyncGenerator)
    await anext(events)
    await events.aclose()
    answer = await collect(
        answerer.answer(make_question("What is a star?", make_passage("A star is a ball of gas.")))
    )
    assert answer.text


async def test_many_lessons_at_once(
    answerer: Answerer, make_passage: MakePassage, make_question: MakeQuestion
) -> None:
    first = answerer.answer(make_question("What is a star?", make_passage("A star is a ball of hot gas.")))
    second = answerer.answer(make_question("What is a star?", make_passage("A star is a ball of hot gas.")))
    await anext(first)
    whole = await collect(second)
    rest = "".join([event.text async for event in first if isinstance(event, AnswerText)])
    assert rest
    assert whole.text.endswith(rest)


def test_says_what_it_is(answerer: Answerer) -> None:
    assert answerer.capabilities.name
    assert answerer.capabilities.detail
