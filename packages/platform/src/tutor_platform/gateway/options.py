"""How lines behave: their limits and delays, and what of the engine's refusals means a lost session."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tutor_platform.classes.wall.board import LiveWall
from tutor_protocol import CloseCode

MAX_EVENT_BYTES = 16 * 1024 * 1024
"""A minute of an answer's sound in base64 WAV is 4 MB."""
OPEN_S = 5.0
CLOSE_S = 1.0
RETRY_S = (0.0, 0.3, 1.2, 2.7, 4.8, 7.0)
MAX_QUESTIONS = 50
MOVE_AFTER = 4
"""Attempts that failed before another node is looked for; a node that restarts takes longer, and may."""
MAX_RECOVERIES = 3
RECOVERIES_WITHIN_S = 60.0
LOST = frozenset({CloseCode.BAD_TOKEN, CloseCode.NO_SUCH_SESSION})
REFUSED_STATUS = frozenset({401, 403, 404})


@dataclass(frozen=True, slots=True)
class LineOptions:
    """How lines behave."""

    engine_socket: Callable[[str], Awaitable[str]]
    """The address before `/ws/…` of the node that holds a session."""
    linger_s: float
    """How long the line stays when the last browser has gone, so that an answer is recorded to its end."""
    retry_s: tuple[float, ...]
    """Delays between attempts; the last one repeats."""
    wall: LiveWall = field(default_factory=LiveWall)
    """Is told what happens, for those who teach."""


class SessionLost(Exception):
    """The engine does not know the session, or not its token."""
