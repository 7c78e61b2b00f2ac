"""Queries on lessons and turns; everything a person may see goes through `readable`.

What every message of a lesson asks is built once and kept: that takes longer than asking it.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Insert,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.authz.subject import Subject
from tutor_platform.lessons.models import Lesson, ProblemReport, Turn, TurnRole
from tutor_platform.lessons.search import ESCAPE, pattern


def readable(subject: Subject) -> Select[Lesson]:
    """The person's own lessons."""
    return select(Lesson).where(Lesson.tenant_id == subject.tenant_id, Lesson.person_id == subject.person_id)


async def find(db: AsyncSession, subject: Subject, lesson_id: str) -> Lesson | None:
    """A lesson the person may see."""
    return await db.scalar(readable(subject).where(Lesson.id == lesson_id))


async def find_by_engine_session(db: AsyncSession, subject: Subject, engine_session_id: str) -> Lesson | None:
    """The person's unfinished lesson that holds this engine session."""
    return await db.scalar(
        readable(subject).where(Lesson.engine_session_id == engine_session_id, Lesson.ended_at.is_(None))
    )


async def hold_by_engine_session(db: AsyncSession, subject: Subject, engine_session_id: str) -> str | None:
    """Its identifier; nobody else adds turns to it until the unit of work is over."""
    places = {"tenant": subject.tenant_id, "person": subject.person_id, "session": engine_session_id}
    return await db.scalar(_held(), places)


@cache
def _held() -> Select[str]:
    """As `readable`, with places for the subject."""
    mine = Lesson.tenant_id == bindparam("tenant"), Lesson.person_id == bindparam("person")
    serving = Lesson.engine_session_id == bindparam("session"), Lesson.ended_at.is_(None)
    return select(Lesson.id).where(*mine, *serving).with_for_update()


async def listed(db: AsyncSession, subject: Subject, before: str | None, limit: int) -> list[Lesson]:
    """The person's lessons, newest first; `before` is the last identifier of the page before."""
    query = readable(subject).order_by(Lesson.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Lesson.id < before)
    return list(await db.scalars(query))


async def live(db: AsyncSession, subject: Subject) -> list[Lesson]:
    """The person's unfinished lessons with an engine session, newest first."""
    return list(
        await db.scalars(
            readable(subject)
            .where(Lesson.ended_at.is_(None), Lesson.engine_session_id.is_not(None))
            .order_by(Lesson.id.desc())
        )
    )


async def turns_of(db: AsyncSession, lesson: Lesson) -> list[Turn]:
    """The turns of a lesson in their order, without parts of questions that went on."""
    return list(
        await db.scalars(
            select(Turn).where(Turn.lesson_id == lesson.id, Turn.withdrawn.is_(False)).order_by(Turn.seq)
        )
    )


async def turn_counts(db: AsyncSession, lessons: list[Lesson]) -> dict[str, int]:
    """How many turns each lesson has."""
    rows = await db.execute(
        select(Turn.lesson_id, func.count())
        .where(Turn.lesson_id.in_([lesson.id for lesson in lessons]), Turn.withdrawn.is_(False))
        .group_by(Turn.lesson_id)
    )
    return {row[0]: row[1] for row in rows}


async def first_questions(db: AsyncSession, lessons: list[Lesson]) -> dict[str, str]:
    """The first thing the student asked in each lesson."""
    first = (
        select(Turn.lesson_id, func.min(Turn.seq).label("seq"))
        .where(
            Turn.lesson_id.in_([lesson.id for lesson in lessons]),
            Turn.role == "user",
            Turn.withdrawn.is_(False),
        )
        .group_by(Turn.lesson_id)
        .subquery()
    )
    rows = await db.execute(
        select(Turn.lesson_id, Turn.content).join(
            first, (Turn.lesson_id == first.c.lesson_id) & (Turn.seq == first.c.seq)
        )
    )
    return {row[0]: row[1] for row in rows}


async def swap_engine_session(
    db: AsyncSession, lesson_id: str, old: str | None, new: str | None, token: str | None
) -> bool:
    """Put `new` in the place of `old`; False when somebody else was faster."""
    done = await db.execute(
        update(Lesson)
        .where(Lesson.id == lesson_id, Lesson.engine_session_id.is_not_distinct_from(old))
        .values(engine_session_id=new, engine_token=token)
        .returning(Lesson.id)
    )
    return done.first() is not None


