"""Lessons: opened, resumed, replaced after a loss, ended. Takes the engine's seats and gives them back.

No unit of work is open while the engine is asked: an engine that is slow never holds the database.
"""

import asyncio
from dataclasses import dataclass
from typing import cast

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.authz.doors import (
    access_avatar,
    access_editable_tutor,
    access_lesson,
    access_lesson_of_session,
    access_tutor,
)
from tutor_platform.authz.subject import Subject
from tutor_platform.classes.repository import may_learn_with
from tutor_platform.kit.clock import Clock
from tutor_platform.kit.db import Database
from tutor_platform.kit.engine import EngineClient
from tutor_platform.kit.errors import NotFound, PlatformError, TimeOver
from tutor_platform.kit.ids import new_id
from tutor_platform.kit.teaching import Mode
from tutor_platform.learning.briefing import Briefing
from tutor_platform.learning.service import briefing_of
from tutor_platform.lessons import repository
from tutor_platform.lessons.models import Lesson, Turn
from tutor_platform.lessons.schemas import LessonList, LessonSummary, LessonView, TurnView
from tutor_platform.lessons.time import Left, left
from tutor_platform.quotas.service import Ceilings, claim_lesson, settle_lesson
from tutor_platform.tutors import repository as tutors
from tutor_platform.tutors.models import TutorPreview
from tutor_platform.tutors.service import LessonSpec, spec_for_lesson, tutor_brief, view_for_lesson
from tutor_protocol import Citation
from tutor_protocol.client import Id
from tutor_protocol.http import PastMessage, SessionRequest

log = structlog.get_logger(__name__)

MAX_HISTORY = 40
"""Messages given to a new engine session; the engine remembers no more."""
MAX_HISTORY_CHARS = 20_000
"""Per message, as the protocol allows."""


@dataclass(frozen=True, slots=True)
class LiveLesson:
    """An unfinished lesson of a person, with the engine session that serves it."""

    lesson_id: str
    engine_session_id: str
    engine_token: str


