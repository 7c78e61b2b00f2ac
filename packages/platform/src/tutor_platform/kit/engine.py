"""The one place that speaks HTTP to the engine.

Every failure is EngineUnreachable, NoSeat or EngineRefused; nothing else comes out of here.
"""

import ssl
from collections.abc import Mapping
from typing import Any, BinaryIO, TypeVar
from urllib.parse import urlencode

import httpx2
from pydantic import BaseModel, ValidationError
from starlette.requests import HTTPConnection

from tutor_platform.kit.errors import EngineRefused, EngineUnreachable, NoSeat
from tutor_platform.kit.language import Language
from tutor_protocol.http import (
    AvatarInfo,
    ConnectionCheck,
    ConnectionCheckAnswer,
    DoctorReport,
    DocumentInfo,
    DocumentList,
    Health,
    Job,
    PageInfo,
    PassageInfo,
    SearchResult,
    SessionCreated,
    SessionRequest,
    VoiceInfo,
    VoiceList,
    VoicePreview,
    WebRTCConfig,
)

Answer = TypeVar("Answer", bound=BaseModel)

Sendable = bytes | BinaryIO
"""The content of a file; an open file is sent in pieces."""

CONNECT_S = 2.0
READ_S = 10.0
EXAMINATION_S = 30.0
"""The doctor waits for silent servers, several of them on a bad day."""
FILM_S = 75.0
"""The engine gives up after 60."""
UPLOAD_S = 300.0
"""200 MB through a slow tunnel; the engine answers once it has the whole file."""
RETRY_UNREACHABLE_S = 5.0
"""What a person is told to wait when the engine is away; it is usually back after one restart."""
RETRY_FULL_S = 30.0
"""When the engine says nothing better."""
MAX_POSTER_BYTES = 8 * 1024 * 1024


