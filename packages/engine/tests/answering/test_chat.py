"""What both adapters for language models promise, against servers of their wire protocols over real HTTP."""

import asyncio
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass

import pytest
from packages.engine.tests.answering.model_server import ModelServer, Script

from tutor_engine.answering.chat import ChatOptions, ChatServer
from tutor_engine.answering.ollama import Ollama, OllamaOptions
from tutor_engine.answering.openai import OpenAICompatible
from tutor_engine.answering.port import AnswererFailed

from .conftest import MakePassage, MakeQuestion, collect, until_failure


@dataclass(frozen=True)
class Kind:
    """One adapter and its server."""

    name: str
    url: str
    script: Script
    make: Callable[..., ChatServer]


def _ollama(url: str, model: str | None = None) -> Ollama:
    return Ollama(url, model, OllamaOptions(first_token_timeout_s=5, token_timeout_s=0.2))


def _openai(url: str, model: str | None = None) -> OpenAICompatible:
    return OpenAICompatible(url, model, options=ChatOptions(first_token_timeout_s=5, token_timeout_s=0.2))


@pytest.fixture(params=["ollama", "openai"])
def kind(request: pytest.FixtureRequest, ollama_server: ModelServer, openai_server: ModelServer) -> Kind:
    if request.param == "ollama":
        return Kind("ollama", ollama_server.url, ollama_server.script, _ollama)
    return Kind("openai", openai_server.url, openai_server.script, _openai)


@pytest.fixture
async def adapter(kind: Kind) -> AsyncIterator[ChatServer]:
    kind.script.pieces = ["Stars ", "shine ", "[1]", ". Bye."]
    one = kind.make(kind.url)
    yield one
    await one.aclose()


async def test_streams_text_and_citations(
    adapter: ChatServer, kind: Kind, make_passage: MakePassage, make_question: MakeQuestion
) -> None:
    kind.script.thinking = "The student wants…"
    question = make_question("a star?", make_passage("Stars shine."), model="gemma:2b")
    answer = await collect(adapter.answer(question))
    assert answer.text == "Stars shine. Bye."
    assert len(answer.pieces) >= 3
    assert [c.citation.quote for c in answer.citations] == ["Stars shine."]
    assert answer.end.known
    assert answer.end.timings_ms["prompt"] == 5.0
    assert answer.end.timings_ms["generate"] == 9.0
    assert {"first_text", "total"} <= set(answer.end.timings_ms)
    (request,) = kind.script.requests
    assert request["model"] == "gemma:2b"
    assert request["stream"] is True


async def test_numbers_that_were_not_retrieved_are_dropped(
    adapter: ChatServer, kind: Kind, make_passage: MakePassage, make_question: MakeQuestion
) -> None:
    kind.script.pieces = ["[1] First. ", "Stars [7] shine [2", "].", " ```x = 1```"]
    answer = await collect(adapter.answer(make_question("a star?", make_passage("Stars shine."))))
    assert answer.text.split() == ["First.", "Stars", "shine."]
    assert not answer.citations
    assert not answer.end.known
    assert answer.end.screen == "x = 1"


async def test_the_first_model_of_the_server_is_the_default_and_stands_in_for_an_unknown_one(
    adapter: ChatServer, kind: Kind, make_question: MakeQuestion
) -> None:
    await collect(adapter.answer(make_question("a star?")))
    await collect(adapter.answer(make_question("a star?", model="not-there")))
    assert [request["model"] for request in kind.script.requests] == ["qwen3:4b", "qwen3:4b"]
    assert "qwen3:4b" in adapter.capabilities.detail
    assert list(adapter.models) == ["qwen3:4b"]


async def test_a_connection_is_used_again(
    adapter: ChatServer, kind: Kind, make_question: MakeQuestion
) -> None:
    for _ in range(3):
        await collect(adapter.answer(make_question("a star?", model="m")))
    assert len(kind.script.connections) == 1


async def test_availability_is_asked_once_in_a_while(kind: Kind) -> None:
    now = 0.0
    make = Ollama if kind.name == "ollama" else OpenAICompatible
    adapter = make(kind.url, clock=lambda: now)
    assert await adapter.available()
    assert await adapter.available()
    assert kind.script.list_calls == 1
    now = 6.0
    kind.script.models = []
    assert not await adapter.available()
    assert "has no model" in adapter.capabilities.detail
    await adapter.aclose()


async def test_a_model_that_is_not_there_is_named(kind: Kind) -> None:
    adapter = kind.make(kind.url, "llama9")
    assert not await adapter.available()
    assert "llama9" in adapter.capabilities.detail
    await adapter.aclose()


