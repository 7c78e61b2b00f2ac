"""The record of a lesson: stores what was asked, answered and heard, each exactly once.

Every function takes a lesson that has passed a door already. A turn of the engine is known by the engine
session and its number there; telling the same thing twice changes nothing.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.kit.clock import Clock
from tutor_platform.kit.db import Database
from tutor_platform.kit.ids import new_id
from tutor_platform.lessons import repository
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
                known = await self._add(db, at.lesson_id, "user", content, source=source)
            elif known.source == "voice":
                known.content = content
            self._place(known, at)
            return known.id

    async def answered(self, at: EngineTurn, content: str, citations: list[Citation]) -> None:
        """Store the tutor's whole answer."""
        async with self._writing(at.lesson_id) as db:
            turn = await self._known(db, at, "assistant")
            if turn is None:
                turn = await self._add(db, at.lesson_id, "assistant", content)
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
                turn = await self._add(db, at.lesson_id, "assistant", heard)
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
            source=source,
            created_at=self._clock(),
        )
        db.add(turn)
        return turn

    @staticmethod
    def _place(turn: Turn, at: EngineTurn) -> None:
        turn.engine_session_id = at.engine_session_id
        turn.engine_turn = at.number