class EngineClient:
    """Calls of the engine's HTTP interface, as the protocol names them."""

    def __init__(self, url: str, api_key: str) -> None:
        self._http = httpx2.AsyncClient(
            base_url=url,
            headers={"authorization": f"Bearer {api_key}"} if api_key else {},
            # The engine is a configured address; a proxy of the environment must not see its key.
            trust_env=False,
            # Reading the machine's certificates takes 50 ms; without TLS nobody is trusted instead.
            verify=True if url.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        )

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def health(self) -> Health:
        """Which engine serves each stage."""
        return _read(Health, await self._call("GET", "/health"))

    async def webrtc_config(self) -> WebRTCConfig:
        """How browsers reach the engine's media port."""
        return _read(WebRTCConfig, await self._call("GET", "/v1/webrtc/config"))

    async def check_connection(self, check: ConnectionCheck) -> ConnectionCheckAnswer:
        """Answer a browser's offer that belongs to no lesson; NoSeat: others check right now."""
        body = check.model_dump(mode="json")
        return _read(ConnectionCheckAnswer, await self._call("POST", "/v1/webrtc/check", json=body))

    async def doctor(self, language: Language) -> DoctorReport:
        """What the engine's own examination found; takes seconds."""
        path = f"/v1/doctor?language={language}"
        return _read(DoctorReport, await self._call("GET", path, read_s=EXAMINATION_S))

    async def create_session(self, request: SessionRequest) -> SessionCreated:
        """Take a seat for a lesson."""
        body = request.model_dump(mode="json")
        return _read(SessionCreated, await self._call("POST", "/v1/sessions", json=body))

    async def has_session(self, session_id: str) -> bool:
        """Whether the engine still holds this session."""
        return (await self._call("GET", f"/v1/sessions/{session_id}", absent_ok=True)) is not None

    async def delete_session(self, session_id: str) -> None:
        """Give a seat back; a session that is gone already is fine."""
        await self._call("DELETE", f"/v1/sessions/{session_id}", absent_ok=True)

    async def poster(self, avatar_id: str) -> bytes | None:
        """The avatar's still picture as PNG, or None."""
        response = await self._call("GET", f"/v1/avatars/{avatar_id}/poster.png", absent_ok=True)
        if response is None:
            return None
        if len(response.content) > MAX_POSTER_BYTES or not response.content.startswith(b"\x89PNG"):
            raise EngineRefused("poster is no PNG")
        return response.content

    async def documents(self, kb_id: str, tenant_id: str = "") -> list[DocumentInfo]:
        """What the engine's knowledge base holds; a base it does not know is empty."""
        path = f"/v1/knowledge-bases/{kb_id}/documents{_of(tenant_id)}"
        response = await self._call("GET", path, absent_ok=True)
        return [] if response is None else _read(DocumentList, response).documents

    async def put_document(
        self, kb_id: str, tenant_id: str, document_id: str, title: str, file_name: str, data: Sendable
    ) -> Job:
        """Hand over a document under our own identifier; the engine reads it in a job."""
        response = await self._call(
            "POST",
            f"/v1/knowledge-bases/{kb_id}/documents?tenant_id={tenant_id}",
            files={"file": (file_name, data)},
            data={"title": title, "document_id": document_id},
            read_s=UPLOAD_S,
        )
        return _read(Job, response)

    async def delete_document(self, kb_id: str, document_id: str, tenant_id: str = "") -> None:
        """Remove a document with all its versions from a knowledge base."""
        path = f"/v1/knowledge-bases/{kb_id}/documents/{document_id}{_of(tenant_id)}"
        await self._call("DELETE", path, absent_ok=True)

    async def search(self, kb_id: str, tenant_id: str, query: str, limit: int) -> list[PassageInfo]:
        """Passages for a question."""
        path = f"/v1/knowledge-bases/{kb_id}/search?tenant_id={tenant_id}"
        response = await self._call("POST", path, json={"query": query, "limit": limit})
        return _read(SearchResult, response).passages

    async def page(
        self, kb_id: str, tenant_id: str, document_id: str, page: int, query: Mapping[str, str | int]
    ) -> PageInfo | None:
        """The text of a page and where a passage on it lies; None when there is no such page."""
        words = urlencode({"tenant_id": tenant_id, **query})
        path = f"/v1/knowledge-bases/{kb_id}/documents/{document_id}/pages/{page}?{words}"
        response = await self._call("GET", path, absent_ok=True)
        return None if response is None else _read(PageInfo, response)

    async def put_avatar(self, avatar_id: str, file_name: str, data: Sendable) -> Job:
        """Hand over a photo or video; the engine makes a face of it in a job."""
        response = await self._call(
            "POST",
            "/v1/avatars/upload",
            files={"file": (file_name, data)},
            data={"avatar_id": avatar_id},
            read_s=UPLOAD_S,
        )
        return _read(Job, response)

    async def avatar(self, avatar_id: str) -> AvatarInfo | None:
        """A face as the engine has it, or None."""
        response = await self._call("GET", f"/v1/avatars/{avatar_id}", absent_ok=True)
        return None if response is None else _read(AvatarInfo, response)

    async def delete_avatar(self, avatar_id: str) -> None:
        """Remove a face and everything that was made of it; one that is gone already is fine."""
        await self._call("DELETE", f"/v1/avatars/{avatar_id}", absent_ok=True)

    async def finding_picture(self, avatar_id: str, number: int) -> bytes | None:
        """The frame of an upload that a finding speaks of, as JPEG, or None."""
        path = f"/v1/avatars/{avatar_id}/findings/{number}.jpg"
        response = await self._call("GET", path, absent_ok=True)
        if response is None:
            return None
        if len(response.content) > MAX_POSTER_BYTES or not response.content.startswith(b"\xff\xd8\xff"):
            raise EngineRefused("finding is no JPEG")
        return response.content

    async def voices(self) -> list[VoiceInfo]:
        """The voices that tutors can have."""
        return _read(VoiceList, await self._call("GET", "/v1/voices")).voices

    async def say(self, preview: VoicePreview) -> bytes:
        """A short text in a voice, as WAV."""
        body = preview.model_dump(mode="json")
        response = await self._call("POST", "/v1/voices/preview", json=body, read_s=EXAMINATION_S)
        if response is None or not response.content.startswith(b"RIFF"):
            raise EngineRefused("preview is no WAV")
        return response.content

    async def film(self, avatar_id: str, preview: VoicePreview) -> bytes | None:
        """A face that says a short text in a voice, as MP4; None: the engine has no such face."""
        path = f"/v1/avatars/{avatar_id}/clip"
        body = preview.model_dump(mode="json")
        response = await self._call("POST", path, json=body, read_s=FILM_S, absent_ok=True)
        if response is None:
            return None
        if response.content[4:8] != b"ftyp":
            raise EngineRefused("clip is no MP4")
        return response.content

    async def job(self, job_id: str) -> Job | None:
        """How far a job is; None when the engine has forgotten it."""
        response = await self._call("GET", f"/v1/jobs/{job_id}", absent_ok=True)
        return None if response is None else _read(Job, response)

    async def cancel_job(self, job_id: str) -> None:
        """Stop a job; one that is over already is fine."""
        await self._call("DELETE", f"/v1/jobs/{job_id}", absent_ok=True)

    async def _call(
        self,
        method: str,
        path: str,
        *,
        absent_ok: bool = False,
        json: object = None,
        files: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        read_s: float = READ_S,
    ) -> httpx2.Response | None:
        timeout = httpx2.Timeout(read_s, connect=CONNECT_S)
        try:
            response = await self._http.request(
                method, path, json=json, files=files, data=data, timeout=timeout
            )
        except (httpx2.TransportError, httpx2.InvalidURL) as error:
            raise EngineUnreachable(type(error).__name__, retry_after_s=RETRY_UNREACHABLE_S) from error
        if response.status_code == 404 and absent_ok:
            return None
        if response.status_code == 503:
            raise NoSeat(path, retry_after_s=_retry_after_s(response))
        if response.status_code in (502, 504):
            # What a tunnel or a reverse proxy answers when nobody is behind it.
            raise EngineUnreachable(str(response.status_code), retry_after_s=RETRY_UNREACHABLE_S)
        if response.status_code >= 400:
            raise EngineRefused(f"{method} {path}: {response.status_code}")
        return response


def _of(tenant_id: str) -> str:
    return f"?tenant_id={tenant_id}" if tenant_id else ""


def _read(model: type[Answer], response: httpx2.Response | None) -> Answer:
    if response is None:
        raise EngineRefused("no answer")
    try:
        return model.model_validate_json(response.content)
    except ValidationError as error:
        raise EngineRefused(f"{model.__name__}: {error.error_count()} fields wrong") from error


def _retry_after_s(response: httpx2.Response) -> float:
    value = response.headers.get("retry-after", "")
    return float(value) if value.isdigit() else RETRY_FULL_S


def engine_of(connection: HTTPConnection) -> EngineClient:
    """The engine's client of the application that serves this request."""
    return connection.app.state.engine
