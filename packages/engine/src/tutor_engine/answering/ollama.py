"""Answers from an Ollama server: `/api/chat` as newline-delimited JSON over one warm HTTP session.

Leaving the iteration closes the response, which makes the server stop. What the model thinks is never spoken.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import aiohttp
import msgspec
from aiohttp.http_exceptions import HttpProcessingError

from tutor_engine.answering.generated import Cited, ModelText, Spoken, citation_for
from tutor_engine.answering.port import (
    AnswerCitation,
    AnswerEnd,
    AnswererCapabilities,
    AnswererFailed,
    AnswerEvent,
    AnswerText,
    Question,
)
from tutor_engine.answering.prompt import ChatMessage, chat_messages, offered

_MAX_LINE_BYTES = 1024 * 1024
"""One line of the stream holds one token; this is a server gone wrong."""


class _Message(msgspec.Struct):
    content: str = ""


class _Line(msgspec.Struct):
    message: _Message | None = None
    done: bool = False
    done_reason: str = ""
    error: str = ""
    prompt_eval_count: int = 0
    prompt_eval_duration: int = 0
    eval_count: int = 0
    eval_duration: int = 0


class _Tag(msgspec.Struct):
    name: str


class _Tags(msgspec.Struct):
    models: list[_Tag] = []


@dataclass(frozen=True, slots=True)
class OllamaOptions:
    """How the model is asked. `num_ctx` stays the same for a model, or the server loads it anew."""

    temperature: float = 0.4
    num_ctx: int = 4096
    num_predict: int = 400
    keep_alive: str = "30m"
    connect_timeout_s: float = 2.0
    first_token_timeout_s: float = 60.0
    """A large model may have to be loaded first."""
    token_timeout_s: float = 20.0
    probe_timeout_s: float = 1.5
    probe_every_s: float = 5.0


class Ollama:
    """An `Answerer` that generates, from the library's passages."""

    def __init__(
        self,
        base_url: str,
        model: str | None = None,
        options: OllamaOptions | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Use the server at `base_url`; without `model` the first that the server has."""
        self._url = base_url.rstrip("/")
        self._model = model
        self._options = options or OllamaOptions()
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        self._probe = asyncio.Lock()
        self._probed_at: float | None = None
        self._there = False
        self._detail = "not asked yet"
        self._first_model: str | None = None

    @property
    def capabilities(self) -> AnswererCapabilities:
        """Which model answers, or why none does."""
        return AnswererCapabilities("ollama", generates=True, detail=self._detail)

    async def available(self) -> bool:
        """Whether the server answers and has a model; asked at most every few seconds."""
        async with self._probe:
            now = self._clock()
            if self._probed_at is None or now - self._probed_at >= self._options.probe_every_s:
                self._there = await self._ask_tags()
                self._probed_at = now
        return self._there

    async def warm(self, model: str | None) -> None:
        """Have the server load the model; a failure shows when the first question comes."""
        if not await self.available():
            return
        body = {**self._body(model, []), "stream": False}
        try:
            async with self._http().post(f"{self._url}/api/chat", json=body) as response:
                await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            self._detail = f"warming up failed: {_reason(error)}"

    async def answer(self, question: Question) -> AsyncIterator[AnswerEvent]:
        """Stream the model's answer.

        Raises:
            AnswererFailed: the server is away, refuses, or goes away in the middle.
        """
        if self._model is None and question.model is None and not await self.available():
            raise AnswererFailed(self._detail)
        began = self._clock()
        speech = _Speech(question)
        timings: dict[str, float] = {}
        async with aclosing(self._lines(self._body(question.model, chat_messages(question)))) as lines:
            async for line in lines:
                for event in speech.take(line):
                    timings.setdefault("first_text", round((self._clock() - began) * 1000, 1))
                    yield event
                if line.done:
                    timings |= _server_timings(line)
        for event in speech.finish():
            yield event
        timings["total"] = round((self._clock() - began) * 1000, 1)
        yield AnswerEnd(speech.screen, speech.known, timings)

    async def aclose(self) -> None:
        """Close the connections. Idempotent."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            timeout = aiohttp.ClientTimeout(
                total=None,
                sock_connect=self._options.connect_timeout_s,
                sock_read=self._options.first_token_timeout_s,
            )
            self._session = aiohttp.ClientSession(timeout=timeout, read_bufsize=_MAX_LINE_BYTES)
        return self._session

    def _body(self, model: str | None, messages: list[ChatMessage]) -> dict[str, Any]:
        return {
            "model": model or self._model or self._first_model,
            "messages": messages,
            "stream": True,
            "think": False,
            "keep_alive": self._options.keep_alive,
            "options": {
                "temperature": self._options.temperature,
                "num_ctx": self._options.num_ctx,
                "num_predict": self._options.num_predict,
            },
        }

    async def _ask_tags(self) -> bool:
        timeout = aiohttp.ClientTimeout(total=self._options.probe_timeout_s)
        try:
            async with self._http().get(f"{self._url}/api/tags", timeout=timeout) as response:
                response.raise_for_status()
                tags = msgspec.json.decode(await response.read(), type=_Tags)
        except (aiohttp.ClientError, TimeoutError, msgspec.MsgspecError) as error:
            self._detail = f"no answer from {self._url}: {_reason(error)}"
            return False
        names = [tag.name for tag in tags.models]
        self._first_model = names[0] if names else None
        wanted = self._model
        if wanted is not None and wanted not in names and f"{wanted}:latest" not in names:
            self._detail = f"{self._url} does not have {wanted}; run: ollama pull {wanted}"
            return False
        if not names:
            self._detail = f"{self._url} has no model; run: ollama pull MODEL"
            return False
        self._detail = f"{wanted or names[0]} at {self._url}"
        return True

    async def _lines(self, body: dict[str, Any]) -> AsyncGenerator[_Line]:
        """Lines of the stream; the last one is done, or this raises."""
        try:
            async with self._http().post(f"{self._url}/api/chat", json=body) as response:
                if response.status != 200:
                    raise self._lost(await _refusal(response))
                patience_s = self._options.first_token_timeout_s
                while raw := await asyncio.wait_for(response.content.readline(), patience_s):
                    if not raw.strip():
                        continue
                    line = msgspec.json.decode(raw, type=_Line)
                    if line.error:
                        raise self._lost(line.error)
                    yield line
                    if line.done:
                        return
                    patience_s = self._options.token_timeout_s
        except (aiohttp.ClientError, HttpProcessingError, TimeoutError, msgspec.MsgspecError) as error:
            raise self._lost(_reason(error)) from error
        raise self._lost("the stream ended before the answer did")

    def _lost(self, why: str) -> AnswererFailed:
        """The failure, and a new look at the server before the next question."""
        self._probed_at = None
        return AnswererFailed(f"ollama: {why}")


