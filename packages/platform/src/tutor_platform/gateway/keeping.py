"""Stores what the engine says of a lesson, before any browser sees it."""

from pydantic import ValidationError

from tutor_platform.lessons.record import EngineTurn, LessonRecord
from tutor_protocol import parse_server_event
from tutor_protocol.server import TextOut, Transcription, Turn

KEPT = frozenset({"transcription", "text", "turn"})
"""Types of events that may carry something to store."""


async def keep(record: LessonRecord, lesson_id: str, raw: str) -> str | None:
    """Store the event if it is one to store.

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
        case Transcription(final=True, content=content, source=source) if content.strip():
            return await record.said(at, content, source)
        case TextOut(content=content, citations=citations, choices=choices):
            await record.answered(at, content, citations, choices)
        case Turn(state="idle" | "interrupted" as state, heard=str(heard)):
            await record.heard(at, heard, interrupted=state == "interrupted")
        case _:
            pass
    return None
