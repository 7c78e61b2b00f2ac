"""Queries that count the record and that read the counts.

What a person may count is a `Reach`, made by the service from doors; every query here takes one, except those
of the digest, which is the platform's own work.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, distinct, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from tutor_platform.accounts.models import Person
from tutor_platform.analytics.models import (
    IN_TROUBLE,
    UNASKED,
    AnswerFact,
    AnswerKind,
    LessonFact,
    OpenedSource,
    Trouble,
)
from tutor_platform.authz.subject import Scope, Subject
from tutor_platform.classes.models import Class, ClassStudent
from tutor_platform.classes.repository import my_students, readable, students_in
from tutor_platform.kit.ids import new_id
from tutor_platform.lessons.models import Lesson, ProblemReport, Turn
from tutor_platform.safety.models import Flag
from tutor_platform.tutors.models import Tutor, TutorPreview

LOOK_BACK = timedelta(days=2)
"""Lessons that began earlier and were never counted have been looked at before."""

Facts = type[LessonFact] | type[AnswerFact] | type[OpenedSource]


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose facts, of which days, are counted."""

    subject: Subject
    class_id: str | None
    """Has passed a door."""
    tutor_id: str | None
    since: date
    until: date
    """Both included."""

    def people(self) -> Select[str] | None:
        """Whose facts count; None for the whole school."""
        if self.class_id is not None:
            return students_in(self.class_id)
        return None if self.subject.may(Scope.MANAGE_SCHOOL) else my_students(self.subject)

    def of(self, facts: Facts) -> list[ColumnElement[bool]]:
        """The conditions on one table of facts."""
        found: list[ColumnElement[bool]] = [
            facts.tenant_id == self.subject.tenant_id,
            facts.day >= self.since,
            facts.day <= self.until,
        ]
        people = self.people()
        if people is not None:
            found.append(facts.person_id.in_(people))
        if self.tutor_id is not None:
            found.append(facts.tutor_id == self.tutor_id)
        return found


@dataclass(frozen=True, slots=True)
class Counted:
    """One line of a table: what it is about, how often, by how many people."""

    key: str
    name: str
    count: int
    people: int
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Totals:
    """All lessons of a reach together."""

    lessons: int
    people: int
    seconds: int
    questions: int


# Reading the counts --------------------------------------------------------------------------------------
#
# People are counted by grouping twice, first with the person: a database hashes that, where it would sort
# every row for a `count(DISTINCT …)`.


def _lessons(reach: Reach, *keys: InstrumentedAttribute[Any]) -> Subquery:
    """Lessons and time of each person, for each of these keys."""
    return (
        select(
            *keys,
            LessonFact.person_id.label("who"),
            func.count().label("n"),
            func.sum(LessonFact.seconds).label("seconds"),
            func.sum(LessonFact.questions).label("questions"),
        )
        .where(*reach.of(LessonFact))
        .group_by(*keys, LessonFact.person_id)
        .subquery()
    )


def _answers(reach: Reach, key: InstrumentedAttribute[Any], *wanted: ColumnElement[bool]) -> Subquery:
    """Answers of each person, for each key."""
    return (
        select(key.label("key"), AnswerFact.person_id.label("who"), func.count().label("n"))
        .where(*reach.of(AnswerFact), *wanted)
        .group_by(key, AnswerFact.person_id)
        .subquery()
    )


async def totals(db: AsyncSession, reach: Reach) -> Totals:
    """All together."""
    each = _lessons(reach)
    sums = [func.coalesce(func.sum(column), 0) for column in (each.c.n, each.c.seconds, each.c.questions)]
    found = await db.execute(select(*sums, func.count(each.c.who)))
    lessons, seconds, questions, people = (int(number) for number in found.one())
    return Totals(lessons, people, seconds, questions)


async def drop_offs(db: AsyncSession, reach: Reach, still: datetime) -> list[tuple[str, Trouble, int, int]]:
    """How lessons broke off: `unasked` or `cut_off`, what was in the way, how often, for how many people.

    An unfinished lesson with trouble that began before `still` was cut off.
    """
    found: list[tuple[str, Trouble, int, int]] = []
    for how, broke in (("unasked", UNASKED), ("cut_off", (LessonFact.questions > 0) & _cut_off(still))):
        rows = await db.execute(
            select(LessonFact.trouble, func.count(), func.count(distinct(LessonFact.person_id)))
            .join(Lesson, Lesson.id == LessonFact.lesson_id)
            .where(*reach.of(LessonFact), broke)
            .group_by(LessonFact.trouble)
        )
        lines: list[tuple[str, Trouble, int, int]] = [(how, row[0], row[1], row[2]) for row in rows]
        found += lines
    return found


def _cut_off(still: datetime) -> ColumnElement[bool]:
    return IN_TROUBLE & Lesson.ended_at.is_(None) & (Lesson.started_at < still)


