"""Alerts and safety contacts."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.current import CurrentPerson
from tutor_platform.kit.db import Reading, Writing, database_of
from tutor_platform.safety import service
from tutor_platform.safety.schemas import (
    Acknowledgement,
    AlertList,
    AlertView,
    ContactList,
    ContactRequest,
    ContactView,
)

router = APIRouter(prefix="/api", tags=["alerts"])

ReadingHere = Annotated[AsyncSession, Reading]
WritingHere = Annotated[AsyncSession, Writing]


@router.get("/alerts")
async def every(
    subject: CurrentPerson,
    db: ReadingHere,
    acknowledged: bool = False,
    before: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> AlertList:
    """Alerts about students of my classes, newest first: those that wait, or those acknowledged."""
    return AlertList(alerts=await service.listed(db, subject, acknowledged, before, limit))


@router.post("/alerts/{alert_id}/acknowledge")
async def acknowledge(
    alert_id: str, body: Acknowledgement, request: Request, subject: CurrentPerson
) -> AlertView:
    """I know of it; who was first, and when, stays."""
    async with database_of(request).writing() as db:
        view = await service.acknowledge(db, subject, alert_id, body.note)
    request.app.state.news.mark("alerts")
    return view


@router.get("/safety-contacts")
async def contacts(request: Request, subject: CurrentPerson, db: ReadingHere) -> ContactList:
    """Whom urgent alerts reach besides teachers; for administrators."""
    found = await service.contacts(db, subject)
    return ContactList(
        contacts=found, letters=bool(request.app.state.settings.platform_smtp_url.get_secret_value())
    )


@router.post("/safety-contacts", status_code=201)
async def add_contact(body: ContactRequest, subject: CurrentPerson, db: WritingHere) -> ContactView:
    """Add a safety contact; for administrators."""
    return await service.add_contact(db, subject, body)


@router.delete("/safety-contacts/{contact_id}", status_code=204)
async def drop_contact(contact_id: str, subject: CurrentPerson, db: WritingHere) -> None:
    """Remove a safety contact; for administrators."""
    await service.drop_contact(db, subject, contact_id)
