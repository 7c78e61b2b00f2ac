from collections.abc import Generator

import pytest

from tutor_engine.knowledge.meaning.rerank import RerankServer

from .embed_server import Script, embed_server

TEXTS = ["comets are ice", "the sky is blue because of scattering", "why the sky is blue"]


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def reranker(script: Script) -> Generator[RerankServer]:
    now_s = iter(float(second * 20) for second in range(100))
    with embed_server(script) as url:
        made = RerankServer(url, "bge-reranker", "secret", timeout_s=5.0, clock=lambda: next(now_s))
        yield made
        made.close()


def test_texts_are_ordered_by_the_server(reranker: RerankServer, script: Script) -> None:
    assert reranker.order("why is the sky blue", TEXTS) == [2, 1, 0]
    ((path, body, key),) = script.seen
    assert (path, key) == ("/v1/rerank", "Bearer secret")
    assert body == {
        "model": "bge-reranker", "query": "why is the sky blue", "documents": TEXTS, "top_n": 3,
    }  # fmt: skip


def test_nothing_is_not_asked(reranker: RerankServer, script: Script) -> None:
    assert reranker.order("why", []) is None
    assert script.seen == []


@pytest.mark.parametrize("spoil", [{"status": 500}, {"raw": b"[]"}, {"rows_short": 1}])
def test_a_server_that_fails_is_left_alone_for_a_while(
    reranker: RerankServer, script: Script, spoil: dict[str, object]
) -> None:
    for name, value in spoil.items():
        setattr(script, name, value)
    assert reranker.order("why", TEXTS) is None
    asked = len(script.seen)
    assert reranker.order("why", TEXTS) is None
    assert len(script.seen) == asked
    script.status, script.raw, script.rows_short = 200, b"", 0
    assert reranker.order("sky", TEXTS) is not None