async def test_nobody_there(kind: Kind, make_question: MakeQuestion) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    adapter = kind.make(f"http://someone:secret@127.0.0.1:{port}")
    assert not await adapter.available()
    assert "no answer from" in adapter.capabilities.detail
    assert "secret" not in adapter.capabilities.detail
    await adapter.warm(None)
    for model in (None, "m"):
        with pytest.raises(AnswererFailed):
            await collect(adapter.answer(make_question("a star?", model=model)))
    await adapter.aclose()


async def test_a_list_that_is_no_list(kind: Kind) -> None:
    kind.script.models = [{"a": 1}]  # type: ignore[list-item]
    adapter = kind.make(kind.url)
    assert not await adapter.available()
    assert "ValidationError" in adapter.capabilities.detail
    await adapter.aclose()


@pytest.mark.parametrize("how", ["status", "error_line", "dies", "hangs", "garbage", "no_end"])
async def test_every_way_of_going_away_is_one_error(
    adapter: ChatServer, kind: Kind, make_question: MakeQuestion, how: str
) -> None:
    script = kind.script
    script.pieces = ["Stars ", "shine ", "very far", " aw"]
    match how:
        case "status":
            script.status = 404
        case "error_line":
            script.error_line = "out of memory"
        case "dies":
            script.dies_after = 3
        case "hangs":
            script.pieces, script.hangs_after = [*script.pieces, "ay."], 4
        case "no_end":
            script.ends = False
        case _:
            script.pieces[1] = "x" * 5_000_000
    heard, failed = await until_failure(adapter.answer(make_question("a star?")))
    assert failed.startswith(f"{kind.name}: ")
    # Never half a word, and nothing of the line that is no line.
    assert heard in ("", "Stars ", "Stars shine ", "Stars shine very ", "Stars shine very far ")
    assert heard.endswith("far ") == (how in ("hangs", "no_end", "error_line"))
    if how in ("status", "error_line"):
        assert ("no such model" if how == "status" else "out of memory") in failed


async def test_leaving_closes_the_response_and_the_server_stops(
    adapter: ChatServer, kind: Kind, make_question: MakeQuestion
) -> None:
    kind.script.pieces = [f"word{n} " for n in range(100_000)]
    events = adapter.answer(make_question("a star?"))
    assert isinstance(events, AsyncGenerator)
    await anext(events)
    await events.aclose()
    async with asyncio.timeout(30):
        await kind.script.disconnected.wait()
    assert kind.script.sent < 100_000


async def test_twenty_thousand_words_become_two_minutes_and_an_honest_end(
    adapter: ChatServer, kind: Kind, make_question: MakeQuestion
) -> None:
    kind.script.pieces = ["Stars shine far away in the dark. "] * 2_900
    answer = await collect(adapter.answer(make_question("a star?")))
    assert 350 <= len(answer.text.split()) < 400
    assert answer.text.endswith("Ask me to go on when you are ready.")
    async with asyncio.timeout(30):
        await kind.script.disconnected.wait()


async def test_thoughts_without_end_are_left(
    adapter: ChatServer, kind: Kind, make_question: MakeQuestion
) -> None:
    kind.script.pieces = ["<think>", *["and then " * 50] * 400]
    answer = await collect(adapter.answer(make_question("a star?")))
    assert "Ask me to go on" in answer.text


async def test_an_answer_that_the_server_cuts_ends_honestly(
    adapter: ChatServer, kind: Kind, make_question: MakeQuestion
) -> None:
    kind.script.pieces, kind.script.end = ["Stars shine ", "becau"], "length"
    answer = await collect(adapter.answer(make_question("a star?")))
    assert answer.text == "Stars shine … That is a lot already. Ask me to go on when you are ready."


async def test_silence_is_an_honest_no(adapter: ChatServer, kind: Kind, make_question: MakeQuestion) -> None:
    kind.script.pieces = []
    answer = await collect(adapter.answer(make_question("什么是星星？", language="zh")))
    assert answer.text == "课程资料里没有找到这个内容。"


async def test_the_model_is_sent_the_passages_and_answers_from_them(
    adapter: ChatServer, kind: Kind, make_passage: MakePassage, make_question: MakeQuestion
) -> None:
    kind.script.pieces = None
    passage = make_passage("Comets are balls of ice.", "They grow tails near the Sun.")
    answer = await collect(adapter.answer(make_question("a comet?", passage)))
    assert answer.text.startswith("Comets are")
    assert answer.citations
    assert answer.end.known