class Lessons:
    """Every change of a lesson except its turns."""

    def __init__(
        self,
        database: Database,
        engine: EngineClient,
        clock: Clock,
        live_sessions_per_person: int,
        ceilings: Ceilings | None = None,
    ) -> None:
        self._database = database
        self._engine = engine
        self._clock = clock
        self._live_per_person = live_sessions_per_person
        self._ceilings = ceilings or Ceilings()
        self._opening: dict[object, asyncio.Future[LessonView | None]] = {}

    async def open(
        self, subject: Subject, tutor_id: str, mode: Mode | None = None, *, preview: bool = False
    ) -> LessonView:
        """Begin a lesson with a tutor, in the mode that the student wishes or the tutor usually has.

        A preview tries what its teacher works on; nobody counts or remembers it. Two clicks open one lesson.

        Raises:
            NotFound: no such tutor for this person.
            QuotaReached: the school has no lesson left.
            NoSeat, EngineUnreachable: the engine cannot take a lesson now.
        """
        wish = (subject.person_id, tutor_id, mode, preview)
        while (first := self._opening.get(wish)) is not None:
            if (view := await asyncio.shield(first)) is not None:
                return view
        opening = self._opening[wish] = asyncio.get_running_loop().create_future()
        try:
            view = await self._new(subject, tutor_id, mode, preview=preview)
            opening.set_result(view)
            return view
        finally:
            del self._opening[wish]
            if not opening.done():
                opening.set_result(None)

    async def _new(self, subject: Subject, tutor_id: str, mode: Mode | None, *, preview: bool) -> LessonView:
        async with self._database.reading() as db:
            access = access_editable_tutor if preview else access_tutor
            tutor = await access(db, subject, tutor_id)
            if not preview and not await may_learn_with(db, subject, tutor_id):
                raise NotFound
            spec = await spec_for_lesson(db, tutor, preview=preview)
            briefing = Briefing() if preview else await briefing_of(db, subject)
        await self._make_room(subject)
        mode = mode or cast("Mode", spec.tutor.mode)
        async with self._database.writing() as db:
            claim = await claim_lesson(db, subject.tenant_id, self._ceilings, self._clock())
        created = None
        try:
            request = _request(subject, tutor.id, spec, mode, [], briefing)
            created = await self._engine.create_session(request)
            lesson = Lesson(
                id=new_id(),
                tenant_id=subject.tenant_id,
                person_id=subject.person_id,
                tutor_id=tutor.id,
                mode=mode,
                started_at=self._clock(),
                engine_session_id=created.session_id,
                engine_token=created.engine_token,
            )
            async with self._database.writing() as db:
                db.add(lesson)
                await db.flush()
                if preview:
                    db.add(TutorPreview(lesson_id=lesson.id))
                await settle_lesson(db, claim)
                return await self._view(db, subject, lesson)
        except BaseException:
            if created is not None:
                await self._give_back(created.session_id)
            async with self._database.writing() as db:
                await settle_lesson(db, claim)
            raise

    async def resume(self, subject: Subject, lesson_id: str) -> LessonView:
        """Go on with a lesson, ended or not; with a new engine session when the old one is gone.

        Raises:
            TimeOver: the minutes of this lesson are used up.
            NoSeat, EngineUnreachable: not now.
        """
        async with self._database.reading() as db:
            lesson = await access_lesson(db, subject, lesson_id)
        limit = await self.minutes(subject, lesson.id)
        if await self.time_left(subject, lesson.id, limit) == "none":
            raise TimeOver
        held = lesson.engine_session_id
        if held is None or not await self._engine.has_session(held):
            await self._make_room(subject, besides=lesson.id)
            await self._renew(subject, lesson)
        async with self._database.writing() as db:
            lesson = await access_lesson(db, subject, lesson_id)
            lesson.ended_at = None
            return await self._view(db, subject, lesson)

    async def change_mode(
        self, subject: Subject, lesson_id: str, mode: Mode
    ) -> tuple[str | None, LessonView]:
        """Teach differently from now on, with the same history.

        Returns:
            The engine session that was replaced, if any, and the lesson as it is now.

        Raises:
            NoSeat, EngineUnreachable: the lesson goes on as it was.
        """
        async with self._database.reading() as db:
            lesson = await access_lesson(db, subject, lesson_id)
        before = lesson.engine_session_id
        if lesson.mode != mode and before is not None:
            await self._renew(subject, lesson, mode=mode)
        async with self._database.writing() as db:
            lesson = await access_lesson(db, subject, lesson_id)
            lesson.mode = mode
            view = await self._view(db, subject, lesson)
        return (before if before != view.engine_session_id else None), view

    async def end(self, subject: Subject, lesson_id: str) -> LessonView:
        """End a lesson and give its seat back; ending twice changes nothing."""
        async with self._database.writing() as db:
            lesson = await access_lesson(db, subject, lesson_id)
            session_id = lesson.engine_session_id
            lesson.ended_at = lesson.ended_at or self._clock()
            lesson.engine_session_id = lesson.engine_token = None
            view = await self._view(db, subject, lesson)
        if session_id is not None:
            await self._give_back(session_id)
        return view

    async def replace(
        self, subject: Subject, lost: LiveLesson, without: frozenset[str] = frozenset()
    ) -> LiveLesson:
        """A new engine session with the stored history in the place of a lost one.

        `without` names turns that the caller will ask again, so they are not history yet.

        Raises:
            NotFound: the lesson has ended meanwhile.
            NoSeat, EngineUnreachable: not now.
        """
        async with self._database.reading() as db:
            lesson = await access_lesson(db, subject, lost.lesson_id)
        if lesson.ended_at is not None:
            raise NotFound
        if lesson.engine_session_id in (None, lost.engine_session_id):
            await self._renew(subject, lesson, without)
        async with self._database.reading() as db:
            lesson = await access_lesson(db, subject, lost.lesson_id)
        return _live(lesson)

    async def release(self, subject: Subject, lost: LiveLesson) -> None:
        """Give the session's seat back; resuming the lesson will make a new one."""
        async with self._database.writing() as db:
            lesson = await access_lesson(db, subject, lost.lesson_id)
            await repository.swap_engine_session(db, lesson.id, lost.engine_session_id, None, None)
        await self._give_back(lost.engine_session_id)

    async def minutes(self, subject: Subject, lesson_id: str) -> int | None:
        """How long this lesson may last; None without a limit. A lesson keeps what it began with."""
        async with self._database.reading() as db:
            lesson = await access_lesson(db, subject, lesson_id)
            return (await self._spec(db, subject, lesson)).minutes

    async def time_left(self, subject: Subject, lesson_id: str, minutes: int | None) -> Left:
        """How much of so many minutes this lesson has left."""
        if minutes is None:
            return "enough"
        async with self._database.reading() as db:
            lesson = await access_lesson(db, subject, lesson_id)
            return left(await repository.turn_times(db, lesson.id), minutes)

    async def is_held(self, live: LiveLesson) -> bool:
        """Whether the engine still holds its session."""
        return await self._engine.has_session(live.engine_session_id)

    async def live(self, subject: Subject) -> list[LiveLesson]:
        """The person's unfinished lessons that hold an engine session, newest first."""
        async with self._database.reading() as db:
            return [_live(lesson) for lesson in await repository.live(db, subject)]

    async def by_engine_session(self, subject: Subject, engine_session_id: str) -> LiveLesson:
        """The person's lesson that this engine session serves; NotFound when it is not theirs."""
        async with self._database.reading() as db:
            return _live(await access_lesson_of_session(db, subject, engine_session_id))

    async def check_avatar(self, subject: Subject, avatar_id: str) -> None:
        """NotFound unless one of the person's tutors wears this face."""
        async with self._database.reading() as db:
            await access_avatar(db, subject, avatar_id)

    async def one(self, subject: Subject, lesson_id: str) -> LessonView:
        """A lesson with its turns."""
        async with self._database.reading() as db:
            return await self._view(db, subject, await access_lesson(db, subject, lesson_id))

    async def _renew(
        self,
        subject: Subject,
        lesson: Lesson,
        without: frozenset[str] = frozenset(),
        mode: Mode | None = None,
    ) -> None:
        async with self._database.reading() as db:
            spec = await self._spec(db, subject, lesson)
            turns = await repository.turns_of(db, lesson)
            briefing = await briefing_of(db, subject)
        history = past_messages([turn for turn in turns if turn.id not in without])
        request = _request(subject, lesson.tutor_id, spec, mode or lesson.mode, history, briefing)
        created = await self._engine.create_session(request)
        async with self._database.writing() as db:
            ours = await repository.swap_engine_session(
                db, lesson.id, lesson.engine_session_id, created.session_id, created.engine_token
            )
        if not ours:
            await self._give_back(created.session_id)
        elif lesson.engine_session_id is not None:
            await self._give_back(lesson.engine_session_id)

    @staticmethod
    async def _spec(db: AsyncSession, subject: Subject, lesson: Lesson) -> LessonSpec:
        tutor = await access_tutor(db, subject, lesson.tutor_id)
        return await spec_for_lesson(db, tutor, lesson_id=lesson.id, begun_at=lesson.started_at)

    async def _make_room(self, subject: Subject, besides: str | None = None) -> None:
        """Give back the person's oldest seats, so that one more stays within their share."""
        others = [live for live in await self.live(subject) if live.lesson_id != besides]
        for surplus in others[self._live_per_person - 1 :]:
            await self.release(subject, surplus)

    async def _give_back(self, session_id: str) -> None:
        try:
            await self._engine.delete_session(session_id)
        except PlatformError as error:
            # The engine ends idle sessions by itself.
            log.warning("seat_not_given_back", code=error.code)

    async def _view(self, db: AsyncSession, subject: Subject, lesson: Lesson) -> LessonView:
        tutor = await access_tutor(db, subject, lesson.tutor_id)
        turns = await repository.turns_of(db, lesson)
        return LessonView(
            id=lesson.id,
            tutor=await view_for_lesson(db, subject, tutor, lesson.id, lesson.started_at),
            mode=lesson.mode,
            started_at=lesson.started_at,
            ended_at=lesson.ended_at,
            engine_session_id=lesson.engine_session_id,
            turns=[_turn_view(turn) for turn in turns],
        )


