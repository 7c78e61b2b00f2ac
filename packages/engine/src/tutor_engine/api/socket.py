"""The WebSocket: tokens, frames, limits. `/ws/{id}` and `/ws/ws/{id}` are the same endpoint."""

import asyncio
import time
from contextlib import suppress

import structlog
from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from tutor_engine.engine import Engine
from tutor_engine.session.audience import Audience
from tutor_engine.session.registry import BadToken, NoSuchSession
from tutor_protocol import (
    ClientMessage,
    CloseCode,
    ErrorCode,
    ProtocolError,
    ServerEvent,
    parse_client_message,
    sentence,
)
from tutor_protocol.client import WebRTCOffer
from tutor_protocol.server import Error, Hello

log = structlog.get_logger()

_OUTBOX = 512
"""Events that may wait for a slow browser: about a minute of speech; a slower one is disconnected."""

_RATE_PER_S = 20.0
_BURST = 60.0
_MAX_SOCKETS = 8
"""Of one person: tabs and devices."""


class RateLimit:
    """A token bucket."""

    def __init__(self, rate_per_s: float, burst: float) -> None:
        self._rate_per_s = rate_per_s
        self._burst = burst
        self._tokens = burst
        self._at_s: float | None = None

    def allow(self, now_s: float) -> bool:
        """Whether one more is allowed at this time."""
        if self._at_s is not None:
            self._tokens = min(self._burst, self._tokens + (now_s - self._at_s) * self._rate_per_s)
        self._at_s = now_s
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


def offered_token(websocket: WebSocket) -> tuple[str, str | None]:
    """The token a client shows, and the subprotocol to accept."""
    for protocol in websocket.scope.get("subprotocols", []):
        if protocol.startswith("token."):
            return protocol.removeprefix("token."), "tutor.v1"
    return websocket.query_params.get("token", ""), None


def socket_routes(engine: Engine) -> APIRouter:
    """Both paths of the socket."""
    router = APIRouter()

    @router.websocket("/ws/{connection_id}")
    @router.websocket("/ws/ws/{connection_id}")
    async def serve(websocket: WebSocket, connection_id: str) -> None:
        token, subprotocol = offered_token(websocket)
        await websocket.accept(subprotocol=subprotocol)
        try:
            audience = engine.registry.admit(connection_id, token)
        except BadToken:
            await websocket.close(CloseCode.BAD_TOKEN)
            return
        except NoSuchSession:
            await websocket.close(CloseCode.NO_SUCH_SESSION)
            return
        if audience.sockets >= _MAX_SOCKETS:
            await websocket.close(CloseCode.TOO_MANY)
            return
        await _Connection(websocket, audience, engine).run()
        if not audience.many and not audience.present:
            with suppress(NoSuchSession):
                await engine.registry.end(connection_id)

    return router


class _Connection:
    """One accepted socket."""

    def __init__(self, websocket: WebSocket, audience: Audience, engine: Engine) -> None:
        self._websocket = websocket
        self._audience = audience
        self._engine = engine
        self._outbox: asyncio.Queue[ServerEvent | None] = asyncio.Queue(_OUTBOX)
        self._limit = RateLimit(_RATE_PER_S, _BURST)
        self._offers: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Serve until either side leaves."""
        self._audience.enter(self._reply)
        self._reply(Hello(capabilities=self._engine.capabilities()))
        sender = asyncio.create_task(self._send())
        receiver = asyncio.create_task(self._receive())
        try:
            await asyncio.wait((sender, receiver), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._audience.leave(self._reply)
            tasks = (sender, receiver, *self._offers)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _reply(self, event: ServerEvent) -> None:
        try:
            self._outbox.put_nowait(event)
        except asyncio.QueueFull:
            log.warning("socket_too_slow", audience=self._audience.key)
            self._outbox.get_nowait()
            self._outbox.put_nowait(None)

    async def _send(self) -> None:
        with suppress(WebSocketDisconnect, RuntimeError):
            while (event := await self._outbox.get()) is not None:
                await self._websocket.send_text(event.model_dump_json(exclude_none=True))
            await self._websocket.close(1013)

    async def _receive(self) -> None:
        with suppress(WebSocketDisconnect):
            while True:
                frame = await self._websocket.receive()
                if frame["type"] == "websocket.disconnect":
                    return
                raw = frame.get("text") or frame.get("bytes") or b""
                await self._take(raw)

    async def _take(self, raw: str | bytes) -> None:
        try:
            if not self._limit.allow(time.monotonic()):
                raise ProtocolError(ErrorCode.TOO_FAST)
            message = parse_client_message(raw)
        except ProtocolError as error:
            self._engine.metrics.refused.labels(error.code.value).inc()
            detail = f" ({error.detail})" if error.detail else ""
            content = sentence(error.code, self._audience.language) + detail
            retry = 1.0 if error.code is ErrorCode.TOO_FAST else None
            self._reply(Error(code=error.code.value, content=content, retry_after=retry))
            return
        if isinstance(message, WebRTCOffer):
            # A face that is new to this node is prepared first; meanwhile the student can type.
            offering = asyncio.create_task(self._act(message))
            self._offers.add(offering)
            offering.add_done_callback(self._offers.discard)
        else:
            await self._act(message)

    async def _act(self, message: ClientMessage) -> None:
        try:
            await self._audience.take(message, self._reply)
        except Exception:
            log.exception("message_failed", kind=message.type)
            code = ErrorCode.INTERNAL
            self._reply(Error(code=code.value, content=sentence(code, self._audience.language)))
