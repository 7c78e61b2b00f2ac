"""The browser's socket, the engine's WebRTC configuration, and the state of both halves."""

import asyncio
from typing import Annotated, Literal

import structlog
from fastapi import APIRouter, Depends, Request, WebSocket
from pydantic import BaseModel, Field
from starlette.websockets import WebSocketDisconnect

import tutor_platform
from tutor_platform.accounts.current import CurrentPerson, accounts_of, token_in_cookie
from tutor_platform.authz.subject import Subject
from tutor_platform.gateway.browser import POLICY_VIOLATION, Browser
from tutor_platform.gateway.desk import let_go, take
from tutor_platform.gateway.lines import Lines, TooManyBrowsers
from tutor_platform.kit.edge import origin_allowed
from tutor_platform.kit.engine import EngineClient, engine_of
from tutor_platform.kit.errors import Forbidden, PlatformError, Unauthorized
from tutor_platform.kit.language import Language
from tutor_platform.kit.limits import TokenBucket
from tutor_protocol import PROTOCOL_VERSION, CloseCode
from tutor_protocol.http import ConnectionCheck, ConnectionCheckAnswer, DoctorReport, Health, WebRTCConfig

log = structlog.get_logger(__name__)

router = APIRouter(prefix="/api", tags=["gateway"])

Engine = Annotated[EngineClient, Depends(engine_of)]


class PlatformStatus(BaseModel):
    """The web server's half."""

    status: Literal["ok"] = "ok"
    version: str = tutor_platform.__version__


class StatusView(BaseModel):
    """Answer to `GET /api/status`."""

    platform: PlatformStatus = PlatformStatus()
    engine_reachable: bool
    engine: Health | None = Field(description="Only for people who are signed in.")


@router.get("/webrtc/config")
async def webrtc_config(subject: CurrentPerson, engine: Engine) -> WebRTCConfig:
    """How the browser reaches the engine's media port; relay credentials live minutes."""
    return await engine.webrtc_config()


@router.post("/webrtc/check")
async def webrtc_check(
    subject: CurrentPerson, engine: Engine, check: ConnectionCheck
) -> ConnectionCheckAnswer:
    """Some seconds of a connection without a lesson, for the check before one."""
    return await engine.check_connection(check)


@router.get("/doctor")
async def doctor(subject: CurrentPerson, engine: Engine, language: Language | None = None) -> DoctorReport:
    """What is wrong with the lesson server, and the command that mends it; for administrators."""
    if subject.role != "admin":
        raise Forbidden
    return await engine.doctor(language or subject.language)


@router.get("/status")
async def status(request: Request, engine: Engine) -> StatusView:
    """Whether both halves work; which engine serves each stage is told to signed-in people."""
    try:
        health = await engine.health()
    except PlatformError:
        return StatusView(engine_reachable=False, engine=None)
    try:
        await accounts_of(request).subject_of(token_in_cookie(request))
    except Unauthorized:
        return StatusView(engine_reachable=True, engine=None)
    return StatusView(engine_reachable=True, engine=health)


@router.websocket("/ws/proxy/user/{user_id}")
async def proxy(websocket: WebSocket, user_id: str) -> None:
    """One browser's socket to the engine."""
    settings = websocket.app.state.settings
    if not origin_allowed(websocket.headers, settings.platform_origins):
        await websocket.close(POLICY_VIOLATION)
        return
    offered = websocket.scope.get("subprotocols", [])
    await websocket.accept(subprotocol=PROTOCOL_VERSION if PROTOCOL_VERSION in offered else None)
    subject = await _subject(websocket)
    if subject is None or subject.person_id != user_id:
        # Closed after accepting: a browser does not show its page the code of a refused handshake.
        await websocket.close(CloseCode.BAD_TOKEN)
        return
    bucket = TokenBucket(settings.socket_rate_hz, settings.socket_burst)
    browser = Browser(subject.sign_in_id, subject.language, bucket)
    lines: Lines = websocket.app.state.lines
    try:
        async with lines.attached(subject, browser) as line, asyncio.TaskGroup() as group:
            pump = group.create_task(browser.pump(websocket))
            try:
                while True:
                    await take(line, browser, await _received(websocket))
            except WebSocketDisconnect:
                pump.cancel()
                await let_go(line, browser)
    except TooManyBrowsers:
        await websocket.close(CloseCode.TOO_MANY)


async def _subject(websocket: WebSocket) -> Subject | None:
    """Who opens the socket: by cookie, or by `?token=` as the old contract has it."""
    token = token_in_cookie(websocket) or websocket.query_params.get("token")
    try:
        return await accounts_of(websocket).subject_of(token)
    except Unauthorized:
        return None


async def _received(websocket: WebSocket) -> str | bytes:
    frame = await websocket.receive()
    if frame["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(frame.get("code", 1000))
    return frame.get("text") or frame.get("bytes") or b""
