"""`/v1/sessions`."""

from fastapi import APIRouter, Response

from tutor_engine.engine import Engine
from tutor_engine.session.lesson import Lesson
from tutor_protocol.http import SessionCreated, SessionInfo, SessionList, SessionRequest


def session_routes(engine: Engine) -> APIRouter:
    """Create, look at and end lessons."""
    router = APIRouter(prefix="/v1/sessions", tags=["sessions"])

    def info(lesson: Lesson) -> SessionInfo:
        return SessionInfo(
            session_id=lesson.session_id,
            status="active",
            tutor_id=lesson.request.tutor_id,
            student_id=lesson.request.student_id,
            created_at=lesson.created_at,
            last_activity_at=lesson.last_activity_at,
            connection=engine.registry.connection_of(lesson),
        )

    @router.post("", status_code=201)
    async def create(request: SessionRequest) -> SessionCreated:
        lesson, token, expires_at = engine.registry.create(request)
        engine.prepare(lesson)
        return SessionCreated(
            session_id=lesson.session_id,
            engine_url=engine.reach.websocket_url,
            engine_token=token,
            expires_at=expires_at,
        )

    @router.get("")
    async def every() -> SessionList:
        return SessionList(sessions=[info(lesson) for lesson in engine.registry.lessons()])

    @router.get("/{session_id}")
    async def one(session_id: str) -> SessionInfo:
        return info(engine.registry.get(session_id))

    @router.delete("/{session_id}", status_code=204)
    async def end(session_id: str) -> Response:
        await engine.registry.end(session_id)
        return Response(status_code=204)

    return router
