"""Queries on facts and evidence; everything a person may see of their own goes through `own_…`."""

from collections.abc import Sequence

from sqlalchemy import Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.authz.subject import Subject
from tutor_platform.learning.models import Evidence, LearnerFact, LearnerMemory
from tutor_platform.lessons.models import Lesson, Turn


def own_facts(subject: Subject) -> Select[LearnerFact]:
    """What the person has told."""
    return select(LearnerFact).where(
        LearnerFact.tenant_id == subject.tenant_id, LearnerFact.person_id == subject.person_id
    )


async def facts(db: AsyncSession, subject: Subject) -> list[LearnerFact]:
    """What the person has told, newest first."""
    return list(await db.scalars(own_facts(subject).order_by(LearnerFact.id.desc())))


async def find_fact(db: AsyncSession, subject: Subject, fact_id: str) -> LearnerFact | None:
    """One fact of the person."""
    return await db.scalar(own_facts(subject).where(LearnerFact.id == fact_id))


async def facts_of(db: AsyncSession, person_id: str) -> list[LearnerFact]:
    """What a person has told, oldest first; for the platform's own work."""
    found = select(LearnerFact).where(LearnerFact.person_id == person_id).order_by(LearnerFact.id)
    return list(await db.scalars(found))


async def evidence_of(db: AsyncSession, person_ids: Sequence[str]) -> list[Evidence]:
    """The evidence of some people, oldest first; the caller has checked whose it may read."""
    found = select(Evidence).where(Evidence.person_id.in_(person_ids)).order_by(Evidence.id)
    return list(await db.scalars(found))


async def evidence_of_lesson(db: AsyncSession, lesson: Lesson) -> list[Evidence]:
    """The evidence of one lesson that has passed a door, oldest first."""
    found = select(Evidence).where(Evidence.lesson_id == lesson.id).order_by(Evidence.id)
    return list(await db.scalars(found))


async def remembers(db: AsyncSession, person_id: str) -> bool:
    """Whether anything is remembered of this person."""
    chosen = await db.scalar(select(LearnerMemory.remember).where(LearnerMemory.person_id == person_id))
    return chosen is not False


async def choose(db: AsyncSession, subject: Subject, *, remember: bool) -> None:
    """Store the person's choice."""
    known = await db.get(LearnerMemory, subject.person_id)
    if known is None:
        db.add(LearnerMemory(person_id=subject.person_id, tenant_id=subject.tenant_id, remember=remember))
    else:
        known.remember = remember


async def forget(db: AsyncSession, subject: Subject, concept: str | None = None) -> int:
    """Delete evidence, of one concept or of all, and with all of it every fact; returns how many rows."""
    doomed = delete(Evidence).where(
        Evidence.tenant_id == subject.tenant_id, Evidence.person_id == subject.person_id
    )
    if concept is not None:
        same = [
            each.id for each in await evidence_of(db, [subject.person_id]) if folded(each.concept) == concept
        ]
        doomed = doomed.where(Evidence.id.in_(same))
    gone = len((await db.scalars(doomed.returning(Evidence.id))).all())
    if concept is None:
        told = delete(LearnerFact).where(
            LearnerFact.tenant_id == subject.tenant_id, LearnerFact.person_id == subject.person_id
        )
        gone += len((await db.scalars(told.returning(LearnerFact.id))).all())
    return gone


def folded(concept: str) -> str:
    """The same for every spelling of a concept."""
    return " ".join(concept.casefold().split())


async def unlearned(db: AsyncSession, lesson: Lesson) -> list[Turn]:
    """The turns that have not been looked through yet, with the two before them, in order."""
    since = lesson.learned_seq - 1
    found = select(Turn).where(Turn.lesson_id == lesson.id, Turn.withdrawn.is_(False), Turn.seq >= since)
    return list(await db.scalars(found.order_by(Turn.seq)))


async def skip_to_end(db: AsyncSession, subject: Subject) -> None:
    """What was said until now will not be looked through again in any lesson of this person."""
    last = (
        select(Turn.lesson_id, func.max(Turn.seq).label("seq"))
        .join(Lesson, Turn.lesson_id == Lesson.id)
        .where(Lesson.tenant_id == subject.tenant_id, Lesson.person_id == subject.person_id)
        .group_by(Turn.lesson_id)
    )
    for lesson_id, seq in (await db.execute(last)).all():
        lesson = await db.get(Lesson, lesson_id)
        if lesson is not None:
            lesson.learned_seq = max(lesson.learned_seq, seq)
