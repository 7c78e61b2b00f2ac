"""All knowledge bases of a node: documents in and out, passages found, vectors made in the background.

The door through which the rest of the engine meets the library. Use as `async with`, which keeps the vectors
up to date; without it everything else works.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from tutor_engine.knowledge import remarks
from tutor_engine.knowledge.document import ParseLimits
from tutor_engine.knowledge.index.sqlite import SqliteIndex
from tutor_engine.knowledge.index.tokens import ChineseWords, Tokens
from tutor_engine.knowledge.intake import Intake, Tell, Upload, tell_nobody
from tutor_engine.knowledge.meaning.background import EmbeddingTask, Meaning
from tutor_engine.knowledge.meaning.embed import Embedder, EmbedderMissing, shared_minilm
from tutor_engine.knowledge.meaning.rerank import Reranker
from tutor_engine.knowledge.places import PlaceShelf
from tutor_engine.knowledge.port import BaseKey, Index, LibraryAway, Scope, StoredDocument
from tutor_engine.knowledge.retrieval import Library, Retrieval
from tutor_engine.text import HANZI
from tutor_protocol.http import DocumentInfo, JobMessage, PageInfo, PassageInfo, Rectangle

log = structlog.get_logger()

_LOOK_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class KnowledgeCapabilities:
    """How this node finds passages; `/health` shows it."""

    name: str
    meaning: bool
    """Whether questions are also compared by meaning."""
    detail: str
    away: str = ""
    """Why the library cannot be reached now; empty: it can."""


class Knowledge:
    """Documents in, passages out, for many tutors of many tenants."""

    def __init__(
        self,
        folder: Path,
        *,
        index: Index | None = None,
        minilm: Path | None = None,
        embedder: Embedder | None = None,
        reranker: Reranker | None = None,
        chinese: ChineseWords | None = None,
        limits: ParseLimits | None = None,
        readers: int = 2,
        live: Callable[[], bool] = lambda: False,
    ) -> None:
        """Keep the library in `folder`, or in `index` when one is given.

        Compares by meaning with `embedder`, or with the MiniLM in folder `minilm` when it is there.
        `readers` documents are parsed at once; `live` tells whether lessons need the processor.
        """
        tokens = Tokens(chinese or ChineseWords(folder / "cache"))
        self._index = index or SqliteIndex(folder, tokens)
        self._places = PlaceShelf(folder / "places" / "pages.db")
        self._intake = Intake(self._index, self._places, limits, readers)
        self._why = ""
        if embedder is None and minilm is not None:
            try:
                embedder = shared_minilm(minilm)
            except EmbedderMissing as error:
                self._why = str(error)
        self._meaning = Meaning(embedder) if embedder is not None else None
        self._retrieval = Retrieval(self._index, tokens, self._meaning, reranker)
        self._embedding = (
            EmbeddingTask(self._index, self._meaning, live=live) if self._meaning is not None else None
        )
        self._tasks: list[asyncio.Task[None]] = []
        self._away = ""

    async def __aenter__(self) -> "Knowledge":
        await self.look_after()
        self._tasks = [asyncio.create_task(self._watch(), name="knowledge:watch")]
        if self._embedding is not None:
            self._tasks.append(asyncio.create_task(self._embedding.run(), name="knowledge:embedding"))
        return self

    async def look_after(self) -> None:
        """Find out whether the library can be reached."""
        try:
            await asyncio.to_thread(self._index.check)
        except LibraryAway as error:
            if not self._away:
                log.warning("library_away", detail=str(error))
            self._away = str(error) or "away"
        else:
            if self._away:
                log.info("library_back")
            self._away = ""

    async def _watch(self) -> None:
        """Keep `capabilities` true, and be the one who waits for a server that has come back."""
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            await self.look_after()

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    @property
    def capabilities(self) -> KnowledgeCapabilities:
        """How passages are found, and why not better; how scanned pages are read."""
        found = self._finding()
        if self._away:
            return replace(found, away=self._away, detail=f"the library cannot be reached: {self._away}")
        return found

    def _finding(self) -> KnowledgeCapabilities:
        scans = "" if shutil.which("tesseract") else f"; scanned pages are not read: {remarks.INSTALL_OCR}"
        if self._meaning is not None:
            why = f"; {self._meaning.failure}" if self._meaning.failure else ""
            chinese = "" if self._meaning.speaks("zh") else "; Chinese by words"
            detail = f"BM25 and {self._meaning.embedder.name}{chinese}{why}{scans}"
            return KnowledgeCapabilities("hybrid", not why, detail)
        detail = self._why or "no embedding model installed"
        return KnowledgeCapabilities("bm25", False, f"search by words only: {detail}{scans}")

    # What lessons ask -----------------------------------------------------------------------------------

    def library(self, tenant: str, kb_ids: Sequence[str]) -> Library:
        """Some bases of one tenant, searched together; unknown ones are empty."""
        return self._retrieval.library(Scope(tenant, tuple(kb_ids)))

    def base(self, kb_id: str, tenant: str = "") -> Library:
        """One base."""
        return self.library(tenant, (kb_id,))

    async def warm(self, kb_id: str, tenant: str = "") -> None:
        """Load what the first question to this base needs."""
        await self.base(kb_id, tenant).warm()

    async def search(self, kb_id: str, query: str, limit: int = 5, tenant: str = "") -> list[PassageInfo]:
        """Passages for a question, in the language of its script."""
        language = "zh" if HANZI.search(query) else "en"
        found = await self.base(kb_id, tenant).search(query, language, limit)
        return [
            PassageInfo(
                passage_id=p.passage_id, document=p.document, title=p.title, heading=p.heading, page=p.page,
                start=p.start, end=p.start + len(p.text), text=p.text, score=p.score, version=p.version,
                flagged=p.flagged,
            )
            for p in found
        ]  # fmt: skip

    # What teachers do -----------------------------------------------------------------------------------

    async def add_upload(
        self,
        kb: BaseKey,
        upload: Upload,
        tell: Tell = tell_nobody,
        *,
        resumed: bool = False,
        pausing: Callable[[], bool] = lambda: False,
    ) -> DocumentInfo:
        """Read a file and keep it (see `Intake.add`); its identifier is its hash when none is given.

        Raises:
            BadDocument: it cannot be read; nothing has changed.
        """
        stored = await self._intake.add(kb, upload, tell, resumed=resumed, pausing=pausing)
        if self._embedding is not None:
            self._embedding.wake(kb)
        return await asyncio.to_thread(self._info, kb, stored)

    async def forsake(self, kb: BaseKey, upload: Upload) -> None:
        """Take away what an earlier engine left of a file that it had begun to read."""
        await self._intake.forsake(kb, upload)

    async def add_document(
        self,
        kb_id: str,
        filename: str,
        data: bytes,
        title: str | None = None,
        document_id: str | None = None,
        on_progress: Tell = tell_nobody,
        tenant: str = "",
    ) -> DocumentInfo:
        """The same for bytes at hand."""
        with tempfile.NamedTemporaryFile(prefix="document-") as file:
            await asyncio.to_thread(Path(file.name).write_bytes, data)
            upload = Upload(Path(file.name), filename, title, document_id)
            return await self.add_upload(BaseKey(tenant, kb_id), upload, on_progress)

    async def documents(self, kb_id: str, tenant: str = "") -> list[DocumentInfo]:
        """All documents of a base in the order in which they came."""
        return await asyncio.to_thread(self._documents, BaseKey(tenant, kb_id))

    async def remarks(self, kb: BaseKey, info: DocumentInfo) -> list[JobMessage]:
        """All that the owner of a document just read should know."""
        facts = await asyncio.to_thread(self._places.facts, kb, info.document_id, info.version)
        counted = JobMessage(level="info", content=f"{info.pages} pages, {info.passages} passages")
        return [counted, *info.pages_failed, *info.flagged, *remarks.left_out(facts)]

    async def remove(self, kb_id: str, document_id: str, tenant: str = "") -> bool:
        """Forget a document; False when it was not there."""
        return await self._intake.remove(BaseKey(tenant, kb_id), document_id)

    async def page_text(
        self, kb_id: str, document_id: str, page: int, version: str = "", tenant: str = ""
    ) -> str | None:
        """The text to which offsets of citations refer; None when there is no such page."""
        return await asyncio.to_thread(
            self._index.page_text, BaseKey(tenant, kb_id), document_id, page, version
        )

    async def page(
        self,
        kb: BaseKey,
        document_id: str,
        page: int,
        version: str = "",
        span: tuple[int, int] | None = None,
    ) -> PageInfo | None:
        """A page, with the places of the characters of `span` where they are known."""
        return await asyncio.to_thread(self._page, kb, document_id, page, version, span)

    async def aclose(self) -> None:
        """Stop embedding and close all files. Idempotent."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await asyncio.to_thread(self._index.close)
        await asyncio.to_thread(self._places.close)

    def _documents(self, kb: BaseKey) -> list[DocumentInfo]:
        return [self._info(kb, stored) for stored in self._index.documents(kb)]

    def _info(self, kb: BaseKey, stored: StoredDocument) -> DocumentInfo:
        version = stored.sha256[:16]
        facts = self._places.facts(kb, stored.document_id, version)
        return DocumentInfo(
            document_id=stored.document_id, title=stored.title, kind=stored.kind, pages=stored.pages,
            pages_failed=remarks.pages_failed(stored), passages=stored.passages, sha256=stored.sha256,
            version=version, language=facts.language, flagged=remarks.flagged(facts.flagged),
            state="ready" if stored.finished else "reading", embedded=stored.embedded,
        )  # fmt: skip

    def _page(
        self, kb: BaseKey, document_id: str, page: int, version: str, span: tuple[int, int] | None
    ) -> PageInfo | None:
        text = self._index.page_text(kb, document_id, page, version)
        if text is None:
            return None
        if not version:
            stored = next((d for d in self._index.documents(kb) if d.document_id == document_id), None)
            version = stored.sha256[:16] if stored is not None else ""
        places = self._places.places(kb, document_id, version, page)
        if places is None:
            return PageInfo(page=page, text=text)
        boxes = None
        if span is not None:
            boxes = [
                Rectangle(left=r.left, top=r.top, right=r.right, bottom=r.bottom)
                for r in places.rectangles(*span)
            ]
        return PageInfo(page=page, text=text, width=places.width, height=places.height, boxes=boxes)
