"""The edge of the HTTP side: request ids, size and origin checks, security headers, one log line per request.

An unexpected error is logged once, with the id that the person sees. Nothing of a query string is logged.
"""

import time
from collections.abc import Iterable
from urllib.parse import urlsplit

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tutor_platform.kit.errors import BadOrigin, BadRequest, PlatformError, error_body
from tutor_platform.kit.ids import new_id
from tutor_platform.kit.language import Language, preferred

log = structlog.get_logger(__name__)

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
    "permissions-policy": "microphone=(self), autoplay=(self), camera=(), geolocation=(), payment=(), usb=()",
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


def _error_response(request: HTTPConnection, status: int, code: str, retry_after_s: float | None) -> Response:
    body = error_body(code, language_of(request), getattr(request.state, "request_id", ""))
    headers = {} if retry_after_s is None else {"retry-after": str(max(1, round(retry_after_s)))}
    return JSONResponse(body.model_dump(), status, headers)


async def _platform_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, PlatformError)  # noqa: S101 - registered for this type only
    return _error_response(request, error.status, error.code, error.retry_after_s)


async def _validation_error(request: Request, error: Exception) -> Response:
    return _error_response(request, BadRequest.status, BadRequest.code, None)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type only
    code = {401: "unauthorized", 403: "forbidden", 404: "not_found"}
    return _error_response(request, error.status_code, code.get(error.status_code, "bad_request"), None)


def add_error_handlers(app: FastAPI) -> None:
    """Give every refusal the documented body."""
    app.add_exception_handler(PlatformError, _platform_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)


class Edge:
    """Middleware around the whole application."""

    def __init__(
        self, app: ASGIApp, *, allowed_origins: tuple[str, ...], max_body_bytes: int, https: bool
    ) -> None:
        self._app = app
        self._allowed = allowed_origins
        self._max_body_bytes = max_body_bytes
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; sockets pass untouched."""
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
                response = _error_response(request, refusal.status, refusal.code, None)
                await response(scope, receive, answer)
            else:
                await self._app(scope, self._limited(receive), answer)
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

    def _refusal(self, request: Request) -> PlatformError | None:
        if request.method not in SAFE_METHODS and not origin_allowed(request.headers, self._allowed):
            return BadOrigin()
        length = request.headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self._max_body_bytes:
            return BadRequest("body too large")
        return None

    def _limited(self, receive: Receive) -> Receive:
        """A body without a declared length is cut off at the same limit."""
        seen = 0

        async def limited() -> Message:
            nonlocal seen
            message = await receive()
            if message["type"] == "http.request":
                seen += len(message.get("body", b""))
                if seen > self._max_body_bytes:
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
