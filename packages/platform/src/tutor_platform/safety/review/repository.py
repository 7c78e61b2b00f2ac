"""Queries on lessons as staff may read them, and on flagged turns.

`watchable` is the only way from a member of staff to a student's lesson; who calls writes the audit entry.
"""

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from tutor_platform.authz.subject import Scope, Subject
from tutor_platform.classes.repository import my_students, students_in
from tutor_platform.lessons.models import Lesson, Turn
from tutor_platform.safety.models import Flag, FlagReason, FlagStatus


def watchable(subject: Subject) -> Select[Lesson]:
    """Lessons of the students of the person's classes and their own; all of the school for administrators."""
    query = select(Lesson).where(Lesson.tenant_id == subject.tenant_id)
    if subject.may(Scope.MANAGE_SCHOOL):
        return query
    own = Lesson.person_id == subject.person_id
    return query.where(or_(own, Lesson.person_id.in_(my_students(subject))))


def readable(subject: Subject) -> Select[Flag]:
    """Flagged turns of the students of the person's classes; all of the school for administrators."""
    query = select(Flag).where(Flag.tenant_id == subject.tenant_id)
    if subject.may(Scope.MANAGE_SCHOOL):
        return query
    return query.where(Flag.person_id.in_(my_students(subject)))


async def find_lesson(db: AsyncSession, subject: Subject, lesson_id: str) -> Lesson | None:
    """A lesson that the person may watch."""
    return await db.scalar(watchable(subject).where(Lesson.id == lesson_id))


async def find_turn(db: AsyncSession, subject: Subject, turn_id: str) -> tuple[Lesson, Turn] | None:
    """A turn of a lesson that the person may watch."""
    mine = watchable(subject).with_only_columns(Lesson.id)
    turn = await db.scalar(select(Turn).where(Turn.id == turn_id, Turn.lesson_id.in_(mine)))
    if turn is None:
        return None
    lesson = await find_lesson(db, subject, turn.lesson_id)
    return None if lesson is None else (lesson, turn)


async def find_flag(db: AsyncSession, subject: Subject, flag_id: str) -> Flag | None:
    """A flagged turn that the person may see."""
    return await db.scalar(readable(subject).where(Flag.id == flag_id))


async def listed(
    db: AsyncSession,
    subject: Subject,
    *,
    status: FlagStatus,
    reason: FlagReason | None,
    class_id: str | None,
    before: str | None,
    limit: int,
) -> list[Flag]:
    """Flagged turns the person may see, newest first; `class_id` has passed a door."""
    query = readable(subject).where(Flag.status == status)
    if reason is not None:
        query = query.where(Flag.reason == reason)
    if class_id is not None:
        query = query.where(Flag.person_id.in_(students_in(class_id)))
    if before is not None:
        query = query.where(Flag.id < before)
    return list(await db.scalars(query.order_by(Flag.id.desc()).limit(limit)))


async def flag_of(db: AsyncSession, turn_id: str, reason: FlagReason) -> Flag | None:
    """The flag of a turn that passed a door."""
    return await db.scalar(select(Flag).where(Flag.turn_id == turn_id, Flag.reason == reason))


async def around(db: AsyncSession, lesson_id: str, seq: int, each_side: int) -> list[Turn]:
    """What was said before and after a turn of a lesson that passed a door, in order, the turn included."""
    spoken = select(Turn).where(Turn.lesson_id == lesson_id, Turn.withdrawn.is_(False))
    before = await db.scalars(spoken.where(Turn.seq <= seq).order_by(Turn.seq.desc()).limit(each_side + 1))
    after = await db.scalars(spoken.where(Turn.seq > seq).order_by(Turn.seq).limit(each_side))
    return [*reversed(list(before)), *after]


async def questions_before(db: AsyncSession, turns: list[Turn]) -> dict[str, Turn]:
    """What the student asked before each of these answers."""
    asked = aliased(Turn)
    last = (
        select(Turn.id.label("answer_id"), func.max(asked.seq).label("seq"))
        .join(asked, (asked.lesson_id == Turn.lesson_id) & (asked.seq < Turn.seq))
        .where(
            Turn.id.in_([turn.id for turn in turns if turn.role == "assistant"]),
            asked.role == "user",
            asked.withdrawn.is_(False),
        )
        .group_by(Turn.id)
        .subquery()
    )
    answer = aliased(Turn)
    rows = await db.execute(
        select(last.c.answer_id, Turn)
        .join(answer, answer.id == last.c.answer_id)
        .join(Turn, (Turn.lesson_id == answer.lesson_id) & (Turn.seq == last.c.seq))
    )
    return {row[0]: row[1] for row in rows}


async def turns_by_ids(db: AsyncSession, turn_ids: set[str]) -> dict[str, Turn]:
    """Turns of flags or facts that passed a door."""
    return {turn.id: turn for turn in await db.scalars(select(Turn).where(Turn.id.in_(turn_ids)))}


async def lessons_by_ids(db: AsyncSession, subject: Subject, lesson_ids: set[str]) -> dict[str, Lesson]:
    """Lessons that the person may watch, by identifier."""
    query = watchable(subject).where(Lesson.id.in_(lesson_ids))
    return {lesson.id: lesson for lesson in await db.scalars(query)}


async def live(db: AsyncSession, subject: Subject, limit: int) -> list[Lesson]:
    """Unfinished lessons with an engine session that the person may watch, newest first; not their own."""
    query = watchable(subject).where(
        Lesson.ended_at.is_(None),
        Lesson.engine_session_id.is_not(None),
        Lesson.person_id != subject.person_id,
    )
    return list(await db.scalars(query.order_by(Lesson.id.desc()).limit(limit)))