async def days(db: AsyncSession, reach: Reach) -> list[Counted]:
    """Lessons of each day, in order; days without one are absent."""
    each = _lessons(reach, LessonFact.day)
    rows = await db.execute(
        select(each.c.day, func.sum(each.c.n), func.count(), func.sum(each.c.seconds))
        .group_by(each.c.day)
        .order_by(each.c.day)
    )
    return [Counted(str(row[0]), str(row[0]), int(row[1]), row[2], int(row[3])) for row in rows]


async def kinds(db: AsyncSession, reach: Reach) -> list[Counted]:
    """Answers by what they rest on."""
    each = _answers(reach, AnswerFact.kind)
    rows = await db.execute(select(each.c.key, func.sum(each.c.n), func.count()).group_by(each.c.key))
    return [Counted(row[0], row[0], int(row[1]), row[2]) for row in rows]


async def topics(db: AsyncSession, reach: Reach, kinds: tuple[AnswerKind, ...], limit: int) -> list[Counted]:
    """What was asked about most, of answers of these kinds."""
    each = _answers(reach, AnswerFact.topic, AnswerFact.kind.in_(kinds), AnswerFact.topic != "")
    rows = await db.execute(
        select(each.c.key, func.sum(each.c.n), func.count())
        .group_by(each.c.key)
        .order_by(func.sum(each.c.n).desc(), each.c.key)
        .limit(limit)
    )
    return [Counted(row[0], row[0], int(row[1]), row[2]) for row in rows]


async def sources(db: AsyncSession, reach: Reach, limit: int) -> list[Counted]:
    """Cited documents that were opened most."""
    rows = await db.execute(
        select(
            OpenedSource.document_id,
            func.max(OpenedSource.title),
            func.count(),
            func.count(distinct(OpenedSource.person_id)),
        )
        .where(*reach.of(OpenedSource))
        .group_by(OpenedSource.document_id)
        .order_by(func.count().desc(), OpenedSource.document_id)
        .limit(limit)
    )
    return [Counted(row[0], row[1], row[2], row[3]) for row in rows]


async def by_tutor(db: AsyncSession, reach: Reach, limit: int) -> list[Counted]:
    """Lessons and time of each tutor."""
    each = _lessons(reach, LessonFact.tutor_id)
    return await _named(db, each, each.c.tutor_id, Tutor.id, Tutor.name, limit)


async def by_student(db: AsyncSession, reach: Reach, limit: int) -> list[Counted]:
    """Lessons and time of each student."""
    each = _lessons(reach)
    return await _named(db, each, each.c.who, Person.id, Person.name, limit)


async def _named(
    db: AsyncSession,
    each: Subquery,
    column: ColumnElement[str],
    key: InstrumentedAttribute[str],
    name: InstrumentedAttribute[str],
    limit: int,
) -> list[Counted]:
    seconds = func.sum(each.c.seconds)
    most = (
        select(
            column.label("key"),
            func.sum(each.c.n).label("n"),
            func.count().label("people"),
            seconds.label("seconds"),
        )
        .group_by(column)
        .order_by(seconds.desc(), column)
        .limit(limit)
        .subquery()
    )
    rows = await db.execute(
        select(most.c.key, name, most.c.n, most.c.people, most.c.seconds)
        .join(key.class_, key == most.c.key)
        .order_by(most.c.seconds.desc(), most.c.key)
    )
    return [Counted(row[0], row[1], int(row[2]), row[3], int(row[4])) for row in rows]


async def by_class(db: AsyncSession, reach: Reach, limit: int) -> list[Counted]:
    """Lessons and time of each class that the person may see; a student of two classes counts in both."""
    mine = readable(reach.subject).where(Class.archived_at.is_(None)).subquery()
    each = _lessons(reach)
    rows = await db.execute(
        select(mine.c.id, mine.c.name, func.sum(each.c.n), func.count(), func.sum(each.c.seconds))
        .join(ClassStudent, ClassStudent.person_id == each.c.who)
        .join(mine, mine.c.id == ClassStudent.class_id)
        .group_by(mine.c.id, mine.c.name)
        .order_by(func.sum(each.c.seconds).desc(), mine.c.id)
        .limit(limit)
    )
    return [Counted(row[0], row[1], int(row[2]), row[3], int(row[4])) for row in rows]


async def people_of(db: AsyncSession, reach: Reach) -> list[str]:
    """Everybody of the reach who had a lesson in its days."""
    return list(await db.scalars(select(LessonFact.person_id).where(*reach.of(LessonFact)).distinct()))


async def answers(
    db: AsyncSession, reach: Reach, kinds: tuple[AnswerKind, ...], topic: str | None, limit: int
) -> list[AnswerFact]:
    """The newest answers behind a count."""
    query = select(AnswerFact).where(*reach.of(AnswerFact), AnswerFact.kind.in_(kinds))
    if topic is not None:
        query = query.where(AnswerFact.topic == topic)
    return list(await db.scalars(query.order_by(AnswerFact.turn_id.desc()).limit(limit)))


async def cited_in(db: AsyncSession, lesson: Lesson, document_id: str) -> str | None:
    """The title under which a lesson that passed a door cited a document; None when it did not."""
    cited = await db.scalars(
        select(Turn.citations).where(Turn.lesson_id == lesson.id, Turn.role == "assistant")
    )
    for citations in cited:
        for citation in citations:
            if citation.get("document") == document_id:
                return str(citation.get("title", ""))
    return None


