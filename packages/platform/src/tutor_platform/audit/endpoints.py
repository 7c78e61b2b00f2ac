"""The audit log; for administrators."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.current import CurrentPerson
from tutor_platform.audit import reading, service
from tutor_platform.audit.schemas import AuditPage
from tutor_platform.kit.db import Reading, Writing

router = APIRouter(prefix="/api", tags=["audit"])

Kind = Annotated[
    str, Query(max_length=40, pattern=r"^[a-z_]*$", description="`person`, `sign_in`, `tutor` …")
]
Whose = Annotated[str | None, Query(max_length=26, description="What they did, and what was done to them.")]


@router.get("/audit")
async def entries(
    subject: CurrentPerson,
    db: Annotated[AsyncSession, Reading],
    kind: Kind = "",
    person_id: Whose = None,
    before: Annotated[str | None, Query(max_length=26, description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AuditPage:
    """What happened at my school, the newest first."""
    return await reading.page(db, subject, kind=kind, person_id=person_id, before=before, limit=limit)


@router.get("/audit.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def table(
    subject: CurrentPerson,
    db: Annotated[AsyncSession, Writing],
    kind: Kind = "",
    person_id: Whose = None,
) -> Response:
    """The same as a table for a spreadsheet; taking it away is itself an entry."""
    pieces = [piece async for piece in reading.table(db, subject, kind=kind, person_id=person_id)]
    await service.note(db, subject, "audit.exported", subject.tenant_id, kind=kind)
    headers = {"content-disposition": 'attachment; filename="audit.csv"', "cache-control": "no-store"}
    return Response("".join(pieces), media_type="text/csv; charset=utf-8", headers=headers)
