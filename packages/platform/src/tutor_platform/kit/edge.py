"""The edge of the HTTP side: request ids, size and origin checks, security headers, one log line per request.

An unexpected error is logged once, with the id that the person sees. Nothing of a query string is logged.
"""

import hashlib
import time
from collections.abc import Iterable
from urllib.parse import urlsplit

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tutor_platform.kit.db import no_room
from tutor_platform.kit.errors import (
    BadOrigin,
    BadRequest,
    PlatformError,
    StorageFull,
    TooLarge,
    TooManyAttempts,
    error_body,
)
from tutor_platform.kit.ids import new_id
from tutor_platform.kit.language import Language, preferred
from tutor_platform.kit.limits import Turnstile

log = structlog.get_logger(__name__)

SOCKETS_OPENED_HZ = 1.0
SOCKETS_OPENED_BURST = 40
"""Eight sockets of one person, each coming back a few times in a row after a lost network."""
SOCKETS_ADDRESS_SHARE = 50.0
"""As many at once as one server takes: after a restart a whole school comes back through one address."""
POLICY_VIOLATION = 1008

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

CONTENT_SECURITY_POLICY = "; ".join((
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    # React sets style attributes on single elements; style sheets still come from files only.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob: mediastream:",
    "connect-src 'self' ws: wss:",
    "worker-src 'self' blob:",
    "font-src 'self'",
    "frame-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
))  # fmt: skip

SECURITY_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    # The camera is for recording the consent to a face, and for nothing else.
    "permissions-policy": "microphone=(self), camera=(self), autoplay=(self), geolocation=(), payment=()",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def language_of(connection: HTTPConnection) -> Language:
    """The person's language when somebody is signed in, else the browser's."""
    known: Language | None = getattr(connection.state, "language", None)
    return known or preferred(connection.headers.get("accept-language", ""))


def origin_allowed(headers: Headers, allowed: Iterable[str]) -> bool:
    """Whether the page that sent this is ours: same host, or listed. No page at all (a program) is fine."""
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
    if origin in allowed:
        return True
    return urlsplit(origin).netloc == headers.get("host", "")


def _who(connection: HTTPConnection) -> tuple[str, str]:
    """Address and browser, for limits only; of the cookie nothing but a hash is held."""
    address = connection.client.host if connection.client else ""
    cookie = connection.headers.get("cookie", "")
    return address, hashlib.blake2b(cookie.encode(), digest_size=16).hexdigest() if cookie else ""


def _error_response(request: HTTPConnection, status: int, code: str, retry_after_s: float | None) -> Response:
    body = error_body(code, language_of(request), getattr(request.state, "request_id", ""))
    headers = {} if retry_after_s is None else {"retry-after": str(max(1, round(retry_after_s)))}
    return JSONResponse(body.model_dump(), status, headers)


async def _platform_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, PlatformError)  # noqa: S101 - registered for this type only
    return _error_response(request, error.status, error.code, error.retry_after_s)


async def _database_error(request: Request, error: Exception) -> Response:
    if not no_room(error):
        raise error
    log.error("disk_full", id=getattr(request.state, "request_id", ""))
    return _error_response(request, StorageFull.status, StorageFull.code, None)


async def _validation_error(request: Request, error: Exception) -> Response:
    return _error_response(request, BadRequest.status, BadRequest.code, None)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type only
    code = {401: "unauthorized", 403: "forbidden", 404: "not_found"}
    return _error_response(request, error.status_code, code.get(error.status_code, "bad_request"), None)


def add_error_handlers(app: FastAPI) -> None:
    """Give every refusal the documented body."""
    app.add_exception_handler(PlatformError, _platform_error)
    app.add_exception_handler(OperationalError, _database_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)


class Edge:
    """Middleware around the whole application."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        allowed_origins: tuple[str, ...],
        max_body_bytes: int,
        https: bool,
        max_upload_bytes: int = 0,
        uploads: frozenset[str] = frozenset(),
        request_rate_hz: float = 100.0,
        request_burst: int = 500,
    ) -> None:
        """Bodies of at most `max_body_bytes`; more for POST requests to paths that end like `uploads`."""
        self._app = app
        self._allowed = allowed_origins
        self._max_body_bytes = max_body_bytes
        self._max_upload_bytes = max(max_upload_bytes, max_body_bytes)
        self._uploads = uploads
        self._https = https
        self._requests = Turnstile(request_rate_hz, request_burst)
        self._sockets = Turnstile(SOCKETS_OPENED_HZ, SOCKETS_OPENED_BURST, SOCKETS_ADDRESS_SHARE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or let one socket in."""
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        request.state.request_id = new_id()
        started_s = time.perf_counter()
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._add_headers(message, request.state.request_id)
            await send(message)

        try:
            refusal = self._refusal(request)
            if refusal is not None:
                response = _error_response(request, refusal.status, refusal.code, refusal.retry_after_s)
                await response(scope, receive, answer)
            else:
                await self._app(scope, self._limited(receive, self._most_bytes(request)), answer)
        except Exception:
            log.exception("request_failed", id=request.state.request_id, path=scope["path"])
            if status == 0:
                await _error_response(request, 500, "internal", None)(scope, receive, answer)
        finally:
            log.info(
                "request",
                id=request.state.request_id,
                method=scope["method"],
                path=scope["path"],
                status=status,
                ms=round((time.perf_counter() - started_s) * 1000, 1),
            )

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the handshake (403) of who opens sockets faster than any browser comes back."""
        connection = HTTPConnection(scope)
        if self._sockets.passes(*_who(connection), time.monotonic()):
            await self._app(scope, receive, send)
            return
        log.info("socket_refused", path=scope["path"])
        await receive()
        await send({"type": "websocket.close", "code": POLICY_VIOLATION})

    def _refusal(self, request: Request) -> PlatformError | None:
        if request.url.path.startswith("/api/") and not self._requests.passes(
            *_who(request), time.monotonic()
        ):
            return TooManyAttempts("requests", retry_after_s=self._requests.wait_s)
        if request.method not in SAFE_METHODS and not origin_allowed(request.headers, self._allowed):
            return BadOrigin()
        length = request.headers.get("content-length", "0")
        most = self._most_bytes(request)
        if not length.isdigit() or int(length) > most:
            return TooLarge(length) if most > self._max_body_bytes else BadRequest("body too large")
        return None

    def _most_bytes(self, request: Request) -> int:
        """Files are streamed to disk by who takes them, and only for who is signed in."""
        path = request.url.path
        uploads = request.method == "POST" and any(path.endswith(end) for end in self._uploads)
        return self._max_upload_bytes if uploads else self._max_body_bytes

    def _limited(self, receive: Receive, most_bytes: int) -> Receive:
        """A body without a declared length is cut off at the same limit."""
        seen = 0

        async def limited() -> Message:
            nonlocal seen
            message = await receive()
            if message["type"] == "http.request":
                seen += len(message.get("body", b""))
                if seen > most_bytes:
                    raise BadRequest("body too large")
            return message

        return limited

    def _add_headers(self, message: Message, request_id: str) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in SECURITY_HEADERS.items():
            headers.setdefault(name, value)
        if self._https:
            headers.setdefault("strict-transport-security", "max-age=31536000")
        headers["x-request-id"] = request_id
