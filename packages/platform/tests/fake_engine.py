"""An engine for the platform's tests: speaks the real protocol over real sockets, and does what it is told.

By default it answers every typed question at once, echo first. `hold` makes it silent; `emit` says anything.
"""

import asyncio
import hashlib
import itertools
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Literal, cast

from fastapi import FastAPI, Form, Request, Response, UploadFile, WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse
from packages.platform.tests.serving import free_port, served

from tutor_protocol import Citation, CloseCode, ErrorCode, parse_client_message
from tutor_protocol.client import TextWebRTC, WebRTCOffer
from tutor_protocol.http import (
    AvatarInfo,
    ConnectionCheck,
    ConnectionCheckAnswer,
    DoctorReport,
    DocumentInfo,
    DocumentList,
    EngineStatus,
    Finding,
    Health,
    IceServer,
    Job,
    JobMessage,
    PassageInfo,
    SearchRequest,
    SearchResult,
    SeatCount,
    SessionCreated,
    SessionRequest,
    VoiceInfo,
    VoiceList,
    VoicePreview,
    WebRTCConfig,
)
from tutor_protocol.server import Error, Event, Hello, TextOut, Transcription, Turn, WebRTCAnswer

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
JPEG = b"\xff\xd8\xff" + b"\0" * 16
WAV = b"RIFF" + b"\0" * 40
MP4 = b"\0\0\0\x20ftypisom" + b"\0" * 40
FOREVER = "2099-01-01T00:00:00Z"


@dataclass
class FakeSession:
    request: SessionRequest
    token: str
    turns: int = 0


