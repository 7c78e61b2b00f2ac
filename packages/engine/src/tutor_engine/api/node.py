"""`/health`, `/metrics`, the doctor and the WebRTC configuration."""

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from tutor_engine.api.access import check_access
from tutor_engine.api.errors import Refusal
from tutor_engine.doctor.words import Language
from tutor_engine.engine import Engine
from tutor_engine.session.plane import OfferRefused
from tutor_protocol import ErrorCode, sentence
from tutor_protocol.http import ConnectionCheck, ConnectionCheckAnswer, DoctorReport, Health, WebRTCConfig


def node_routes(engine: Engine) -> APIRouter:
    """What describes the node."""
    router = APIRouter(tags=["node"])

    @router.get("/health")
    async def health() -> Health:
        return await engine.health()

    @router.get("/metrics")
    async def metrics() -> Response:
        engine.metrics.sessions.set(engine.registry.active)
        engine.metrics.seats.set(engine.registry.seats)
        return Response(generate_latest(engine.metrics.registry), media_type=CONTENT_TYPE_LATEST)

    @router.get("/v1/doctor")
    async def doctor(language: Language = "en") -> DoctorReport:
        return await engine.doctor.report(language)

    @router.get("/v1/webrtc/config")
    async def webrtc_config() -> WebRTCConfig:
        return engine.webrtc_config()

    @router.post("/v1/webrtc/check")
    async def webrtc_check(check: ConnectionCheck) -> ConnectionCheckAnswer:
        try:
            sdp = await engine.rehearsals.begin(check.sdp)
        except OfferRefused as error:
            raise Refusal(422, ErrorCode.BAD_SDP, f"{sentence(ErrorCode.BAD_SDP)} ({error})") from error
        return ConnectionCheckAnswer(sdp=sdp, lasts_s=engine.rehearsals.lasts_s)

    @router.get("/api/webrtc/config")
    async def webrtc_config_alias(request: Request) -> WebRTCConfig:
        check_access(request, engine.reach.api_key)
        return engine.webrtc_config()

    return router
