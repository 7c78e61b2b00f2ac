"""Tutors as their students meet them: what is published, what a lesson gives the engine, and pictures."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.authz.doors import access_editable_tutor, access_tutor
from tutor_platform.authz.scopes import Scope
from tutor_platform.authz.subject import Subject
from tutor_platform.avatars import repository as faces
from tutor_platform.kit.clock import Clock, utc_now
from tutor_platform.kit.engine import EngineClient
from tutor_platform.kit.errors import EngineUnreachable, NotFound, PlatformError
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.knowledge import repository as documents
from tutor_platform.knowledge.models import Document
from tutor_platform.knowledge.schemas import DocumentRef
from tutor_platform.tutors import repository
from tutor_platform.tutors.content import TutorContent, content_of, spec_of, stored_content
from tutor_platform.tutors.models import Tutor
from tutor_platform.tutors.publishing import publish_content
from tutor_platform.tutors.schemas import TutorBrief, TutorChange, TutorView
from tutor_protocol.http import TutorSpec

log = structlog.get_logger(__name__)

POSTER_FRESH_S = 600
"""A face that is made again shows within ten minutes."""
_FILE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class LessonSpec(NamedTuple):
    """What a lesson gives the engine of its tutor; the lesson itself decides on mode and key."""

    tutor: TutorSpec
    kb_ids: list[str]
    """Knowledge bases of the tutor's libraries, best first; they belong to the tutor's tenant."""
    minutes: int | None
    """How long a lesson may last; None: no limit."""


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
    """The tutors with whom the person can begin a lesson."""
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
    await access_tutor(db, subject, tutor_id)
    subject.require(Scope.TEACH)
    tutor = await access_editable_tutor(db, subject, tutor_id)
    changes = wanted.model_dump(exclude_none=True)
    before = await live_content(db, tutor)
    after = before.model_copy(update=changes)
    if tutor.draft is not None:
        tutor.draft = {**tutor.draft, **changes}
    if after != before:
        await publish_content(db, subject, tutor, after, utc_now())
    return await one(db, subject, tutor_id)


async def live_content(db: AsyncSession, tutor: Tutor) -> TutorContent:
    """What is published, or the only content there is."""
    ids = await repository.library_ids(db, [tutor.id])
    return content_of(tutor, ids.get(tutor.id, []))


async def draft_content(db: AsyncSession, tutor: Tutor) -> TutorContent:
    """What the teacher is working on."""
    live = await live_content(db, tutor)
    return live if tutor.draft is None else stored_content({**live.model_dump(), **tutor.draft})


async def spec_for_lesson(
    db: AsyncSession,
    tutor: Tutor,
    *,
    lesson_id: str | None = None,
    begun_at: datetime | None = None,
    preview: bool = False,
) -> LessonSpec:
    """What to give the engine for a lesson: the version it began with, or the draft that it tries.

    A lesson that begins names nothing; one that goes on names itself and when it began.

    Raises:
        NotFound: a lesson would begin with a tutor that is not published, or not any more.
    """
    if lesson_id is None and not preview and tutor.state != "published":
        raise NotFound(tutor.state)
    content = (
        await draft_content(db, tutor) if preview else await _content_for(db, tutor, lesson_id, begun_at)
    )
    libraries = await documents.libraries_by_ids(db, tutor.tenant_id, content.library_ids)
    return LessonSpec(spec_of(content), [library.kb_id for library in libraries], content.minutes_per_lesson)


async def view_for_lesson(
    db: AsyncSession, subject: Subject, tutor: Tutor, lesson_id: str, begun_at: datetime
) -> TutorView:
    """The tutor as this lesson has it: the version it began with, or the draft that it tries."""
    content = await _content_for(db, tutor, lesson_id, begun_at)
    libraries = await documents.by_library(db, subject, content.library_ids)
    shelf = [document for library_id in content.library_ids for document in libraries.get(library_id, [])]
    shown = {name: getattr(content, name) for name in _SHOWN}
    poster = f"/api/avatars/{content.avatar_id}/poster"
    label = await faces.label_of(db, tutor.tenant_id, content.avatar_id)
    return tutor_view(tutor, shelf).model_copy(update={**shown, "poster_url": poster, "face_label": label})


_SHOWN = (
    "name", "language", "subject", "summary", "greeting", "voice", "avatar_id", "mode", "pace",
    "push_to_talk",
)  # fmt: skip


async def _content_for(
    db: AsyncSession, tutor: Tutor, lesson_id: str | None, begun_at: datetime | None
) -> TutorContent:
    if lesson_id is not None and await repository.is_preview(db, lesson_id):
        return await draft_content(db, tutor)
    content = await live_content(db, tutor)
    kept = await repository.version_at(db, tutor, begun_at) if begun_at is not None else None
    if kept is None or kept.number == tutor.version:
        return content
    return stored_content({**content.model_dump(), **kept.content})


async def previews_among(db: AsyncSession, lesson_ids: Iterable[str]) -> set[str]:
    """Which of these lessons only try a draft; nobody counts them."""
    return await repository.previews(db, lesson_ids)


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

    async def forget(self, avatar_id: str) -> None:
        """Drop the kept picture of a face that is gone."""
        if _FILE_NAME.fullmatch(avatar_id):
            await self._storage.delete(f"posters/{avatar_id}.png")
