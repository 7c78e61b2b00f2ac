"""The record of a lesson: stores what was asked, answered and heard, each exactly once.

Every function takes a lesson that has passed a door already, except `asked`, which opens it in the same unit.
A turn of the engine is known by the engine session and its number there; telling the same thing twice changes
nothing.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.authz.doors import access_held_lesson
from tutor_platform.authz.subject import Subject
from tutor_platform.kit.clock import Clock
from tutor_platform.kit.db import Database
from tutor_platform.kit.ids import new_id
from tutor_platform.lessons import repository
from tutor_platform.lessons.joined import goes_on
from tutor_platform.lessons.models import Source, Turn, TurnRole
from tutor_protocol import Citation


@dataclass(frozen=True, slots=True)
class EngineTurn:
    """Where something happened: lesson, engine session, and the turn's number in that session."""

    lesson_id: str
    engine_session_id: str
    number: int | None


class LessonRecord:
    """Writes turns."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._echoed: dict[str, dict[str, EngineTurn]] = {}
        """By lesson and turn: what the engine has echoed and where; stored with what comes next."""

    async def typed(self, lesson_id: str, content: str) -> str:
        """Store a typed question before the engine sees it; returns the turn's identifier."""
        async with self._writing(lesson_id) as db:
            return await self._question(db, lesson_id, content)

    async def asked(self, subject: Subject, lesson_id: str, engine_session_id: str, content: str) -> str:
        """The same, if the engine session still serves this lesson of the person's; NotFound otherwise."""

        async def held(db: AsyncSession) -> None:
            await access_held_lesson(db, subject, engine_session_id)

        async with self._writing(lesson_id, held) as db:
            return await self._question(db, lesson_id, content)

    def echoed(self, at: EngineTurn, turn_id: str) -> None:
        """The engine has a typed question that is stored; where it has it is stored with what comes next.

        Should nothing come, the question stays in the record, and only its number in the session is missing.
        """
        self._echoed.setdefault(at.lesson_id, {})[turn_id] = at

    async def place(self, lesson_id: str) -> None:
        """Store now where the engine has what it echoed."""
        if lesson_id in self._echoed:
            async with self._writing(lesson_id):
                pass

    async def said(self, at: EngineTurn, content: str, source: Source) -> str:
        """Store the student's final words as the engine understood them.

        The engine's echo of a typed question only confirms the turn that `typed` stored.
        """
        async with self._writing(at.lesson_id) as db:
            recent = await self._recent(db, at)
            known = recent.known("user")
            if known is None and source == "text":
                known = await self._typed_before(db, at.lesson_id, content)
            if known is None:
                if source == "voice":
                    _join(recent, content)
                known = self._add(db, recent, "user", content, source=source)
            elif known.source == "voice":
                # Told again: the student has gone on, and the whole question takes the place of its part.
                known.content = content
                _withdraw_unheard(await repository.answers_since(db, known))
            known.engine_session_id, known.engine_turn = at.engine_session_id, at.number
            return known.id

    async def answered(
        self, at: EngineTurn, content: str, citations: list[Citation], choices: Sequence[str] = ()
    ) -> None:
        """Store the tutor's whole answer, with the answers that it offers to its own question."""
        async with self._writing(at.lesson_id) as db:
            recent = await self._recent(db, at)
            turn = recent.known("assistant") or self._answer(db, recent, content)
            turn.choices = list(choices)
            turn.content = content
            turn.citations = [citation.model_dump(mode="json") for citation in citations]

    async def heard(self, at: EngineTurn, heard: str, *, interrupted: bool) -> None:
        """Store what of the answer was played. An answer of which nothing is known is not invented."""
        async with self._writing(at.lesson_id) as db:
            recent = await self._recent(db, at)
            turn = recent.known("assistant")
            if turn is None:
                if not heard:
                    return
                turn = self._answer(db, recent, heard)
            turn.heard = heard
            turn.interrupted = interrupted

    @asynccontextmanager
    async def _writing(
        self, lesson_id: str, hold: Callable[[AsyncSession], Awaitable[None]] | None = None
    ) -> AsyncGenerator[AsyncSession]:
        """A unit in which nobody else adds turns to the lesson."""
        echoed = self._echoed.pop(lesson_id, {})
        try:
            async with self._database.writing() as db:
                await (repository.lock(db, lesson_id) if hold is None else hold(db))
                for turn_id, at in echoed.items():
                    await repository.place(db, lesson_id, turn_id, at.engine_session_id, at.number)
                yield db
        except BaseException:
            if echoed:
                self._echoed[lesson_id] = echoed | self._echoed.get(lesson_id, {})
            raise

    async def _question(self, db: AsyncSession, lesson_id: str, content: str) -> str:
        turn_id = new_id()
        await repository.add_question(db, turn_id, lesson_id, content, self._clock())
        return turn_id

    async def _recent(self, db: AsyncSession, at: EngineTurn) -> "_Recent":
        turns = await repository.recent(db, at.lesson_id, at.engine_session_id, at.number)
        return _Recent(at, turns)

    def _answer(self, db: AsyncSession, recent: "_Recent", content: str) -> Turn:
        """A new answer, in the place of those to the same question that nobody heard."""
        question, asked = recent.known("user"), recent.last_question
        late = question is not None and question.withdrawn
        if asked is not None and not late:
            _withdraw_unheard(recent.answers)
        turn = self._add(db, recent, "assistant", content)
        turn.withdrawn = late
        turn.engine_session_id, turn.engine_turn = recent.at.engine_session_id, recent.at.number
        return turn

    async def _typed_before(self, db: AsyncSession, lesson_id: str, content: str) -> Turn | None:
        for turn in reversed(await repository.unanswered_typed(db, lesson_id)):
            if turn.content.strip() == content.strip():
                return turn
        return None

    def _add(
        self, db: AsyncSession, recent: "_Recent", role: TurnRole, content: str, source: Source | None = None
    ) -> Turn:
        turn = Turn(
            id=new_id(),
            lesson_id=recent.at.lesson_id,
            seq=recent.turns[-1].seq + 1 if recent.turns else 1,
            role=role,
            content=content,
            interrupted=False,
            citations=[],
            choices=[],
            withdrawn=False,
            source=source,
            created_at=self._clock(),
        )
        db.add(turn)
        return turn


