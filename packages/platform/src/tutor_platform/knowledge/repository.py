"""Queries on documents; everything a person may see goes through `readable`."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.authz.subject import Subject
from tutor_platform.knowledge.models import Document


def readable(subject: Subject) -> Select[Document]:
    """The documents of the person's own school."""
    return select(Document).where(Document.tenant_id == subject.tenant_id)


async def find(db: AsyncSession, subject: Subject, document_id: str) -> Document | None:
    """A document the person may see."""
    return await db.scalar(readable(subject).where(Document.id == document_id))


async def by_tutor(db: AsyncSession, subject: Subject, tutor_ids: Iterable[str]) -> dict[str, list[Document]]:
    """The documents of some tutors, by tutor, in the order in which they were added."""
    wanted = readable(subject).where(Document.tutor_id.in_(set(tutor_ids))).order_by(Document.id)
    found = await db.scalars(wanted)
    grouped: dict[str, list[Document]] = defaultdict(list)
    for document in found:
        grouped[document.tutor_id].append(document)
    return grouped


async def of_tutor(db: AsyncSession, tutor_id: str) -> list[Document]:
    """The documents of a tutor; for the platform's own work."""
    return list(await db.scalars(select(Document).where(Document.tutor_id == tutor_id).order_by(Document.id)))


async def set_pages(db: AsyncSession, document_id: str, pages: int) -> None:
    """What the engine counted."""
    await db.execute(update(Document).where(Document.id == document_id).values(pages=pages))
