"""A lesson with exact parts: a voice of one word per 200 ms, a scripted answerer, a peer that records."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from tutor_engine.answering.port import (
    Alert,
    AnswerCitation,
    AnswerEnd,
    AnswererFailed,
    AnswerEvent,
    AnswerText,
    Exchange,
    Question,
    TeachingState,
)
from tutor_engine.hearing import port as hp
from tutor_engine.media import messages as mm
from tutor_engine.session.audience import Audience
from tutor_engine.session.lesson import Lesson, Stages
from tutor_engine.session.library import NoLibrary
from tutor_engine.session.plane import FaceRef, Peer, Plane
from tutor_engine.session.registry import Registry
from tutor_engine.showing import messages as sm
from tutor_engine.speaking.fallback import FallbackVoice
from tutor_engine.speaking.port import AudioChunk, SpeechEvent, VoiceCapabilities, WordMark
from tutor_engine.speaking.stage import Speaking
from tutor_protocol import ServerEvent
from tutor_protocol.http import SessionRequest, TutorSpec

RATE_HZ = 16_000
WORD_MS = 200.0


class ScriptedVoice:
    """Each word sounds for 200 ms."""

    capabilities = VoiceCapabilities("scripted", frozenset({"en", "zh"}), "word")

    def __init__(self) -> None:
        self.hangs_after: int | None = None
        """Words of a segment after which nothing more comes, for ever."""

    async def available(self) -> bool:
        return True

    async def warm(self, voice: str | None, language: str) -> None:
        return

    async def speak(
        self, text: str, *, voice: str | None, language: str, rate: float = 1.0
    ) -> AsyncIterator[SpeechEvent]:
        position = 0
        for index, word in enumerate(text.split()):
            if index == self.hangs_after:
                await asyncio.Event().wait()
            start = text.index(word, position)
            position = start + len(word)
            begin = index * WORD_MS
            yield WordMark(word, start, position, begin, begin + WORD_MS)
            yield AudioChunk(b"\x00\x10" * int(RATE_HZ * WORD_MS / 1000), RATE_HZ, begin)

    async def aclose(self) -> None:
        return


@dataclass
class ScriptedAnswers:
    """Answers with `script`; waits at `gate` before its end when there is one."""

    script: list[str | AnswerCitation] = field(
        default_factory=lambda: ["Because of gravity, ", "which pulls. "]
    )
    gate: asyncio.Event | None = None
    fail_after: int | None = None
    asked: list[Question] = field(default_factory=list[Question])
    teaching: TeachingState | None = None
    choices: tuple[str, ...] = ()
    cancelled: int = 0
    has_room: bool = True

    def search_query(self, text: str, history: Sequence[Exchange], language: str) -> str:
        return text

    async def answer(self, question: Question) -> AsyncIterator[AnswerEvent]:
        self.asked.append(question)
        try:
            for index, text in enumerate(self.script):
                if self.fail_after == index:
                    raise AnswererFailed("gone")
                yield AnswerText(text) if isinstance(text, str) else text
            if self.gate is not None:
                await self.gate.wait()
            yield AnswerEnd(teaching=self.teaching, choices=self.choices)
        except (asyncio.CancelledError, GeneratorExit):
            self.cancelled += 1
            raise


class QuietEar:
    """Hears what the test says."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[hp.HearingEvent | None] = asyncio.Queue()
        self.fed = 0
        self.patient: list[bool] = []
        self.choices: tuple[str, ...] = ()
        self.loudspeaker: list[tuple[bytes, float]] = []
        self.keys: list[str] = []
        self.closed = False

    def feed(self, pcm: bytes) -> None:
        self.fed += len(pcm)

    def expect_answer(self, expected: bool, choices: Sequence[str] = ()) -> None:
        self.patient.append(expected)
        self.choices = tuple(choices)

    def played(self, pcm: bytes, at_s: float) -> None:
        self.loudspeaker.append((pcm, at_s))

    def press(self) -> None:
        self.keys.append("press")

    def release(self) -> None:
        self.keys.append("release")

    def think(self, held: bool) -> None:
        self.keys.append(f"think {held}")

    async def events(self) -> AsyncIterator[hp.HearingEvent]:
        while (event := await self.queue.get()) is not None:
            yield event

    async def aclose(self) -> None:
        self.closed = True


class Hearing:
    """Opens one ear."""

    def __init__(self) -> None:
        self.ear = QuietEar()
        self.patience: hp.Patience | None = None
        self.student = ""

    def open(
        self,
        language: str,
        vocabulary: Sequence[str] = (),
        patience: hp.Patience | None = None,
        student: str = "",
    ) -> QuietEar:
        self.patience = patience
        self.student = student
        return self.ear


class Recorder:
    """Stands where a child process stands."""

    def __init__(self) -> None:
        self.posted: list[Any] = []

    def post(self, message: Any) -> None:
        self.posted.append(message)

    def of(self, kind: type) -> list[Any]:
        return [message for message in self.posted if isinstance(message, kind)]


