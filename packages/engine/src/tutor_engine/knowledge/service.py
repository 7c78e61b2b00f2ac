"""All knowledge bases of a node: one file each under one folder, one embedder for all.

Adding the same bytes under the same identifier again does nothing; other bytes replace the document.
"""

import asyncio
import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from tutor_engine.knowledge.document import ParsedDocument, ParseLimits
from tutor_engine.knowledge.embed import Embedder, EmbedderMissing, MiniLm, Vectors
from tutor_engine.knowledge.ingest import read_document
from tutor_engine.knowledge.retrieve import KnowledgeBase, embed_passages
from tutor_engine.knowledge.store import Store, StoredDocument
from tutor_engine.knowledge.tokens import ChineseWords
from tutor_engine.text import HANZI
from tutor_protocol.http import DocumentInfo, JobMessage, PassageInfo

log = structlog.get_logger()

Progress = Callable[[str, float], None]
"""Step (`reading`, `understanding`, `saving`, `done`) and share done, 0 to 1. Called in the event loop."""

_OPEN_BASES = 64
"""Bases kept open at once; the least recently used rests."""
_EMBED_AT_ONCE = 32
_PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class KnowledgeCapabilities:
    """How this node finds passages; `/health` shows it."""

    name: str
    meaning: bool
    """Whether English questions are also compared by meaning."""
    detail: str


