"""Recording a lesson's sound: only while the school allows it, a teacher asks for it, and the student agrees.

Each chunk asks again whether all three hold. Saying no, at any time, stops it and deletes what was kept; the
lesson itself goes on the same. Sound lies in the platform's own storage and is never sent to the engine.
"""

from collections.abc import AsyncGenerator, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.audit.service import note
from tutor_platform.authz.doors import access_lesson, access_own_recording, access_recording, access_tutor
from tutor_platform.authz.subject import Scope, Subject
from tutor_platform.kit.clock import Clock
from tutor_platform.kit.errors import BadRequest, Conflict
from tutor_platform.kit.ids import new_id
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.lessons.models import Lesson
from tutor_platform.lessons.recordings import repository
from tutor_platform.lessons.recordings.models import (
    MediaType,
    Recording,
    RecordingConsent,
    RecordingPolicy,
    RecordingWish,
)
from tutor_platform.lessons.recordings.schemas import (
    HeardRecording,
    LessonRecordingView,
    RecordingList,
    RecordingState,
    RecordingView,
    RecordingWishList,
    RecordingWishView,
)

MAX_CHUNK_BYTES = 512 * 1024
"""Five seconds at 48 kbit/s are 30 kB."""
MAX_RECORDING_BYTES = 64 * 1024 * 1024
"""Three hours at 48 kbit/s."""
MAX_RECORDINGS = 50
"""Of one lesson; each page that is opened begins a new one."""


async def policy(db: AsyncSession, subject: Subject) -> bool:
    """Whether teachers of the person's school may ask."""
    return await repository.is_allowed(db, subject.tenant_id)


async def set_policy(db: AsyncSession, subject: Subject, clock: Clock, *, allowed: bool) -> bool:
    """Allow or forbid it in the person's school; forbidding stops every recording that runs."""
    subject.require(Scope.MANAGE_SCHOOL)
    known = await repository.policy_of(db, subject.tenant_id)
    if known is None:
        db.add(RecordingPolicy(tenant_id=subject.tenant_id, allowed=allowed, changed_at=clock()))
    else:
        known.allowed, known.changed_at = allowed, clock()
    await note(db, subject, "recording.policy", subject.tenant_id, allowed=allowed)
    return allowed


async def wish(
    db: AsyncSession, subject: Subject, tutor_id: str, clock: Clock, *, asked: bool
) -> RecordingWishView:
    """Ask the students of a tutor for recordings, or no longer.

    Raises:
        NotFound: no such tutor for this person.
        Forbidden: only teachers ask.
        Conflict: the school does not allow it.
    """
    tutor = await access_tutor(db, subject, tutor_id)
    subject.require(Scope.TEACH)
    if asked and not await repository.is_allowed(db, subject.tenant_id):
        raise Conflict("recording is not allowed in this school")
    known = await repository.wish_of(db, tutor.id)
    if known is not None:
        await db.delete(known)
        await db.flush()
    if asked:
        db.add(
            RecordingWish(
                tutor_id=tutor.id, tenant_id=tutor.tenant_id, asked_by=subject.person_id, asked_at=clock()
            )
        )
    await note(db, subject, "recording.wish", tutor.id, asked=asked)
    name = await repository.name_of(db, subject.person_id) if asked else None
    return RecordingWishView(tutor_id=tutor.id, asked=asked, asked_by=name)


async def wishes(db: AsyncSession, subject: Subject) -> RecordingWishList:
    """Which tutors' students are asked."""
    subject.require(Scope.TEACH)
    found = await repository.wishes(db, subject.tenant_id)
    return RecordingWishList(
        wishes=[RecordingWishView(tutor_id=each.tutor_id, asked=True, asked_by=name) for each, name in found]
    )


async def of_lesson(db: AsyncSession, subject: Subject, lesson_id: str) -> LessonRecordingView:
    """Whether one of the person's own lessons may be recorded, and what has been."""
    return await _view(db, await access_lesson(db, subject, lesson_id))


async def _asker(db: AsyncSession, lesson: Lesson) -> str | None:
    """The teacher who asks for this lesson now; None when nobody does or nobody may."""
    if not await repository.is_allowed(db, lesson.tenant_id):
        return None
    known = await repository.wish_of(db, lesson.tutor_id)
    return known.asked_by if known is not None else None


async def _view(db: AsyncSession, lesson: Lesson) -> LessonRecordingView:
    asker = await _asker(db, lesson)
    consent = await repository.consent_of(db, lesson.id)
    state: RecordingState = "off" if asker is None else "asked"
    if consent is not None and asker == consent.asked_by:
        state = consent.answer
    by = consent.asked_by if asker is None and consent is not None else asker
    return LessonRecordingView(
        state=state,
        asked_by=await repository.name_of(db, by) if by is not None else None,
        recordings=[recording_view(each) for each in await repository.of_lesson(db, lesson.id)],
    )


def recording_view(recording: Recording) -> RecordingView:
    """One stretch of sound, as people see it."""
    return RecordingView(
        id=recording.id,
        media_type=recording.media_type,
        size_bytes=recording.size_bytes,
        started_at=recording.started_at,
        ended_at=recording.ended_at,
    )


