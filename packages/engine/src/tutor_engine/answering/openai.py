"""Answers from a server that speaks OpenAI's `/v1/chat/completions`: vLLM, llama.cpp, LM Studio and others.

The stream is server-sent events. Thinking is switched off where the server knows how.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec

from tutor_engine.answering.chat import ChatOptions, ChatServer, Piece
from tutor_engine.answering.prompt import ChatMessage


class _Delta(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    delta: _Delta | None = None
    finish_reason: str | None = None


class _Timings(msgspec.Struct):
    prompt_ms: float = 0.0
    predicted_ms: float = 0.0


class _Chunk(msgspec.Struct):
    choices: list[_Choice] = []
    error: Any = None
    timings: _Timings | None = None
    """Only llama.cpp tells them."""


class _Model(msgspec.Struct):
    id: str


class _Models(msgspec.Struct):
    data: list[_Model] = []


class OpenAICompatible(ChatServer):
    """An `Answerer` over OpenAI's protocol."""

    def __init__(
        self,
        base_url: str,
        model: str | None = None,
        api_key: str | None = None,
        options: ChatOptions | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Use the server at `base_url` (with or without its `/v1`); without `model` its first."""
        options = options or ChatOptions()
        root = base_url.rstrip("/")
        if not urlsplit(root).path:
            root += "/v1"
        super().__init__(_OpenAIWire(options, api_key), root, model, options, clock)


class _OpenAIWire:
    name = "openai"
    models_path = "/models"
    chat_path = "/chat/completions"

    def __init__(self, options: ChatOptions, api_key: str | None) -> None:
        self.headers: Mapping[str, str] = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._options = options
        self._template_known = True
        self._limit_name = "max_tokens"

    def body(self, model: str | None, messages: Sequence[ChatMessage]) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": model,
            "messages": list(messages),
            "stream": True,
            "temperature": self._options.temperature,
            self._limit_name: self._options.max_tokens,
        }
        if self._template_known:
            # vLLM, SGLang and llama.cpp hand this to the chat template.
            body["chat_template_kwargs"] = {"enable_thinking": False}
        return body

    def warm_body(self, model: str | None) -> None:
        """These servers load their model when they start; the probe has opened the connection."""

    def models(self, raw: bytes) -> Sequence[str]:
        return [model.id for model in msgspec.json.decode(raw, type=_Models).data]

    def piece(self, line: bytes) -> Piece | None:
        data = line.strip()
        if data.startswith(b"{"):
            # Some servers report an error in the middle without the frame of an event.
            chunk = msgspec.json.decode(data, type=_Chunk)
            return Piece(error=_told(chunk.error)) if chunk.error is not None else None
        if not data.startswith(b"data:"):
            return None
        data = data[5:].strip()
        if data == b"[DONE]":
            return Piece(done=True)
        chunk = msgspec.json.decode(data, type=_Chunk)
        if chunk.error is not None:
            return Piece(error=_told(chunk.error))
        if not chunk.choices:
            return None
        choice = chunk.choices[0]
        text = choice.delta.content if choice.delta is not None else None
        why = choice.finish_reason
        return Piece(text or "", why is not None, why == "length", "", _timings(chunk.timings))

    def advice(self, model: str | None) -> str:
        return f"start it with {model or 'one'}, or set OPENAI_MODEL"

    def give_in(self, status: int, refusal: str) -> bool:
        """Servers that check every name refuse what others need."""
        if status not in (400, 422):
            return False
        if "chat_template_kwargs" in refusal and self._template_known:
            self._template_known = False
            return True
        if "max_completion_tokens" in refusal and self._limit_name == "max_tokens":
            self._limit_name = "max_completion_tokens"
            return True
        return False


def _told(error: Any) -> str:
    """The sentence inside an error object."""
    if isinstance(error, dict):
        return str(error.get("message") or error)
    return str(error) or "an error without words"


def _timings(told: _Timings | None) -> dict[str, float]:
    if told is None:
        return {}
    return {"prompt": round(told.prompt_ms, 1), "generate": round(told.predicted_ms, 1)}