class _Speech:
    """Turns lines of one answer into events."""

    def __init__(self, question: Question) -> None:
        self._passages = offered(question)
        self._text = ModelText()
        self._since_citation = ""
        self._begun = False
        self._cited = False

    @property
    def screen(self) -> str:
        """What is shown and not spoken."""
        return self._text.screen

    @property
    def known(self) -> bool:
        """An answer that rests on nothing although there was something to rest on does not know."""
        return self._cited or not self._passages

    def take(self, line: _Line) -> Iterator[AnswerEvent]:
        if line.message is not None and line.message.content:
            yield from self._events(self._text.feed(line.message.content))

    def finish(self) -> Iterator[AnswerEvent]:
        yield from self._events(self._text.finish())

    def _events(self, pieces: Iterator[Spoken | Cited]) -> Iterator[AnswerEvent]:
        for piece in pieces:
            if isinstance(piece, Spoken):
                words = piece.text if self._begun else piece.text.lstrip()
                if words:
                    self._begun = True
                    self._since_citation += words
                    yield AnswerText(words)
            else:
                citation = citation_for(piece.n, self._since_citation, self._passages)
                if citation is not None and self._begun:
                    self._cited = True
                    self._since_citation = ""
                    yield AnswerCitation(citation)


async def _refusal(response: aiohttp.ClientResponse) -> str:
    body = (await response.content.read(2_000)).decode("utf-8", "replace")
    return f"status {response.status}: {body.strip()[:200]}"


def _reason(error: BaseException) -> str:
    if isinstance(error, aiohttp.ClientConnectorError):
        return "nothing listens there"
    return f"{type(error).__name__}: {error}".rstrip(": ")[:200]


def _server_timings(line: _Line) -> dict[str, float]:
    """Milliseconds and counts that the server measured itself (it tells nanoseconds)."""
    return {
        "prompt": round(line.prompt_eval_duration / 1e6, 1),
        "generate": round(line.eval_duration / 1e6, 1),
    }
