"""An answerer over one warm HTTP session to a model server: probe, stream, cancel, bounds, plain errors.

What a server's bytes mean is told by a `Wire` (Ollama's, OpenAI's). Leaving the iteration closes the
response, which makes the server stop. What the model thinks is never spoken; keys never stand in an error.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

import aiohttp
import msgspec
from aiohttp.http_exceptions import HttpProcessingError

from tutor_engine.answering.port import (
    AnswerEnd,
    AnswererCapabilities,
    AnswererFailed,
    AnswerEvent,
    AnswerText,
    Question,
)
from tutor_engine.answering.prompt import ChatMessage, chat_messages
from tutor_engine.answering.reading import Reading

_MAX_LINE_BYTES = 1024 * 1024
"""One line of the stream holds one token; this is a server gone wrong."""
_MAX_ANSWER_CHARS = 60_000
"""All that one answer may send, thoughts included: 10 000 tokens. The rest is left with the server."""
_AFTER_END_S = 0.2
"""How long the end of a complete response is awaited, so that its connection can be used again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatOptions:
    """How a model is asked and how long a server is waited for."""

    temperature: float = 0.4
    max_tokens: int = 400
    """Of one answer: about 300 English words, two minutes of speech."""
    connect_timeout_s: float = 2.0
    first_token_timeout_s: float = 60.0
    """A large model may have to be loaded first."""
    token_timeout_s: float = 20.0
    probe_timeout_s: float = 1.5
    probe_every_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Piece:
    """What one line of a stream says."""

    text: str = ""
    done: bool = False
    """The answer is complete; nothing but the end of the stream follows."""
    cut: bool = False
    """It ended because the model may not say more, perhaps in the middle of a word."""
    error: str = ""
    timings_ms: Mapping[str, float] = field(default_factory=dict[str, float])
    """What the server measured itself."""


class Wire(Protocol):
    """One way to speak with a model server over HTTP. Pure: bytes and JSON in and out.

    `piece` and `models` raise `msgspec.MsgspecError` on what the protocol does not allow.
    """

    name: str
    models_path: str
    chat_path: str
    headers: Mapping[str, str]

    def body(self, model: str | None, messages: Sequence[ChatMessage]) -> dict[str, Any]:
        """The request for one streamed answer."""
        ...

    def warm_body(self, model: str | None) -> dict[str, Any] | None:
        """The request that loads a model; None when this kind of server has it loaded anyway."""
        ...

    def models(self, raw: bytes) -> Sequence[str]:
        """Names from the server's list."""
        ...

    def piece(self, line: bytes) -> Piece | None:
        """What a line says; None when nothing."""
        ...

    def advice(self, model: str | None) -> str:
        """What the operator does when the server lacks this model, or any."""
        ...

    def give_in(self, status: int, refusal: str) -> bool:
        """Leave out what this server does not understand; True when it is worth asking again."""
        ...


