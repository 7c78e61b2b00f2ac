"""`/health`, `/metrics`, the doctor and the WebRTC configuration."""

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from tutor_engine.api.access import check_access
from tutor_engine.engine import Engine
from tutor_protocol.http import DoctorReport, Health, WebRTCConfig


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
    async def doctor() -> DoctorReport:
        return await engine.doctor.report()

    @router.get("/v1/webrtc/config")
    async def webrtc_config() -> WebRTCConfig:
        return engine.webrtc_config()

    @router.get("/api/webrtc/config")
    async def webrtc_config_alias(request: Request) -> WebRTCConfig:
        check_access(request, engine.reach.api_key)
        return engine.webrtc_config()

    return router
