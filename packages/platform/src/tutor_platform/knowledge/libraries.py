"""Libraries as their teachers work with them: files in, files replaced, files out, test questions.

A file of a name that the library has already is a new version of that document. Deleting deletes: rows and
all files at once, the engine's copy as soon as the engine is there.
"""

from collections.abc import AsyncIterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.audit.service import note
from tutor_platform.authz.doors import (
    access_editable_document,
    access_editable_library,
    access_library,
)
from tutor_platform.authz.scopes import Scope
from tutor_platform.authz.subject import Subject
from tutor_platform.kit.db import Database
from tutor_platform.kit.engine import EngineClient
from tutor_platform.kit.errors import Conflict
from tutor_platform.kit.ids import new_id
from tutor_platform.kit.storage import Incoming, LocalStorage
from tutor_platform.knowledge import repository
from tutor_platform.knowledge.kinds import kind_of, safe_name, title_of
from tutor_platform.knowledge.models import Document, EarlierVersion, Library
from tutor_platform.knowledge.schemas import (
    DocumentChange,
    FoundPassage,
    FoundPassages,
    LibraryBrief,
    LibraryChange,
    LibraryList,
    LibraryRequest,
    LibraryView,
    Question,
    TutorName,
)
from tutor_platform.knowledge.views import shelved
from tutor_platform.quotas.service import Ceilings, check_storage

MAX_DOCUMENT_BYTES = 64 * 1024 * 1024
"""What the engine takes; a scanned textbook of 300 pages is about 50 MB."""
MAX_DOCUMENTS = 500
"""Of one library."""


async def within_quota(db: AsyncSession, subject: Subject, ceilings: Ceilings, size_bytes: int) -> None:
    """Refuse bytes for which the person's school has no room left."""
    await check_storage(db, subject.tenant_id, ceilings, size_bytes)


async def listed(db: AsyncSession, subject: Subject) -> LibraryList:
    """The libraries the person may use."""
    subject.require(Scope.TEACH)
    found = await repository.libraries(db, subject)
    return LibraryList(libraries=await _briefs(db, subject, found))


async def one(database: Database, engine: EngineClient, subject: Subject, library_id: str) -> LibraryView:
    """A library with its documents and how far the engine is with each."""
    subject.require(Scope.TEACH)
    async with database.reading() as db:
        library = await access_library(db, subject, library_id)
        (brief,) = await _briefs(db, subject, [library])
        documents = await repository.of_library(db, library.id)
    return LibraryView(**brief.model_dump(), shelf=await shelved(engine, documents, subject.language))


async def create(db: AsyncSession, subject: Subject, wanted: LibraryRequest, now: datetime) -> LibraryView:
    """A new, empty library of the person's own."""
    subject.require(Scope.TEACH)
    library = Library(
        id=new_id(),
        tenant_id=subject.tenant_id,
        owner_id=subject.person_id,
        name=wanted.name,
        language=wanted.language,
        created_at=now,
    )
    db.add(library)
    await db.flush()
    await note(db, subject, "library.created", library.id)
    (brief,) = await _briefs(db, subject, [library])
    return LibraryView(**brief.model_dump(), shelf=[])


async def change(db: AsyncSession, subject: Subject, library_id: str, wanted: LibraryChange) -> LibraryBrief:
    """Another name or language."""
    subject.require(Scope.TEACH)
    library = await access_editable_library(db, subject, library_id)
    for name, value in wanted.model_dump(exclude_none=True).items():
        setattr(library, name, value)
    await db.flush()
    (brief,) = await _briefs(db, subject, [library])
    return brief


async def delete(
    database: Database, storage: LocalStorage, subject: Subject, library_id: str, now: datetime
) -> None:
    """Delete a library with all its files."""
    subject.require(Scope.TEACH)
    keys: list[str] = []
    async with database.writing() as db:
        library = await access_editable_library(db, subject, library_id)
        documents = await repository.of_library(db, library.id)
        for document in documents:
            keys += await _delete_rows(db, document)
        library.deleted_at = now
        await note(db, subject, "library.deleted", library.id, documents=len(documents))
    for key in keys:
        await storage.delete(key)


async def ask(
    database: Database, engine: EngineClient, subject: Subject, library_id: str, question: Question
) -> FoundPassages:
    """What the library finds for a question; a teacher's test."""
    subject.require(Scope.TEACH)
    async with database.reading() as db:
        library = await access_library(db, subject, library_id)
    found = await engine.search(library.kb_id, library.tenant_id, question.question, question.limit)
    return FoundPassages(
        passages=[
            FoundPassage(
                document_id=passage.document,
                title=passage.title,
                heading=passage.heading,
                page=passage.page,
                start=passage.start,
                end=passage.end,
                text=passage.text,
                score=passage.score,
            )
            for passage in found
        ]
    )


# Documents ------------------------------------------------------------------------------------------------


async def add_file(
    database: Database,
    storage: LocalStorage,
    subject: Subject,
    ceilings: Ceilings,
    library_id: str,
    file_name: str,
    chunks: AsyncIterable[bytes],
    now: datetime,
) -> str:
    """Take a file into a library; returns the document's identifier.

    Raises:
        FileRefused, TooLarge, StorageFull: nothing of it stays.
    """
    subject.require(Scope.TEACH)
    async with database.reading() as db:
        await access_editable_library(db, subject, library_id)
    name = safe_name(file_name)
    incoming = await storage.receive(chunks, MAX_DOCUMENT_BYTES)
    try:
        async with database.writing() as db:
            library = await access_editable_library(db, subject, library_id)
            await within_quota(db, subject, ceilings, incoming.size_bytes)
            known = await repository.by_file_name(db, library.id, name)
            if known is None:
                document = await _new_document(db, library, name, incoming, now)
            else:
                document = known
                await _replace(db, document, name, incoming, now)
            await storage.keep(document.storage_key, incoming)
            await note(db, subject, "document.added", document.id, version=document.version)
            return document.id
    finally:
        await storage.discard(incoming)


