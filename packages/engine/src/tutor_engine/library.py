"""The library's part of the composition root: where it is kept, and by which model it is compared.

Like `app.py`, this file knows which adapter is used; nothing else does.
"""

from collections.abc import Callable

from tutor_engine.knowledge.index.postgres import PostgresIndex
from tutor_engine.knowledge.index.tokens import ChineseWords, Tokens
from tutor_engine.knowledge.meaning.embed import Embedder
from tutor_engine.knowledge.meaning.embed_http import OllamaEmbedder, OpenAiEmbedder, ServerOptions
from tutor_engine.knowledge.meaning.rerank import Reranker, RerankServer
from tutor_engine.knowledge.port import Index
from tutor_engine.knowledge.service import Knowledge
from tutor_engine.models import ModelsFolder
from tutor_engine.settings import Settings


def open_library(settings: Settings, models: ModelsFolder, live: Callable[[], bool]) -> Knowledge:
    """The library as the settings want it; nothing is read or reached yet.

    `live` tells whether lessons need the processor.
    """
    folder = settings.tutor_data_dir / "knowledge"
    index: Index | None = None
    if settings.knowledge_database_url is not None:
        tokens = Tokens(ChineseWords(folder / "cache"))
        index = PostgresIndex(settings.knowledge_database_url.get_secret_value(), tokens)
    wanted = settings.embed_model
    return Knowledge(
        folder,
        index=index,
        minilm=models.folder("minilm") if wanted is None else None,
        embedder=None if wanted in (None, "off") else _embedder(settings, wanted),
        reranker=_reranker(settings),
        live=live,
    )


def _embedder(settings: Settings, model: str) -> Embedder:
    key = settings.embedding_api_key
    base_url = settings.embedding_base_url
    if base_url is None and settings.openai_base_url is not None:
        base_url, key = settings.openai_base_url, key or settings.openai_api_key
    options = ServerOptions(
        api_key=key.get_secret_value() if key else "", question_prefix=settings.embed_question_prefix
    )
    if base_url is None:
        return OllamaEmbedder(settings.ollama_base_url, model, options)
    return OpenAiEmbedder(base_url, model, options)


def _reranker(settings: Settings) -> Reranker | None:
    if settings.rerank_base_url is None:
        return None
    key = settings.rerank_api_key
    return RerankServer(
        settings.rerank_base_url, settings.rerank_model, key.get_secret_value() if key else ""
    )