@dataclass(frozen=True, slots=True)
class _Recent:
    """The end of a lesson, seen from a turn of the engine."""

    at: EngineTurn
    turns: list[Turn]
    """From the last question on, and both sides of the engine's turn, in order; the last is the lesson's."""

    def known(self, role: TurnRole) -> Turn | None:
        """What is stored already of one side of the engine's turn."""
        if self.at.number is None:
            return None
        place = (self.at.engine_session_id, self.at.number, role)
        return next((t for t in self.turns if (t.engine_session_id, t.engine_turn, t.role) == place), None)

    @property
    def last_question(self) -> Turn | None:
        """What the student said last, and counts."""
        said = (turn for turn in reversed(self.turns) if turn.role == "user" and not turn.withdrawn)
        return next(said, None)

    @property
    def answers(self) -> list[Turn]:
        """What the tutor has said from the last question on."""
        asked = self.last_question
        since = asked.seq if asked is not None else 0
        return [turn for turn in self.turns if turn.role == "assistant" and turn.seq > since]


def _join(recent: _Recent, content: str) -> None:
    """Withdraw the question that these words repeat and go on from, if no answer to it had sounded."""
    part = recent.last_question
    if (
        part is None
        or part.source != "voice"
        or part.engine_session_id != recent.at.engine_session_id
        or not goes_on(part.content, content)
    ):
        return
    if all(_is_unheard(answer) for answer in recent.answers):
        for turn in (part, *recent.answers):
            turn.withdrawn = True


def _withdraw_unheard(answers: Iterable[Turn]) -> None:
    for answer in answers:
        if _is_unheard(answer):
            answer.withdrawn = True


def _is_unheard(answer: Turn) -> bool:
    return answer.interrupted and answer.heard is not None and not answer.heard.strip()
