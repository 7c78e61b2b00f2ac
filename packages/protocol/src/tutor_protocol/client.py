"""What a browser or a web server says to the engine over the socket."""

import json
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, TypeAdapter, ValidationError

from tutor_protocol.base import Model
from tutor_protocol.errors import ErrorCode, ProtocolError

MAX_MESSAGE_BYTES = 4 * 1024 * 1024
"""Largest message: two minutes of 16 kHz PCM in base64; an SDP is 14 kB."""

MAX_QUESTION_CHARS = 8_000
MAX_SDP_CHARS = 32 * 1024

Id = Annotated[str | int, Field(union_mode="left_to_right")]
"""Web servers number their rows, so identifiers come as numbers or as strings."""

Content = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_QUESTION_CHARS,
        validation_alias=AliasChoices("content", "message"),
        serialization_alias="content",
    ),
]


class Conversational(Model):
    """A message that belongs to a lesson."""

    engine_session_id: str | None = None
    session_id: Id | None = Field(default=None, description="The web server's own chat number; returned.")


class Text(Conversational):
    """Ask in writing; answered as text with base64 sound."""

    type: Literal["text"] = "text"
    content: Content


class TextWebRTC(Conversational):
    """Ask in writing; answered by the avatar over WebRTC, with text events."""

    type: Literal["text_webrtc"] = "text_webrtc"
    content: Content
    user_id: Id
    avatar_id: Id | None = None
    tutor_id: Id | None = None
    kb_id: Id | None = None


class Audio(Conversational):
    """Ask by a recording."""

    type: Literal["audio"] = "audio"
    audio: str = Field(min_length=1, description="base64: wav, webm/opus, mp3 or raw pcm16")
    sample_rate: int | None = Field(default=None, ge=8_000, le=96_000, description="Hz; given for raw pcm16.")
    webrtc: bool = False


class WebRTCOffer(Conversational):
    """Open or renew the media connection; `webrtc_answer` comes back."""

    type: Literal["webrtc_offer"] = "webrtc_offer"
    sdp: str = Field(min_length=1, max_length=MAX_SDP_CHARS)
    user_id: Id
    avatar_id: Id | None = None


class WebRTCCandidate(Conversational):
    """One network candidate of the browser; null ends them."""

    type: Literal["webrtc_ice_candidate"] = "webrtc_ice_candidate"
    candidate: dict[str, Any] | str | None = None
    user_id: Id


class Interrupt(Conversational):
    """Silence the current turn."""

    type: Literal["interrupt"] = "interrupt"


class Greet(Conversational):
    """The student is present and listening: the tutor shows, and greets once per session."""

    type: Literal["greet"] = "greet"
    silent: bool = Field(default=False, description="Only show: the student has turned to this lesson.")


class Hold(Conversational):
    """The student presses (`held`) or lets go a key.

    `talk`: what is said while it is held is heard, and the turn is over when it is let go. `think`: no
    silence ends the turn while it is held.
    """

    type: Literal["hold"] = "hold"
    key: Literal["talk", "think"]
    held: bool


class ClientStats(Conversational):
    """WebRTC statistics of the browser."""

    type: Literal["client_stats"] = "client_stats"
    stats: dict[str, Any]


class Ping(Conversational):
    """Answered with `pong`."""

    type: Literal["ping"] = "ping"


ClientMessage = Annotated[
    Text | TextWebRTC | Audio | WebRTCOffer | WebRTCCandidate | Interrupt | Greet | Hold | ClientStats | Ping,
    Field(discriminator="type"),
]

_ADAPTER: TypeAdapter[ClientMessage] = TypeAdapter(ClientMessage)
_TYPES = {
    "text",
    "text_webrtc",
    "audio",
    "webrtc_offer",
    "webrtc_ice_candidate",
    "interrupt",
    "greet",
    "hold",
    "client_stats",
    "ping",
}
_WEBRTC_TYPES = {"webrtc_offer", "webrtc_ice_candidate", "text_webrtc"}


def parse_client_message(raw: str | bytes) -> ClientMessage:
    """Read one socket message.

    Raises:
        ProtocolError: with the code of the refusal; never anything else, whatever the bytes are.
    """
    if len(raw) > MAX_MESSAGE_BYTES:
        raise ProtocolError(ErrorCode.MESSAGE_TOO_LARGE, f"more than {MAX_MESSAGE_BYTES} bytes")
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(ErrorCode.BAD_JSON) from error
    if not isinstance(data, dict):
        raise ProtocolError(ErrorCode.BAD_MESSAGE, "a message is a JSON object")
    kind = data.get("type")
    if not isinstance(kind, str) or kind not in _TYPES:
        raise ProtocolError(ErrorCode.UNKNOWN_TYPE, str(kind)[:64])
    if kind in _WEBRTC_TYPES and data.get("user_id") in (None, ""):
        raise ProtocolError(ErrorCode.MISSING_USER, "user_id")
    try:
        return _ADAPTER.validate_python(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"] if part != kind)
        if first["type"] == "string_too_long":
            raise ProtocolError(ErrorCode.MESSAGE_TOO_LARGE, field) from error
        raise ProtocolError(ErrorCode.BAD_MESSAGE, f"{field}: {first['msg']}") from error
