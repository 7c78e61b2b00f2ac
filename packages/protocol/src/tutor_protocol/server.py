"""What the engine says to a browser or a web server over the socket."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from tutor_protocol.base import Model, utc_now
from tutor_protocol.citation import Citation
from tutor_protocol.client import Id


class _Said(Model):
    """When an event was said, and of which chat and turn."""

    timestamp: datetime = Field(default_factory=utc_now)
    session_id: Id | None = None
    turn_id: int | None = Field(default=None, description="Counts the turns of one lesson from 1.")


class Event(_Said):
    """Fields of every event of the engine."""

    engine_session_id: str | None = None


class Hello(Event):
    """First event on a socket, once."""

    type: Literal["hello"] = "hello"
    protocol: str = "tutor.v1"
    capabilities: dict[str, Any] = Field(default_factory=dict)


class WebRTCAnswer(Event):
    """The engine's answer to an offer."""

    type: Literal["webrtc_answer"] = "webrtc_answer"
    sdp: str


class WebRTCCandidateOut(Event):
    """One candidate of the engine."""

    type: Literal["webrtc_ice_candidate"] = "webrtc_ice_candidate"
    candidate: dict[str, Any] | None


class Transcription(Event):
    """Words of the student, partial or final."""

    type: Literal["transcription"] = "transcription"
    content: str
    role: Literal["user"] = "user"
    final: bool
    source: Literal["voice", "text"] = "voice"
    stable_chars: int | None = Field(
        default=None, description="Of partial words: so many characters will probably stay."
    )


class TextDelta(Event):
    """A piece of the answer while it is generated."""

    type: Literal["text_delta"] = "text_delta"
    content: str


class TextOut(Event):
    """The whole answer, once."""

    type: Literal["text"] = "text"
    content: str
    role: Literal["assistant"] = "assistant"
    citations: list[Citation] = Field(default_factory=list[Citation])
    choices: list[str] = Field(
        default_factory=list[str], description="Answers the tutor offers to its own question."
    )
    audio: str | None = None
    audio_format: str | None = None


class MediaOut(Event):
    """Base64 media for clients that asked for it instead of WebRTC."""

    type: Literal["audio", "video"]
    data: str
    format: str


class Caption(Event):
    """Words that are really being played now; `n` lists the citations of their sentence."""

    type: Literal["caption"] = "caption"
    content: str
    start_ms: int = Field(description="On the clock of this turn's sound.")
    end_ms: int
    citations: list[int] = Field(default_factory=list[int])


class Turn(Event):
    """Whose turn it is; `heard` is what was played of the answer when it ended or was cut."""

    type: Literal["turn"] = "turn"
    state: Literal["listening", "thinking", "speaking", "idle", "interrupted"]
    heard: str | None = None


class Latency(Event):
    """Milliseconds per stage, counted from the end of the question."""

    type: Literal["latency"] = "latency"
    stages: dict[str, float]


QualityLevel = Literal["full", "reduced", "still", "text"]
QualityReason = Literal["", "network", "host"]


class Quality(Event):
    """How picture and sound reach the student: at each change of the level, and every few seconds."""

    type: Literal["quality"] = "quality"
    level: QualityLevel = Field(description="25 fps; 15 fps; a still picture with sound; words only.")
    reason: QualityReason = Field(
        default="", description="What keeps the level below `full`: the student's network or this host."
    )
    loss_out: float | None = Field(default=None, description="Share of our packets that are lost, 0 to 1.")
    loss_in: float | None = Field(
        default=None, description="Share of the microphone's packets that are lost."
    )
    rtt_ms: float | None = None
    late_ms: float | None = Field(default=None, description="How late this host sends, 99th percentile.")


AlertKind = Literal["self_harm", "abuse", "sexual", "violence", "personal_data"]


class Alert(Event):
    """Words that a teacher should know of. The web server keeps it and never passes it to a browser."""

    type: Literal["alert"] = "alert"
    kind: AlertKind
    source: Literal["student", "tutor"]
    excerpt: str = Field(description="The words that raised it, at most 200 characters.")


class Error(Event):
    """A refusal or a failure; the socket stays open."""

    type: Literal["error"] = "error"
    code: str
    content: str
    retry_after: float | None = None


class Pong(Event):
    """Answer to `ping`."""

    type: Literal["pong"] = "pong"


class SessionReplaced(_Said):
    """The engine had lost a session; its lesson goes on in a new one, and media must be offered again.

    The web server says this, never the engine.
    """

    type: Literal["session_replaced"] = "session_replaced"
    old_engine_session_id: str
    engine_session_id: str


ServerEvent = Annotated[
    Hello
    | WebRTCAnswer
    | WebRTCCandidateOut
    | Transcription
    | TextDelta
    | TextOut
    | MediaOut
    | Caption
    | Turn
    | Latency
    | Quality
    | Alert
    | Error
    | Pong
    | SessionReplaced,
    Field(discriminator="type"),
]

_ADAPTER: TypeAdapter[ServerEvent] = TypeAdapter(ServerEvent)


def parse_server_event(raw: str | bytes) -> ServerEvent:
    """Read one event of the server; raises `pydantic.ValidationError` when it is none."""
    return _ADAPTER.validate_json(raw)