class Knowledge:
    """Documents in, passages out, for many tutors."""

    def __init__(
        self,
        folder: Path,
        *,
        minilm: Path | None = None,
        embedder: Embedder | None = None,
        chinese: ChineseWords | None = None,
        limits: ParseLimits | None = None,
        readers: int = 2,
    ) -> None:
        """Use the MiniLM in folder `minilm` when it is there; `readers` documents are parsed at once."""
        self._folder = folder
        self._limits = limits or ParseLimits()
        self._chinese = chinese or ChineseWords(folder / "cache")
        self._bases: OrderedDict[str, KnowledgeBase] = OrderedDict()
        self._writing: dict[str, asyncio.Lock] = {}
        self._reading = asyncio.Semaphore(readers)
        self._embedder = embedder
        self._why = ""
        if embedder is None and minilm is not None:
            try:
                self._embedder = MiniLm(minilm)
            except EmbedderMissing as error:
                self._why = str(error)

    @property
    def capabilities(self) -> KnowledgeCapabilities:
        """How passages are found, and why not better."""
        if self._embedder is not None:
            return KnowledgeCapabilities("hybrid", True, f"BM25 and {self._embedder.name}; Chinese by words")
        detail = self._why or "no embedding model installed"
        return KnowledgeCapabilities("bm25", False, f"search by words only: {detail}")

    def base(self, kb_id: str) -> KnowledgeBase:
        """The base of this identifier; empty until a document is added."""
        name = file_name(kb_id)
        known = self._bases.get(name)
        if known is None:
            store = Store(self._folder / f"{name}.sqlite", self._chinese)
            known = self._bases[name] = KnowledgeBase(kb_id, store, self._chinese, self._embedder)
        self._bases.move_to_end(name)
        if len(self._bases) > _OPEN_BASES:
            # Lessons may still hold it, so it is kept and opens again when asked.
            list(self._bases.values())[-_OPEN_BASES - 1].rest()
        return known

    async def add_document(
        self,
        kb_id: str,
        filename: str,
        data: bytes,
        title: str | None = None,
        document_id: str | None = None,
        on_progress: Progress | None = None,
    ) -> DocumentInfo:
        """Read, cut, embed and keep a document; its identifier is its hash when none is given.

        Raises:
            BadDocument: it cannot be read; nothing has changed.
        """
        tell: Progress = on_progress or (lambda step, share: None)
        sha256 = hashlib.sha256(data).hexdigest()
        document_id = document_id or sha256[:16]
        base = self.base(kb_id)
        async with self._writing.setdefault(file_name(kb_id), asyncio.Lock()):
            same = await asyncio.to_thread(_find, base.store, document_id)
            if same is not None and same.sha256 == sha256 and (title is None or title == same.title):
                tell("done", 1.0)
                return document_info(same)
            tell("reading", 0.05)
            async with self._reading:
                parsed = await read_document(data, filename, self._limits)
            if title:
                parsed = replace(parsed, title=title)
            vectors = await self._embed(parsed, tell)
            tell("saving", 0.95)
            model = self._embedder.name if self._embedder is not None else None
            await asyncio.to_thread(base.store.replace, document_id, sha256, parsed, vectors, model)
            stored = await asyncio.to_thread(_find, base.store, document_id)
            assert stored is not None  # noqa: S101 - written a line above, under the same lock
        log.info("document_added", document=document_id, kind=parsed.kind, passages=len(parsed.passages))
        tell("done", 1.0)
        return document_info(stored)

    async def documents(self, kb_id: str) -> list[DocumentInfo]:
        """All documents of a base in the order in which they came."""
        return [document_info(found) for found in await asyncio.to_thread(self.base(kb_id).store.documents)]

    async def page_text(self, kb_id: str, document_id: str, page: int) -> str | None:
        """The text to which offsets of citations refer; None when there is no such page."""
        return await asyncio.to_thread(self.base(kb_id).store.page_text, document_id, page)

    async def remove(self, kb_id: str, document_id: str) -> bool:
        """Forget a document; False when it was not there."""
        base = self.base(kb_id)
        async with self._writing.setdefault(file_name(kb_id), asyncio.Lock()):
            return await asyncio.to_thread(base.store.remove, document_id)

    async def search(self, kb_id: str, query: str, limit: int = 5) -> list[PassageInfo]:
        """Passages for a question, in the language of its script."""
        language = "zh" if HANZI.search(query) else "en"
        found = await self.base(kb_id).search(query, language, limit)
        return [
            PassageInfo(
                passage_id=p.passage_id, document=p.document, title=p.title, heading=p.heading, page=p.page,
                start=p.start, end=p.start + len(p.text), text=p.text, score=p.score,
            )
            for p in found
        ]  # fmt: skip

    async def warm(self, kb_id: str) -> None:
        """Load what the first question to this base needs."""
        await self.base(kb_id).warm()

    async def aclose(self) -> None:
        """Close all files. Idempotent."""
        for base in self._bases.values():
            await asyncio.to_thread(base.rest)
        self._bases.clear()

    async def _embed(
        self, parsed: ParsedDocument, tell: Progress
    ) -> Sequence[tuple[Vectors, Vectors] | None]:
        """Vectors of the English passages, a few at a time so that lessons are not starved."""
        vectors: list[tuple[Vectors, Vectors] | None] = [None] * len(parsed.passages)
        english = [i for i, cut in enumerate(parsed.passages) if cut.language == "en"]
        if self._embedder is None:
            return vectors
        for at in range(0, len(english), _EMBED_AT_ONCE):
            tell("understanding", 0.2 + 0.7 * at / len(english))
            part = english[at : at + _EMBED_AT_ONCE]
            pairs = await asyncio.to_thread(
                embed_passages, self._embedder, [(parsed.title, parsed.passages[i]) for i in part]
            )
            for i, pair in zip(part, pairs, strict=True):
                vectors[i] = pair
        return vectors


def file_name(kb_id: str) -> str:
    """A file name that cannot leave the folder; identifiers that are not plain become their hash."""
    if _PLAIN_ID.fullmatch(kb_id) and kb_id == kb_id.lower():
        return kb_id
    return "kb." + hashlib.sha256(kb_id.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def document_info(stored: StoredDocument) -> DocumentInfo:
    """A stored document as the protocol shows it."""
    failed = [
        JobMessage(level="warning", content=_WHY.get(why.split(":")[0], why), page=number)
        for number, why in stored.pages_failed
    ]
    return DocumentInfo(
        document_id=stored.document_id, title=stored.title, kind=stored.kind, pages=stored.pages,
        pages_failed=failed, passages=stored.passages, sha256=stored.sha256,
    )  # fmt: skip


_WHY = {
    "no_text": "This page is a picture without text. 这一页是没有文字的图片。",
    "damaged": "This page is damaged and could not be read. 这一页已损坏，无法读取。",
}


def _find(store: Store, document_id: str) -> StoredDocument | None:
    return next((found for found in store.documents() if found.document_id == document_id), None)