# The digest ----------------------------------------------------------------------------------------------


async def last_counted(db: AsyncSession) -> str:
    """The newest answer that was counted; "" before the first."""
    return await db.scalar(select(func.max(AnswerFact.turn_id))) or ""


async def turns_after(db: AsyncSession, mark: str, settled: datetime, limit: int) -> list[tuple[str, str]]:
    """Turns after a mark that are old enough, with their lessons, oldest first."""
    rows = await db.execute(
        select(Turn.id, Turn.lesson_id)
        .where(Turn.id > mark, Turn.created_at <= settled)
        .order_by(Turn.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


async def uncounted_lessons(db: AsyncSession, begun_before: datetime, limit: int) -> list[str]:
    """Lessons that began a while ago and have no row yet."""
    known = select(LessonFact.lesson_id).where(LessonFact.lesson_id == Lesson.id).exists()
    query = select(Lesson.id).where(Lesson.started_at <= begun_before, ~known, *_countable())
    if await db.scalar(select(LessonFact.lesson_id).limit(1)) is not None:
        floor = new_id(int((begun_before - LOOK_BACK).timestamp() * 1000))
        query = query.where(Lesson.id > floor)
    return list(await db.scalars(query.order_by(Lesson.id).limit(limit)))


async def lessons(db: AsyncSession, lesson_ids: list[str]) -> list[Lesson]:
    """Those of these lessons that count."""
    query = select(Lesson).where(Lesson.id.in_(lesson_ids), *_countable())
    return list(await db.scalars(query.order_by(Lesson.id)))


def _countable() -> list[ColumnElement[bool]]:
    """Lessons of students; staff try tutors, and nobody counts that."""
    learner = select(Person.id).where(Person.id == Lesson.person_id, Person.role == "student").exists()
    preview = select(TutorPreview.lesson_id).where(TutorPreview.lesson_id == Lesson.id).exists()
    return [learner, ~preview]


async def turns_of_all(db: AsyncSession, lesson_ids: list[str]) -> list[Turn]:
    """Their turns, in order."""
    query = select(Turn).where(Turn.lesson_id.in_(lesson_ids), Turn.withdrawn.is_(False))
    return list(await db.scalars(query.order_by(Turn.lesson_id, Turn.seq)))


async def lesson_facts(db: AsyncSession, lesson_ids: list[str]) -> dict[str, LessonFact]:
    """What is known of them already."""
    found = await db.scalars(select(LessonFact).where(LessonFact.lesson_id.in_(lesson_ids)))
    return {fact.lesson_id: fact for fact in found}


async def counted_answers(db: AsyncSession, lesson_ids: list[str]) -> set[str]:
    """Answers of them that are counted already."""
    return set(await db.scalars(select(AnswerFact.turn_id).where(AnswerFact.lesson_id.in_(lesson_ids))))


async def flagged_turns(db: AsyncSession, lesson_ids: list[str]) -> set[str]:
    """Turns of them that were flagged for what they rest on."""
    query = select(Flag.turn_id).where(
        Flag.lesson_id.in_(lesson_ids), or_(Flag.reason == "uncited", Flag.reason == "not_in_library")
    )
    return {turn_id for turn_id in await db.scalars(query) if turn_id is not None}


async def unflagged_reports(db: AsyncSession, limit: int) -> list[tuple[ProblemReport, Lesson, bool]]:
    """Problems that students reported and no flag tells of yet; whether their turn has a flag already."""
    told = select(Flag.id).where(Flag.id == ProblemReport.id).exists()
    twin = select(Flag.id).where(Flag.turn_id == ProblemReport.turn_id, Flag.reason == "report").exists()
    rows = await db.execute(
        select(ProblemReport, Lesson, twin)
        .join(Lesson, Lesson.id == ProblemReport.lesson_id)
        .where(~told)
        .order_by(ProblemReport.id)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def citing_tutors(db: AsyncSession, tutor_ids: set[str]) -> set[str]:
    """Those of these tutors that have ever cited anything."""
    ever = (
        select(AnswerFact.turn_id).where(AnswerFact.tutor_id == Tutor.id, AnswerFact.kind == "cited").exists()
    )
    return set(await db.scalars(select(Tutor.id).where(Tutor.id.in_(tutor_ids), ever)))


async def keep_trouble(db: AsyncSession, trouble: Mapping[str, Trouble]) -> set[str]:
    """Store what took picture or sound away, the network before the host; returns the lessons with a row."""
    stored: set[str] = set()
    for lesson_id, reason in trouble.items():
        done: Any = await db.execute(
            update(LessonFact)
            .where(LessonFact.lesson_id == lesson_id)
            .values(trouble=case((LessonFact.trouble == "network", "network"), else_=reason))
            .returning(LessonFact.lesson_id)
        )
        if done.first() is not None:
            stored.add(lesson_id)
    return stored
