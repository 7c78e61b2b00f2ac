"""Recordings: the school's policy, a teacher's wish, the student's answer, the sound itself."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response, UploadFile
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.current import CurrentPerson
from tutor_platform.kit.clock import ClockHere
from tutor_platform.kit.db import Reading, Writing
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.lessons.recordings import service
from tutor_platform.lessons.recordings.schemas import (
    LessonRecordingView,
    RecordingConsentChange,
    RecordingList,
    RecordingPolicyView,
    RecordingView,
    RecordingWishChange,
    RecordingWishList,
    RecordingWishView,
    SoundRequest,
)

router = APIRouter(prefix="/api", tags=["recordings"])

Read = Annotated[AsyncSession, Reading]
Write = Annotated[AsyncSession, Writing]


def _storage(request: Request) -> LocalStorage:
    return request.app.state.storage


Storage = Annotated[LocalStorage, Depends(_storage)]


@router.get("/recording-policy")
async def policy(subject: CurrentPerson, db: Read) -> RecordingPolicyView:
    """Whether teachers of my school may ask to record."""
    return RecordingPolicyView(allowed=await service.policy(db, subject))


@router.put("/recording-policy")
async def set_policy(
    body: RecordingPolicyView, subject: CurrentPerson, db: Write, clock: ClockHere
) -> RecordingPolicyView:
    """Allow or forbid it; for administrators."""
    allowed = await service.set_policy(db, subject, clock, allowed=body.allowed)
    return RecordingPolicyView(allowed=allowed)


@router.get("/recording-wishes")
async def wishes(subject: CurrentPerson, db: Read) -> RecordingWishList:
    """Which tutors' students are asked; for teachers."""
    return await service.wishes(db, subject)


@router.put("/tutors/{tutor_id}/recording-wish")
async def wish(
    tutor_id: str, body: RecordingWishChange, subject: CurrentPerson, db: Write, clock: ClockHere
) -> RecordingWishView:
    """Ask the students of a tutor for recordings, or no longer; for teachers."""
    return await service.wish(db, subject, tutor_id, clock, asked=body.asked)


@router.get("/lessons/{lesson_id}/recording")
async def of_lesson(lesson_id: str, subject: CurrentPerson, db: Read) -> LessonRecordingView:
    """Whether my lesson may be recorded, and what has been."""
    return await service.of_lesson(db, subject, lesson_id)


@router.put("/lessons/{lesson_id}/recording")
async def answer(
    lesson_id: str,
    body: RecordingConsentChange,
    subject: CurrentPerson,
    db: Write,
    storage: Storage,
    clock: ClockHere,
) -> LessonRecordingView:
    """My answer, at any time. No stops the recording and deletes it."""
    return await service.answer(db, subject, storage, lesson_id, clock, consent=body.consent)


@router.post("/lessons/{lesson_id}/recording/sounds", status_code=201)
async def begin(
    lesson_id: str, body: SoundRequest, subject: CurrentPerson, db: Write, clock: ClockHere
) -> RecordingView:
    """Begin a stretch of sound."""
    return await service.begin(db, subject, lesson_id, body.media_type, clock)


@router.get("/recordings")
async def every(subject: CurrentPerson, db: Read) -> RecordingList:
    """What was granted to me; for teachers."""
    return await service.heard(db, subject)


@router.put("/recordings/{recording_id}/chunks/{number}", status_code=204)
async def add_chunk(
    recording_id: str,
    number: Annotated[int, Path(ge=0, le=999_999)],
    chunk: UploadFile,
    subject: CurrentPerson,
    db: Write,
    storage: Storage,
) -> None:
    """Keep the next chunk of my recording."""
    # One byte more than is taken, so that a chunk that is too large is refused and not cut.
    data = await chunk.read(service.MAX_CHUNK_BYTES + 1)
    await service.add_chunk(db, subject, storage, recording_id, number, data)


@router.post("/recordings/{recording_id}/end")
async def end(recording_id: str, subject: CurrentPerson, db: Write, clock: ClockHere) -> RecordingView:
    """The stretch is over."""
    return await service.end(db, subject, recording_id, clock)


@router.get(
    "/recordings/{recording_id}/sound",
    response_class=StreamingResponse,
    responses={200: {"content": {"audio/webm": {}, "audio/mp4": {}}}},
)
async def sound(recording_id: str, subject: CurrentPerson, db: Write, storage: Storage) -> Response:
    """The sound of a lesson, for the student and for the teacher who asked."""
    recording = await service.sound(db, subject, recording_id)
    return StreamingResponse(
        service.bytes_of(recording, storage),
        media_type=recording.media_type,
        headers={"cache-control": "private, no-store"},
    )


@router.delete("/recordings/{recording_id}", status_code=204)
async def erase(recording_id: str, subject: CurrentPerson, db: Write, storage: Storage) -> None:
    """Delete a recording of my lesson."""
    await service.erase(db, subject, storage, recording_id)
