"""Counts the record: from turns to facts, and flags for answers that rest on nothing.

Runs beside the platform, a batch at a time, and picks up after a restart where the stored facts end. Turns
that are a moment old are left for the next round: the student may still go on and take a part back.
"""

import asyncio
from collections import defaultdict
from datetime import timedelta
from itertools import pairwise

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.analytics import repository
from tutor_platform.analytics.models import MAX_TOPIC_CHARS, AnswerFact, AnswerKind, LessonFact
from tutor_platform.analytics.topics import asks, refuses, term
from tutor_platform.classes.wall.board import LiveWall
from tutor_platform.kit.clock import Clock
from tutor_platform.kit.db import Database
from tutor_platform.kit.ids import new_id
from tutor_platform.lessons.models import Lesson, ProblemReport, Turn
from tutor_platform.safety.models import MAX_EXCERPT_CHARS, Flag

log = structlog.get_logger(__name__)

EVERY_S = 20.0
SETTLE = timedelta(seconds=20)
"""A student who goes on after a pause does so sooner."""
UNASKED_AFTER = timedelta(minutes=10)
"""A lesson without a question for so long will not have one."""
TURNS_AT_ONCE = 1_000
LONGEST_PAUSE_S = 180
"""A longer silence counts as so much: nobody is at the desk."""


class Digest:
    """Run `keep` in a task, or `batch` by hand."""

    def __init__(self, database: Database, board: LiveWall, clock: Clock) -> None:
        self._database = database
        self._board = board
        self._clock = clock
        self._mark: str | None = None
        """The last turn that was looked at."""

    async def keep(self) -> None:
        """Count what is new, again and again."""
        while True:
            try:
                await self.catch_up()
            except (SQLAlchemyError, OSError):
                # The next round begins where the stored facts end.
                self._mark = None
                log.exception("record_not_counted")
            await asyncio.sleep(EVERY_S)

    async def catch_up(self) -> None:
        """Count all that is there."""
        more = True
        while more:
            more = await self.batch()

    async def batch(self) -> bool:
        """Count one batch; whether there may be more."""
        now = self._clock()
        async with self._database.reading() as db:
            mark = self._mark if self._mark is not None else await repository.last_counted(db)
            fresh = await repository.turns_after(db, mark, now - SETTLE, TURNS_AT_ONCE)
            quiet = await repository.uncounted_lessons(db, now - UNASKED_AFTER, TURNS_AT_ONCE)
        upto = fresh[-1][0] if fresh else mark
        lesson_ids = {lesson_id for _, lesson_id in fresh} | set(quiet)
        if lesson_ids:
            async with self._database.writing() as db:
                await self._count(db, sorted(lesson_ids), upto)
        await self._keep_trouble()
        await self._flag_reports()
        self._mark = upto
        return len(fresh) == TURNS_AT_ONCE or len(quiet) == TURNS_AT_ONCE

    async def _count(self, db: AsyncSession, lesson_ids: list[str], upto: str) -> None:
        lessons = await repository.lessons(db, lesson_ids)
        spoken: dict[str, list[Turn]] = defaultdict(list)
        for turn in await repository.turns_of_all(db, lesson_ids):
            spoken[turn.lesson_id].append(turn)
        kept = await repository.lesson_facts(db, lesson_ids)
        known = await repository.counted_answers(db, lesson_ids)
        flagged = await repository.flagged_turns(db, lesson_ids)
        cites = await repository.citing_tutors(db, {lesson.tutor_id for lesson in lessons})
        for lesson in lessons:
            turns = spoken[lesson.id]
            _lesson_fact(db, lesson, turns, kept.get(lesson.id))
            for question, answer in _pairs(turns):
                if answer.id in known or answer.id > upto:
                    continue
                fact = _answer_fact(lesson, question, answer)
                if fact is None:
                    continue
                db.add(fact)
                if fact.kind == "cited":
                    cites.add(lesson.tutor_id)
                elif answer.id not in flagged and (fact.kind != "uncited" or lesson.tutor_id in cites):
                    # A tutor without a library cites nothing; that is no news.
                    db.add(_flag(lesson, answer, fact))

    async def _flag_reports(self) -> None:
        """What students reported is flagged under the report's own identifier, so it is flagged once."""
        async with self._database.reading() as db:
            waiting = await repository.unflagged_reports(db, TURNS_AT_ONCE)
        if not waiting:
            return
        async with self._database.writing() as db:
            flagged: set[str] = set()
            for report, lesson, twin in await repository.unflagged_reports(db, TURNS_AT_ONCE):
                # One flag for each turn and reason; a second report of it stands for itself.
                turn_id = None if twin or report.turn_id in flagged else report.turn_id
                flagged |= {turn_id} if turn_id else set()
                db.add(_report_flag(report, lesson, turn_id))

    async def _keep_trouble(self) -> None:
        trouble = self._board.take_trouble()
        if not trouble:
            return
        try:
            async with self._database.writing() as db:
                stored = await repository.keep_trouble(db, trouble)
        except BaseException:
            self._board.give_back(trouble)
            raise
        self._board.give_back({key: reason for key, reason in trouble.items() if key not in stored})


