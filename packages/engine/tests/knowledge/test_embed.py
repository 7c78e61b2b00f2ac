"""What every embedder promises, and what is particular to each."""

from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from tutor_engine.knowledge.meaning.embed import (
    Embedder,
    EmbedderMissing,
    EmbeddingFailed,
    EmbeddingRefused,
    MiniLm,
)
from tutor_engine.knowledge.meaning.embed_http import (
    OllamaEmbedder,
    OpenAiEmbedder,
    ServerOptions,
    StatusError,
)

from .conftest import WordHash
from .embed_server import Script, embed_server

HOSTED = ("ollama", "openai")


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def url(script: Script) -> Generator[str]:
    with embed_server(script) as address:
        yield address


def hosted(kind: str, url: str, options: ServerOptions | None = None) -> OllamaEmbedder | OpenAiEmbedder:
    if kind == "ollama":
        return OllamaEmbedder(url, "bge-m3", options)
    return OpenAiEmbedder(url, "bge-m3", options)


@pytest.fixture(params=["minilm", "fake", *HOSTED])
def embedder(
    request: pytest.FixtureRequest, model_file: Callable[[str, str], Path], url: str
) -> Generator[Embedder]:
    match request.param:
        case "minilm":
            yield MiniLm(model_file("minilm", "model.bin").parent)
        case "fake":
            yield WordHash()
        case kind:
            made = hosted(kind, url)
            with closing(made.server):
                yield made


def test_near_meanings_have_near_vectors(embedder: Embedder) -> None:
    a, b, c = embedder.encode(["Why is the sky blue?", "The blue sky and why", "Bake a cake"])
    assert float(a @ b) > 0.6 > 0.4 > float(a @ c)
    question = embedder.encode_question("Why is the sky blue?")
    assert question.shape == a.shape
    assert float(question @ a) > 0.99


def test_vectors_are_float32_of_length_one_and_empty_texts_are_zero(embedder: Embedder) -> None:
    texts = [f"star number {n} " * (n + 1) for n in range(20)] + ["", "word " * 2_000, "  "]
    vectors = embedder.encode(texts)
    assert vectors.dtype == np.float32
    assert vectors.shape[0] == len(texts)
    empty = [20, 22]
    assert np.allclose(np.linalg.norm(np.delete(vectors, empty, axis=0), axis=1), 1, atol=1e-5)
    assert not vectors[empty].any()
    assert float(vectors[7] @ embedder.encode([texts[7]])[0]) > 0.99


def test_nothing_makes_no_rows(embedder: Embedder) -> None:
    assert embedder.encode([]).shape[0] == 0
    assert not embedder.encode([" "]).any()


def test_it_has_a_name_and_languages(embedder: Embedder) -> None:
    assert embedder.name
    assert "en" in embedder.languages


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmbedderMissing, match=r"model\.bin"):
        MiniLm(tmp_path)


def test_what_ollama_is_sent(url: str, script: Script) -> None:
    embedder = OllamaEmbedder(url + "/", "bge-m3", ServerOptions(question_prefix="query: "))
    embedder.encode(["a star", "", "a moon"])
    embedder.encode_question("which?")
    embedder.server.close()
    (path, documents, key), (_, question, _) = script.seen
    assert (path, key) == ("/api/embed", "")
    assert documents == {
        "model": "bge-m3",
        "input": ["a star", "a moon"],
        "truncate": True,
        "keep_alive": "30m",
    }
    assert question["input"] == ["query: which?"]
    assert embedder.name == "bge-m3@ollama"


@pytest.mark.parametrize("suffix", ["", "/v1", "/v1/"])
def test_what_an_openai_server_is_sent(url: str, script: Script, suffix: str) -> None:
    embedder = OpenAiEmbedder(url + suffix, "bge-m3", ServerOptions(api_key="secret"))
    embedder.encode(["a star"])
    embedder.server.close()
    ((path, body, key),) = script.seen
    assert (path, key) == ("/v1/embeddings", "Bearer secret")
    assert body == {"model": "bge-m3", "input": ["a star"], "encoding_format": "float"}


def spoiled_nothing(script: Script) -> None:
    script.raw = b"{}"


def spoiled_text(script: Script) -> None:
    script.raw = b"<html>"


def spoiled_rows(script: Script) -> None:
    script.rows_short = 1


def spoiled_ragged(script: Script) -> None:
    script.raw = b'{"embeddings": [[1, 2], [1]], "data": [{"index": 0, "embedding": []}]}'


def spoiled_numbers(script: Script) -> None:
    script.nan = True


def spoiled_status(script: Script) -> None:
    script.status = 500


@pytest.mark.parametrize("kind", HOSTED)
@pytest.mark.parametrize(
    "spoil",
    [spoiled_nothing, spoiled_text, spoiled_rows, spoiled_ragged, spoiled_numbers, spoiled_status],
)
def test_nonsense_is_a_failure_that_names_the_server(
    kind: str, spoil: Callable[[Script], None], url: str, script: Script
) -> None:
    spoil(script)
    with closing((embedder := hosted(kind, url)).server), pytest.raises(EmbeddingFailed, match="bge-m3"):
        embedder.encode(["a star", "a moon"])


@pytest.mark.parametrize("kind", HOSTED)
def test_a_text_that_is_refused_is_told_apart(kind: str, url: str, script: Script) -> None:
    script.refuses = "moon"
    with closing((embedder := hosted(kind, url)).server):
        with pytest.raises(EmbeddingRefused, match="413"):
            embedder.encode(["a star", "a moon"])
        assert embedder.encode(["a star"]).shape[0] == 1


@pytest.mark.parametrize("kind", HOSTED)
def test_a_server_that_is_not_there(kind: str) -> None:
    with pytest.raises(EmbeddingFailed, match=r"127\.0\.0\.1"):
        hosted(kind, "http://127.0.0.1:9").encode_question("why?")


@pytest.mark.parametrize("kind", HOSTED)
def test_a_kept_connection_that_was_closed_is_opened_again(kind: str, url: str, script: Script) -> None:
    with closing((embedder := hosted(kind, url)).server):
        embedder.encode(["a star"])
        script.drops = 1
        assert embedder.encode(["a star"]).shape[0] == 1
        script.drops = 2
        with pytest.raises(EmbeddingFailed):
            embedder.encode(["a star"])


@pytest.mark.parametrize("address", ["ftp://host", "bge-m3", ""])
def test_an_address_that_is_none_is_refused_at_once(address: str) -> None:
    with pytest.raises(ValueError, match="http address"):
        OllamaEmbedder(address, "bge-m3")


def test_a_status_is_kept() -> None:
    assert StatusError(503, "busy").status == 503
