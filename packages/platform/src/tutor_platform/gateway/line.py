"""One person's line to the engine: one socket there, any number of browsers here.

A typed question is stored before it goes to the engine; what the engine says is stored before a browser sees
it. When the engine goes away the browsers stay, questions wait, and a lost session is made again from the
record.
"""

import asyncio
import json

import structlog
from sqlalchemy.exc import SQLAlchemyError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.typing import Subprotocol

from tutor_platform.authz.subject import Subject
from tutor_platform.gateway.browser import Browser
from tutor_platform.gateway.events import as_object, notice, replaced
from tutor_platform.gateway.keeping import ALERT, KEPT, Keeper
from tutor_platform.gateway.minutes import Minutes
from tutor_platform.gateway.options import (
    CLOSE_S,
    LOST,
    MAX_EVENT_BYTES,
    MAX_QUESTIONS,
    MOVE_AFTER,
    OPEN_S,
    REFUSED_STATUS,
    LineOptions,
    SessionLost,
)
from tutor_platform.gateway.questions import Question, Questions
from tutor_platform.gateway.recovery import Recovery
from tutor_platform.kit.errors import NoSeat, NotFound, PlatformError
from tutor_platform.kit.tasks import end
from tutor_platform.lessons.service import Lessons, LiveLesson
from tutor_protocol import PROTOCOL_VERSION, ErrorCode, ProtocolError

log = structlog.get_logger(__name__)

_TROUBLE = (PlatformError, SQLAlchemyError, OSError, WebSocketException, TimeoutError)