async def lock(db: AsyncSession, lesson_id: str) -> None:
    """Let nobody else add turns to this lesson until the unit ends."""
    await db.execute(_locked(), {"lesson": lesson_id})


@cache
def _locked() -> Select[str]:
    return select(Lesson.id).where(Lesson.id == bindparam("lesson")).with_for_update()


async def next_seq(db: AsyncSession, lesson_id: str) -> int:
    """The number of the next turn, from 1."""
    return 1 + (await db.scalar(select(func.max(Turn.seq)).where(Turn.lesson_id == lesson_id)) or 0)


async def turn_of_engine(
    db: AsyncSession, lesson_id: str, engine_session_id: str, engine_turn: int, role: TurnRole
) -> Turn | None:
    """What is stored already of one side of an engine's turn."""
    return await db.scalar(
        select(Turn).where(
            Turn.lesson_id == lesson_id,
            Turn.engine_session_id == engine_session_id,
            Turn.engine_turn == engine_turn,
            Turn.role == role,
        )
    )


async def recent(
    db: AsyncSession, lesson_id: str, engine_session_id: str, engine_turn: int | None
) -> list[Turn]:
    """The turns from the last question that counts on, and those of one turn of the engine, in order."""
    places: dict[str, object] = {"lesson": lesson_id}
    if engine_turn is not None:
        places |= {"session": engine_session_id, "turn": engine_turn}
    return list(await db.scalars(_recent(numbered=engine_turn is not None), places))


@cache
def _recent(*, numbered: bool) -> Select[Turn]:
    of_lesson = Turn.lesson_id == bindparam("lesson")
    last = select(func.max(Turn.seq)).where(of_lesson, Turn.role == "user", Turn.withdrawn.is_(False))
    wanted = Turn.seq >= func.coalesce(last.scalar_subquery(), 0)
    if numbered:
        there = and_(Turn.engine_session_id == bindparam("session"), Turn.engine_turn == bindparam("turn"))
        wanted = or_(wanted, there)
    return select(Turn).where(of_lesson, wanted).order_by(Turn.seq)


def _turns() -> Table:
    """Their table: what is written here needs none of the session's own bookkeeping."""
    return cast("Table", Turn.__table__)


async def add_question(
    db: AsyncSession, turn_id: str, lesson_id: str, content: str, created_at: datetime
) -> None:
    """A typed question at the end of a lesson that is held."""
    row: dict[str, Any] = {
        "id": turn_id,
        "lesson_id": lesson_id,
        "content": content,
        "created_at": created_at,
        "of_lesson": lesson_id,
    }
    await db.execute(_question(), row)


@cache
def _question() -> Insert:
    turns = _turns()
    end = select(1 + func.coalesce(func.max(turns.c.seq), 0)).where(
        turns.c.lesson_id == bindparam("of_lesson")
    )
    return insert(turns).values(
        seq=end.scalar_subquery(),
        role="user",
        interrupted=False,
        citations=[],
        choices=[],
        withdrawn=False,
        source="text",
    )


async def place(
    db: AsyncSession, lesson_id: str, turn_id: str, engine_session_id: str, engine_turn: int | None
) -> None:
    """Write down which turn of the engine a typed question became, unless that is known."""
    places = {"lesson": lesson_id, "question": turn_id, "session": engine_session_id, "turn": engine_turn}
    await db.execute(_placed(), places)


@cache
def _placed() -> Update:
    turns, twin = _turns(), _turns().alias()
    session, number = bindparam("session"), bindparam("turn")
    taken = select(twin.c.id).where(
        twin.c.lesson_id == bindparam("lesson"),
        twin.c.engine_session_id == session,
        twin.c.engine_turn == number,
        twin.c.role == "user",
    )
    return (
        update(turns)
        .where(turns.c.id == bindparam("question"), turns.c.engine_turn.is_(None), ~taken.exists())
        .values(engine_session_id=session, engine_turn=number)
    )


async def answers_since(db: AsyncSession, question: Turn) -> list[Turn]:
    """What the tutor has said from this question on."""
    return list(
        await db.scalars(
            select(Turn).where(
                Turn.lesson_id == question.lesson_id, Turn.role == "assistant", Turn.seq > question.seq
            )
        )
    )


