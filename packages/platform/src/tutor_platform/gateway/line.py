"""One person's line to the engine: one socket there, any number of browsers here.

A typed question is stored before it goes to the engine; what the engine says is stored before a browser sees
it. When the engine goes away the browsers stay, questions wait, and a lost session is made again from the record.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import SQLAlchemyError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.typing import Subprotocol

from tutor_platform.authz.subject import Subject
from tutor_platform.gateway.browser import Browser
from tutor_platform.gateway.events import replaced
from tutor_platform.gateway.keeping import KEPT, keep
from tutor_platform.kit.errors import NoSeat, NotFound, PlatformError
from tutor_platform.lessons.record import LessonRecord
from tutor_platform.lessons.service import Lessons, LiveLesson
from tutor_protocol import (
    PROTOCOL_VERSION,
    ClientMessage,
    CloseCode,
    ErrorCode,
    ProtocolError,
    parse_client_message,
)
from tutor_protocol.client import Audio, Greet, Interrupt, Text, TextWebRTC, WebRTCCandidate, WebRTCOffer

log = structlog.get_logger(__name__)

MAX_EVENT_BYTES = 16 * 1024 * 1024
"""A minute of an answer's sound in base64 WAV is 4 MB."""
OPEN_S = 5.0
CLOSE_S = 1.0
RETRY_S = (0.0, 0.3, 1.2, 2.7, 4.8, 7.0)
MAX_QUESTIONS = 50
"""Questions that may wait for an engine that is away."""
MAX_RECOVERIES = 3
RECOVERIES_WITHIN_S = 60.0
_LOST = frozenset({CloseCode.BAD_TOKEN, CloseCode.NO_SUCH_SESSION})
_REFUSED_STATUS = frozenset({401, 403, 404})
_TROUBLE = (PlatformError, SQLAlchemyError, OSError, WebSocketException, TimeoutError)


@dataclass(slots=True)
class Question:
    """A typed question that is stored and that the engine has not confirmed."""

    lesson_id: str
    turn_id: str
    message: dict[str, object]
    sent: bool = False


class SessionLost(Exception):
    """The engine does not know the session, or not its token."""
