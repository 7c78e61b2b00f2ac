"""Reads what a browser says: checks that it is theirs to say, then hands it to the line."""

import asyncio
import json

import structlog
from sqlalchemy.exc import SQLAlchemyError

from tutor_platform.gateway.browser import Browser
from tutor_platform.gateway.events import notice
from tutor_platform.gateway.line import Line
from tutor_platform.kit.db import no_room
from tutor_platform.kit.errors import NotFound, StorageFull
from tutor_protocol import ClientMessage, ErrorCode, ProtocolError, parse_client_message
from tutor_protocol.client import (
    Audio,
    Greet,
    Hold,
    Interrupt,
    Ping,
    Text,
    TextWebRTC,
    WebRTCCandidate,
    WebRTCOffer,
)
from tutor_protocol.server import Pong

log = structlog.get_logger(__name__)

_OF_A_LESSON = (Text, TextWebRTC, Audio, Interrupt, Greet, Hold)
_LET_GO_S = 1.0
"""Longer than this nobody waits for a browser that has gone."""
_PLATFORM_DECIDES = ("kb_id", "tutor_id", "avatar_id")
"""Chosen when the lesson began; a browser that names another school's would otherwise reach it."""


async def take(line: Line, browser: Browser, raw: str | bytes) -> None:
    """One message of a browser; every refusal goes back to that browser alone."""
    session: str | None = None
    try:
        if not browser.may_speak():
            raise ProtocolError(ErrorCode.TOO_FAST)
        message = parse_client_message(raw)
        session = message.engine_session_id
        await _act(line, browser, message, raw)
    except ProtocolError as error:
        browser.refuse(error.code, session, 1.0 if error.code is ErrorCode.TOO_FAST else None)
    except NotFound:
        browser.refuse(ErrorCode.UNKNOWN_SESSION, session)
    except TimeoutError:
        browser.refuse(ErrorCode.ENGINE_UNREACHABLE, session)
    except SQLAlchemyError as error:
        log.exception("message_not_stored")
        if no_room(error) and session is not None:
            browser.tell(notice(StorageFull.code, browser.language, session))
        else:
            browser.refuse(ErrorCode.INTERNAL, session)


async def _act(line: Line, browser: Browser, message: ClientMessage, raw: str | bytes) -> None:
    if isinstance(message, Ping):
        # The browser asks whether its way to the platform is open; the line to the engine pings by itself.
        browser.tell(Pong(session_id=message.session_id).model_dump_json(exclude_none=True))
        return
    user_id = getattr(message, "user_id", None)
    if user_id is not None and str(user_id) != line.subject.person_id:
        raise ProtocolError(ErrorCode.FOREIGN_USER)
    if isinstance(message, _OF_A_LESSON) and message.engine_session_id is None:
        raise ProtocolError(ErrorCode.MISSING_SESSION)
    # As it came, not as it was understood here: a newer engine may know more fields.
    outgoing: dict[str, object] = json.loads(raw)
    live = None
    if message.engine_session_id is not None:
        live = await line.lesson(message.engine_session_id)
        outgoing["engine_session_id"] = live.engine_session_id
    if isinstance(message, WebRTCOffer) and message.avatar_id is not None:
        await _check_face(line, str(message.avatar_id))
    elif not isinstance(message, WebRTCOffer):
        for field in _PLATFORM_DECIDES:
            outgoing.pop(field, None)
    if isinstance(message, Hold) and live is not None:
        _note_key(browser, message, live.lesson_id, outgoing)
    if live is not None and isinstance(message, Text | TextWebRTC):
        await line.ask(live, message.content, outgoing)
    else:
        media = browser if isinstance(message, WebRTCOffer | WebRTCCandidate) else None
        await line.pass_on(outgoing, media)


def _note_key(browser: Browser, message: Hold, lesson_id: str, outgoing: dict[str, object]) -> None:
    key = (lesson_id, message.key)
    if message.held:
        browser.holding[key] = outgoing
    else:
        browser.holding.pop(key, None)


async def let_go(line: Line, browser: Browser) -> None:
    """Release the keys that a browser held when its socket ended; a tutor would wait for them for ever."""
    for outgoing in browser.holding.values():
        try:
            async with asyncio.timeout(_LET_GO_S):
                live = await line.lesson(str(outgoing["engine_session_id"]))
                released = {"held": False, "engine_session_id": live.engine_session_id}
                await line.pass_on(outgoing | released)
        except (ProtocolError, NotFound, TimeoutError, SQLAlchemyError) as error:
            # The lesson has ended, or the engine is away and has forgotten its keys.
            log.info("key_not_released", reason=type(error).__name__)
    browser.holding.clear()


async def _check_face(line: Line, avatar_id: str) -> None:
    try:
        await line.may_show(avatar_id)
    except NotFound as error:
        raise ProtocolError(ErrorCode.NOT_FOUND, "avatar_id") from error