async def unanswered_typed(db: AsyncSession, lesson_id: str) -> list[Turn]:
    """Typed questions that the engine has not confirmed, oldest first."""
    return list(
        await db.scalars(
            select(Turn)
            .where(
                Turn.lesson_id == lesson_id,
                Turn.role == "user",
                Turn.source == "text",
                Turn.engine_turn.is_(None),
            )
            .order_by(Turn.seq)
        )
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person looks for in their own lessons."""

    words: list[str]
    tutor_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: str | None = None
    """The last turn of the page before."""


async def search(db: AsyncSession, subject: Subject, wanted: Wanted, limit: int) -> list[tuple[Turn, Lesson]]:
    """The person's turns in which all words occur, newest first."""
    mine = select(Lesson.id).where(
        Lesson.tenant_id == subject.tenant_id, Lesson.person_id == subject.person_id
    )
    if wanted.tutor_id is not None:
        mine = mine.where(Lesson.tutor_id == wanted.tutor_id)
    query = (
        select(Turn)
        .where(
            _of_lessons(db, mine),
            Turn.withdrawn.is_(False),
            *(Turn.content.ilike(pattern(word), escape=ESCAPE) for word in wanted.words),
        )
        .order_by(Turn.id.desc())
        .limit(limit)
    )
    if wanted.since is not None:
        query = query.where(Turn.created_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(Turn.created_at < wanted.until)
    if wanted.before is not None:
        query = query.where(Turn.id < wanted.before)
    turns = list(await db.scalars(query))
    theirs = readable(subject).where(Lesson.id.in_({turn.lesson_id for turn in turns}))
    lessons = {lesson.id: lesson for lesson in await db.scalars(theirs)}
    return [(turn, lessons[turn.lesson_id]) for turn in turns]


def _of_lessons(db: AsyncSession, mine: Select[str]) -> ColumnElement[bool]:
    """Whether a turn belongs to one of these lessons.

    PostgreSQL thinks that few turns hold the words, and would read those of every school to find them; the
    lessons as an array are looked up one by one.
    """
    if db.get_bind().dialect.name == "postgresql":
        return Turn.lesson_id == func.any(func.array(mine.scalar_subquery()))
    return Turn.lesson_id.in_(mine)


async def by_id(db: AsyncSession, lesson_id: str) -> Lesson | None:
    """A lesson whose identifier the platform itself knows; for its own work, never for a person."""
    return await db.get(Lesson, lesson_id)


async def hold(db: AsyncSession, lesson_id: str) -> Lesson | None:
    """The same, to which nobody else adds turns until the unit ends."""
    return await db.scalar(_whole(), {"lesson": lesson_id})


@cache
def _whole() -> Select[Lesson]:
    return select(Lesson).where(Lesson.id == bindparam("lesson")).with_for_update()


async def turn_times(db: AsyncSession, lesson_id: str) -> list[datetime]:
    """When each contribution was made, in order."""
    found = await db.scalars(select(Turn.created_at).where(Turn.lesson_id == lesson_id).order_by(Turn.seq))
    return list(found)


async def turn_ids(db: AsyncSession, lesson: Lesson) -> set[str]:
    """The identifiers of all turns of a lesson."""
    return set(await db.scalars(select(Turn.id).where(Turn.lesson_id == lesson.id)))


async def problems(
    db: AsyncSession, tenant_id: str, person_ids: list[str] | None, limit: int
) -> list[tuple[ProblemReport, Lesson]]:
    """What students of a school reported, newest first; of some of them only, or of all."""
    query = (
        select(ProblemReport, Lesson)
        .join(Lesson, ProblemReport.lesson_id == Lesson.id)
        .where(ProblemReport.tenant_id == tenant_id)
        .order_by(ProblemReport.id.desc())
        .limit(limit)
    )
    if person_ids is not None:
        query = query.where(Lesson.person_id.in_(person_ids))
    return [(row[0], row[1]) for row in await db.execute(query)]


async def same_problem(
    db: AsyncSession, lesson: Lesson, category: str, content: str, turn_id: str | None, since: datetime
) -> str | None:
    """The report that says just this of a lesson, if there is one from that time on."""
    return await db.scalar(
        select(ProblemReport.id).where(
            ProblemReport.lesson_id == lesson.id,
            ProblemReport.category == category,
            ProblemReport.content == content,
            ProblemReport.turn_id.is_not_distinct_from(turn_id),
            ProblemReport.created_at >= since,
        )
    )
