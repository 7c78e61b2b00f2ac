"""Takes documents in: read in the parsing child, searchable page by page, replaced as a whole.

A document that is refused or cancelled leaves nothing behind; one whose engine stops goes on where it was.
Embedding is not done here: whoever keeps the vectors finds new passages by itself.
"""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import ParamSpec, Protocol
from weakref import WeakValueDictionary

import structlog

from tutor_engine.knowledge.document import BadDocument, Kind, ParseLimits, ReadPage, Unreadable
from tutor_engine.knowledge.places import PlaceShelf
from tutor_engine.knowledge.port import BaseKey, PageText, PassageIndex, StoredDocument, VersionGone
from tutor_engine.knowledge.reading.ingest import DocumentReader, ReaderCrashed
from tutor_engine.knowledge.reading.parse import Counted, Finished, Message, Opened, PageRead, Refused

log = structlog.get_logger()

P = ParamSpec("P")

_BATCH_S = 0.25
"""Pages that come faster than this are stored together."""
_BATCH_PAGES = 50
_READ_BYTES = 1024 * 1024
_TRIES = 2
"""A document that kills its reader so often is given up."""


class Tell(Protocol):
    """Told how far a document is; called in the event loop."""

    def __call__(self, step: str, share: float, page: int = 0, pages: int = 0) -> None:
        """`received`, `unpacking`, `reading` (with page and pages), `saving`, `done`; share 0 to 1."""
        ...


def tell_nobody(step: str, share: float, page: int = 0, pages: int = 0) -> None:
    """A `Tell` for callers who do not ask."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came, on our own disk."""

    path: Path
    filename: str
    title: str | None = None
    document_id: str | None = None
    """The SHA-256's first 16 digits when absent."""


@dataclass(slots=True)
class _Reading:
    """A document on its way into the index."""

    kb: BaseKey
    document_id: str
    sha256: str
    upload: Upload
    version: int | None = None
    kind: Kind = "txt"
    title: str = ""
    kept: int = 0
    """Pages that are stored."""
    passages: int = 0
    pages: int = 0
    """Pages that are known to come."""
    waiting: list[ReadPage] = field(default_factory=list[ReadPage])

    @property
    def mark(self) -> str:
        """The version as citations name it."""
        return self.sha256[:16]


