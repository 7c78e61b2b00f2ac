"""The Ollama adapter against a server of the same wire protocol, over real HTTP."""

import asyncio
import socket
from collections.abc import AsyncGenerator, AsyncIterator

import pytest

from tutor_engine.answering.ollama import Ollama, OllamaOptions
from tutor_engine.answering.port import AnswererFailed

from .conftest import MakePassage, MakeQuestion, OllamaServer, collect, until_failure


@pytest.fixture
async def ollama(ollama_server: OllamaServer) -> AsyncIterator[Ollama]:
    options = OllamaOptions(first_token_timeout_s=5, token_timeout_s=0.2)
    adapter = Ollama(ollama_server.url, options=options)
    yield adapter
    await adapter.aclose()


async def test_streams_text_and_citations(
    ollama: Ollama, ollama_server: OllamaServer, make_passage: MakePassage, make_question: MakeQuestion
) -> None:
    ollama_server.script.thinking = "The student wants…"
    answer = await collect(
        ollama.answer(make_question("a star?", make_passage("Stars shine."), model="gemma:2b"))
    )
    assert answer.text == "Stars shine. Bye."
    assert len(answer.pieces) >= 3
    assert [c.citation.quote for c in answer.citations] == ["Stars shine."]
    assert answer.end.known
    assert {"first_text", "total", "prompt", "generate"} <= set(answer.end.timings_ms)
    (request,) = ollama_server.script.requests
    assert request["model"] == "gemma:2b"
    assert request["stream"] is True
    assert request["think"] is False
    assert request["keep_alive"] == "30m"
    assert request["options"]["num_ctx"] == 4096


async def test_numbers_that_were_not_retrieved_are_dropped(
    ollama: Ollama, ollama_server: OllamaServer, make_passage: MakePassage, make_question: MakeQuestion
) -> None:
    ollama_server.script.pieces = ["[1] First. ", "Stars [7] shine [2", "].", " ```x = 1```"]
    answer = await collect(ollama.answer(make_question("a star?", make_passage("Stars shine."))))
    assert answer.text.split() == ["First.", "Stars", "shine."]
    assert not answer.citations
    assert not answer.end.known
    assert answer.end.screen == "x = 1"


async def test_the_first_model_of_the_server_is_the_default(
    ollama: Ollama, ollama_server: OllamaServer, make_question: MakeQuestion
) -> None:
    await collect(ollama.answer(make_question("a star?")))
    assert ollama_server.script.requests[0]["model"] == "qwen3:4b"
    assert "qwen3:4b" in ollama.capabilities.detail


async def test_availability_is_asked_once_in_a_while(ollama_server: OllamaServer) -> None:
    now = 0.0
    ollama = Ollama(ollama_server.url, clock=lambda: now)
    assert await ollama.available()
    assert await ollama.available()
    assert ollama_server.script.tag_calls == 1
    now = 6.0
    ollama_server.script.models = []
    assert not await ollama.available()
    assert "ollama pull" in ollama.capabilities.detail
    await ollama.aclose()


async def test_a_model_that_is_not_pulled_is_named(ollama_server: OllamaServer) -> None:
    ollama = Ollama(ollama_server.url, model="llama9")
    assert not await ollama.available()
    assert "ollama pull llama9" in ollama.capabilities.detail
    await ollama.aclose()


async def test_nobody_there(make_question: MakeQuestion) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    ollama = Ollama(f"http://127.0.0.1:{port}")
    assert not await ollama.available()
    assert "no answer from" in ollama.capabilities.detail
    await ollama.warm(None)
    with pytest.raises(AnswererFailed):
        await collect(ollama.answer(make_question("a star?")))
    with pytest.raises(AnswererFailed):
        await collect(ollama.answer(make_question("a star?", model="m")))
    await ollama.aclose()


@pytest.mark.parametrize("how", ["status", "error_line", "dies", "hangs", "garbage"])
async def test_every_way_of_going_away_is_one_error(
    ollama: Ollama, ollama_server: OllamaServer, make_question: MakeQuestion, how: str
) -> None:
    script = ollama_server.script
    script.pieces = ["Stars ", "shine ", "far ", "away."]
    match how:
        case "status":
            script.status = 404
        case "error_line":
            script.error_line = "out of memory"
        case "dies":
            script.dies_after = 2
        case "hangs":
            script.hangs_after = 2
        case _:
            script.pieces[1] = "x" * 5_000_000
    heard, failed = await until_failure(ollama.answer(make_question("a star?")))
    assert failed.startswith("ollama: ")
    assert heard.startswith("" if how == "status" else "Stars")
    if how in ("status", "error_line"):
        assert ("not found" if how == "status" else "out of memory") in failed


async def test_leaving_closes_the_response_and_the_server_stops(
    ollama: Ollama, ollama_server: OllamaServer, make_question: MakeQuestion
) -> None:
    ollama_server.script.pieces = [f"word{n} " for n in range(100_000)]
    events = ollama.answer(make_question("a star?"))
    assert isinstance(events, AsyncGenerator)
    await anext(events)
    await events.aclose()
    async with asyncio.timeout(30):
        await ollama_server.script.disconnected.wait()
    assert ollama_server.script.sent < 100_000


async def test_warming_loads_the_model(ollama: Ollama, ollama_server: OllamaServer) -> None:
    await ollama.warm("gemma:2b")
    (request,) = ollama_server.script.requests
    assert request["messages"] == []
    assert request["model"] == "gemma:2b"
