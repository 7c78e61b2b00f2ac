"""Servers of Ollama's and OpenAI's wire protocols in front of a tiny model; they misbehave when told.

The model is a Markov chain over the passages of its prompt: what it says depends on what it was sent.
"""

import asyncio
import json
import random
import re
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer


def generated(messages: Sequence[dict[str, str]], limit: int = 40) -> list[str]:
    """Pieces of a sentence drawn from the passages in the last message, with their number after each."""
    prompt = messages[-1]["content"]
    passages = re.findall(r"^\[(\d+)\] .*\n(.+)", prompt, re.MULTILINE)
    dice = random.Random(prompt)
    pieces: list[str] = []
    for number, text in passages[:2]:
        words = text.split()
        follows: dict[str, list[str]] = defaultdict(list)
        for one, two in pairwise(words):
            follows[one].append(two)
        word = words[0]
        for _ in range(limit):
            pieces.append(word + " ")
            if word not in follows:
                break
            word = dice.choice(follows[word])
        pieces[-1] = pieces[-1].rstrip(" .") + " "
        # Real tokenisers cut a citation anywhere.
        pieces += ["[", f"{number}]", ". "]
    return pieces or ["I ", "do not ", "know."]


@dataclass
class Script:
    """What a server does, and what it saw."""

    models: list[str] = field(default_factory=lambda: ["qwen3:4b"])
    pieces: list[str] | None = None
    """None: what the model makes of the prompt."""
    status: int = 200
    refusal: str = ""
    refuses_once: str = ""
    """A name in the request that this server does not understand."""
    error_line: str = ""
    dies_after: int | None = None
    hangs_after: int | None = None
    thinking: str = ""
    raw: bytes = b""
    """Sent as it is before the end."""
    end: str = "stop"
    ends: bool = True
    """False: the stream is closed without saying that it is complete."""
    requests: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    headers: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    list_calls: int = 0
    disconnected: asyncio.Event = field(default_factory=asyncio.Event)
    connections: set[object] = field(default_factory=set[object])
    sent: int = 0


@dataclass(frozen=True)
class ModelServer:
    url: str
    script: Script


class _Wire:
    """What both protocols share: a list of models and a stream that may go wrong."""

    models_path = ""
    chat_path = ""

    def __init__(self, script: Script) -> None:
        self._script = script

    def listed(self, names: Sequence[str]) -> dict[str, Any]:
        raise NotImplementedError

    def piece(self, text: str) -> bytes:
        raise NotImplementedError

    def thought(self, text: str) -> bytes:
        raise NotImplementedError

    def error(self, text: str) -> bytes:
        raise NotImplementedError

    def end(self, why: str) -> list[bytes]:
        raise NotImplementedError

    async def models(self, request: web.Request) -> web.Response:
        self._script.list_calls += 1
        if self._script.status == 401:
            return web.json_response({"error": {"message": "invalid api key"}}, status=401)
        return web.json_response(self.listed(self._script.models))

    async def chat(self, request: web.Request) -> web.StreamResponse:
        script = self._script
        body = await request.json()
        script.requests.append(body)
        script.headers.append(dict(request.headers))
        script.connections.add(request.transport)
        if script.refuses_once and script.refuses_once in body:
            refused = {"error": {"message": script.refusal or f"unknown parameter {script.refuses_once}"}}
            return web.json_response(refused, status=400)
        if script.status != 200:
            return web.json_response({"error": script.refusal or "no such model"}, status=script.status)
        if not body["messages"]:
            return web.json_response({"model": body["model"], "done": True, "done_reason": "load"})
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            await self._stream(request, response, body)
        except (ConnectionResetError, asyncio.CancelledError):
            script.disconnected.set()
            raise
        return response

    async def _stream(self, request: web.Request, response: web.StreamResponse, body: dict[str, Any]) -> None:
        script = self._script
        if script.thinking:
            await self._write(response, self.thought(script.thinking))
        pieces = generated(body["messages"]) if script.pieces is None else script.pieces
        for number, piece in enumerate(pieces):
            if number == script.dies_after and request.transport is not None:
                request.transport.close()
                return
            if number == script.hangs_after:
                await asyncio.Event().wait()
            await self._write(response, self.piece(piece))
            script.sent += 1
        if script.raw:
            await self._write(response, script.raw)
        if script.error_line:
            await self._write(response, self.error(script.error_line))
        elif script.ends:
            for line in self.end(script.end):
                await self._write(response, line)
        await response.write_eof()

    async def _write(self, response: web.StreamResponse, data: bytes) -> None:
        # Two writes: a line may arrive in parts.
        await response.write(data[:7])
        await response.write(data[7:])
        await asyncio.sleep(0)


class OllamaWire(_Wire):
    """`/api/tags` and `/api/chat` as Ollama documents them: one JSON object a line, the last one `done`."""

    models_path = "/api/tags"
    chat_path = "/api/chat"

    def listed(self, names: Sequence[str]) -> dict[str, Any]:
        return {"models": [{"name": name, "size": 1} for name in names]}

    def piece(self, text: str) -> bytes:
        return self._line({"message": {"role": "assistant", "content": text}, "done": False})

    def thought(self, text: str) -> bytes:
        return self._line({"message": {"role": "assistant", "thinking": text}})

    def error(self, text: str) -> bytes:
        return self._line({"error": text})

    def end(self, why: str) -> list[bytes]:
        return [self._line({"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": why,
                            "prompt_eval_duration": 5_000_000, "eval_duration": 9_000_000})]  # fmt: skip

    def _line(self, value: dict[str, Any]) -> bytes:
        return json.dumps({"model": "m", "created_at": "2026-01-01T00:00:00Z", **value}).encode() + b"\n"


class OpenAIWire(_Wire):
    """`/v1/models` and `/v1/chat/completions` as vLLM and llama.cpp send them: server-sent events."""

    models_path = "/v1/models"
    chat_path = "/v1/chat/completions"

    def listed(self, names: Sequence[str]) -> dict[str, Any]:
        return {
            "object": "list",
            "data": [{"id": name, "object": "model", "owned_by": "x"} for name in names],
        }

    def piece(self, text: str) -> bytes:
        return b": keep-alive\n\n" + self._event(self._choice({"content": text}))

    def thought(self, text: str) -> bytes:
        return self._event(self._choice({"role": "assistant", "content": None, "reasoning_content": text}))

    def error(self, text: str) -> bytes:
        return self._event({"error": {"message": text, "type": "server_error", "code": 500}})

    def end(self, why: str) -> list[bytes]:
        last = self._choice({}, why) | {"timings": {"prompt_ms": 5.0, "predicted_ms": 9.0}}
        return [
            self._event(last),
            self._event({"choices": [], "usage": {"total_tokens": 9}}),
            b"data: [DONE]\n\n",
        ]

    def _choice(self, delta: dict[str, Any], why: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": why}
        return {"id": "c", "object": "chat.completion.chunk", "model": "m", "choices": [choice]}

    def _event(self, value: dict[str, Any]) -> bytes:
        return b"data: " + json.dumps(value).encode() + b"\n\n"


@asynccontextmanager
async def serving(wire: Callable[[Script], _Wire]) -> AsyncGenerator[ModelServer]:
    """A server on loopback for one test."""
    script = Script()
    spoken = wire(script)
    app = web.Application()
    app.router.add_get(spoken.models_path, spoken.models)
    app.router.add_post(spoken.chat_path, spoken.chat)
    server = TestServer(app, handler_cancellation=True)
    await server.start_server()
    yield ModelServer(str(server.make_url("")).rstrip("/"), script)
    await server.close()