class Line:
    """Run it in a task of its own; attach browsers to it."""

    def __init__(self, subject: Subject, lessons: Lessons, keeper: Keeper, options: LineOptions) -> None:
        self.subject = subject
        self.abandoned = False
        """No browser may be attached any more."""
        self._lessons = lessons
        self._keeper = keeper
        self._options = options
        self._browsers: list[Browser] = []
        self._media: Browser | None = None
        """The browser that made the last offer; the engine's answer is for nobody else."""
        self._upstream: ClientConnection | None = None
        self._hello: str | None = None
        self._failures, self._down = 0, False
        self._renewed = False
        """A lost session was made again and no connection has shown yet that this helped."""
        self._sessions: dict[str, LiveLesson] = {}
        """Every engine session this line has carried, by its identifier."""
        self._moved: dict[str, str] = {}
        """Old to new engine sessions, for messages that were on their way when a session was replaced."""
        self._used: set[str] = set()
        """Lessons that a browser of this line has spoken in."""
        self._minutes = Minutes(subject, lessons)
        self._questions = Questions(MAX_QUESTIONS)
        self._asking = asyncio.Lock()
        self._recovery = Recovery(subject, lessons, self._questions, self._goes_on_in)
        self._look = asyncio.Event()
        self._settled = asyncio.Event()
        """Set when an attempt to connect has ended, in whatever way."""
        self._present, self._absent = asyncio.Event(), asyncio.Event()

    # Browsers ------------------------------------------------------------------------------------------

    @property
    def browsers(self) -> tuple[Browser, ...]:
        """Who is attached."""
        return tuple(self._browsers)

    def attach(self, browser: Browser) -> None:
        """One more browser; it is greeted when the engine is there."""
        self._browsers.append(browser)
        self._absent.clear()
        self._present.set()
        if self._upstream is not None and self._hello is not None:
            browser.tell(self._hello)
        elif self._down:
            browser.refuse(ErrorCode.ENGINE_UNREACHABLE)
        self.look()

    def detach(self, browser: Browser) -> None:
        """A browser has gone."""
        self._browsers.remove(browser)
        if self._media is browser:
            self._media = None
        if not self._browsers:
            self._present.clear()
            self._absent.set()

    def look(self) -> None:
        """A lesson may have begun; connect if there is something to connect for."""
        self._look.set()

    def _tell(self, event: str) -> None:
        for browser in self.browsers:
            browser.tell(event)

    def _refuse(
        self, code: ErrorCode, session: str | None = None, retry_after_s: float | None = None
    ) -> None:
        for browser in self.browsers:
            browser.refuse(code, session, retry_after_s)

    def moved(self, old: str, new: str) -> None:
        """An engine session has another in its place: tell browsers, understand who does not know yet."""
        self._moved[old] = new
        log.info("session_replaced", person=self.subject.person_id)
        self._tell(replaced(old, new))

    def _goes_on_in(self, lost: LiveLesson, fresh: LiveLesson) -> None:
        self._sessions[fresh.engine_session_id] = fresh
        self.moved(lost.engine_session_id, fresh.engine_session_id)

    # From a browser ------------------------------------------------------------------------------------

    async def lesson(self, engine_session_id: str) -> LiveLesson:
        """The person's own lesson behind an identifier that a browser sent; NotFound otherwise.

        One that was found here before may be over meanwhile: then its engine session is gone, too.
        """
        while engine_session_id in self._moved:
            engine_session_id = self._moved[engine_session_id]
        live = self._sessions.get(engine_session_id)
        if live is None:
            live = await self._lessons.by_engine_session(self.subject, engine_session_id)
            self._sessions[live.engine_session_id] = live
        self._used.add(live.lesson_id)
        return live

    async def may_show(self, avatar_id: str) -> None:
        """NotFound unless one of the person's tutors wears this face."""
        await self._lessons.check_avatar(self.subject, avatar_id)

    async def ask(self, live: LiveLesson, content: str, message: dict[str, object]) -> None:
        """Store a typed question, then send it, now or as soon as the engine is there."""
        try:
            async with self._asking:
                if self._questions.full():
                    raise ProtocolError(ErrorCode.TOO_FAST, "too many questions wait")
                now_s = asyncio.get_running_loop().time()
                if not self._questions.repeats(live.lesson_id, content, now_s):
                    turn_id = await self._keeper.record.asked(
                        self.subject, live.lesson_id, live.engine_session_id, content
                    )
                    question = Question(live.lesson_id, turn_id, content, message)
                    self._questions.add(question)
                    if self._upstream is not None and self._questions.unsent() == [question]:
                        # The lesson was looked at when the question was stored.
                        await self._send(question, live.engine_session_id, self._upstream)
            self.look()
            await self._send_questions()
        except ConnectionClosed:
            log.info("question_waits", lesson=live.lesson_id)
        if self._upstream is None and self._down:
            raise ProtocolError(ErrorCode.ENGINE_UNREACHABLE, "the question waits")

    async def pass_on(self, message: dict[str, object], media: Browser | None = None) -> None:
        """Send any other message; it is refused while the engine is away, and never sent late."""
        if media is not None:
            self._media = media
        await self._connected()
        if (upstream := self._upstream) is None:
            raise ProtocolError(ErrorCode.ENGINE_UNREACHABLE)
        try:
            await upstream.send(json.dumps(message))
        except ConnectionClosed as error:
            raise ProtocolError(ErrorCode.ENGINE_UNREACHABLE) from error

    async def _connected(self) -> None:
        """Wait for the attempt that is under way, if any."""
        if self._upstream is not None or self._down:
            return
        if not await self._lessons.live(self.subject):
            raise ProtocolError(ErrorCode.MISSING_SESSION)
        self._settled.clear()
        self.look()
        async with asyncio.timeout(OPEN_S + CLOSE_S):
            await self._settled.wait()

    async def _send_questions(self) -> None:
        async with self._asking:
            waiting = self._questions.unsent()
            if not waiting or self._upstream is None:
                return
            live = {lesson.lesson_id: lesson for lesson in await self._lessons.live(self.subject)}
            for question in waiting:
                lesson = live.get(question.lesson_id)
                if lesson is None:
                    # The lesson has ended; the record keeps the question.
                    self._questions.drop(question)
                    continue
                await self._send(question, lesson.engine_session_id, self._upstream)

    @staticmethod
    async def _send(question: Question, engine_session_id: str, upstream: ClientConnection) -> None:
        await upstream.send(json.dumps(question.message | {"engine_session_id": engine_session_id}))
        question.sent_s = asyncio.get_running_loop().time()

    # To the engine and back ------------------------------------------------------------------------------

    async def run(self) -> None:
        """Keep the line until every browser has gone for `linger_s`; `abandoned` is then true."""
        async with asyncio.TaskGroup() as group:
            keeping = group.create_task(self._keep_connected())
            await self._until_abandoned()
            await end([keeping])

    async def _until_abandoned(self) -> None:
        while True:
            await self._absent.wait()
            try:
                async with asyncio.timeout(self._options.linger_s):
                    await self._present.wait()
            except TimeoutError:
                if not self._browsers:
                    self.abandoned = True
                    return

    async def _keep_connected(self) -> None:
        while True:
            self._look.clear()
            try:
                live = await self._lessons.live(self.subject)
                if not live:
                    self._settled.set()
                    await self._look.wait()
                    continue
                await self._converse(live)
            except SessionLost:
                if await self._renewed_lost(refused=True) and not self._renewed:
                    self._renewed = True
                    continue
            except _TROUBLE as error:
                log.info("line_down", person=self.subject.person_id, reason=type(error).__name__)
                if self._failures >= MOVE_AFTER and await self._renewed_lost(refused=False):
                    continue
            await self._pause()

    async def _converse(self, live: list[LiveLesson]) -> None:
        """One connection, from the handshake to its end.

        Raises:
            SessionLost: the engine does not take the token.
        """
        self._sessions.update({lesson.engine_session_id: lesson for lesson in live})
        node = await self._options.engine_socket(live[0].engine_session_id)
        address = f"{node}/ws/user_{self.subject.person_id}"
        token = Subprotocol(f"token.{live[0].engine_token}")
        try:
            async with connect(
                address,
                subprotocols=[Subprotocol(PROTOCOL_VERSION), token],
                max_size=MAX_EVENT_BYTES,
                compression=None,
                proxy=None,
                open_timeout=OPEN_S,
                close_timeout=CLOSE_S,
            ) as upstream:
                await self._listen(upstream)
        except InvalidStatus as error:
            if error.response.status_code in REFUSED_STATUS:
                raise SessionLost from error
            raise
        except ConnectionClosed as error:
            if error.rcvd is not None and error.rcvd.code in LOST:
                raise SessionLost from error
            raise

    async def _listen(self, upstream: ClientConnection) -> None:
        try:
            while True:
                raw = await upstream.recv()
                if isinstance(raw, str):
                    await self._take(raw, upstream)
        finally:
            self._upstream = None

    async def _take(self, raw: str, upstream: ClientConnection) -> None:
        """One event of the engine: stored, then told."""
        event = as_object(raw)
        kind = event.get("type")
        session = event.get("engine_session_id")
        if (known := self._sessions.get(str(session))) is not None:
            self._options.wall.saw(known.lesson_id, event)
        if kind == "hello":
            self._hello = raw
            self._upstream = upstream
            self._failures, self._down, self._renewed = 0, False, False
            self._tell(raw)
            self._settled.set()
            await self._send_questions()
            return
        if kind == "error" and event.get("code") == ErrorCode.UNKNOWN_SESSION:
            if await self._recovered(str(session), upstream):
                return
        elif kind == ALERT:
            await self._alerted(raw, str(session))
            return
        elif kind in KEPT and not await self._kept(raw, str(session)):
            return
        if kind in ("webrtc_answer", "webrtc_ice_candidate") and self._media is not None:
            self._media.tell(raw)
        else:
            self._tell(raw)
        if kind == "turn" and event.get("state") in ("idle", "interrupted"):
            await self._turn_is_over(str(session))

    async def _alerted(self, raw: str, session: str) -> None:
        try:
            live = self._sessions.get(session) or await self.lesson(session)
            await self._keeper.keep_alert(live.lesson_id, raw)
        except (NotFound, SQLAlchemyError):
            log.warning("alert_of_unknown_session", person=self.subject.person_id)

    async def _turn_is_over(self, session: str) -> None:
        """Learn from it, and mind the minutes that the tutor gives to one lesson."""
        if (live := self._sessions.get(session)) is None:
            return
        await self._keeper.learn(live.lesson_id)
        if (code := await self._minutes.after_turn(live.lesson_id)) is not None:
            for browser in self.browsers:
                browser.tell(notice(code, browser.language, session))

    async def _kept(self, raw: str, session: str) -> bool:
        """Store what there is to store; False when the event must not be told."""
        try:
            live = self._sessions.get(session) or await self.lesson(session)
            turn_id = await self._keeper.keep(
                live.lesson_id, raw, lambda words: self._questions.sent(live.lesson_id, words)
            )
        except NotFound:
            log.warning("event_of_unknown_session", person=self.subject.person_id)
            return False
        except SQLAlchemyError:
            log.exception("turn_not_stored")
            self._refuse(ErrorCode.INTERNAL, session)
            return False
        if turn_id is not None:
            self._questions.confirm(turn_id)
        return True

    # Losses ----------------------------------------------------------------------------------------------

    async def _pause(self) -> None:
        """Between two attempts. The first loss is told at once."""
        self._settled.set()
        if not self._down:
            self._down = True
            self._refuse(ErrorCode.ENGINE_UNREACHABLE)
        delays = self._options.retry_s
        await asyncio.sleep(delays[min(self._failures, len(delays) - 1)])
        self._failures += 1

    async def _renewed_lost(self, *, refused: bool) -> bool:
        try:
            return await self._recovery.renew(self._used, refused=refused)
        except NoSeat as error:
            self._refuse(ErrorCode.NO_SEAT, retry_after_s=error.retry_after_s)
        except _TROUBLE as error:
            log.info("line_not_recovered", person=self.subject.person_id, reason=type(error).__name__)
        return False

    async def _recovered(self, session: str, upstream: ClientConnection) -> bool:
        """The engine has ended a session that the lesson still needs; False when nothing can be done."""
        lost = self._sessions.get(session)
        if lost is None or not self._recovery.may_try():
            return False
        try:
            if await self._lessons.is_held(lost):
                # The session lives, but not behind this socket.
                self._questions.ask_again(lost.lesson_id)
                await upstream.close()
                return True
            await self._recovery.replace(lost)
        except NotFound:
            return False
        except PlatformError as error:
            full = isinstance(error, NoSeat)
            code = ErrorCode.NO_SEAT if full else ErrorCode.ENGINE_UNREACHABLE
            self._refuse(code, session, error.retry_after_s if full else None)
            return True
        await self._send_questions()
        return True
