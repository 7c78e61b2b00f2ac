"""Tutors as people see them, and their pictures."""

import re

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.authz.doors import access_tutor
from tutor_platform.authz.subject import Subject
from tutor_platform.kit.clock import Clock
from tutor_platform.kit.engine import EngineClient
from tutor_platform.kit.errors import EngineUnreachable, Forbidden, NotFound, PlatformError
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.knowledge import repository as documents
from tutor_platform.knowledge.models import Document
from tutor_platform.knowledge.schemas import DocumentRef
from tutor_platform.tutors import repository
from tutor_platform.tutors.models import Tutor
from tutor_platform.tutors.schemas import TutorBrief, TutorChange, TutorView

log = structlog.get_logger(__name__)

POSTER_FRESH_S = 600
"""A face that is made again shows within ten minutes."""
_FILE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def tutor_brief(tutor: Tutor) -> TutorBrief:
    """A tutor in a list."""
    return TutorBrief(
        id=tutor.id,
        name=tutor.name,
        language=tutor.language,
        subject=tutor.subject,
        avatar_id=tutor.avatar_id,
        poster_url=f"/api/avatars/{tutor.avatar_id}/poster",
    )


def tutor_view(tutor: Tutor, library: list[Document]) -> TutorView:
    """A tutor with its library."""
    return TutorView(
        **tutor_brief(tutor).model_dump(),
        summary=tutor.summary,
        greeting=tutor.greeting,
        voice=tutor.voice,
        mode=tutor.mode,
        pace=tutor.pace,
        push_to_talk=tutor.push_to_talk,
        documents=[
            DocumentRef(id=document.id, title=document.title, kind=document.kind, pages=document.pages)
            for document in library
        ],
    )


async def listed(db: AsyncSession, subject: Subject) -> list[TutorView]:
    """The tutors of the person's school."""
    tutors = await repository.listed(db, subject)
    libraries = await documents.by_tutor(db, subject, [tutor.id for tutor in tutors])
    return [tutor_view(tutor, libraries.get(tutor.id, [])) for tutor in tutors]


async def one(db: AsyncSession, subject: Subject, tutor_id: str) -> TutorView:
    """One tutor of the person's school."""
    tutor = await access_tutor(db, subject, tutor_id)
    libraries = await documents.by_tutor(db, subject, [tutor.id])
    return tutor_view(tutor, libraries.get(tutor.id, []))


async def change(db: AsyncSession, subject: Subject, tutor_id: str, wanted: TutorChange) -> TutorView:
    """Change how a tutor of the person's school teaches; lessons that begin from now on follow it.

    Raises:
        NotFound: no such tutor for this person.
        Forbidden: students do not change tutors.
    """
    tutor = await access_tutor(db, subject, tutor_id)
    if subject.role == "student":
        raise Forbidden
    for name, value in wanted.model_dump(exclude_none=True).items():
        setattr(tutor, name, value)
    await db.flush()
    return await one(db, subject, tutor_id)


class Posters:
    """The still pictures of faces, kept on disk so that they show while the engine is away."""

    def __init__(self, engine: EngineClient, storage: LocalStorage, clock: Clock) -> None:
        self._engine = engine
        self._storage = storage
        self._clock = clock

    async def png(self, avatar_id: str) -> bytes:
        """The picture of a face; the caller has checked that the person may see it.

        Raises:
            NotFound: the engine has no such face.
            EngineUnreachable: never seen, and the engine is away.
        """
        if not _FILE_NAME.fullmatch(avatar_id):
            raise NotFound(avatar_id)
        key = f"posters/{avatar_id}.png"
        age_s = await self._storage.age_s(key, self._clock().timestamp())
        kept = await self._storage.get(key) if age_s is not None else None
        if kept is not None and age_s is not None and age_s < POSTER_FRESH_S:
            return kept
        try:
            fresh = await self._engine.poster(avatar_id)
        except PlatformError as error:
            if kept is None:
                raise EngineUnreachable(retry_after_s=error.retry_after_s) from error
            log.info("poster_from_disk", avatar=avatar_id, code=error.code)
            return kept
        if fresh is None:
            await self._storage.delete(key)
            raise NotFound(avatar_id)
        await self._storage.put(key, fresh)
        return fresh
