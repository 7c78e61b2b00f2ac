"""Documents as people see them: their facts, their text, their bytes."""

import codecs

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.authz.doors import access_document
from tutor_platform.authz.subject import Subject
from tutor_platform.kit.errors import NotFound
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.knowledge.models import Document, Kind
from tutor_platform.knowledge.schemas import DocumentView

MEDIA_TYPES: dict[Kind, str] = {
    "md": "text/plain; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "pdf": "application/pdf",
}
"""Markdown is shown as the text it is; nothing a teacher uploads is ever served as HTML."""


async def view(db: AsyncSession, subject: Subject, document_id: str) -> DocumentView:
    """The facts of a document."""
    document = await access_document(db, subject, document_id)
    return DocumentView(
        id=document.id,
        title=document.title,
        kind=document.kind,
        pages=document.pages,
        tutor_id=document.tutor_id,
    )


async def original(
    db: AsyncSession, storage: LocalStorage, subject: Subject, document_id: str
) -> tuple[Document, bytes]:
    """A document and its bytes."""
    document = await access_document(db, subject, document_id)
    data = await storage.get(document.storage_key)
    if data is None:
        raise NotFound(document.storage_key)
    return document, data


async def text(db: AsyncSession, storage: LocalStorage, subject: Subject, document_id: str) -> str:
    """The text that citations of a md or txt document count their offsets in."""
    document, data = await original(db, storage, subject, document_id)
    if document.kind == "pdf":
        raise NotFound("a PDF has pages, not one text")
    return decoded(data)


def decoded(data: bytes) -> str:
    """The text of a file, without its byte order mark: UTF-8, UTF-16 by its mark, else GB 18030."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")
