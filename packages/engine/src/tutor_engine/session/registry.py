"""The lessons of this node: seats, tokens, time-outs, and whose socket may reach which lesson."""

import asyncio
import hmac
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import structlog

from tutor_engine.session.audience import Audience, Connection
from tutor_engine.session.lesson import Lesson
from tutor_protocol import ServerEvent
from tutor_protocol.http import SessionRequest

log = structlog.get_logger()

_SWEEP_S = 1.0


class NoSeat(Exception):
    """All seats of this node are taken."""


class NoSuchSession(Exception):
    """There is no such lesson, or not any more."""


class BadToken(Exception):
    """The token opens nothing here."""


LessonMaker = Callable[[str, SessionRequest, Callable[[ServerEvent], None]], Lesson]
AudienceMaker = Callable[[str, bool], Audience]


class _Seat:
    """A taken seat."""

    def __init__(self, lesson: Lesson, token: str, user: str) -> None:
        self.lesson = lesson
        self.token = token
        self.user = user
        self.task: asyncio.Task[None] | None = None


class Registry:
    """All lessons. Use as `async with registry:`; leaving ends every lesson."""

    def __init__(
        self,
        *,
        seats: int,
        timeout_s: float,
        make_lesson: LessonMaker,
        make_audience: AudienceMaker,
        on_end: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.seats = seats
        self.timeout_s = timeout_s
        self._make_lesson = make_lesson
        self._make_audience = make_audience
        self._on_end = on_end
        self._clock = clock
        self._taken: dict[str, _Seat] = {}
        self._audiences: dict[str, Audience] = {}
        self._group = asyncio.TaskGroup()
        self._sweeper: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Registry":
        await self._group.__aenter__()
        self._sweeper = self._group.create_task(self._sweep_forever())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._sweeper is not None:
            self._sweeper.cancel()
        for session_id in list(self._taken):
            await self.end(session_id)
        for audience in self._audiences.values():
            audience.close_media()
        await self._group.__aexit__(None, None, None)

    @property
    def active(self) -> int:
        """Seats taken."""
        return len(self._taken)

    def lessons(self) -> list[Lesson]:
        """All live lessons."""
        return [seat.lesson for seat in self._taken.values()]

    def create(self, request: SessionRequest) -> tuple[Lesson, str, datetime]:
        """Take a seat; returns the lesson, its token, and when the token ends.

        No await lies between counting and taking, so seats are never given twice.

        Raises:
            NoSeat: all are taken.
        """
        if len(self._taken) >= self.seats:
            raise NoSeat
        session_id = secrets.token_urlsafe(12)
        user = str(request.user_id if request.user_id is not None else request.student_id)
        lesson = self._make_lesson(session_id, request, lambda event: self._tell(session_id, event))
        seat = _Seat(lesson, secrets.token_urlsafe(32), user)
        self._taken[session_id] = seat
        seat.task = self._group.create_task(lesson.run(), name=f"lesson:{session_id}")
        self._audience(f"user_{user}", many=True).add(lesson)
        return lesson, seat.token, datetime.now(UTC) + timedelta(seconds=self.timeout_s)

    def get(self, session_id: str) -> Lesson:
        """A live lesson.

        Raises:
            NoSuchSession: there is none of this id.
        """
        seat = self._taken.get(session_id)
        if seat is None:
            raise NoSuchSession(session_id)
        return seat.lesson

    def connection_of(self, lesson: Lesson) -> Connection:
        """How the lesson is connected now; the best of its audiences counts."""
        ways = [a.connection_of(lesson) for a in self._audiences.values() if lesson.session_id in a.lessons]
        best: list[Connection] = [way for way in ("media", "connecting", "socket") if way in ways]
        return best[0] if best else "none"

    async def end(self, session_id: str) -> None:
        """Release a lesson with everything of it.

        Raises:
            NoSuchSession: there is none of this id.
        """
        seat = self._taken.pop(session_id, None)
        if seat is None:
            raise NoSuchSession(session_id)
        for key, audience in list(self._audiences.items()):
            audience.remove(seat.lesson)
            if not audience.lessons and not audience.present:
                del self._audiences[key]
        seat.lesson.end()
        if seat.task is not None:
            with suppress(asyncio.CancelledError):
                await seat.task
        self._on_end()

    def admit(self, connection_id: str, token: str) -> Audience:
        """Whose socket this is: the token of any live lesson of a person opens that person's socket.

        Raises:
            NoSuchSession: no such lesson, or the person has none.
            BadToken: wrong or expired.
        """
        if connection_id.startswith("user_"):
            seats = [s for s in self._taken.values() if f"user_{s.user}" == connection_id]
            if not any(hmac.compare_digest(seat.token.encode(), token.encode()) for seat in seats):
                raise BadToken
            return self._audience(connection_id, many=True)
        seat = self._taken.get(connection_id)
        if seat is None:
            raise NoSuchSession(connection_id)
        if not hmac.compare_digest(seat.token.encode(), token.encode()):
            raise BadToken
        audience = self._audience(connection_id, many=False)
        audience.add(seat.lesson)
        return audience

    def sweep(self) -> list[str]:
        """Lessons that have been silent for too long."""
        now = self._clock()
        return [
            session_id
            for session_id, seat in self._taken.items()
            if now - seat.lesson.last_activity_s > self.timeout_s
        ]

    async def _sweep_forever(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_S)
            for session_id in self.sweep():
                log.info("session_timed_out", session=session_id)
                await self.end(session_id)

    def _audience(self, key: str, *, many: bool) -> Audience:
        if key not in self._audiences:
            self._audiences[key] = self._make_audience(key, many)
        return self._audiences[key]

    def _tell(self, session_id: str, event: ServerEvent) -> None:
        for audience in tuple(self._audiences.values()):
            if session_id in audience.lessons:
                audience.tell(event)
