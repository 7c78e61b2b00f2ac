"""The record of a lesson: stores what was asked, answered and heard, each exactly once.

Every function takes a lesson that has passed a door already. A turn of the engine is known by the engine
session and its number there; telling the same thing twice changes nothing.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

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

    async def typed(self, lesson_id: str, content: str) -> str:
        """Store a typed question before the engine sees it; returns the turn's identifier."""
        async with self._writing(lesson_id) as db:
            return (await self._add(db, lesson_id, "user", content, source="text")).id

    async def said(self, at: EngineTurn, content: str, source: Source) -> str:
        """Store the student's final words as the engine understood them.

        The engine's echo of a typed question only confirms the turn that `typed` stored.
        """
        async with self._writing(at.lesson_id) as db:
            known = await self._known(db, at, "user")
            if known is None and source == "text":
                known = await self._typed_before(db, at.lesson_id, content)
            if known is None:
                if source == "voice":
                    await self._join(db, at, content)
                known = await self._add(db, at.lesson_id, "user", content, source=source)
            elif known.source == "voice":
                # Told again: the student has gone on, and the whole question takes the place of its part.
                known.content = content
                await self._drop_unheard(db, known)
            self._place(known, at)
            return known.id

    async def answered(
        self, at: EngineTurn, content: str, citations: list[Citation], choices: Sequence[str] = ()
    ) -> None:
        """Store the tutor's whole answer, with the answers that it offers to its own question."""
        async with self._writing(at.lesson_id) as db:
            turn = await self._known(db, at, "assistant")
            if turn is None:
                turn = await self._answer(db, at, content)
            turn.choices = list(choices)
            turn.content = content
            turn.citations = [citation.model_dump(mode="json") for citation in citations]
            self._place(turn, at)

    async def heard(self, at: EngineTurn, heard: str, *, interrupted: bool) -> None:
        """Store what of the answer was played. An answer of which nothing is known is not invented."""
        async with self._writing(at.lesson_id) as db:
            turn = await self._known(db, at, "assistant")
            if turn is None:
                if not heard:
                    return
                turn = await self._answer(db, at, heard)
                self._place(turn, at)
            turn.heard = heard
            turn.interrupted = interrupted

    @asynccontextmanager
    async def _writing(self, lesson_id: str) -> AsyncGenerator[AsyncSession]:
        """A unit in which nobody else adds turns to the lesson."""
        async with self._database.writing() as db:
            await repository.lock(db, lesson_id)
            yield db

    async def _known(self, db: AsyncSession, at: EngineTurn, role: TurnRole) -> Turn | None:
        if at.number is None:
            return None
        return await repository.turn_of_engine(db, at.lesson_id, at.engine_session_id, at.number, role)

    async def _join(self, db: AsyncSession, at: EngineTurn, content: str) -> None:
        """Withdraw the question that these words repeat and go on from, if no answer to it had sounded."""
        part = await repository.last_question(db, at.lesson_id)
        if (
            part is None
            or part.source != "voice"
            or part.engine_session_id != at.engine_session_id
            or not goes_on(part.content, content)
        ):
            return
        answers = await repository.answers_since(db, part)
        if all(_is_unheard(answer) for answer in answers):
            for turn in (part, *answers):
                turn.withdrawn = True

    async def _answer(self, db: AsyncSession, at: EngineTurn, content: str) -> Turn:
        """A new answer, in the place of those to the same question that nobody heard."""
        question = await self._known(db, at, "user")
        late = question is not None and question.withdrawn
        asked = await repository.last_question(db, at.lesson_id)
        if asked is not None and not late:
            await self._drop_unheard(db, asked)
        turn = await self._add(db, at.lesson_id, "assistant", content)
        turn.withdrawn = late
        return turn

    async def _drop_unheard(self, db: AsyncSession, question: Turn) -> None:
        for answer in await repository.answers_since(db, question):
            if _is_unheard(answer):
                answer.withdrawn = True

    async def _typed_before(self, db: AsyncSession, lesson_id: str, content: str) -> Turn | None:
        for turn in reversed(await repository.unanswered_typed(db, lesson_id)):
            if turn.content.strip() == content.strip():
                return turn
        return None

    async def _add(
        self, db: AsyncSession, lesson_id: str, role: TurnRole, content: str, source: Source | None = None
    ) -> Turn:
        turn = Turn(
            id=new_id(),
            lesson_id=lesson_id,
            seq=await repository.next_seq(db, lesson_id),
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

    @staticmethod
    def _place(turn: Turn, at: EngineTurn) -> None:
        turn.engine_session_id = at.engine_session_id
        turn.engine_turn = at.number


def _is_unheard(answer: Turn) -> bool:
    return answer.interrupted and answer.heard is not None and not answer.heard.strip()
