"""The doors: the only way from an identifier that a person sent to a tenant-owned row.

A door either returns a row the person may use, or raises NotFound, whether the row is absent or hidden.
"""

from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.authz.subject import Subject
from tutor_platform.kit.errors import NotFound
from tutor_platform.knowledge import repository as documents
from tutor_platform.knowledge.models import Document
from tutor_platform.lessons import repository as lessons
from tutor_platform.lessons.models import Lesson
from tutor_platform.tutors import repository as tutors
from tutor_platform.tutors.models import Tutor

Row = TypeVar("Row")


async def access_tutor(db: AsyncSession, subject: Subject, tutor_id: str) -> Tutor:
    """A tutor of the person's school."""
    return _or_hidden(await tutors.find(db, subject, tutor_id))


async def access_avatar(db: AsyncSession, subject: Subject, avatar_id: str) -> str:
    """The identifier of a face that one of the person's tutors wears."""
    return _or_hidden(await tutors.find_by_avatar(db, subject, avatar_id)).avatar_id


async def access_document(db: AsyncSession, subject: Subject, document_id: str) -> Document:
    """A document of a tutor of the person's school."""
    return _or_hidden(await documents.find(db, subject, document_id))


async def access_lesson(db: AsyncSession, subject: Subject, lesson_id: str) -> Lesson:
    """A lesson of the person's own."""
    return _or_hidden(await lessons.find(db, subject, lesson_id))


async def access_lesson_of_session(db: AsyncSession, subject: Subject, engine_session_id: str) -> Lesson:
    """The person's own unfinished lesson that holds this engine session."""
    return _or_hidden(await lessons.find_by_engine_session(db, subject, engine_session_id))


def _or_hidden(row: Row | None) -> Row:
    if row is None:
        raise NotFound
    return row
