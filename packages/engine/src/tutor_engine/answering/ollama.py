"""Answers from an Ollama server: `/api/chat` as lines of JSON, the model kept in memory between questions."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from tutor_engine.answering.chat import ChatOptions, ChatServer, Piece
from tutor_engine.answering.prompt import ChatMessage


class _Message(msgspec.Struct):
    content: str = ""


class _Line(msgspec.Struct):
    message: _Message | None = None
    done: bool = False
    done_reason: str = ""
    error: str = ""
    prompt_eval_duration: int = 0
    eval_duration: int = 0


class _Tag(msgspec.Struct):
    name: str


class _Tags(msgspec.Struct):
    models: list[_Tag] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class OllamaOptions(ChatOptions):
    """How the model is asked. `num_ctx` stays the same for a model, or the server loads it anew."""

    num_ctx: int = 8192
    """Tokens. Six passages, twelve messages and a persona are up to 6 000, and Ollama cuts in silence."""
    keep_alive: str = "30m"


class Ollama(ChatServer):
    """An `Answerer` over Ollama's own protocol."""

    def __init__(
        self,
        base_url: str,
        model: str | None = None,
        options: OllamaOptions | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Use the server at `base_url`; without `model` the first that the server has."""
        options = options or OllamaOptions()
        super().__init__(_OllamaWire(options), base_url, model, options, clock)


class _OllamaWire:
    name = "ollama"
    models_path = "/api/tags"
    chat_path = "/api/chat"
    headers: Mapping[str, str] = {}

    def __init__(self, options: OllamaOptions) -> None:
        self._options = options
        self._thinking_known = True

    def body(self, model: str | None, messages: Sequence[ChatMessage]) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": model,
            "messages": list(messages),
            "stream": True,
            "keep_alive": self._options.keep_alive,
            "options": {
                "temperature": self._options.temperature,
                "num_ctx": self._options.num_ctx,
                "num_predict": self._options.max_tokens,
            },
        }
        if self._thinking_known:
            body["think"] = False
        return body

    def warm_body(self, model: str | None) -> dict[str, Any]:
        return {**self.body(model, []), "stream": False}

    def models(self, raw: bytes) -> Sequence[str]:
        return [tag.name for tag in msgspec.json.decode(raw, type=_Tags).models]

    def piece(self, line: bytes) -> Piece | None:
        if not line.strip():
            return None
        said = msgspec.json.decode(line, type=_Line)
        text = said.message.content if said.message is not None else ""
        # The server tells nanoseconds.
        timings = {
            "prompt": round(said.prompt_eval_duration / 1e6, 1),
            "generate": round(said.eval_duration / 1e6, 1),
        }
        return Piece(text, said.done, said.done_reason == "length", said.error, timings if said.done else {})

    def advice(self, model: str | None) -> str:
        return f"run: ollama pull {model or 'MODEL'}"

    def give_in(self, status: int, refusal: str) -> bool:
        """Servers older than 0.9 and some models refuse the word `think`."""
        if status != 400 or "think" not in refusal or not self._thinking_known:
            return False
        self._thinking_known = False
        return True
