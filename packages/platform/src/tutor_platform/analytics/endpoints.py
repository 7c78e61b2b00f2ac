"""Counts, the turns behind them, and sources that students open."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.current import CurrentPerson
from tutor_platform.analytics import service
from tutor_platform.analytics.schemas import AskedTurns, Opened, Overview, Part
from tutor_platform.analytics.service import Wish
from tutor_platform.kit.db import Reading, Writing

router = APIRouter(prefix="/api", tags=["analytics"])

WritingHere = Annotated[AsyncSession, Writing]


def _wish(
    class_id: Annotated[str | None, Query(max_length=64)] = None,
    tutor_id: Annotated[str | None, Query(max_length=64)] = None,
    since: Annotated[date | None, Query(description="First day; 28 days ago when absent.")] = None,
    until: Annotated[date | None, Query(description="Last day; today when absent.")] = None,
) -> Wish:
    return Wish(class_id, tutor_id, since, until)


Wished = Annotated[Wish, Depends(_wish)]


@router.get("/analytics")
async def overview(subject: CurrentPerson, db: Annotated[AsyncSession, Reading], wish: Wished) -> Overview:
    """How lessons go and what is asked, for a class, for all my classes, or for the school."""
    return await service.overview(db, subject, wish)


@router.get(
    "/analytics/table",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def table(subject: CurrentPerson, db: WritingHere, wish: Wished, part: Part) -> Response:
    """One part of it as CSV for a spreadsheet. Audited."""
    text = await service.table(db, subject, wish, part)
    headers = {"content-disposition": f'attachment; filename="{part}.csv"', "cache-control": "no-store"}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/analytics/turns")
async def turns(
    subject: CurrentPerson,
    db: WritingHere,
    wish: Wished,
    answered: bool = False,
    topic: Annotated[str | None, Query(max_length=120)] = None,
) -> AskedTurns:
    """The questions behind a count: those answered from the library, or the others. Audited."""
    return AskedTurns(turns=await service.turns(db, subject, wish, answered, topic))


@router.post("/lessons/{lesson_id}/opened", status_code=204)
async def opened(lesson_id: str, body: Opened, subject: CurrentPerson, db: WritingHere) -> None:
    """I have opened a page that my lesson cites."""
    await service.opened(db, subject, lesson_id, body)