async def answer(
    db: AsyncSession, subject: Subject, storage: LocalStorage, lesson_id: str, clock: Clock, *, consent: bool
) -> LessonRecordingView:
    """The student's answer. No deletes whatever was recorded of the lesson.

    Raises:
        NotFound: not a lesson of this person.
        Conflict: nobody asks, so there is nothing to agree to.
    """
    lesson = await access_lesson(db, subject, lesson_id)
    asker = await _asker(db, lesson)
    known = await repository.consent_of(db, lesson.id)
    if asker is None and consent:
        raise Conflict("nobody asks to record this lesson")
    if not consent:
        await _erase(db, storage, await repository.of_lesson(db, lesson.id))
    if known is None and asker is not None:
        said = "granted" if consent else "refused"
        db.add(
            RecordingConsent(
                lesson_id=lesson.id,
                tenant_id=lesson.tenant_id,
                asked_by=asker,
                answer=said,
                answered_at=clock(),
            )
        )
    elif known is not None:
        said = "granted" if consent else ("refused" if known.answer == "refused" else "revoked")
        known.answer, known.answered_at, known.asked_by = said, clock(), asker or known.asked_by
    await db.flush()
    await note(db, subject, "recording.consent", lesson.id, consent=consent)
    return await _view(db, lesson)


async def begin(
    db: AsyncSession, subject: Subject, lesson_id: str, media_type: MediaType, clock: Clock
) -> RecordingView:
    """A new stretch of sound.

    Raises:
        Conflict: not agreed by all sides, or the lesson has enough of them.
    """
    lesson = await access_lesson(db, subject, lesson_id)
    await _require_consent(db, lesson)
    if len(await repository.of_lesson(db, lesson.id)) >= MAX_RECORDINGS:
        raise Conflict("too many recordings")
    recording = Recording(
        id=new_id(),
        tenant_id=lesson.tenant_id,
        lesson_id=lesson.id,
        media_type=media_type,
        chunks=0,
        size_bytes=0,
        started_at=clock(),
    )
    db.add(recording)
    await db.flush()
    return recording_view(recording)


async def _require_consent(db: AsyncSession, lesson: Lesson) -> None:
    asker = await _asker(db, lesson)
    consent = await repository.consent_of(db, lesson.id)
    if asker is None or consent is None or consent.answer != "granted" or consent.asked_by != asker:
        raise Conflict("recording is not agreed")


async def add_chunk(
    db: AsyncSession, subject: Subject, storage: LocalStorage, recording_id: str, number: int, data: bytes
) -> None:
    """Keep the next chunk; one that is kept already is fine.

    Raises:
        NotFound: not a recording of this person's lessons.
        BadRequest: too large, or nothing.
        Conflict: not agreed any more, ended, full, or a chunk before it is missing.
    """
    recording = await access_own_recording(db, subject, recording_id)
    await _require_consent(db, await access_lesson(db, subject, recording.lesson_id))
    if not 0 < len(data) <= MAX_CHUNK_BYTES:
        raise BadRequest("chunk")
    if number < recording.chunks:
        return
    full = recording.size_bytes + len(data) > MAX_RECORDING_BYTES
    if number > recording.chunks or recording.ended_at is not None or full:
        raise Conflict("chunk out of order")
    # Stored first: a row that promises sound which is not there would break the player.
    await storage.put(recording.key(number), data)
    recording.chunks += 1
    recording.size_bytes += len(data)


async def end(db: AsyncSession, subject: Subject, recording_id: str, clock: Clock) -> RecordingView:
    """The stretch is over; ending twice changes nothing."""
    recording = await access_own_recording(db, subject, recording_id)
    recording.ended_at = recording.ended_at or clock()
    return recording_view(recording)


async def erase(db: AsyncSession, subject: Subject, storage: LocalStorage, recording_id: str) -> None:
    """The student deletes one stretch of sound."""
    recording = await access_own_recording(db, subject, recording_id)
    await _erase(db, storage, [recording])
    await note(db, subject, "recording.erased", recording.lesson_id)


async def erase_of_lessons(db: AsyncSession, storage: LocalStorage, lesson_ids: Sequence[str]) -> int:
    """Delete all sound of some lessons, for retention; returns how many stretches went."""
    doomed = await repository.of_lessons(db, lesson_ids)
    await _erase(db, storage, doomed)
    return len(doomed)


async def _erase(db: AsyncSession, storage: LocalStorage, recordings: Sequence[Recording]) -> None:
    for recording in recordings:
        # One more than is counted: a chunk may have been stored just before its row was not.
        for number in range(recording.chunks + 1):
            await storage.delete(recording.key(number))
        await db.delete(recording)


async def heard(db: AsyncSession, subject: Subject) -> RecordingList:
    """What was granted to this teacher, newest first."""
    subject.require(Scope.TEACH)
    found = await repository.granted_to(db, subject, limit=200)
    return RecordingList(
        recordings=[
            HeardRecording(
                **recording_view(each).model_dump(), lesson_id=each.lesson_id, student=student, tutor=tutor
            )
            for each, student, tutor in found
        ]
    )


async def sound(db: AsyncSession, subject: Subject, recording_id: str) -> Recording:
    """A recording that the person may hear; somebody else's hearing is put into the audit log."""
    recording = await access_recording(db, subject, recording_id)
    if subject.may(Scope.REVIEW):
        await note(db, subject, "recording.heard", recording.id, lesson=recording.lesson_id)
    return recording


async def bytes_of(recording: Recording, storage: LocalStorage) -> AsyncGenerator[bytes]:
    """The sound from its beginning to its end; stops where a chunk has been deleted meanwhile."""
    for number in range(recording.chunks):
        data = await storage.get(recording.key(number))
        if data is None:
            return
        yield data
