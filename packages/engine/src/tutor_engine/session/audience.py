"""A person's sockets and media connection, and the lessons they carry.

In user mode one audience serves all lessons of a person over one peer; in session mode it serves one lesson.
Messages come in parsed, events go out as models; this module never sees a frame of a socket.
"""

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Literal, Protocol

import msgspec
import structlog

from tutor_engine.media import messages as mm
from tutor_engine.session.lesson import Lesson
from tutor_engine.session.plane import FaceRef, OfferRefused, Peer, Plane
from tutor_protocol import ClientMessage, ErrorCode, ProtocolError, ServerEvent, sentence
from tutor_protocol import client as cm
from tutor_protocol import server as se

log = structlog.get_logger()

Reply = Callable[[ServerEvent], None]
_RETRY_SOON_S = 0.5
_RETRY_S = {ErrorCode.MEDIA_BLOCKED: 10.0, ErrorCode.MEDIA_ONE_WAY: 10.0, ErrorCode.MEDIA_HANDSHAKE: 5.0}
"""When a browser should offer again: at once after a break, later where the network has to change first."""

Connection = Literal["none", "socket", "connecting", "media"]


class Listens(Protocol):
    """Turns a recording into words."""

    async def transcribe(self, audio: bytes, sample_rate: int | None, language: str) -> str:
        """The words; raises ProtocolError when there are none."""
        ...