def _lesson_fact(db: AsyncSession, lesson: Lesson, turns: list[Turn], kept: LessonFact | None) -> None:
    fact = kept or LessonFact(
        lesson_id=lesson.id,
        tenant_id=lesson.tenant_id,
        person_id=lesson.person_id,
        tutor_id=lesson.tutor_id,
        day=lesson.started_at.date(),
        trouble="",
    )
    moments = [lesson.started_at, *(turn.created_at for turn in turns)]
    gaps = [(after - before).total_seconds() for before, after in pairwise(moments)]
    fact.seconds = round(sum(max(0.0, min(gap, LONGEST_PAUSE_S)) for gap in gaps))
    fact.questions = sum(turn.role == "user" for turn in turns)
    if kept is None:
        db.add(fact)


def _pairs(turns: list[Turn]) -> list[tuple[Turn, Turn]]:
    """Each answer of the tutor with the question before it."""
    pairs: list[tuple[Turn, Turn]] = []
    question: Turn | None = None
    for turn in turns:
        if turn.role == "user":
            question = turn
        elif question is not None:
            pairs.append((question, turn))
            question = None
    return pairs


def _answer_fact(lesson: Lesson, question: Turn, answer: Turn) -> AnswerFact | None:
    """What an answer rests on; None for small talk."""
    quotes = [str(citation.get("quote", "")) for citation in answer.citations]
    kind: AnswerKind
    if quotes:
        kind = "cited"
    elif not asks(question.content):
        return None
    else:
        kind = "not_in_library" if refuses(answer.content) else "uncited"
    title = str(answer.citations[0].get("title", "")) if quotes else ""
    topic = term(question.content, " ".join(quotes)) or title
    return AnswerFact(
        turn_id=answer.id,
        question_id=question.id,
        lesson_id=lesson.id,
        tenant_id=lesson.tenant_id,
        person_id=lesson.person_id,
        tutor_id=lesson.tutor_id,
        day=answer.created_at.date(),
        kind=kind,
        topic=topic[:MAX_TOPIC_CHARS],
    )


def _flag(lesson: Lesson, answer: Turn, fact: AnswerFact) -> Flag:
    return Flag(
        id=new_id(),
        tenant_id=lesson.tenant_id,
        lesson_id=lesson.id,
        person_id=lesson.person_id,
        turn_id=answer.id,
        reason="not_in_library" if fact.kind == "not_in_library" else "uncited",
        words="",
        status="open",
        note="",
        created_at=answer.created_at,
    )


def _report_flag(report: ProblemReport, lesson: Lesson, turn_id: str | None) -> Flag:
    return Flag(
        id=report.id,
        tenant_id=lesson.tenant_id,
        lesson_id=lesson.id,
        person_id=lesson.person_id,
        turn_id=turn_id,
        reason="report",
        words=report.content.strip()[:MAX_EXCERPT_CHARS],
        raised_by=lesson.person_id,
        status="open",
        note="",
        created_at=report.created_at,
    )
