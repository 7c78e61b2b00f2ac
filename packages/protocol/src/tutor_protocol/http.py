"""Bodies of the engine's HTTP interface."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from tutor_protocol.base import Model
from tutor_protocol.client import MAX_SDP_CHARS, Id


class TutorSpec(Model):
    """What a lesson needs to know of its tutor."""

    name: str = "Tutor"
    persona: str = ""
    language: Literal["en", "zh"] = "en"
    voice: str | None = None
    avatar_id: Id | None = None
    llm_model: str | None = None
    mode: str = "explain"
    pace: float = Field(
        default=1.0,
        ge=0.2,
        le=5.0,
        description="Multiplies every silence the tutor waits for; 1.5 for children.",
    )
    push_to_talk: bool = Field(
        default=False, description="Only what is said while `hold talk` is held is heard."
    )
    greeting: str | None = None
    topics_allowed: list[str] = Field(
        default_factory=list[str], max_length=50, description="What it talks about; empty: anything."
    )
    topics_declined: list[str] = Field(
        default_factory=list[str],
        max_length=50,
        description="What it leads away from, whatever its model says.",
    )


class PastMessage(Model):
    """One message of the chat so far."""

    role: Literal["user", "assistant"]
    content: str = Field(max_length=20_000)


class SessionRequest(Model):
    """Body of `POST /v1/sessions`."""

    tutor_id: Id
    student_id: Id
    kb_id: Id | None = None
    kb_ids: list[Id] = Field(
        default_factory=list[Id], max_length=32, description="Further knowledge bases the tutor answers from."
    )
    tenant_id: Id | None = Field(
        default=None, description="Whose knowledge bases these are; nobody else's are searched."
    )
    user_id: Id | None = Field(default=None, description="Owner of the user socket; the student when absent.")
    tutor: TutorSpec = TutorSpec()
    alerts: bool = Field(
        default=False,
        description="Send `alert` events; for a web server that keeps them and passes them to no browser.",
    )
    history: list[PastMessage] = Field(default_factory=list[PastMessage], max_length=200)

    def bases(self) -> list[str]:
        """Every knowledge base of the lesson once, the first one first."""
        first = [] if self.kb_id is None else [self.kb_id]
        return list(dict.fromkeys(str(kb_id) for kb_id in (*first, *self.kb_ids)))


class SessionCreated(Model):
    """Answer to `POST /v1/sessions`."""

    session_id: str
    engine_url: str
    engine_token: str
    status: Literal["active"] = "active"
    expires_at: datetime


class SessionInfo(Model):
    """A live session."""

    session_id: str
    status: Literal["active"]
    tutor_id: Id
    student_id: Id
    created_at: datetime
    last_activity_at: datetime
    connection: Literal["none", "socket", "connecting", "media"]


class SessionList(Model):
    """Answer to `GET /v1/sessions`."""

    sessions: list[SessionInfo]


class EngineStatus(Model):
    """One stage in `/health`: which engine serves it, and why."""

    name: str
    status: Literal["ok", "degraded", "off"]
    detail: str = ""


class SeatCount(Model):
    """Seats of the node."""

    active: int
    max: int


class Health(Model):
    """Answer to `GET /health`."""

    status: Literal["ok", "degraded"]
    version: str
    sessions: SeatCount
    engines: dict[str, EngineStatus]


class IceServer(Model):
    """One entry of RTCConfiguration.iceServers."""

    urls: list[str]
    # A browser turns null into the user name "null", so an absent one is left out.
    username: str | None = Field(default=None, exclude_if=lambda value: value is None)
    credential: str | None = Field(default=None, exclude_if=lambda value: value is None)


class WebRTCConfig(Model):
    """Answer to `GET /v1/webrtc/config`."""

    iceServers: list[IceServer]
    iceTransportPolicy: Literal["all", "relay"]
    public_ip: str | None = None
    port_min: int
    port_max: int


class ConnectionCheck(Model):
    """Body of `POST /v1/webrtc/check`: an offer like that of a lesson, without a lesson."""

    sdp: str = Field(min_length=1, max_length=MAX_SDP_CHARS)


class ConnectionCheckAnswer(Model):
    """Answer to it: an idle picture and silence for so many seconds."""

    sdp: str
    lasts_s: float


class JobMessage(Model):
    """One remark of a job, for the person who waits."""

    level: Literal["info", "warning", "error"]
    content: str
    second: float | None = Field(default=None, description="Second of the video it speaks of.")
    picture: int | None = Field(
        default=None, description="Number of the frame it speaks of, at `/v1/avatars/{id}/findings/{n}.jpg`."
    )
    page: int | None = Field(default=None, description="Page of the document it speaks of.")


class Job(Model):
    """Long work with progress."""

    id: str
    kind: Literal["avatar", "document"]
    subject: str = Field(description="Identifier of the avatar or document being made.")
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    step: str
    progress: float = Field(ge=0, le=1)
    seconds_left: float | None = None
    page: int | None = Field(default=None, description="Of a document: the page that was read last.")
    pages: int | None = Field(default=None, description="Of a document: how many pages are known to come.")
    messages: list[JobMessage] = Field(default_factory=list[JobMessage])


class VoiceInfo(Model):
    """A voice that a tutor can have."""

    id: str = Field(description="What a tutor's `voice` names.")
    name: str
    language: Literal["en", "zh"]
    gender: Literal["female", "male"]
    engine: str = Field(description="Which engine speaks it now; another may when that one is away.")


class VoiceList(Model):
    """Answer to `GET /v1/voices`."""

    voices: list[VoiceInfo]


class VoicePreview(Model):
    """Body of `POST /v1/voices/preview`; the answer is `audio/wav`."""

    voice: str = Field(max_length=100)
    language: Literal["en", "zh"]
    text: str = Field(min_length=1, max_length=200)


class AvatarRequest(Model):
    """Body of `POST /v1/avatars`."""

    avatar_id: Id
    video_path: str
    tutor_id: Id | None = None


class AvatarInfo(Model):
    """Answer to `GET /v1/avatars/{id}`."""

    avatar_id: str
    state: Literal["building", "ready", "failed"]
    progress: float
    step: str
    messages: list[JobMessage]
    engines: list[str]
    preview_urls: list[str]


class AvatarList(Model):
    """Answer to `GET /v1/avatars`."""

    avatars: list[AvatarInfo]


class DocumentInfo(Model):
    """A document of a knowledge base."""

    document_id: str
    title: str
    kind: str
    pages: int
    pages_failed: list[JobMessage] = Field(default_factory=list[JobMessage])
    passages: int
    sha256: str
    version: str = Field(default="", description="First 16 hex digits of `sha256`, as citations name it.")
    language: Literal["en", "zh"] | None = Field(default=None, description="In which most of it is written.")
    flagged: list[JobMessage] = Field(
        default_factory=list[JobMessage],
        description="Passages that read like orders to a machine; never quoted, for the owner to look at.",
    )
    embedded: int = Field(default=0, description="Passages that can be found by meaning.")
    state: Literal["reading", "ready"] = Field(
        default="ready", description="While its first version is read, what is there can be searched already."
    )


class Rectangle(Model):
    """Part of a page, in points of 1/72 inch from its upper left corner."""

    left: float
    top: float
    right: float
    bottom: float


class PageInfo(Model):
    """Answer to `GET /v1/knowledge-bases/{kb_id}/documents/{document_id}/pages/{page}`."""

    page: int
    text: str = Field(description="What offsets of citations count in.")
    width: float | None = Field(default=None, description="Of the paper, in points; of PDF pages only.")
    height: float | None = None
    boxes: list[Rectangle] | None = Field(
        default=None, description="Where the characters asked for stand, one rectangle per line."
    )


class DocumentList(Model):
    """Answer to `GET /v1/knowledge-bases/{kb_id}/documents`."""

    documents: list[DocumentInfo]


class Finding(Model):
    """One thing that the doctor looked at."""

    check: str = Field(description="What was looked at: `udp_ports`, `turn_static`, …; stable, for programs.")
    status: Literal["ok", "note", "warning", "error"]
    seen: str = Field(description="What is the case.")
    why: str = Field(default="", description="Why it matters.")
    mend: str = Field(default="", description="The command or setting that mends it.")


class DoctorReport(Model):
    """Answer to `GET /v1/doctor`; the status is that of the worst finding."""

    status: Literal["ok", "note", "warning", "error"]
    findings: list[Finding]


class SearchRequest(Model):
    """Body of `POST /v1/knowledge-bases/{kb_id}/search`."""

    query: str = Field(min_length=1, max_length=2_000)
    limit: int = Field(default=5, ge=1, le=50)


class PassageInfo(Model):
    """A passage that a search found."""

    passage_id: str
    document: str
    title: str
    heading: str
    page: int
    start: int
    end: int
    text: str
    score: float
    version: str = Field(default="", description="Which version of the document: see `DocumentInfo.version`.")
    flagged: bool = Field(default=False, description="It reads like an order to a machine.")


class SearchResult(Model):
    """Answer to a search."""

    passages: list[PassageInfo]


class ErrorDetail(Model):
    """What went wrong and the id to quote."""

    code: str
    message: str
    id: str


class ErrorBody(Model):
    """Body of every HTTP error."""

    error: ErrorDetail
