"""What the gateway itself tells a browser, in the form of the engine's events."""

import json
from typing import Literal

from tutor_platform.kit.language import Language
from tutor_protocol import ErrorCode, sentence
from tutor_protocol.server import Error, Event


class SessionReplaced(Event):
    """The engine had lost a session; the lesson goes on in a new one, and media must be offered again."""

    type: Literal["session_replaced"] = "session_replaced"
    old_engine_session_id: str


def replaced(old: str, new: str) -> str:
    """The event that says so, as sent."""
    return SessionReplaced(old_engine_session_id=old, engine_session_id=new).model_dump_json(
        exclude_none=True
    )


def refusal(
    code: ErrorCode,
    language: Language,
    engine_session_id: str | None = None,
    retry_after_s: float | None = None,
) -> str:
    """An `error` event, as sent."""
    return Error(
        code=code.value,
        content=sentence(code, language),
        engine_session_id=engine_session_id,
        retry_after=retry_after_s,
    ).model_dump_json(exclude_none=True)


def as_object(raw: str) -> dict[str, object]:
    """The fields of an event as it came; none when it is no JSON object."""
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
