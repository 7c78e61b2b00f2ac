"""Stores what the engine says of a lesson, before any browser sees it, and learns from what is stored.

The echo of a typed question needs no writing: its words were stored before the engine saw them.
Alerts are kept for the teachers and never reach a browser, whether they could be stored or not.
"""

from collections.abc import Callable

import structlog
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from tutor_platform.kit.db import Database
from tutor_platform.learning.service import Learner
from tutor_platform.lessons import repository as lessons
from tutor_platform.lessons.record import EngineTurn, LessonRecord
from tutor_platform.safety import service as safety
from tutor_protocol import parse_server_event
from tutor_protocol.server import Alert, TextOut, Transcription, Turn

log = structlog.get_logger(__name__)

KEPT = frozenset({"transcription", "text", "turn"})
"""Types of events that may carry something to store."""
ALERT = "alert"
"""Type of the events that no browser sees."""


class Keeper:
    """Writes what an event says; `record` is also where typed questions go."""

    def __init__(self, database: Database, record: LessonRecord, learner: Learner) -> None:
        self.record = record
        self._database = database
        self._learner = learner

    async def keep(self, lesson_id: str, raw: str, asked: Callable[[str], str | None]) -> str | None:
        """Store the event if it is one to store; `asked` finds the stored turn of typed words.

        Returns:
            The identifier of the turn that holds the student's final words; None for every other event.
        """
        try:
            event = parse_server_event(raw)
        except ValidationError:
            # A newer engine; the browser may understand it.
            return None
        at = EngineTurn(lesson_id, event.engine_session_id or "", event.turn_id)
        match event:
            case Transcription(final=True, source="text", content=content) if (
                at.number is not None and (turn_id := asked(content)) is not None
            ):
                self.record.echoed(at, turn_id)
                return turn_id
            case Transcription(final=True, content=content, source=source) if content.strip():
                return await self.record.said(at, content, source)
            case TextOut(content=content, citations=citations, choices=choices):
                await self.record.answered(at, content, citations, choices)
            case Turn(state="idle" | "interrupted" as state, heard=str(heard)):
                await self.record.heard(at, heard, interrupted=state == "interrupted")
            case _:
                pass
        return None

    async def keep_alert(self, lesson_id: str, raw: str) -> None:
        """Store an alert for those who may help."""
        try:
            event = parse_server_event(raw)
        except ValidationError:
            log.warning("alert_not_understood", lesson=lesson_id)
            return
        if not isinstance(event, Alert):
            return
        try:
            await self.record.place(lesson_id)
            async with self._database.writing() as db:
                lesson = await lessons.by_id(db, lesson_id)
                if lesson is not None:
                    await safety.keep(db, lesson, event)
        except SQLAlchemyError:
            log.exception("alert_not_stored", lesson=lesson_id)

    async def learn(self, lesson_id: str) -> None:
        """A turn is over. What cannot be learned now is learned after the next one."""
        try:
            await self._learner.learn(lesson_id)
        except SQLAlchemyError:
            log.exception("lesson_not_learned", lesson=lesson_id)
