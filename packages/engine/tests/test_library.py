"""Which store and which models the settings choose."""

from pathlib import Path
from typing import Any

import pytest

from tutor_engine import library
from tutor_engine.knowledge.index.postgres import PostgresIndex
from tutor_engine.knowledge.meaning.embed_http import OllamaEmbedder, OpenAiEmbedder
from tutor_engine.knowledge.meaning.rerank import RerankServer
from tutor_engine.library import open_library
from tutor_engine.models import ModelsFolder
from tutor_engine.settings import Settings


class Told:
    """Keeps what the service would have been made of."""

    def __init__(self, folder: Path, **parts: Any) -> None:
        self.folder = folder
        self.parts = parts


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.setattr(library, "Knowledge", Told)

    def make(**settings: str) -> dict[str, Any]:
        values: dict[str, Any] = {"tutor_data_dir": tmp_path, **settings}
        made: Any = open_library(Settings(**values), ModelsFolder(tmp_path), live=lambda: True)
        assert made.folder == tmp_path / "knowledge"
        return made.parts

    return make


def test_sqlite_and_the_embedded_model_by_default(told: Any) -> None:
    parts = told()
    assert parts["index"] is None
    assert parts["embedder"] is None
    assert parts["reranker"] is None
    assert parts["live"]()


def test_postgres_by_its_url(told: Any) -> None:
    parts = told(knowledge_database_url="postgresql://nobody@127.0.0.1:9/none")
    assert isinstance(parts["index"], PostgresIndex)


def test_a_model_of_ollama(told: Any) -> None:
    embedder = told(embed_model="bge-m3", ollama_base_url="http://gpu:11434")["embedder"]
    assert isinstance(embedder, OllamaEmbedder)
    assert (embedder.name, embedder.server.url) == ("bge-m3@ollama", "http://gpu:11434")


@pytest.mark.parametrize("name", ["openai_base_url", "embedding_base_url"])
def test_a_model_of_an_openai_server(told: Any, name: str) -> None:
    embedder = told(embed_model="bge-m3", openai_api_key="k", **{name: "http://gpu:8000"})["embedder"]
    assert isinstance(embedder, OpenAiEmbedder)
    assert embedder.server.url == "http://gpu:8000/v1"


def test_words_alone(told: Any) -> None:
    parts = told(embed_model="off")
    assert (parts["embedder"], parts["minilm"]) == (None, None)


def test_a_reranking_server(told: Any) -> None:
    reranker = told(rerank_base_url="http://gpu:8001", rerank_model="jina", rerank_api_key="k")["reranker"]
    assert isinstance(reranker, RerankServer)
    assert reranker.name == "jina"