async def listed(db: AsyncSession, subject: Subject, before: str | None, limit: int) -> LessonList:
    """The person's lessons, newest first."""
    lessons = await repository.listed(db, subject, before, limit)
    known = await tutors.by_ids(db, subject, {lesson.tutor_id for lesson in lessons})
    counts = await repository.turn_counts(db, lessons)
    questions = await repository.first_questions(db, lessons)
    return LessonList(
        lessons=[
            LessonSummary(
                id=lesson.id,
                tutor=tutor_brief(known[lesson.tutor_id]),
                mode=lesson.mode,
                started_at=lesson.started_at,
                ended_at=lesson.ended_at,
                turn_count=counts.get(lesson.id, 0),
                first_question=questions.get(lesson.id),
            )
            for lesson in lessons
        ]
    )


def past_messages(turns: list[Turn]) -> list[PastMessage]:
    """The lesson so far as the tutor remembers it: of its own words only those that were heard."""
    past: list[PastMessage] = []
    for turn in turns:
        words = turn.content if turn.role == "user" or turn.heard is None else turn.heard
        if words.strip():
            past.append(PastMessage(role=turn.role, content=words[:MAX_HISTORY_CHARS]))
    return past[-MAX_HISTORY:]


def _request(
    subject: Subject,
    tutor_id: str,
    spec: LessonSpec,
    mode: Mode,
    history: list[PastMessage],
    briefing: Briefing,
) -> SessionRequest:
    tutor = spec.tutor
    told = {
        "persona": "\n\n".join(part for part in (tutor.persona, briefing.text(tutor.language)) if part),
        "greeting": tutor.greeting if history else briefing.greeting(tutor.greeting or "", tutor.language),
        "mode": mode,
        # How a lesson begins is the tutor's, how it goes on is the student's: an engine that hears only
        # what is held would be deaf to who has chosen to talk freely. Who holds is muted by the page.
        "push_to_talk": False,
    }
    return SessionRequest(
        tutor_id=tutor_id,
        student_id=subject.person_id,
        user_id=subject.person_id,
        tenant_id=subject.tenant_id,
        kb_id=spec.kb_ids[0] if spec.kb_ids else None,
        kb_ids=list[Id](spec.kb_ids[1:]),
        tutor=tutor.model_copy(update=told),
        # They are for the teachers; the gateway keeps them and tells no browser.
        alerts=True,
        history=history,
    )


def _live(lesson: Lesson) -> LiveLesson:
    if lesson.engine_session_id is None or lesson.engine_token is None:
        raise NotFound
    return LiveLesson(lesson.id, lesson.engine_session_id, lesson.engine_token)


def _turn_view(turn: Turn) -> TurnView:
    return TurnView(
        id=turn.id,
        seq=turn.seq,
        role=turn.role,
        content=turn.content,
        heard=turn.heard,
        interrupted=turn.interrupted,
        citations=[Citation.model_validate(citation) for citation in turn.citations],
        choices=turn.choices,
        source=turn.source,
        created_at=turn.created_at,
    )
