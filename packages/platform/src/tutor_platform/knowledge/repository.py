"""Queries on libraries and documents; what a person may see goes through `readable…` or `editable…`."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import Select, exists, false, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from tutor_platform.authz.scopes import Scope
from tutor_platform.authz.subject import Subject
from tutor_platform.knowledge.models import Document, EarlierVersion, Library, ReadingState
from tutor_platform.tutors.models import Tutor, TutorLibrary


def readable(subject: Subject) -> Select[Document]:
    """All documents of the school for its teachers; for students those that a tutor has shown."""
    mine = select(Document).where(Document.tenant_id == subject.tenant_id)
    if subject.may(Scope.TEACH):
        return mine
    shown = aliased(TutorLibrary)
    return mine.where(exists().where(shown.library_id == Document.library_id, shown.opened))


def readable_libraries(subject: Subject) -> Select[Library]:
    """The libraries that a teacher may use: all of the school."""
    if not subject.may(Scope.TEACH):
        return select(Library).where(false())
    return select(Library).where(Library.tenant_id == subject.tenant_id, Library.deleted_at.is_(None))


def editable_libraries(subject: Subject) -> Select[Library]:
    """The libraries that a teacher may change: their own, or nobody's; administrators: all."""
    mine = readable_libraries(subject)
    if subject.may(Scope.MANAGE_SCHOOL):
        return mine
    return mine.where(or_(Library.owner_id.is_(None), Library.owner_id == subject.person_id))


async def find(db: AsyncSession, subject: Subject, document_id: str) -> Document | None:
    """A document the person may see."""
    return await db.scalar(readable(subject).where(Document.id == document_id))


async def find_editable(db: AsyncSession, subject: Subject, document_id: str) -> Document | None:
    """A document the person may change, held until the unit of work is over."""
    libraries = editable_libraries(subject).with_only_columns(Library.id)
    query = readable(subject).where(Document.id == document_id, Document.library_id.in_(libraries))
    return await db.scalar(query.with_for_update(of=Document))


async def find_library(db: AsyncSession, subject: Subject, library_id: str) -> Library | None:
    """A library the person may use."""
    return await db.scalar(readable_libraries(subject).where(Library.id == library_id))


async def find_editable_library(db: AsyncSession, subject: Subject, library_id: str) -> Library | None:
    """A library the person may change, held until the unit of work is over."""
    return await db.scalar(editable_libraries(subject).where(Library.id == library_id).with_for_update())


async def libraries(db: AsyncSession, subject: Subject) -> list[Library]:
    """The libraries the person may use, the newest first."""
    return list(await db.scalars(readable_libraries(subject).order_by(Library.id.desc())))


async def by_tutor(db: AsyncSession, subject: Subject, tutor_ids: Iterable[str]) -> dict[str, list[Document]]:
    """The documents that some tutors answer from now, by tutor, in the order in which they were added."""
    wanted = (
        readable(subject)
        .add_columns(TutorLibrary.tutor_id)
        .join(TutorLibrary, TutorLibrary.library_id == Document.library_id)
        .where(TutorLibrary.tutor_id.in_(set(tutor_ids)), TutorLibrary.current)
        .order_by(TutorLibrary.position, Document.id)
    )
    grouped: dict[str, list[Document]] = defaultdict(list)
    for document, tutor_id in await db.execute(wanted):
        grouped[tutor_id].append(document)
    return grouped


async def by_library(
    db: AsyncSession, subject: Subject, library_ids: Iterable[str]
) -> dict[str, list[Document]]:
    """The documents of some libraries that the person may see, in the order in which they were added."""
    query = readable(subject).where(Document.library_id.in_(set(library_ids))).order_by(Document.id)
    grouped: dict[str, list[Document]] = defaultdict(list)
    for document in await db.scalars(query):
        grouped[document.library_id].append(document)
    return grouped


async def tutors_of(
    db: AsyncSession, subject: Subject, library_ids: Iterable[str]
) -> dict[str, list[tuple[str, str]]]:
    """Identifier and name of the tutors that answer from some libraries now, by library."""
    query = (
        select(TutorLibrary.library_id, Tutor.id, Tutor.name)
        .join(Tutor, Tutor.id == TutorLibrary.tutor_id)
        .where(
            TutorLibrary.library_id.in_(set(library_ids)),
            TutorLibrary.current,
            Tutor.tenant_id == subject.tenant_id,
        )
        .order_by(Tutor.name)
    )
    grouped: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for library_id, tutor_id, name in await db.execute(query):
        grouped[library_id].append((tutor_id, name))
    return grouped


async def counts(db: AsyncSession, library_ids: Iterable[str]) -> dict[str, tuple[int, int, int]]:
    """How many documents, pages and bytes some libraries have; one without documents is left out."""
    query = (
        select(
            Document.library_id,
            func.count(),
            func.coalesce(func.sum(Document.pages), 0),
            func.coalesce(func.sum(Document.size_bytes), 0),
        )
        .where(Document.library_id.in_(set(library_ids)))
        .group_by(Document.library_id)
    )
    rows = await db.execute(query)
    return {
        library_id: (int(documents or 0), int(pages or 0), int(size or 0))
        for library_id, documents, pages, size in rows
    }


# For the platform's own work, never for a person ------------------------------------------------------------


async def of_library(db: AsyncSession, library_id: str) -> list[Document]:
    """The documents of a library, in the order in which they were added."""
    query = select(Document).where(Document.library_id == library_id).order_by(Document.id)
    return list(await db.scalars(query))


async def by_file_name(db: AsyncSession, library_id: str, file_name: str) -> Document | None:
    """The document of a library that came under this file name."""
    query = select(Document).where(Document.library_id == library_id, Document.file_name == file_name)
    return await db.scalar(query.with_for_update())


async def every_library(db: AsyncSession) -> list[Library]:
    """The libraries of all schools, deleted ones too."""
    return list(await db.scalars(select(Library).order_by(Library.id)))


async def libraries_by_ids(db: AsyncSession, tenant_id: str, ids: Sequence[str]) -> list[Library]:
    """Some libraries of a school, in the order asked for; what is gone is left out."""
    query = select(Library).where(
        Library.tenant_id == tenant_id, Library.id.in_(ids), Library.deleted_at.is_(None)
    )
    found = {library.id: library for library in await db.scalars(query)}
    return [found[library_id] for library_id in dict.fromkeys(ids) if library_id in found]


async def earlier_versions(db: AsyncSession, document_id: str) -> list[EarlierVersion]:
    """The files of a document that were replaced, the newest first."""
    query = (
        select(EarlierVersion)
        .where(EarlierVersion.document_id == document_id)
        .order_by(EarlierVersion.replaced_at.desc())
    )
    return list(await db.scalars(query))


async def set_reading(
    db: AsyncSession, document_id: str, sha256: str, state: ReadingState, **values: object
) -> None:
    """What became of reading a file; nothing when the document has another file by now, or was stopped."""
    await db.execute(
        update(Document)
        .where(Document.id == document_id, Document.sha256 == sha256, Document.state != "cancelled")
        .values(state=state, **values)
    )
