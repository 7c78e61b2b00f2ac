"""Documents as citations open them: facts, text, pages, the file in any of its versions."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import PlainTextResponse
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.current import CurrentPerson
from tutor_platform.kit.db import Database, Reading, database_of
from tutor_platform.kit.engine import EngineClient, engine_of
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.knowledge import pages, service
from tutor_platform.knowledge.kinds import MEDIA_TYPES, SHOWN_BY_BROWSERS
from tutor_platform.knowledge.schemas import DocumentView, VersionList
from tutor_protocol.http import PageInfo

router = APIRouter(prefix="/api/documents", tags=["documents"])

TEXT_POLICY = "default-src 'none'; sandbox; frame-ancestors 'self'"
PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
"""Without `sandbox`, in which not every browser shows a PDF; its viewer runs no script of this origin."""

Version = Annotated[
    str, Query(pattern="^([0-9a-f]{16})?$", description="As a citation names it; empty: the present one.")
]


def _storage(request: Request) -> LocalStorage:
    return request.app.state.storage


@router.get("/{document_id}")
async def one(document_id: str, subject: CurrentPerson, db: Annotated[AsyncSession, Reading]) -> DocumentView:
    """The facts of a document."""
    return await service.view(db, subject, document_id)


@router.get("/{document_id}/text", response_class=PlainTextResponse)
async def text(
    document_id: str,
    subject: CurrentPerson,
    db: Annotated[AsyncSession, Reading],
    storage: Annotated[LocalStorage, Depends(_storage)],
    version: Version = "",
) -> PlainTextResponse:
    """The text of a md or txt document; offsets of citations count its characters."""
    body = await service.text(db, storage, subject, document_id, version)
    return PlainTextResponse(
        body, headers={"content-security-policy": TEXT_POLICY, "cache-control": "private, max-age=60"}
    )


@router.get(
    "/{document_id}/file",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}, "text/plain": {}, "application/zip": {}}}},
)
async def file(
    document_id: str,
    subject: CurrentPerson,
    db: Annotated[AsyncSession, Reading],
    storage: Annotated[LocalStorage, Depends(_storage)],
    version: Version = "",
) -> Response:
    """The original, to be shown in the browser where it can be."""
    found = await service.original(db, storage, subject, document_id, version)
    shown = "inline" if found.kind in SHOWN_BY_BROWSERS else "attachment"
    return Response(
        found.data,
        headers={
            "content-type": MEDIA_TYPES[found.kind],
            "content-disposition": f"{shown}; filename*=UTF-8''{quote(found.file_name, safe='')}",
            "content-security-policy": PDF_POLICY if found.kind == "pdf" else TEXT_POLICY,
            "x-content-type-options": "nosniff",
            "cache-control": "private, max-age=60",
        },
    )


@router.get("/{document_id}/versions")
async def versions(
    document_id: str, subject: CurrentPerson, db: Annotated[AsyncSession, Reading]
) -> VersionList:
    """The files of a document that were replaced; old citations still open them."""
    return await service.versions(db, subject, document_id)


@router.get("/{document_id}/pages/{page}")
async def page(
    document_id: str,
    page: Annotated[int, Path(ge=1, le=100_000)],
    subject: CurrentPerson,
    database: Annotated[Database, Depends(database_of)],
    engine: Annotated[EngineClient, Depends(engine_of)],
    start: Annotated[int | None, Query(ge=0, le=10_000_000)] = None,
    end: Annotated[int | None, Query(ge=0, le=10_000_000)] = None,
    version: Version = "",
) -> PageInfo:
    """The text of a page and where on it a passage lies."""
    return await pages.page(database, engine, subject, document_id, page, start, end, version)
