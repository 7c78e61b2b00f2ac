"""Documents as people see them: their facts, their text, their bytes, in the version that is asked for."""

import codecs
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.authz.doors import access_document
from tutor_platform.authz.subject import Subject
from tutor_platform.kit.errors import NotFound
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.knowledge import repository
from tutor_platform.knowledge.models import Document, EarlierVersion, Kind
from tutor_platform.knowledge.schemas import DocumentView, VersionList, VersionView


@dataclass(frozen=True, slots=True)
class Original:
    """One version of a document."""

    document_id: str
    kind: Kind
    file_name: str
    version: str
    data: bytes


async def view(db: AsyncSession, subject: Subject, document_id: str) -> DocumentView:
    """The facts of a document."""
    document = await access_document(db, subject, document_id)
    return DocumentView(
        id=document.id,
        title=document.title,
        kind=document.kind,
        pages=document.pages,
        library_id=document.library_id,
        version=document.version,
    )


async def versions(db: AsyncSession, subject: Subject, document_id: str) -> VersionList:
    """The files of a document that were replaced."""
    document = await access_document(db, subject, document_id)
    return VersionList(
        versions=[
            VersionView(
                version=earlier.sha256[:16],
                file_name=earlier.file_name,
                pages=earlier.pages,
                replaced_at=earlier.replaced_at,
            )
            for earlier in await repository.earlier_versions(db, document.id)
        ]
    )


async def original(
    db: AsyncSession, storage: LocalStorage, subject: Subject, document_id: str, version: str = ""
) -> Original:
    """A document's file: of the version that a citation names, or the present one.

    Raises:
        NotFound: no such document for this person, or the version is not kept any more.
    """
    document = await access_document(db, subject, document_id)
    found = await _version(db, document, version)
    data = await storage.get(found.storage_key)
    if data is None:
        raise NotFound(found.storage_key)
    return Original(document.id, found.kind, found.file_name, found.sha256[:16], data)


async def text(
    db: AsyncSession, storage: LocalStorage, subject: Subject, document_id: str, version: str = ""
) -> str:
    """The text that citations of a md or txt document count their offsets in."""
    found = await original(db, storage, subject, document_id, version)
    if found.kind not in ("md", "txt"):
        raise NotFound("this kind has pages, not one text")
    return decoded(found.data)


async def _version(db: AsyncSession, document: Document, version: str) -> Document | EarlierVersion:
    if not version or document.version == version:
        return document
    for earlier in await repository.earlier_versions(db, document.id):
        if earlier.sha256.startswith(version):
            return earlier
    raise NotFound(version)


def decoded(data: bytes) -> str:
    """The text of a file, without its byte order mark: UTF-8, UTF-16 by its mark, else GB 18030."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")
