"""The FastAPI application over an engine."""

from fastapi import APIRouter, Depends, FastAPI, Request

from tutor_engine import __version__
from tutor_engine.api.access import check_access
from tutor_engine.api.avatars import avatar_routes
from tutor_engine.api.clips import clip_routes
from tutor_engine.api.errors import install_error_handlers
from tutor_engine.api.jobs import job_routes
from tutor_engine.api.knowledge import knowledge_routes
from tutor_engine.api.node import node_routes
from tutor_engine.api.sessions import session_routes
from tutor_engine.api.socket import socket_routes
from tutor_engine.api.voices import voice_routes
from tutor_engine.engine import Engine


def create_application(engine: Engine) -> FastAPI:
    """All routes. Everything below /v1 asks for the key (or for a loopback caller when there is none)."""

    def guard(request: Request) -> None:
        if request.url.path.startswith("/v1/"):
            check_access(request, engine.reach.api_key)

    app = FastAPI(title="Tutor engine", version=__version__, docs_url="/docs", redoc_url=None)
    install_error_handlers(app)
    guarded = APIRouter(dependencies=[Depends(guard)])
    for routes in (
        node_routes,
        session_routes,
        avatar_routes,
        clip_routes,
        voice_routes,
        knowledge_routes,
        job_routes,
    ):
        guarded.include_router(routes(engine))
    app.include_router(guarded)
    app.include_router(socket_routes(engine))
    return app