class ChatServer:
    """An `Answerer` that generates, from the library's passages."""

    def __init__(
        self, wire: Wire, base_url: str, model: str | None, options: ChatOptions, clock: Callable[[], float]
    ) -> None:
        """Use the server at `base_url`; without `model` the first that the server has."""
        self._wire = wire
        self._url = base_url.rstrip("/")
        self._shown_url = _without_secrets(self._url)
        self._model = model
        self._options = options
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        self._probe = asyncio.Lock()
        self._probed_at: float | None = None
        self._there = False
        self._detail = "not asked yet"
        self._names: tuple[str, ...] = ()

    @property
    def capabilities(self) -> AnswererCapabilities:
        """Which model answers, or why none does."""
        return AnswererCapabilities(self._wire.name, generates=True, detail=self._detail)

    @property
    def models(self) -> Sequence[str]:
        """Names of the server's models as last listed."""
        return self._names

    async def available(self) -> bool:
        """Whether the server answers and has a model; asked at most every few seconds."""
        async with self._probe:
            now = self._clock()
            if self._probed_at is None or now - self._probed_at >= self._options.probe_every_s:
                self._there = await self._list_models()
                self._probed_at = now
        return self._there

    async def warm(self, model: str | None) -> None:
        """Have the server load the model; a failure shows when the first question comes."""
        if not await self.available():
            return
        body = self._wire.warm_body(self._chosen(model))
        if body is None:
            return
        try:
            async with self._http().post(self._url + self._wire.chat_path, json=body) as response:
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
        messages = chat_messages(question)
        reading = Reading(question, secret=messages[0]["content"])
        timings: dict[str, float] = {}
        cut = False
        async with aclosing(self._pieces(self._chosen(question.model), messages)) as pieces:
            async for piece in pieces:
                for event in reading.take(piece.text):
                    if isinstance(event, AnswerText):
                        timings.setdefault("first_text", round((self._clock() - began) * 1000, 1))
                    yield event
                timings |= piece.timings_ms
                cut = cut or piece.cut
                if reading.over:
                    break
        for event in reading.finish(cut=cut):
            yield event
        timings["total"] = round((self._clock() - began) * 1000, 1)
        yield AnswerEnd(reading.screen, reading.known, timings)

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
            self._session = aiohttp.ClientSession(
                timeout=timeout, read_bufsize=_MAX_LINE_BYTES, headers=dict(self._wire.headers)
            )
        return self._session

    def _chosen(self, wanted: str | None) -> str | None:
        """The tutor's own model when the server has it, else the node's; without a list it is believed."""
        default = self._model or (self._names[0] if self._names else None)
        if wanted is None or (self._names and not _has(self._names, wanted)):
            return default
        return wanted

    async def _list_models(self) -> bool:
        timeout = aiohttp.ClientTimeout(total=self._options.probe_timeout_s)
        try:
            async with self._http().get(self._url + self._wire.models_path, timeout=timeout) as response:
                if response.status != 200:
                    self._detail = f"{self._shown_url} refuses: {await _refusal(response)}"
                    return False
                self._names = tuple(self._wire.models(await response.read()))
        except (aiohttp.ClientError, TimeoutError, msgspec.MsgspecError) as error:
            self._detail = f"no answer from {self._shown_url}: {_reason(error)}"
            return False
        if not self._names:
            self._detail = f"{self._shown_url} has no model; {self._wire.advice(None)}"
            return False
        if self._model is not None and not _has(self._names, self._model):
            self._detail = f"{self._shown_url} does not have {self._model}; {self._wire.advice(self._model)}"
            return False
        self._detail = f"{self._model or self._names[0]} at {self._shown_url}"
        return True

    async def _pieces(self, model: str | None, messages: Sequence[ChatMessage]) -> AsyncGenerator[Piece]:
        """Pieces of the stream; the last one is done, or this raises."""
        try:
            refused = ""
            for _ in range(3):
                body = self._wire.body(model, messages)
                async with self._http().post(self._url + self._wire.chat_path, json=body) as response:
                    if response.status == 200:
                        async for piece in self._read(response):
                            yield piece
                        return
                    refused = await _refusal(response)
                    if not self._wire.give_in(response.status, refused):
                        break
            raise self._lost(refused)
        except (aiohttp.ClientError, HttpProcessingError, TimeoutError, msgspec.MsgspecError) as error:
            raise self._lost(_reason(error)) from error

    async def _read(self, response: aiohttp.ClientResponse) -> AsyncGenerator[Piece]:
        patience_s = self._options.first_token_timeout_s
        chars = 0
        while raw := await asyncio.wait_for(response.content.readline(), patience_s):
            piece = self._wire.piece(raw)
            if piece is None:
                continue
            if piece.error:
                raise self._lost(piece.error[:200])
            yield piece
            chars += len(piece.text)
            if chars > _MAX_ANSWER_CHARS:
                yield Piece(done=True, cut=True)
                return
            if piece.done:
                with suppress(TimeoutError):
                    await asyncio.wait_for(response.content.read(), _AFTER_END_S)
                return
            patience_s = self._options.token_timeout_s
        raise self._lost("the stream ended before the answer did")

    def _lost(self, why: str) -> AnswererFailed:
        """The failure, and a new look at the server before the next question."""
        self._probed_at = None
        return AnswererFailed(f"{self._wire.name}: {why}")


def _has(names: Sequence[str], wanted: str) -> bool:
    return wanted in names or f"{wanted}:latest" in names


def _without_secrets(url: str) -> str:
    """A URL fit to be shown: neither user nor password nor query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


async def _refusal(response: aiohttp.ClientResponse) -> str:
    body = (await response.content.read(2_000)).decode("utf-8", "replace")
    return f"status {response.status}: {' '.join(body.split())[:200]}"


def _reason(error: BaseException) -> str:
    if isinstance(error, aiohttp.ClientConnectorError):
        return "nothing listens there"
    if isinstance(error, TimeoutError):
        return "no word in time"
    return f"{type(error).__name__}: {error}".rstrip(": ")[:200]