class Intake:
    """Documents in, and out again."""

    def __init__(
        self, index: PassageIndex, places: PlaceShelf, limits: ParseLimits | None = None, readers: int = 2
    ) -> None:
        """At most `readers` documents are parsed at once."""
        self._index = index
        self._places = places
        self._limits = limits or ParseLimits()
        self._readers = asyncio.Semaphore(readers)
        self._writing = WeakValueDictionary[tuple[BaseKey, str], asyncio.Lock]()

    async def add(
        self,
        kb: BaseKey,
        upload: Upload,
        tell: Tell = tell_nobody,
        *,
        resumed: bool = False,
        pausing: Callable[[], bool] = lambda: False,
    ) -> StoredDocument:
        """Read a document and keep it; the same bytes again do nothing.

        `resumed`: an engine that stopped may have kept some of its pages. `pausing`, asked when this is
        cancelled: whether the document will be gone on with, so that its pages stay.

        Raises:
            BadDocument: it cannot be read; nothing has changed.
        """
        tell("received", 0.0)
        sha256 = await asyncio.to_thread(_sha256, upload.path)
        document_id = upload.document_id or sha256[:16]
        async with self._writing.setdefault((kb, document_id), asyncio.Lock()):
            same = await self.find(kb, document_id)
            if same is not None and same.finished and same.sha256 == sha256:
                if upload.title is None or upload.title == same.title:
                    tell("done", 1.0)
                    return same
                resumed = False
            reading = _Reading(kb, document_id, sha256, upload)
            tell("unpacking", 0.02)
            try:
                await self._read(reading, tell, resumed)
            except VersionGone as error:
                await asyncio.shield(self._abandon(reading))
                raise BadDocument(Unreadable.REMOVED) from error
            except BaseException:
                if not pausing():
                    await asyncio.shield(self._abandon(reading))
                raise
            stored = await self.find(kb, document_id)
        if stored is None:
            raise BadDocument(Unreadable.REMOVED)
        log.info("document_added", document=document_id, kind=reading.kind, passages=reading.passages)
        tell("done", 1.0)
        return stored

    async def forsake(self, kb: BaseKey, upload: Upload) -> None:
        """Take away what an earlier engine left of a file that it had begun to read."""
        sha256 = await asyncio.to_thread(_sha256, upload.path)
        reading = _Reading(kb, upload.document_id or sha256[:16], sha256, upload, title=upload.filename)
        async with self._writing.setdefault((kb, reading.document_id), asyncio.Lock()):
            await _to_its_end(self._begin, reading)  # which names the version that was begun
            await self._abandon(reading)

    async def find(self, kb: BaseKey, document_id: str) -> StoredDocument | None:
        """A document of the base."""
        found = await asyncio.to_thread(self._index.documents, kb)
        return next((each for each in found if each.document_id == document_id), None)

    async def remove(self, kb: BaseKey, document_id: str) -> bool:
        """Forget a document with all its versions; False when it was not there.

        One that is being read ends with its next page; nobody waits for it.
        """
        removed = await asyncio.to_thread(self._index.remove, kb, document_id)
        await asyncio.to_thread(self._places.forget, kb, document_id)
        return removed

    async def _read(self, reading: _Reading, tell: Tell, resumed: bool) -> None:
        before = await asyncio.to_thread(self._kept_before, reading) if resumed else 0
        if not before:
            same = await self.find(reading.kb, reading.document_id)
            if same is None or same.sha256 != reading.sha256:
                await asyncio.to_thread(self._places.forget, reading.kb, reading.document_id, reading.mark)
        reading.kept = before
        for attempt in range(1, _TRIES + 1):
            try:
                async with self._readers:
                    await self._read_once(reading, tell)
                break
            except ReaderCrashed as error:
                log.warning("document_reader_crashed", document=reading.document_id, attempt=attempt)
                reading.waiting.clear()
                if attempt == _TRIES:
                    raise BadDocument(Unreadable.CRASHED, str(error)) from error
        tell("saving", 0.97)
        if reading.version is None:
            raise BadDocument(Unreadable.EMPTY)
        await _to_its_end(self._index.finish, reading.kb, reading.document_id, reading.version)

    async def _read_once(self, reading: _Reading, tell: Tell) -> None:
        clock = asyncio.get_running_loop().time
        limits = self._limits
        async with DocumentReader(
            reading.upload.path, reading.upload.filename, limits, read_before=reading.kept
        ) as reader:
            stored_s = clock() - _BATCH_S
            async for message in reader.messages():
                await self._take(reading, message)
                if reading.waiting and (
                    clock() - stored_s >= _BATCH_S or len(reading.waiting) >= _BATCH_PAGES
                ):
                    await _to_its_end(self._store, reading)
                    stored_s = clock()
                    share = round(0.05 + 0.9 * reading.kept / max(reading.pages, reading.kept, 1), 3)
                    tell("reading", share, reading.kept, max(reading.pages, reading.kept))
        await _to_its_end(self._store, reading)
        tell("reading", 0.95, reading.kept, max(reading.pages, reading.kept))

    async def _take(self, reading: _Reading, message: Message) -> None:
        match message:
            case Opened(kind, title):
                reading.kind = kind
                reading.title = reading.upload.title or title
                await _to_its_end(self._begin, reading)
            case Counted(pages):
                reading.pages = pages
            case PageRead(page):
                reading.waiting.append(page)
            case Finished() | Refused():
                pass

    def _begin(self, reading: _Reading) -> None:
        reading.version = self._index.begin(
            reading.kb, reading.document_id, sha256=reading.sha256, title=reading.title, kind=reading.kind
        )

    def _store(self, reading: _Reading) -> None:
        """Put the pages that wait into the index, then note that they are there."""
        pages, reading.waiting = reading.waiting, []
        if not pages or reading.version is None:
            return
        cuts = [cut for page in pages for cut in page.passages]
        texts = [PageText(page.number, page.text, page.failed) for page in pages]
        self._index.add_pages(reading.kb, reading.document_id, reading.version, texts, cuts)
        self._places.put(reading.kb, reading.document_id, reading.mark, pages)
        reading.kept = pages[-1].number
        reading.passages += len(cuts)

    def _kept_before(self, reading: _Reading) -> int:
        """Pages that are stored both here and in the index, of a version that was not finished."""
        known = self._places.read_up_to(reading.kb, reading.document_id, reading.mark)
        if known:
            text = self._index.page_text(reading.kb, reading.document_id, known, reading.mark)
            return known if text is not None else 0
        return 0

    async def _abandon(self, reading: _Reading) -> None:
        if reading.version is None:
            return
        await asyncio.to_thread(self._index.abandon, reading.kb, reading.document_id, reading.version)
        same = await self.find(reading.kb, reading.document_id)
        if same is None or same.sha256 != reading.sha256:
            await asyncio.to_thread(self._places.forget, reading.kb, reading.document_id, reading.mark)


async def _to_its_end(change: Callable[P, None], *args: P.args, **named: P.kwargs) -> None:
    """Make a change in a thread; cancelled meanwhile, wait for it, so that it can be undone."""
    thread = asyncio.ensure_future(asyncio.to_thread(change, *args, **named))
    try:
        await asyncio.shield(thread)
    except asyncio.CancelledError:
        await asyncio.wait({thread})
        raise


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_READ_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
