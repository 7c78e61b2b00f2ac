"""Queries on recordings; a person reaches those of their own lessons and those that they asked for."""

from collections.abc import Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.models import Person
from tutor_platform.authz.subject import Subject
from tutor_platform.lessons.models import Lesson
from tutor_platform.lessons.recordings.models import (
    Recording,
    RecordingConsent,
    RecordingPolicy,
    RecordingWish,
)
from tutor_platform.tutors.models import Tutor


async def is_allowed(db: AsyncSession, tenant_id: str) -> bool:
    """Whether teachers of the school may ask."""
    policy = await db.get(RecordingPolicy, tenant_id)
    return policy is not None and policy.allowed


async def policy_of(db: AsyncSession, tenant_id: str) -> RecordingPolicy | None:
    """The school's policy, when it has one."""
    return await db.get(RecordingPolicy, tenant_id)


async def wish_of(db: AsyncSession, tutor_id: str) -> RecordingWish | None:
    """Who asks for recordings of lessons with this tutor."""
    return await db.get(RecordingWish, tutor_id)


async def wishes(db: AsyncSession, tenant_id: str) -> list[tuple[RecordingWish, str]]:
    """All wishes of a school with the names of who asks."""
    query = (
        select(RecordingWish, Person.name)
        .join(Person, RecordingWish.asked_by == Person.id)
        .where(RecordingWish.tenant_id == tenant_id)
    )
    return [(row[0], row[1]) for row in await db.execute(query)]


async def consent_of(db: AsyncSession, lesson_id: str) -> RecordingConsent | None:
    """The student's answer for a lesson."""
    return await db.get(RecordingConsent, lesson_id)


async def name_of(db: AsyncSession, person_id: str) -> str | None:
    """The name of who asks."""
    return await db.scalar(select(Person.name).where(Person.id == person_id))


async def of_lesson(db: AsyncSession, lesson_id: str) -> list[Recording]:
    """The sound of one lesson, in order."""
    found = select(Recording).where(Recording.lesson_id == lesson_id).order_by(Recording.id)
    return list(await db.scalars(found))


def audible(subject: Subject) -> Select[Recording]:
    """What the person may hear: their own lessons, and what was granted to them."""
    return (
        select(Recording)
        .join(Lesson, Recording.lesson_id == Lesson.id)
        .outerjoin(RecordingConsent, RecordingConsent.lesson_id == Lesson.id)
        .where(
            Recording.tenant_id == subject.tenant_id,
            or_(
                Lesson.person_id == subject.person_id,
                (RecordingConsent.asked_by == subject.person_id) & (RecordingConsent.answer == "granted"),
            ),
        )
    )


async def find_audible(db: AsyncSession, subject: Subject, recording_id: str) -> Recording | None:
    """A recording that the person may hear."""
    return await db.scalar(audible(subject).where(Recording.id == recording_id))


async def find_own(db: AsyncSession, subject: Subject, recording_id: str) -> Recording | None:
    """A recording of the person's own lesson; locked, so that its chunks come one by one."""
    return await db.scalar(
        select(Recording)
        .join(Lesson, Recording.lesson_id == Lesson.id)
        .where(
            Recording.id == recording_id,
            Lesson.tenant_id == subject.tenant_id,
            Lesson.person_id == subject.person_id,
        )
        .with_for_update(of=Recording)
    )


async def granted_to(db: AsyncSession, subject: Subject, limit: int) -> list[tuple[Recording, str, str]]:
    """What was granted to this teacher, newest first, with the names of student and tutor."""
    query = (
        select(Recording, Person.name, Tutor.name)
        .join(RecordingConsent, RecordingConsent.lesson_id == Recording.lesson_id)
        .join(Lesson, Recording.lesson_id == Lesson.id)
        .join(Person, Lesson.person_id == Person.id)
        .join(Tutor, Lesson.tutor_id == Tutor.id)
        .where(
            Recording.tenant_id == subject.tenant_id,
            RecordingConsent.asked_by == subject.person_id,
            RecordingConsent.answer == "granted",
            Recording.size_bytes > 0,
        )
        .order_by(Recording.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in await db.execute(query)]


async def of_lessons(db: AsyncSession, lesson_ids: Sequence[str]) -> list[Recording]:
    """The recordings of some lessons, for their deletion."""
    return list(await db.scalars(select(Recording).where(Recording.lesson_id.in_(lesson_ids))))
