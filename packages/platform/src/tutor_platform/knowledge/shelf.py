"""Keeps the engine's knowledge bases equal to the platform's libraries.

Compares what the engine lists with what is stored here, by SHA-256; pushes what is missing or different,
takes away what is gone. While the engine is unreachable it tries again; the originals are safe here.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError

from tutor_platform.kit.db import Database
from tutor_platform.kit.engine import EngineClient
from tutor_platform.kit.errors import EngineUnreachable, PlatformError
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.knowledge import repository
from tutor_platform.knowledge.models import Document
from tutor_platform.tutors import repository as tutors
from tutor_platform.tutors.models import Tutor
from tutor_protocol.http import DocumentInfo, Job

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 60.0
"""How soon a restarted engine with an empty disk has its libraries again."""
RETRY_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
POLL_JOB_S = 0.5
LONGEST_JOB_S = 600.0

Sleep = Callable[[float], Awaitable[None]]


class Shelf:
    """The libraries of all tutors, and the engine's copies of them."""

    def __init__(
        self, database: Database, storage: LocalStorage, engine: EngineClient, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._database = database
        self._storage = storage
        self._engine = engine
        self._sleep = sleep
        self._refused: dict[str, str] = {}
        """SHA-256 by document of what the engine could not read; not offered again until it changes."""

    async def keep(self) -> None:
        """Compare for ever."""
        failures = 0
        while True:
            try:
                await self.compare()
                failures = 0
            except EngineUnreachable as error:
                log.info("libraries_wait_for_engine", detail=error.detail, attempt=failures)
                failures += 1
            except (PlatformError, SQLAlchemyError, OSError):
                log.exception("libraries_not_compared")
                failures += 1
            await self._sleep(RETRY_S[min(failures, len(RETRY_S)) - 1] if failures else LOOK_EVERY_S)

    async def compare(self) -> None:
        """Make the engine's copies equal to the libraries, once."""
        async with self._database.reading() as db:
            libraries = [(tutor, await repository.of_tutor(db, tutor.id)) for tutor in await tutors.every(db)]
        for tutor, documents in libraries:
            held = {info.document_id: info for info in await self._engine.documents(tutor.kb_id)}
            for document in documents:
                await self._compare_one(tutor, document, held.pop(document.id, None))
            for stranger in held:
                await self._engine.delete_document(tutor.kb_id, stranger)
                log.info("document_removed_from_engine", document=stranger)

    async def _compare_one(self, tutor: Tutor, document: Document, held: DocumentInfo | None) -> None:
        if held is not None and held.sha256 == document.sha256:
            await self._note_pages(document, held.pages)
            return
        if self._refused.get(document.id) == document.sha256:
            return
        data = await self._storage.get(document.storage_key)
        if data is None:
            log.error("document_lost", document=document.id)
            return
        try:
            job = await self._pushed(tutor, document, data)
        except EngineUnreachable:
            raise
        except PlatformError as error:
            log.warning("document_refused", document=document.id, code=error.code, detail=error.detail)
            self._refused[document.id] = document.sha256
            return
        log.info("document_pushed", document=document.id, state=job.state if job else "forgotten")
        if job is not None and job.state == "failed":
            self._refused[document.id] = document.sha256
            return
        for info in await self._engine.documents(tutor.kb_id):
            if info.document_id == document.id:
                await self._note_pages(document, info.pages)
                if info.sha256 != document.sha256:
                    # The engine counts differently; pushing the same bytes again would not change that.
                    log.warning("document_sum_differs", document=document.id)
                    self._refused[document.id] = document.sha256

    async def _pushed(self, tutor: Tutor, document: Document, data: bytes) -> Job | None:
        job: Job | None = await self._engine.put_document(
            tutor.kb_id, document.id, document.title, document.file_name, data
        )
        waited_s = 0.0
        while job is not None and job.state in ("queued", "running") and waited_s < LONGEST_JOB_S:
            await self._sleep(POLL_JOB_S)
            waited_s += POLL_JOB_S
            job = await self._engine.job(job.id)
        return job

    async def _note_pages(self, document: Document, pages: int) -> None:
        if document.pages != pages:
            async with self._database.writing() as db:
                await repository.set_pages(db, document.id, pages)
