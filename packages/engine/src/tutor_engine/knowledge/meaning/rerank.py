"""A second look at the best candidates by a reranking model behind `/rerank` (Cohere, Jina, vLLM, llama.cpp).

Off unless `RERANK_BASE_URL` is set. A server that fails or is slow changes nothing: the order stays.
"""

import http.client
import time
from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec
import structlog

from tutor_engine.knowledge.meaning.embed_http import JsonServer, v1

log = structlog.get_logger()

_TIMEOUT_S = 0.8
"""A student waits; most servers take 50–300 ms for 16 passages on a GPU."""
_REST_S = 30.0
"""After a failure the server is left alone for this time."""


class Reranker(Protocol):
    """Orders candidates by reading each beside the question. Blocks; any thread may call it."""

    @property
    def name(self) -> str:
        """The model, for `/health`."""
        ...

    def order(self, question: str, texts: Sequence[str]) -> Sequence[int] | None:
        """Places of all texts, best first; None when it cannot tell now."""
        ...


class _Result(msgspec.Struct):
    index: int
    relevance_score: float


class _Reply(msgspec.Struct):
    results: list[_Result]


class RerankServer:
    """A `Reranker` over HTTP."""

    def __init__(
        self,
        base_url: str,
        model: str,
        api_key: str = "",
        timeout_s: float = _TIMEOUT_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Use `base_url` (with or without its `/v1`) and the model of this name there."""
        self.name = model
        self._server = JsonServer(v1(base_url), api_key)
        self._timeout_s = timeout_s
        self._clock = clock
        self._not_before_s = float("-inf")

    def order(self, question: str, texts: Sequence[str]) -> Sequence[int] | None:
        """See `Reranker.order`."""
        if not texts or self._clock() < self._not_before_s:
            return None
        body = {"model": self.name, "query": question, "documents": list(texts), "top_n": len(texts)}
        try:
            reply = msgspec.json.decode(self._server.post("/rerank", body, self._timeout_s), type=_Reply)
            found = sorted(reply.results, key=lambda result: -result.relevance_score)
            places = [result.index for result in found]
            if sorted(places) != list(range(len(texts))):
                raise ValueError("the reply does not name each text once")
        except (OSError, http.client.HTTPException, msgspec.MsgspecError, ValueError) as error:
            self._not_before_s = self._clock() + _REST_S
            log.warning("reranking_failed", server=self._server.url, detail=str(error))
            return None
        return places

    def close(self) -> None:
        """Close kept connections. Idempotent."""
        self._server.close()
