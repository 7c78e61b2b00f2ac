"""Exports: of oneself, and by administrators."""

from collections.abc import AsyncGenerator
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.current import CurrentPerson
from tutor_platform.exports import service
from tutor_platform.exports.schemas import ExportAnswer, ExportList, ExportWish
from tutor_platform.kit.clock import ClockHere
from tutor_platform.kit.db import Reading, Writing
from tutor_platform.kit.errors import NotFound
from tutor_platform.kit.storage import LocalStorage

router = APIRouter(prefix="/api", tags=["exports"])


def _storage(request: Request) -> LocalStorage:
    return request.app.state.storage


def _days(request: Request) -> int:
    return request.app.state.settings.export_days


Days = Annotated[int, Depends(_days)]


@router.post("/me/export", status_code=202)
async def ask_mine(
    subject: CurrentPerson, db: Annotated[AsyncSession, Writing], clock: ClockHere, days: Days
) -> ExportAnswer:
    """Have an archive made of everything that is kept of me."""
    return ExportAnswer(export=await service.ask(db, subject, subject.person_id, clock(), days))


@router.get("/me/export")
async def mine(subject: CurrentPerson, db: Annotated[AsyncSession, Reading]) -> ExportAnswer:
    """How my newest export is coming along."""
    return ExportAnswer(export=await service.latest_of_me(db, subject))


@router.post("/admin/exports", status_code=202)
async def ask(
    body: ExportWish,
    subject: CurrentPerson,
    db: Annotated[AsyncSession, Writing],
    clock: ClockHere,
    days: Days,
) -> ExportAnswer:
    """Have an archive made of a person of my school, or of the whole school."""
    export = await service.ask_by_administrator(db, subject, body.person_id, clock(), days)
    return ExportAnswer(export=export)


@router.get("/admin/exports")
async def every(subject: CurrentPerson, db: Annotated[AsyncSession, Reading]) -> ExportList:
    """The archives that I have asked for."""
    return await service.listed(db, subject)


@router.get(
    "/exports/{export_id}/file",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/zip": {}}}},
)
async def file(
    export_id: str,
    subject: CurrentPerson,
    db: Annotated[AsyncSession, Reading],
    storage: Annotated[LocalStorage, Depends(_storage)],
    clock: ClockHere,
) -> StreamingResponse:
    """The archive, as long as it is kept."""
    row = await service.ready(db, subject, export_id, clock())
    size = await storage.size_bytes(row.storage_key)
    if size is None:
        raise NotFound(row.storage_key)
    name = f"virtual-tutor-{row.created_at:%Y-%m-%d}.zip"
    return StreamingResponse(
        _whole(storage, row.storage_key),
        media_type="application/zip",
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "content-length": str(size),
            "cache-control": "no-store",
        },
    )


async def _whole(storage: LocalStorage, key: str) -> AsyncGenerator[bytes]:
    async for piece in storage.pieces(key):
        yield piece
