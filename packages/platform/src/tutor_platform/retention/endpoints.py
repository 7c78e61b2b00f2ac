"""Deletions and retention: of oneself, and by administrators."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.current import CurrentPerson, cookie_name
from tutor_platform.kit.clock import ClockHere
from tutor_platform.kit.db import Reading, Writing
from tutor_platform.retention import service
from tutor_platform.retention.schemas import (
    AccountDeletion,
    DeletionAnswer,
    DeletionList,
    DeletionWish,
    RetentionChange,
    RetentionView,
)

router = APIRouter(prefix="/api", tags=["retention"])


@router.delete("/me", status_code=202)
async def delete_me(
    body: AccountDeletion,
    request: Request,
    response: Response,
    subject: CurrentPerson,
    db: Annotated[AsyncSession, Writing],
    clock: ClockHere,
) -> DeletionAnswer:
    """Delete my account with everything of it: lessons, what is remembered of me, recordings."""
    deletion = await service.delete_account(db, subject, body.confirm, clock())
    request.app.state.lines.hang_up(subject.sign_in_id)
    response.delete_cookie(cookie_name(request.app.state.settings.platform_cookie_secure), path="/")
    return DeletionAnswer(deletion=deletion)


@router.post("/admin/deletions", status_code=202)
async def delete(
    body: DeletionWish, subject: CurrentPerson, db: Annotated[AsyncSession, Writing], clock: ClockHere
) -> DeletionAnswer:
    """Delete a person, tutor, document, face, lesson or the school, with files and copies in the engine."""
    return DeletionAnswer(deletion=await service.delete_by_administrator(db, subject, body, clock()))


@router.get("/admin/deletions")
async def deletions(
    subject: CurrentPerson,
    db: Annotated[AsyncSession, Reading],
    before: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> DeletionList:
    """What was deleted in my school, newest first, and whether anything is still to be removed."""
    return await service.deletions(db, subject, before, limit)


@router.get("/admin/retention")
async def retention(subject: CurrentPerson, db: Annotated[AsyncSession, Reading]) -> RetentionView:
    """How long my school keeps things."""
    return await service.retention(db, subject)


@router.put("/admin/retention")
async def change_retention(
    body: RetentionChange, subject: CurrentPerson, db: Annotated[AsyncSession, Writing]
) -> RetentionView:
    """Keep things for so long from now on."""
    return await service.change_retention(db, subject, body)
