"""`/v1/jobs`: progress of long work, its cancel, and its stream of states."""

from collections.abc import AsyncIterator

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from tutor_engine.engine import Engine
from tutor_protocol.http import Job


def job_routes(engine: Engine) -> APIRouter:
    """Look at, follow and cancel jobs."""
    router = APIRouter(prefix="/v1/jobs", tags=["jobs"])

    @router.get("/{job_id}")
    async def one(job_id: str) -> Job:
        return engine.jobs.get(job_id)

    @router.delete("/{job_id}", status_code=204)
    async def cancel(job_id: str) -> Response:
        await engine.jobs.cancel(job_id)
        return Response(status_code=204)

    @router.get("/{job_id}/events")
    async def events(job_id: str) -> StreamingResponse:
        engine.jobs.get(job_id)

        async def stream() -> AsyncIterator[str]:
            async for job in engine.jobs.follow(job_id):
                yield f"event: job\ndata: {job.model_dump_json()}\n\n"

        return StreamingResponse(stream(), media_type="text/event-stream")

    return router
