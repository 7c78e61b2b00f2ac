"""Documents: facts, text, original."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import PlainTextResponse
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.current import CurrentPerson
from tutor_platform.kit.db import Reading
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.knowledge import service
from tutor_platform.knowledge.schemas import DocumentView

router = APIRouter(prefix="/api/documents", tags=["documents"])

TEXT_POLICY = "default-src 'none'; sandbox; frame-ancestors 'self'"
PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
"""Without `sandbox`, in which not every browser shows a PDF; its viewer runs no script of this origin."""


def _storage(request: Request) -> LocalStorage:
    return request.app.state.storage


@router.get("/{document_id}")
async def one(
    document_id: str, subject: CurrentPerson, db: Annotated[AsyncSession, Reading]
) -> DocumentView:
    """The facts of a document."""
    return await service.view(db, subject, document_id)


@router.get("/{document_id}/text", response_class=PlainTextResponse)
async def text(
    document_id: str,
    subject: CurrentPerson,
    db: Annotated[AsyncSession, Reading],
    storage: Annotated[LocalStorage, Depends(_storage)],
) -> PlainTextResponse:
    """The text of a md or txt document; offsets of citations count its characters."""
    body = await service.text(db, storage, subject, document_id)
    return PlainTextResponse(
        body, headers={"content-security-policy": TEXT_POLICY, "cache-control": "private, max-age=60"}
    )


@router.get(
    "/{document_id}/file",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}, "text/plain": {}}}},
)
async def file(
    document_id: str,
    subject: CurrentPerson,
    db: Annotated[AsyncSession, Reading],
    storage: Annotated[LocalStorage, Depends(_storage)],
) -> Response:
    """The original, to be shown in the browser."""
    found, data = await service.original(db, storage, subject, document_id)
    return Response(
        data,
        headers={
            "content-type": service.MEDIA_TYPES[found.kind],
            "content-disposition": f"inline; filename*=UTF-8''{quote(found.file_name)}",
            "content-security-policy": PDF_POLICY if found.kind == "pdf" else TEXT_POLICY,
            "x-content-type-options": "nosniff",
            "cache-control": "private, max-age=60",
        },
    )