class Audience:
    """One person (user mode) or one lesson (session mode)."""

    def __init__(
        self,
        key: str,
        plane: Plane,
        find_face: Callable[[cm.Id | None], Awaitable[FaceRef]],
        recordings: Listens,
        *,
        many: bool,
    ) -> None:
        self.key = key
        self.many = many
        """User mode: each message names its lesson."""
        self.lessons: dict[str, Lesson] = {}
        self.client_stats: dict[str, object] = {}
        self._plane = plane
        self._find_face = find_face
        self._recordings = recordings
        self._sockets: set[Reply] = set()
        self._peer: Peer | None = None
        self._on_stage: Lesson | None = None
        self._offering = asyncio.Lock()

    # Sockets -----------------------------------------------------------------------------------------

    @property
    def present(self) -> bool:
        """Whether a socket is open."""
        return bool(self._sockets)

    @property
    def sockets(self) -> int:
        """Open sockets."""
        return len(self._sockets)

    @property
    def language(self) -> str:
        """Language of the sentences for this person."""
        lesson = self._on_stage or next(iter(self.lessons.values()), None)
        return lesson.request.tutor.language if lesson is not None else "en"

    def connection_of(self, lesson: Lesson) -> Connection:
        """`media`, `connecting`, `socket` or `none`, for the session list."""
        if self._peer is not None and lesson is self._on_stage:
            return "media" if self._peer.connected else "connecting"
        return "socket" if self._sockets else "none"

    def enter(self, reply: Reply) -> None:
        """A socket opened."""
        self._sockets.add(reply)

    def leave(self, reply: Reply) -> None:
        """A socket closed. The lessons stay; without any socket the picture goes too."""
        self._sockets.discard(reply)
        if not self._sockets:
            self.close_media()

    def tell(self, event: ServerEvent) -> None:
        """Send an event to every socket of the person."""
        for reply in tuple(self._sockets):
            reply(event)

    def close_media(self) -> None:
        """Release the peer. Idempotent."""
        if self._on_stage is not None:
            self._on_stage.leave_stage()
            self._on_stage = None
        if self._peer is not None:
            self._peer.close()
            self._peer = None

    def add(self, lesson: Lesson) -> None:
        """A lesson of this person began."""
        self.lessons[lesson.session_id] = lesson

    def remove(self, lesson: Lesson) -> None:
        """A lesson ended."""
        self.lessons.pop(lesson.session_id, None)
        if self._on_stage is lesson:
            self._on_stage = None
        if not self.lessons:
            self.close_media()

    # Messages ------------------------------------------------------------------------------------------

    async def take(self, message: ClientMessage, reply: Reply) -> None:
        """Act on a message; a refusal goes to the socket that sent it."""
        try:
            await self._act(message, reply)
        except ProtocolError as error:
            content = sentence(error.code, self.language)
            reply(
                se.Error(
                    code=error.code.value,
                    content=content,
                    engine_session_id=message.engine_session_id,
                    session_id=message.session_id,
                )
            )

    async def _act(self, message: ClientMessage, reply: Reply) -> None:
        match message:
            case cm.Ping():
                reply(se.Pong(session_id=message.session_id))
            case cm.ClientStats(stats=stats):
                self.client_stats = dict(stats)
            case cm.WebRTCOffer():
                await self._offer(message, reply)
            case cm.WebRTCCandidate():
                self._check_user(message.user_id)
                self._candidate(message)
            case cm.TextWebRTC():
                self._check_user(message.user_id)
                lesson = self._lesson(message)
                await self._bring_on_stage(lesson)
                lesson.ask(message.content, chat=message.session_id)
            case cm.Text():
                self._lesson(message).ask(message.content, delivery="attached", chat=message.session_id)
            case cm.Audio():
                await self._audio(message)
            case cm.Interrupt():
                self._lesson(message).interrupt()
            case cm.Hold(key=key, held=held):
                lesson = self._lesson(message)
                if held:
                    # Who is spoken to hears it.
                    await self._bring_on_stage(lesson)
                lesson.hold(key, held)
            case cm.Greet(silent=silent):
                lesson = self._lesson(message)
                await self._bring_on_stage(lesson)
                if not silent:
                    await lesson.greet()

    def _lesson(self, message: cm.Conversational) -> Lesson:
        if not self.many:
            if message.engine_session_id not in (None, *self.lessons):
                raise ProtocolError(ErrorCode.UNKNOWN_SESSION)
            return next(iter(self.lessons.values()))
        if message.engine_session_id is None:
            raise ProtocolError(ErrorCode.MISSING_SESSION)
        lesson = self.lessons.get(message.engine_session_id)
        if lesson is None:
            raise ProtocolError(ErrorCode.UNKNOWN_SESSION)
        return lesson

    def _check_user(self, user_id: cm.Id) -> None:
        if self.many and self.key != f"user_{user_id}":
            raise ProtocolError(ErrorCode.FOREIGN_USER)

    async def _audio(self, message: cm.Audio) -> None:
        lesson = self._lesson(message)
        try:
            recording = base64.b64decode(message.audio, validate=True)
        except binascii.Error as error:
            raise ProtocolError(ErrorCode.BAD_AUDIO) from error
        language = lesson.request.tutor.language
        words = await self._recordings.transcribe(recording, message.sample_rate, language)
        if message.webrtc:
            await self._bring_on_stage(lesson)
        delivery = "live" if message.webrtc else "attached"
        lesson.ask(words, source="voice", delivery=delivery, chat=message.session_id)

    # WebRTC --------------------------------------------------------------------------------------------

    async def _offer(self, message: cm.WebRTCOffer, reply: Reply) -> None:
        self._check_user(message.user_id)
        if message.engine_session_id is not None or not self.many:
            lesson = self._lesson(message)
        elif self.lessons:
            lesson = self._on_stage or list(self.lessons.values())[-1]
        else:
            raise ProtocolError(ErrorCode.UNKNOWN_SESSION)
        face = await self._find_face(message.avatar_id or lesson.request.tutor.avatar_id)
        async with self._offering:
            if self._peer is None:
                self._peer = self._plane.open_peer(self)
            try:
                sdp = await self._peer.answer(message.sdp, face)
            except OfferRefused as error:
                log.warning("offer_refused", audience=self.key, detail=str(error))
                raise ProtocolError(ErrorCode.BAD_SDP, str(error)) from error
        self._set_stage(lesson)
        reply(se.WebRTCAnswer(sdp=sdp, engine_session_id=lesson.session_id, session_id=message.session_id))

    def _candidate(self, message: cm.WebRTCCandidate) -> None:
        if self._peer is None:
            return
        candidate = message.candidate
        if isinstance(candidate, dict):
            line = candidate.get("candidate")
            if line is not None and not isinstance(line, str):
                raise ProtocolError(ErrorCode.BAD_CANDIDATE)
            candidate = line
        self._peer.add_candidate(candidate)

    async def _bring_on_stage(self, lesson: Lesson) -> None:
        if self._peer is None or lesson is self._on_stage:
            return
        face = await self._find_face(lesson.request.tutor.avatar_id)
        with suppress(OfferRefused):
            await self._peer.show(face)
        self._set_stage(lesson)

    def _set_stage(self, lesson: Lesson) -> None:
        if self._on_stage is not None and self._on_stage is not lesson:
            self._on_stage.leave_stage()
        self._on_stage = lesson
        if self._peer is not None:
            lesson.take_stage(self._peer)

    # Reports of the peer (PeerListener) ------------------------------------------------------------------

    def on_microphone(self, pcm: bytes) -> None:
        """Student sound goes to the lesson on stage."""
        if self._on_stage is not None:
            self._on_stage.on_microphone(pcm)

    def on_playback_started(self, turn: int, at_s: float) -> None:
        """See PeerListener."""
        if self._on_stage is not None:
            self._on_stage.on_playback_started(turn, at_s)

    def on_playback_at(self, turn: int, position_ms: float) -> None:
        """See PeerListener."""
        if self._on_stage is not None:
            self._on_stage.on_playback_at(turn, position_ms)

    def on_playback_ended(self, turn: int, position_ms: float) -> None:
        """See PeerListener."""
        if self._on_stage is not None:
            self._on_stage.on_playback_ended(turn, position_ms)

    def on_connection(self, report: mm.PeerState) -> None:
        """What is being said waits while nobody hears it; the browser is asked to connect anew."""
        log.info("peer_state", audience=self.key, state=report.state, detail=report.detail)
        lesson = self._on_stage
        if report.state == "connected" and lesson is not None:
            lesson.on_heard_again()
        elif report.state != "connecting" and lesson is not None:
            lesson.on_unheard(report.silent_s)
        if report.code:
            code = ErrorCode(report.code)
            retry_after = _RETRY_S.get(code, _RETRY_SOON_S)
            self.tell(se.Error(code=code, content=sentence(code, self.language), retry_after=retry_after))

    def on_quality(self, report: mm.PeerQuality) -> None:
        """The student sees how well they are reached; where sound does not get through, text goes on."""
        lesson = self._on_stage
        if report.level == "text" and lesson is not None:
            lesson.on_too_weak()
        told = msgspec.structs.asdict(report)
        told["engine_session_id"] = lesson.session_id if lesson is not None else None
        self.tell(se.Quality.model_validate(told))