@dataclass
class FakeEngine:
    """Everything the tests may look at or turn."""

    key: str = "engine-key"
    seats: int = 10
    port: int = field(default_factory=free_port)
    hold: bool = False
    sessions: dict[str, FakeSession] = field(default_factory=dict[str, FakeSession])
    documents: dict[str, dict[str, DocumentInfo]] = field(default_factory=dict[str, dict[str, DocumentInfo]])
    unreadable: set[str] = field(default_factory=set[str])
    """File names whose job fails."""
    slow: set[str] = field(default_factory=set[str])
    """File names whose job runs until `finish_jobs`."""
    avatars: dict[str, AvatarInfo] = field(default_factory=dict[str, AvatarInfo])
    cancelled: list[str] = field(default_factory=list[str])
    bases: dict[str, str] = field(default_factory=dict[str, str])
    """Tenant by knowledge base, as the platform last said."""
    passages: list[PassageInfo] = field(default_factory=list[PassageInfo])
    received: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    uploads: list[str] = field(default_factory=list[str])
    previews: list[VoicePreview] = field(default_factory=list[VoicePreview])
    deleted: list[str] = field(default_factory=list[str])
    posters: dict[str, bytes] = field(default_factory=lambda: {"ada": PNG})
    before_echo: Callable[[str], Awaitable[None]] | None = None
    """Called with the session before a typed question is echoed: the moment to look into the database."""

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)
        self._sockets: dict[WebSocket, str] = {}
        self._jobs: dict[str, Job] = {}
        self._running = AsyncExitStack()
        self._news = asyncio.Condition()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        await self._running.enter_async_context(served(self, self.port))

    async def stop(self) -> None:
        """Like a killed process: sockets break, nothing is remembered."""
        await self._running.aclose()
        self.sessions.clear()

    async def drop_sockets(self, code: int = 1011) -> None:
        for websocket in list(self._sockets):
            with suppress(RuntimeError):
                await websocket.close(code)

    async def emit(self, session_id: str, event: Event) -> None:
        """Say something to everybody who listens to the session's person."""
        session = self.sessions[session_id]
        raw = event.model_copy(update={"engine_session_id": session_id}).model_dump_json(exclude_none=True)
        for websocket, user in list(self._sockets.items()):
            if user == str(session.request.user_id):
                await websocket.send_text(raw)

    async def until(self, met: Callable[[], bool]) -> None:
        """Wait until something has come that makes `met` true."""
        async with asyncio.timeout(30), self._news:
            await self._news.wait_for(met)

    async def until_said(self, kind: str, times: int = 1) -> list[dict[str, Any]]:
        await self.until(lambda: len(self.said(kind)) >= times)
        return self.said(kind)

    async def until_alone(self) -> None:
        """Wait until no socket is open."""
        await self.until(lambda: not self._sockets)

    def said(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.received if message["type"] == kind]

    @property
    def open_sockets(self) -> int:
        return len(self._sockets)

    async def noticed(self) -> None:
        """Something came in: whoever waits in `until` looks again."""
        async with self._news:
            self._news.notify_all()

    # Inside --------------------------------------------------------------------------------------------

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        _SERVING.set(self)
        await _application()(scope, receive, send)

    def create(self, request: SessionRequest) -> SessionCreated:
        number = next(self._numbers)
        session_id, token = f"engine-{self.port}-{number}", f"secret-{number}"
        self.sessions[session_id] = FakeSession(request, token)
        return SessionCreated.model_validate(
            {
                "session_id": session_id,
                "engine_url": "ws://x",
                "engine_token": token,
                "expires_at": FOREVER,
            }
        )

    def store(self, kb_id: str, document_id: str, title: str, name: str, data: bytes) -> Job:
        self.uploads.append(document_id)
        failed = name in self.unreadable
        if not failed:
            self.documents.setdefault(kb_id, {})[document_id] = DocumentInfo(
                document_id=document_id,
                title=title,
                kind=name.rpartition(".")[2],
                pages=3 if name.endswith(".pdf") else 1,
                passages=5,
                sha256=hashlib.sha256(data).hexdigest(),
            )
        said = [
            JobMessage(level="error", content="Page 2 is a picture without text.", page=2),
            JobMessage(level="error", content="第 2 页是没有文字的图片。", page=2),
        ]
        return self._begin("document", document_id, name, said if failed else [])

    def build(self, avatar_id: str, name: str) -> Job:
        """Make a face, in the same ways."""
        self.uploads.append(avatar_id)
        said = [
            JobMessage(level="error", content="At 2.0 s: No face was found.", second=2.0, picture=0),
            JobMessage(level="error", content="第 2.0 秒：没有找到人脸。", second=2.0, picture=0),
        ]
        job = self._begin("avatar", avatar_id, name, said if name in self.unreadable else [])
        if name not in self.unreadable:
            self.posters[avatar_id] = PNG
            self.avatars[avatar_id] = AvatarInfo(
                avatar_id=avatar_id,
                state="ready",
                progress=1,
                step="done",
                messages=[],
                engines=["puppet"],
                preview_urls=[],
            )
        return job

    def finish_jobs(self) -> None:
        """Let what runs come to its end."""
        self.slow.clear()
        for job_id, job in self._jobs.items():
            if job.state == "running":
                self._jobs[job_id] = job.model_copy(update={"state": "done", "progress": 1.0})

    def forget_jobs(self) -> None:
        """As after a restart."""
        self._jobs.clear()

    def cancel(self, job_id: str) -> None:
        self.cancelled.append(job_id)
        if (job := self._jobs.get(job_id)) is not None:
            self._jobs[job_id] = job.model_copy(update={"state": "cancelled"})

    def _begin(
        self, kind: Literal["avatar", "document"], subject: str, name: str, refusal: list[JobMessage]
    ) -> Job:
        running = name in self.slow
        job = Job(
            id=f"job-{next(self._numbers)}",
            kind=kind,
            subject=subject,
            state="running" if running else "failed" if refusal else "done",
            step="reading" if running else "",
            progress=0.4 if running else 1,
            seconds_left=6.0 if running else None,
            messages=refusal,
        )
        self._jobs[job.id] = job
        return job.model_copy(update={"state": "queued", "progress": 0.0, "messages": []})

    def job(self, job_id: str) -> Job | None:
        return self._jobs.get(job_id)

    async def serve(self, websocket: WebSocket, user: str) -> None:
        offered = [
            p.removeprefix("token.") for p in websocket.scope["subprotocols"] if p.startswith("token.")
        ]
        await websocket.accept(subprotocol="tutor.v1")
        tokens = {s.token for s in self.sessions.values() if str(s.request.user_id) == user}
        if not offered or offered[0] not in tokens:
            await websocket.close(CloseCode.BAD_TOKEN)
            return
        self._sockets[websocket] = user
        try:
            await websocket.send_text(Hello().model_dump_json())
            while True:
                await self._take(websocket, user, await websocket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            self._sockets.pop(websocket, None)
            await self.noticed()

    async def _take(self, websocket: WebSocket, user: str, raw: str) -> None:
        message = parse_client_message(raw)
        self.received.append(message.model_dump(mode="json"))
        await self.noticed()
        session_id = message.engine_session_id
        if session_id is not None and session_id not in self.sessions:
            refusal = Error(code=ErrorCode.UNKNOWN_SESSION, content="?", engine_session_id=session_id)
            await websocket.send_text(refusal.model_dump_json())
        elif isinstance(message, WebRTCOffer):
            await websocket.send_text(WebRTCAnswer(sdp="v=0").model_dump_json())
        elif isinstance(message, TextWebRTC) and session_id is not None and not self.hold:
            await self._answer(session_id, message.content)

    async def _answer(self, session_id: str, question: str) -> None:
        session = self.sessions[session_id]
        session.turns += 1
        number = session.turns
        if self.before_echo is not None:
            await self.before_echo(session_id)
        answer = f"An answer to: {question}"
        cited = Citation(n=1, document="d", title="T", page=1, quote="q", start=0, end=1)
        echo = Transcription(content=question.strip(), final=True, source="text", turn_id=number)
        await self.emit(session_id, echo)
        await self.emit(session_id, Turn(state="thinking", turn_id=number))
        await self.emit(session_id, TextOut(content=answer, citations=[cited], turn_id=number))
        await self.emit(session_id, Turn(state="idle", heard=answer, turn_id=number))


_SERVING: ContextVar[FakeEngine] = ContextVar("engine")
"""Whose request it is."""


class _Serving:
    """Stands for that engine in endpoints that all engines share."""

    def __getattr__(self, name: str) -> Any:
        return getattr(_SERVING.get(), name)


@cache
def _application() -> FastAPI:
    """Made once: to describe its endpoints takes longer than most tests."""
    app = FastAPI()
    engine = cast("FakeEngine", _Serving())

    @app.middleware("http")
    async def check_key(request: Request, call_next: Any) -> Response:
        given = request.headers.get("authorization")
        if request.url.path.startswith("/v1") and given != f"Bearer {engine.key}":
            return JSONResponse({}, 401)
        response = await call_next(request)
        await engine.noticed()
        return response

    @app.get("/health")
    async def health() -> Health:
        return Health(
            status="ok",
            version="9",
            sessions=SeatCount(active=len(engine.sessions), max=engine.seats),
            engines={"llm": EngineStatus(name="extractive", status="ok")},
        )

    @app.get("/v1/webrtc/config")
    async def config() -> WebRTCConfig:
        server = IceServer(urls=["turn:x"], username="u", credential="c")
        return WebRTCConfig(
            iceServers=[server], iceTransportPolicy="all", public_ip=None, port_min=10110, port_max=10115
        )

    @app.post("/v1/webrtc/check")
    async def check(check: ConnectionCheck) -> ConnectionCheckAnswer:
        return ConnectionCheckAnswer(sdp=f"answer to {check.sdp}", lasts_s=15)

    @app.get("/v1/doctor")
    async def doctor(language: str) -> DoctorReport:
        seen = {"en": "1 GB left", "zh": "剩余 1 GB"}[language]
        finding = Finding(check="disk", status="warning", seen=seen, why="w", mend="m")
        return DoctorReport(status="warning", findings=[finding])

    @app.post("/v1/sessions", status_code=201)
    async def create(request: SessionRequest) -> Response:
        if len(engine.sessions) >= engine.seats:
            return JSONResponse({}, 503, {"retry-after": "17"})
        return JSONResponse(engine.create(request).model_dump(mode="json"), 201)

    @app.get("/v1/sessions/{session_id}")
    async def session(session_id: str) -> Response:
        return JSONResponse({}, 200 if session_id in engine.sessions else 404)

    @app.delete("/v1/sessions/{session_id}")
    async def delete(session_id: str) -> Response:
        engine.deleted.append(session_id)
        found = engine.sessions.pop(session_id, None)
        return Response(status_code=204 if found else 404)

    @app.get("/v1/avatars/{avatar_id}/poster.png")
    async def poster(avatar_id: str) -> Response:
        png = engine.posters.get(avatar_id)
        return Response(png, 200 if png else 404)

    @app.get("/v1/avatars/{avatar_id}")
    async def avatar(avatar_id: str) -> Response:
        found = engine.avatars.get(avatar_id)
        return JSONResponse({}, 404) if found is None else JSONResponse(found.model_dump(mode="json"))

    @app.post("/v1/avatars/upload", status_code=202)
    async def build(file: UploadFile, avatar_id: Annotated[str, Form()]) -> Job:
        await file.read()
        return engine.build(avatar_id, file.filename or "")

    @app.delete("/v1/avatars/{avatar_id}")
    async def unmake(avatar_id: str) -> Response:
        engine.deleted.append(avatar_id)
        engine.posters.pop(avatar_id, None)
        return Response(status_code=204 if engine.avatars.pop(avatar_id, None) else 404)

    @app.get("/v1/avatars/{avatar_id}/findings/{number}.jpg")
    async def finding(avatar_id: str, number: int) -> Response:
        return Response(JPEG, 200 if number == 0 else 404)

    @app.get("/v1/voices")
    async def voices() -> VoiceList:
        voice = VoiceInfo(id="ada", name="Ada", language="en", gender="female", engine="espeak-ng")
        return VoiceList(voices=[voice])

    @app.post("/v1/voices/preview")
    async def say(preview: VoicePreview) -> Response:
        engine.previews.append(preview)
        return Response(WAV, media_type="audio/wav")

    @app.post("/v1/avatars/{avatar_id}/clip")
    async def clip(avatar_id: str, preview: VoicePreview) -> Response:
        engine.previews.append(preview)
        if avatar_id not in ("ada", "lin") and avatar_id not in engine.avatars:
            return JSONResponse({}, 404)
        return Response(MP4, media_type="video/mp4")

    @app.post("/v1/knowledge-bases/{kb_id}/search")
    async def search(kb_id: str, request: SearchRequest, tenant_id: str = "") -> SearchResult:
        mine = engine.bases.get(kb_id) == tenant_id
        return SearchResult(passages=engine.passages[: request.limit] if mine else [])

    @app.get("/v1/knowledge-bases/{kb_id}/documents/{document_id}/pages/{page}")
    async def page(
        kb_id: str, document_id: str, page: int, start: int = 0, end: int = 0, tenant_id: str = ""
    ) -> Response:
        if page > 3 or engine.bases.get(kb_id) != tenant_id:
            return JSONResponse({}, 404)
        box = {"left": start, "top": 0, "right": end, "bottom": 12}
        paper = {"width": 595, "height": 842, "boxes": [box]}
        return JSONResponse({"page": page, "text": "The page.", **paper})

    @app.delete("/v1/jobs/{job_id}", status_code=204)
    async def cancel(job_id: str) -> None:
        engine.cancel(job_id)

    @app.get("/v1/knowledge-bases/{kb_id}/documents")
    async def documents(kb_id: str, tenant_id: str = "") -> DocumentList:
        engine.bases[kb_id] = tenant_id
        return DocumentList(documents=list(engine.documents.get(kb_id, {}).values()))

    @app.post("/v1/knowledge-bases/{kb_id}/documents", status_code=202)
    async def add(
        kb_id: str, file: UploadFile, title: Annotated[str, Form()], document_id: Annotated[str, Form()]
    ) -> Job:
        return engine.store(kb_id, document_id, title, file.filename or "", await file.read())

    @app.delete("/v1/knowledge-bases/{kb_id}/documents/{document_id}", status_code=204)
    async def remove(kb_id: str, document_id: str) -> None:
        engine.documents.get(kb_id, {}).pop(document_id, None)

    @app.get("/v1/jobs/{job_id}")
    async def job(job_id: str) -> Response:
        found = engine.job(job_id)
        return JSONResponse({}, 404) if found is None else JSONResponse(found.model_dump(mode="json"))

    @app.websocket("/ws/user_{user_id}")
    async def serve(websocket: WebSocket, user_id: str) -> None:
        await engine.serve(websocket, user_id)

    return app
