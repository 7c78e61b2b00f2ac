"""Keeps the engine's knowledge bases equal to the platform's libraries.

Compares what the engine lists with what is stored here, by SHA-256; pushes what is missing or different,
follows the engine's jobs, takes away what is gone. What it learns is written down, so it goes on where it was
after a restart of either half.
"""

import structlog

from tutor_platform.kit.db import Database
from tutor_platform.kit.engine import EngineClient
from tutor_platform.kit.errors import EngineUnreachable, PlatformError
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.knowledge import repository
from tutor_platform.knowledge.models import Document, Library, ReadingState
from tutor_protocol.http import DocumentInfo, Job, JobMessage

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 60.0
"""How soon a restarted engine with an empty disk has its libraries again."""


class Shelf:
    """The libraries of all schools, and the engine's copies of them."""

    def __init__(self, database: Database, storage: LocalStorage, engine: EngineClient) -> None:
        self._database = database
        self._storage = storage
        self._engine = engine

    async def compare(self) -> bool:
        """Make the engine's copies equal to the libraries, once; whether the engine still reads something."""
        async with self._database.reading() as db:
            libraries = await repository.every_library(db)
        reading = False
        for library in libraries:
            reading = await self._compare_library(library) or reading
        return reading

    async def _compare_library(self, library: Library) -> bool:
        async with self._database.reading() as db:
            documents = await repository.of_library(db, library.id)
        jobs = {document.id: await self._job_of(document) for document in documents}
        # Asked for after the jobs: it holds what a finished job made, and nothing that a restart has lost.
        held = {
            info.document_id: info for info in await self._engine.documents(library.kb_id, library.tenant_id)
        }
        reading = False
        for document in documents:
            found = held.pop(document.id, None)
            reading = await self._compare_one(library, document, jobs[document.id], found) or reading
        async with self._database.reading() as db:
            # Added while the engine was asked: no stranger, only newer than this look.
            known = {document.id for document in await repository.of_library(db, library.id)}
        for stranger in held.keys() - known:
            await self._engine.delete_document(library.kb_id, stranger, library.tenant_id)
            log.info("document_removed_from_engine", document=stranger)
        if library.deleted_at is not None:
            async with self._database.writing() as db:
                await db.delete(await db.merge(library))
        return reading

    async def _job_of(self, document: Document) -> Job | None:
        """The engine's job that reads a document; None when none does, or the engine forgot it."""
        if document.state != "reading" or document.job_id is None:
            return None
        return await self._engine.job(document.job_id)

    async def _compare_one(
        self, library: Library, document: Document, job: Job | None, held: DocumentInfo | None
    ) -> bool:
        """Bring one document forward by a step; whether the engine is reading it now."""
        if document.state in ("failed", "cancelled"):
            return False
        if job is not None and job.state in ("queued", "running"):
            return True
        if job is not None and job.state in ("failed", "cancelled"):
            await self._note(document, "failed", messages=_kept(job.messages))
            log.warning("document_refused", document=document.id, state=job.state)
            return False
        if held is not None and held.sha256 == document.sha256:
            if document.state != "ready" or document.pages != held.pages:
                await self._note_ready(document, held, job)
            return False
        if job is not None:
            # It counts differently; pushing the same bytes again would not change that.
            log.warning("document_sum_differs", document=document.id)
            await self._note(document, "failed", messages=_kept(job.messages))
            return False
        return await self._push(library, document)

    async def _push(self, library: Library, document: Document) -> bool:
        path = self._storage.path(document.storage_key)
        try:
            # Waits for nothing; opened in a thread it would stay open when this is cancelled.
            file = path.open("rb")
        except FileNotFoundError:
            log.error("document_lost", document=document.id)
            return False
        try:
            job = await self._engine.put_document(
                library.kb_id, library.tenant_id, document.id, document.title, document.file_name, file
            )
        except EngineUnreachable:
            raise
        except PlatformError as error:
            log.warning("document_refused", document=document.id, code=error.code, detail=error.detail)
            await self._note(document, "failed", messages=[])
            return False
        finally:
            file.close()
        log.info("document_pushed", document=document.id, job=job.id)
        await self._note(document, "reading", job_id=job.id, messages=[])
        return True

    async def _note_ready(self, document: Document, held: DocumentInfo, job: Job | None) -> None:
        said = list(job.messages) if job is not None else []
        said += [message for message in (*held.pages_failed, *held.flagged) if message not in said]
        messages = _kept(said) if said else document.messages
        await self._note(document, "ready", pages=held.pages, messages=messages)

    async def _note(self, document: Document, state: ReadingState, **values: object) -> None:
        values.setdefault("job_id", None)
        async with self._database.writing() as db:
            await repository.set_reading(db, document.id, document.sha256, state, **values)


MAX_MESSAGES = 400
"""A document of hundreds of unreadable pages; the rest would tell nothing new."""


def _kept(messages: list[JobMessage]) -> list[dict[str, object]]:
    return [message.model_dump(exclude_none=True) for message in messages[:MAX_MESSAGES]]
