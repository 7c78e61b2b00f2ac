"""Passages made by hand, a fake answerer, and a server that speaks Ollama's wire protocol."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

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
    """Says what it is told to, and may fail before or after its first word."""

    def __init__(
        self, *words: str, up: bool = True, fails_after: int | None = None, name: str = "fake"
    ) -> None:
        self.capabilities = AnswererCapabilities(name, generates=True, detail="for tests")
        self.up = up
        self.closed = 0
        self.left = 0
        self.warmed: list[str | None] = []
        self._words = words or ("It shines.",)
        self._fails_after = fails_after

    async def available(self) -> bool:
        return self.up

    async def warm(self, model: str | None) -> None:
        self.warmed.append(model)

    async def answer(self, question: Question) -> AsyncIterator[AnswerEvent]:
        try:
            for number, word in enumerate(self._words):
                if number == self._fails_after:
                    raise AnswererFailed("told to")
                await asyncio.sleep(0)
                yield AnswerText(word)
            if self._fails_after == len(self._words):
                raise AnswererFailed("told to")
            yield AnswerEnd()
        finally:
            self.left += 1

    async def aclose(self) -> None:
        self.closed += 1


@dataclass
class OllamaScript:
    """What the server does, and what it saw."""

    models: list[str] = field(default_factory=lambda: ["qwen3:4b"])
    pieces: list[str] = field(default_factory=lambda: ["Stars ", "shine ", "[1]", ". Bye."])
    status: int = 200
    error_line: str = ""
    dies_after: int | None = None
    hangs_after: int | None = None
    thinking: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    tag_calls: int = 0
    disconnected: asyncio.Event = field(default_factory=asyncio.Event)
    sent: int = 0


@dataclass(frozen=True)
class OllamaServer:
    url: str
    script: OllamaScript


class _Wire:
    """`/api/tags` and `/api/chat` as Ollama documents them: one JSON object a line, the last one `done`."""

    def __init__(self, script: OllamaScript) -> None:
        self._script = script

    async def tags(self, request: web.Request) -> web.Response:
        self._script.tag_calls += 1
        return web.json_response({"models": [{"name": name, "size": 1} for name in self._script.models]})

    async def chat(self, request: web.Request) -> web.StreamResponse:
        script = self._script
        body = await request.json()
        script.requests.append(body)
        if script.status != 200:
            return web.json_response({"error": f"model '{body['model']}' not found"}, status=script.status)
        if not body["messages"]:
            return web.json_response({"model": body["model"], "done": True, "done_reason": "load"})
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await response.prepare(request)
        try:
            if script.thinking:
                await self._line(response, {"message": {"role": "assistant", "thinking": script.thinking}})
            for number, piece in enumerate(script.pieces):
                if number == script.dies_after and request.transport is not None:
                    request.transport.close()
                    return response
                if number == script.hangs_after:
                    await asyncio.Event().wait()
                await self._line(
                    response, {"message": {"role": "assistant", "content": piece}, "done": False}
                )
                script.sent += 1
            if script.error_line:
                await self._line(response, {"error": script.error_line})
            else:
                await self._line(response, {"message": {"role": "assistant", "content": ""}, "done": True,
                                            "done_reason": "stop", "prompt_eval_duration": 5_000_000,
                                            "eval_duration": 9_000_000})  # fmt: skip
            await response.write_eof()
        except (ConnectionResetError, asyncio.CancelledError):
            script.disconnected.set()
            raise
        return response

    async def _line(self, response: web.StreamResponse, value: dict[str, Any]) -> None:
        data = json.dumps({"model": "m", "created_at": "2026-01-01T00:00:00Z", **value}).encode() + b"\n"
        # Two writes: a line may arrive in parts.
        await response.write(data[:7])
        await response.write(data[7:])
        await asyncio.sleep(0)


@pytest.fixture
async def ollama_server() -> AsyncIterator[OllamaServer]:
    script = OllamaScript()
    wire = _Wire(script)
    app = web.Application()
    app.router.add_get("/api/tags", wire.tags)
    app.router.add_post("/api/chat", wire.chat)
    server = TestServer(app, handler_cancellation=True)
    await server.start_server()
    yield OllamaServer(str(server.make_url("")).rstrip("/"), script)
    await server.close()
