"""The tutor builder over HTTP; for teachers and administrators."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.current import CurrentPerson
from tutor_platform.authz.doors import access_avatar
from tutor_platform.authz.scopes import Scope
from tutor_platform.kit.clock import utc_now
from tutor_platform.kit.db import Database, Reading, Writing, database_of
from tutor_platform.kit.engine import EngineClient, engine_of
from tutor_platform.lessons.service import Lessons
from tutor_platform.tutors import offers, preview, workshop
from tutor_platform.tutors.offers import VoiceBooth
from tutor_platform.tutors.schemas import (
    Choices,
    ColleagueList,
    DraftSave,
    DraftStep,
    NewTutor,
    PreviewLesson,
    TeachersChange,
    TutorDraft,
    TutorVersionList,
    WorkTutorList,
)
from tutor_protocol.http import ErrorBody, VoicePreview

router = APIRouter(prefix="/api/workshop", tags=["workshop"])

Read = Annotated[AsyncSession, Reading]
Write = Annotated[AsyncSession, Writing]
_CONFLICT = {409: {"model": ErrorBody, "description": "`draft_moved`, `name_taken` or `face_missing`."}}
_NO_ENGINE = {503: {"model": ErrorBody, "description": "`no_seat` or `engine_unreachable`; see Retry-After."}}


def _booth(request: Request) -> VoiceBooth:
    return request.app.state.voice_booth


def _lessons(request: Request) -> Lessons:
    return request.app.state.lessons


@router.get("/tutors")
async def every(subject: CurrentPerson, db: Read) -> WorkTutorList:
    """The tutors I may change."""
    return await workshop.listed(db, subject)


@router.post("/tutors", status_code=201, responses={**_CONFLICT})
async def create(body: NewTutor, subject: CurrentPerson, db: Write) -> TutorDraft:
    """Make a tutor that only its teacher can meet."""
    return await workshop.create(db, subject, body, utc_now())


@router.get("/choices")
async def choices(
    subject: CurrentPerson,
    database: Annotated[Database, Depends(database_of)],
    engine: Annotated[EngineClient, Depends(engine_of)],
) -> Choices:
    """Faces, voices and language models to choose from."""
    return await offers.choices(database, engine, subject)


@router.get("/colleagues")
async def colleagues(subject: CurrentPerson, db: Read) -> ColleagueList:
    """Whom a tutor can be shared with."""
    return await workshop.colleagues(db, subject)


@router.post(
    "/voices/preview",
    response_class=Response,
    responses={200: {"content": {"audio/wav": {}}}, **_NO_ENGINE},
)
async def hear_voice(
    body: VoicePreview, subject: CurrentPerson, booth: Annotated[VoiceBooth, Depends(_booth)]
) -> Response:
    """Hear a short text in a voice."""
    wav = await booth.say(subject, body, utc_now().timestamp())
    return Response(wav, media_type="audio/wav", headers={"cache-control": "no-store"})


@router.post(
    "/faces/{avatar_id}/clip",
    response_class=Response,
    responses={200: {"content": {"video/mp4": {}}}, **_NO_ENGINE},
)
async def watch_face(
    avatar_id: str,
    body: VoicePreview,
    subject: CurrentPerson,
    database: Annotated[Database, Depends(database_of)],
    booth: Annotated[VoiceBooth, Depends(_booth)],
) -> Response:
    """Watch a face say a short text in a voice."""
    subject.require(Scope.TEACH)
    async with database.reading() as db:
        await access_avatar(db, subject, avatar_id)
    film = await booth.film(subject, avatar_id, body, utc_now().timestamp())
    return Response(film, media_type="video/mp4", headers={"cache-control": "no-store"})


@router.get("/tutors/{tutor_id}")
async def one(tutor_id: str, subject: CurrentPerson, db: Write) -> TutorDraft:
    """A tutor in the builder."""
    return await workshop.one(db, subject, tutor_id)


@router.put("/tutors/{tutor_id}", responses={**_CONFLICT})
async def save(tutor_id: str, body: DraftSave, subject: CurrentPerson, db: Write) -> TutorDraft:
    """Keep the draft; refused when somebody has saved since it was read."""
    return await workshop.save(db, subject, tutor_id, body, utc_now())


@router.delete("/tutors/{tutor_id}", status_code=204, responses={**_CONFLICT})
async def delete(tutor_id: str, subject: CurrentPerson, db: Write) -> Response:
    """Delete a tutor that no student has met."""
    await workshop.delete(db, subject, tutor_id)
    return Response(status_code=204)


@router.post("/tutors/{tutor_id}/publish", responses={**_CONFLICT})
async def publish(tutor_id: str, body: DraftStep, subject: CurrentPerson, db: Write) -> TutorDraft:
    """Let students meet the draft."""
    return await workshop.publish(db, subject, tutor_id, body.revision, utc_now())


@router.post("/tutors/{tutor_id}/discard", responses={**_CONFLICT})
async def discard(tutor_id: str, body: DraftStep, subject: CurrentPerson, db: Write) -> TutorDraft:
    """Go back to what is published."""
    return await workshop.discard(db, subject, tutor_id, body.revision, utc_now())


@router.post("/tutors/{tutor_id}/archive")
async def archive(tutor_id: str, subject: CurrentPerson, db: Write) -> TutorDraft:
    """Put a tutor away; nobody begins a lesson with it."""
    return await workshop.set_archived(db, subject, tutor_id, utc_now(), archived=True)


@router.post("/tutors/{tutor_id}/unarchive")
async def unarchive(tutor_id: str, subject: CurrentPerson, db: Write) -> TutorDraft:
    """Take a tutor out of the archive."""
    return await workshop.set_archived(db, subject, tutor_id, utc_now(), archived=False)


@router.post("/tutors/{tutor_id}/copy", status_code=201)
async def copy(tutor_id: str, subject: CurrentPerson, db: Write) -> TutorDraft:
    """Make a tutor with the same content."""
    return await workshop.copy(db, subject, tutor_id, utc_now())


@router.put("/tutors/{tutor_id}/teachers")
async def share(tutor_id: str, body: TeachersChange, subject: CurrentPerson, db: Write) -> TutorDraft:
    """Let colleagues change a tutor too."""
    return await workshop.share(db, subject, tutor_id, body)


@router.get("/tutors/{tutor_id}/versions")
async def versions(tutor_id: str, subject: CurrentPerson, db: Write) -> TutorVersionList:
    """What was published before, each with what had changed."""
    return await workshop.versions(db, subject, tutor_id)


@router.post("/tutors/{tutor_id}/versions/{number}/restore", responses={**_CONFLICT})
async def restore(
    tutor_id: str,
    number: Annotated[int, Path(ge=1, le=1_000_000)],
    body: DraftStep,
    subject: CurrentPerson,
    db: Write,
) -> TutorDraft:
    """Take an earlier version as the draft."""
    return await workshop.restore(db, subject, tutor_id, number, body.revision, utc_now())


@router.post("/tutors/{tutor_id}/try", status_code=201, responses={**_NO_ENGINE})
async def try_draft(
    tutor_id: str,
    request: Request,
    subject: CurrentPerson,
    database: Annotated[Database, Depends(database_of)],
    lessons: Annotated[Lessons, Depends(_lessons)],
) -> PreviewLesson:
    """Begin a lesson with the draft, for its teacher alone."""
    lesson_id = await preview.begin(database, lessons, subject, tutor_id)
    request.app.state.lines.look(subject.person_id)
    return PreviewLesson(lesson_id=lesson_id)