class StagePlane:
    """A plane without processes: takes offers, records what would be played."""

    def __init__(self) -> None:
        self.media = Recorder()
        self.face_child = Recorder()
        self.frames_socket = "/nowhere"
        self.peers: dict[int, Peer] = {}
        self.child = self.media
        self.ready = asyncio.Event()
        self.ready.set()
        self.prepared: list[str] = []
        self.face_engines: dict[str, str] = {}
        self.face_troubled: list[str] = []
        self.refuse = ""

    def open_peer(self, listener: Any) -> Peer:
        number = len(self.peers) + 1
        peer = Peer(number, cast("Any", self), cast("Any", self), listener)
        self.peers[number] = peer
        return peer

    async def prepare(self, face: FaceRef) -> None:
        self.prepared.append(face.loop)
        asyncio.get_running_loop().call_soon(self._answer)

    def _answer(self) -> None:
        for peer in self.peers.values():
            if self.refuse:
                peer.take(mm.PeerRefused(peer.number, self.refuse))
            else:
                peer.take(mm.PeerAnswer(peer.number, "v=0 answer"))
                peer.take(mm.PeerState(peer.number, "connected"))

    def played(self) -> list[mm.PlayAudio]:
        return self.media.of(mm.PlayAudio)

    def fed(self) -> list[sm.FeedFace]:
        return self.face_child.of(sm.FeedFace)


class NoRecordings:
    """Says what it was told to hear."""

    async def transcribe(self, audio: bytes, sample_rate: int | None, language: str) -> str:
        return audio.decode()


@dataclass
class Scene:
    """A registry over scripted parts."""

    answers: ScriptedAnswers
    hearing: Hearing
    plane: StagePlane
    registry: Registry
    latencies: list[dict[str, float]]
    alerts: list[tuple[str, Alert]]
    now: list[float]
    voice: ScriptedVoice

    def audience(self, user: str = "7") -> Audience:
        return self.registry.admit(f"user_{user}", self.tokens[user])

    tokens: dict[str, str] = field(default_factory=dict[str, str])

    def enrol(self, user: str = "7", *, alerts: bool = False, **tutor: Any) -> Lesson:
        request = SessionRequest(tutor_id=1, student_id=user, alerts=alerts, tutor=TutorSpec(**tutor))
        lesson, token, _ = self.registry.create(request)
        self.tokens[user] = token
        return lesson


class Events:
    """Events as they come, to be waited for."""

    def __init__(self) -> None:
        self._events: list[ServerEvent] = []
        self.news = asyncio.Event()

    def __call__(self, event: ServerEvent) -> None:
        self._events.append(event)
        self.news.set()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._events)

    async def wait(self, where: Callable[[ServerEvent], bool]) -> ServerEvent:
        """The first event that fits; old ones count."""
        async with asyncio.timeout(30):
            while True:
                for event in self:
                    if where(event):
                        return event
                self.news.clear()
                await self.news.wait()

    async def kind(self, kind: str, **fields: Any) -> Any:
        """The first event of a type with these fields."""
        return await self.wait(
            lambda e: e.type == kind and all(getattr(e, name) == value for name, value in fields.items())
        )


@asynccontextmanager
async def open_scene() -> AsyncGenerator[Scene]:
    """A registry with three seats over scripted parts."""
    answers, hearing, plane, voice = ScriptedAnswers(), Hearing(), StagePlane(), ScriptedVoice()
    latencies: list[dict[str, float]] = []
    alerts: list[tuple[str, Alert]] = []
    now = [100.0]
    stages = Stages(
        hearing=hearing,
        answers=answers,
        speaking=Speaking(FallbackVoice([voice], lambda: now[0], silence_s=0.02)),
        greeting=lambda request, headings: f"Hello from {request.tutor.name}.",
        on_latency=latencies.append,
        on_alert=lambda request, alert: alerts.append((str(request.student_id), alert)),
    )

    async def find_face(avatar_id: object) -> FaceRef:
        return FaceRef(str(avatar_id), Path("/avatars") / str(avatar_id), f"loop-{avatar_id}")

    def make_lesson(session_id: str, request: SessionRequest, emit: Callable[[ServerEvent], None]) -> Lesson:
        return Lesson(session_id, request, stages, NoLibrary(), emit, clock=lambda: now[0])

    def make_audience(key: str, many: bool) -> Audience:
        return Audience(key, cast("Plane", plane), find_face, NoRecordings(), many=many)

    registry = Registry(
        seats=3,
        timeout_s=60.0,
        make_lesson=make_lesson,
        make_audience=make_audience,
        clock=lambda: now[0],
    )
    async with registry:
        yield Scene(answers, hearing, plane, registry, latencies, alerts, now, voice)
