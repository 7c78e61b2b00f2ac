"""What the gateway itself tells a browser, in the form of the engine's events."""

import json

from tutor_platform.kit.errors import explain
from tutor_platform.kit.language import Language
from tutor_protocol import ErrorCode, sentence
from tutor_protocol.server import Error, SessionReplaced


def replaced(old: str, new: str) -> str:
    """A `session_replaced` event, as sent."""
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


def notice(code: str, language: Language, engine_session_id: str) -> str:
    """An `error` event with a code and a sentence of the platform's own, as sent."""
    return Error(
        code=code, content=explain(code, language), engine_session_id=engine_session_id
    ).model_dump_json(exclude_none=True)


def as_object(raw: str) -> dict[str, object]:
    """The fields of an event as it came; none when it is no JSON object."""
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
