"""Vectors from a server: Ollama's `/api/embed` and OpenAI's `/embeddings` (vLLM, llama.cpp, TEI and others).

For multilingual models such as bge-m3 or qwen3-embedding. Documents wait patiently, questions do not; a
server that answers nonsense is treated as one that is away.
"""

import contextlib
import http.client
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec
import numpy as np

from tutor_engine.knowledge.document import Language
from tutor_engine.knowledge.meaning.embed import EmbeddingFailed, EmbeddingRefused
from tutor_engine.knowledge.port import Vectors

_MAX_REPLY_BYTES = 64 * 1024 * 1024
"""32 texts of 4,096 numbers, each written with 20 digits, are 3 MB; servers that send more are broken."""

_REFUSALS = frozenset({400, 413, 422})
"""A text is too long for the model, or otherwise not to its liking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """How long a server may take, and what it wants to be told."""

    api_key: str = ""
    question_prefix: str = ""
    """What the model wants in front of a question (see its card); documents get none."""
    question_timeout_s: float = 1.5
    document_timeout_s: float = 120.0
    """A large model on a processor takes a minute for 16 passages."""


class _EmbedReply(msgspec.Struct):
    embeddings: list[list[float]]


class _Item(msgspec.Struct):
    embedding: list[float]
    index: int


class _ListReply(msgspec.Struct):
    data: list[_Item]


class StatusError(http.client.HTTPException):
    """The server answered with another status than 200."""

    def __init__(self, status: int, said: str) -> None:
        self.status = status
        super().__init__(f"status {status}: {said}")


class JsonServer:
    """POSTs JSON over one kept connection at a time. Safe for several threads."""

    def __init__(self, base_url: str, api_key: str = "") -> None:
        """Use the server at `base_url`.

        Raises:
            ValueError: it is not an http or https address.
        """
        parts = urlsplit(base_url.rstrip("/"))
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{base_url!r} is not an http address")
        self.url = base_url.rstrip("/")
        self._secure = parts.scheme == "https"
        self._host, self._port, self._path = parts.hostname, parts.port, parts.path
        self._headers = {"Content-Type": "application/json"}
        if api_key:
            self._headers["Authorization"] = f"Bearer {api_key}"
        self._idle: list[http.client.HTTPConnection] = []
        self._lock = threading.Lock()

    def post(self, path: str, body: Mapping[str, Any], timeout_s: float) -> bytes:
        """The reply's body.

        Raises:
            OSError, http.client.HTTPException: no reply of status 200 in time.
        """
        data = json.dumps(body).encode()
        with self._lock:
            kept = self._idle.pop() if self._idle else None
        if kept is not None:
            # A kept connection may have been closed by the server meanwhile; a new one tells the truth.
            with contextlib.suppress(http.client.RemoteDisconnected, ConnectionError):
                return self._exchange(kept, path, data, timeout_s)
        return self._exchange(self._connect(timeout_s), path, data, timeout_s)

    def close(self) -> None:
        """Close kept connections. Idempotent."""
        with self._lock:
            while self._idle:
                self._idle.pop().close()

    def _connect(self, timeout_s: float) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        return kind(self._host, self._port, timeout=timeout_s)

    def _exchange(
        self, connection: http.client.HTTPConnection, path: str, data: bytes, timeout_s: float
    ) -> bytes:
        try:
            connection.timeout = timeout_s
            if connection.sock is not None:
                connection.sock.settimeout(timeout_s)
            connection.request("POST", self._path + path, data, self._headers)
            response = connection.getresponse()
            reply = response.read(_MAX_REPLY_BYTES + 1)
            if response.status != 200:
                said = reply[:200].decode("utf-8", "replace")
                raise StatusError(response.status, said)
            if len(reply) > _MAX_REPLY_BYTES:
                raise http.client.HTTPException("the reply is too long")
        except BaseException:
            connection.close()
            raise
        with self._lock:
            self._idle.append(connection)
        return reply


class _ServerEmbedder:
    """What both protocols share: one reply for a list of texts, rows checked and brought to length 1."""

    languages: Sequence[Language] = ("en", "zh")

    def __init__(self, kind: str, server: JsonServer, model: str, options: ServerOptions) -> None:
        self.name = f"{model}@{kind}"
        self.model = model
        self.server = server
        self._options = options

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.encode`."""
        # Some servers refuse an empty text, so none is sent.
        told = [at for at, text in enumerate(texts) if text.strip()]
        if not told:
            return np.zeros((len(texts), 1), np.float32)
        rows = self._rows([texts[at] for at in told], self._options.document_timeout_s)
        out = np.zeros((len(texts), rows.shape[1]), np.float32)
        out[told] = rows
        return out

    def encode_question(self, text: str) -> Vectors:
        """See `Embedder.encode_question`."""
        return self._rows([self._options.question_prefix + text], self._options.question_timeout_s)[0]

    def ask(self, texts: Sequence[str], timeout_s: float) -> list[list[float]]:
        """The rows as the server tells them."""
        raise NotImplementedError

    def _rows(self, texts: Sequence[str], timeout_s: float) -> Vectors:
        try:
            rows = np.array(self.ask(texts, timeout_s), np.float32)
        except StatusError as error:
            kind = EmbeddingRefused if error.status in _REFUSALS else EmbeddingFailed
            raise kind(f"{self.server.url}, {self.model}: {error}") from error
        except (OSError, http.client.HTTPException, msgspec.MsgspecError, ValueError) as error:
            detail = str(error) or type(error).__name__
            raise EmbeddingFailed(f"{self.server.url}, {self.model}: {detail}") from error
        if rows.ndim != 2 or rows.shape[0] != len(texts) or rows.shape[1] < 2 or not np.isfinite(rows).all():
            raise EmbeddingFailed(
                f"{self.server.url}, {self.model}: the reply is not one vector for each text"
            )
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


class OllamaEmbedder(_ServerEmbedder):
    """An `Embedder` over Ollama's own protocol."""

    def __init__(self, base_url: str, model: str, options: ServerOptions | None = None) -> None:
        options = options or ServerOptions()
        super().__init__("ollama", JsonServer(base_url, options.api_key), model, options)

    def ask(self, texts: Sequence[str], timeout_s: float) -> list[list[float]]:
        """`POST /api/embed`; the server cuts what is too long for the model."""
        body = {"model": self.model, "input": list(texts), "truncate": True, "keep_alive": "30m"}
        reply = self.server.post("/api/embed", body, timeout_s)
        return msgspec.json.decode(reply, type=_EmbedReply).embeddings


class OpenAiEmbedder(_ServerEmbedder):
    """An `Embedder` over OpenAI's protocol; `base_url` with or without its `/v1`."""

    def __init__(self, base_url: str, model: str, options: ServerOptions | None = None) -> None:
        options = options or ServerOptions()
        super().__init__("openai", JsonServer(v1(base_url), options.api_key), model, options)

    def ask(self, texts: Sequence[str], timeout_s: float) -> list[list[float]]:
        """`POST /embeddings`; rows may come in any order."""
        body = {"model": self.model, "input": list(texts), "encoding_format": "float"}
        reply = self.server.post("/embeddings", body, timeout_s)
        items = msgspec.json.decode(reply, type=_ListReply).data
        if sorted(item.index for item in items) != list(range(len(texts))):
            raise ValueError("the reply is not one vector for each text")
        return [item.embedding for item in sorted(items, key=lambda item: item.index)]


def v1(base_url: str) -> str:
    """An OpenAI-compatible address with its `/v1` when it has no path."""
    root = base_url.rstrip("/")
    return root if urlsplit(root).path else f"{root}/v1"