async def replace_file(
    database: Database,
    storage: LocalStorage,
    subject: Subject,
    ceilings: Ceilings,
    document_id: str,
    file_name: str,
    chunks: AsyncIterable[bytes],
    now: datetime,
) -> str:
    """A new version of a document, under its identifier; citations of the old one stay readable."""
    subject.require(Scope.TEACH)
    async with database.reading() as db:
        await access_editable_document(db, subject, document_id)
    incoming = await storage.receive(chunks, MAX_DOCUMENT_BYTES)
    try:
        async with database.writing() as db:
            document = await access_editable_document(db, subject, document_id)
            await within_quota(db, subject, ceilings, incoming.size_bytes)
            name = safe_name(file_name)
            other = await repository.by_file_name(db, document.library_id, name)
            if other is not None and other.id != document.id:
                name = document.file_name
            await _replace(db, document, name, incoming, now)
            await storage.keep(document.storage_key, incoming)
            await note(db, subject, "document.replaced", document.id, version=document.version)
            return document.id
    finally:
        await storage.discard(incoming)


async def rename(db: AsyncSession, subject: Subject, document_id: str, wanted: DocumentChange) -> None:
    """Another title; citations made from now on carry it."""
    subject.require(Scope.TEACH)
    document = await access_editable_document(db, subject, document_id)
    document.title = wanted.title


async def delete_document(
    database: Database, storage: LocalStorage, subject: Subject, document_id: str
) -> None:
    """Delete a document with all its versions."""
    subject.require(Scope.TEACH)
    async with database.writing() as db:
        document = await access_editable_document(db, subject, document_id)
        keys = await _delete_rows(db, document)
        await note(db, subject, "document.deleted", document.id)
    for key in keys:
        await storage.delete(key)


async def cancel(db: AsyncSession, subject: Subject, document_id: str) -> str | None:
    """Stop the reading of a document; returns the engine's job that has to be stopped too."""
    subject.require(Scope.TEACH)
    document = await access_editable_document(db, subject, document_id)
    if document.state not in ("waiting", "reading"):
        raise Conflict(document.state)
    job_id, document.job_id, document.state = document.job_id, None, "cancelled"
    return job_id


async def retry(db: AsyncSession, subject: Subject, document_id: str) -> None:
    """Have a document read again that was refused or stopped."""
    subject.require(Scope.TEACH)
    document = await access_editable_document(db, subject, document_id)
    if document.state not in ("failed", "cancelled"):
        raise Conflict(document.state)
    document.state, document.messages = "waiting", []


async def _new_document(
    db: AsyncSession, library: Library, name: str, incoming: Incoming, now: datetime
) -> Document:
    kind = kind_of(name, incoming.head)
    if len(await repository.of_library(db, library.id)) >= MAX_DOCUMENTS:
        raise Conflict("library is full")
    document = Document(
        id=new_id(),
        tenant_id=library.tenant_id,
        library_id=library.id,
        title=title_of(name),
        kind=kind,
        file_name=name,
        sha256=incoming.sha256,
        size_bytes=incoming.size_bytes,
        state="waiting",
        created_at=now,
    )
    db.add(document)
    await db.flush()
    return document


async def _replace(
    db: AsyncSession, document: Document, name: str, incoming: Incoming, now: datetime
) -> None:
    kind = kind_of(name, incoming.head)
    if document.sha256 == incoming.sha256:
        return
    for earlier in await repository.earlier_versions(db, document.id):
        if earlier.sha256 == incoming.sha256:
            # It comes back as the present file.
            await db.delete(earlier)
    await db.flush()
    db.add(
        EarlierVersion(
            id=new_id(),
            tenant_id=document.tenant_id,
            document_id=document.id,
            kind=document.kind,
            file_name=document.file_name,
            sha256=document.sha256,
            size_bytes=document.size_bytes,
            pages=document.pages,
            replaced_at=now,
        )
    )
    document.kind, document.file_name = kind, name
    document.sha256, document.size_bytes = incoming.sha256, incoming.size_bytes
    document.state, document.job_id, document.messages = "waiting", None, []
    document.changed_at = now


async def _delete_rows(db: AsyncSession, document: Document) -> list[str]:
    """Delete the rows of a document; returns where its files are, to be deleted once that is stored."""
    keys = [document.storage_key]
    keys += [earlier.storage_key for earlier in await repository.earlier_versions(db, document.id)]
    await db.delete(document)
    await db.flush()
    return keys


async def _briefs(db: AsyncSession, subject: Subject, found: list[Library]) -> list[LibraryBrief]:
    ids = [library.id for library in found]
    counts = await repository.counts(db, ids)
    tutors = await repository.tutors_of(db, subject, ids)
    briefs: list[LibraryBrief] = []
    for library in found:
        documents, pages, size_bytes = counts.get(library.id, (0, 0, 0))
        briefs.append(
            LibraryBrief(
                id=library.id,
                name=library.name,
                language=library.language,
                mine=library.owner_id in (None, subject.person_id) or subject.may(Scope.MANAGE_SCHOOL),
                documents=documents,
                pages=pages,
                size_bytes=size_bytes,
                tutors=[TutorName(id=tutor_id, name=name) for tutor_id, name in tutors.get(library.id, [])],
                created_at=library.created_at,
            )
        )
    return briefs
