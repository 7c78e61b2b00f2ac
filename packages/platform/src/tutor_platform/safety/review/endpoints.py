"""Review: flagged turns, wrong answers, and conversations as staff read them."""

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.current import CurrentPerson
from tutor_platform.classes.wall.endpoints import WallHere
from tutor_platform.kit.db import Reading, Writing
from tutor_platform.safety.models import FlagReason, FlagStatus
from tutor_platform.safety.review import service
from tutor_platform.safety.review.schemas import (
    Conversation,
    FlagBrief,
    FlagChange,
    FlagList,
    FlagView,
    WrongAnswer,
)

router = APIRouter(prefix="/api/review", tags=["review"])

WritingHere = Annotated[AsyncSession, Writing]
Reference = Annotated[str | None, Query(max_length=64)]


@router.get("")
async def every(
    subject: CurrentPerson,
    db: Annotated[AsyncSession, Reading],
    status: FlagStatus = "open",
    reason: FlagReason | None = None,
    class_id: Reference = None,
    before: Reference = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 30,
) -> FlagList:
    """Flagged turns of students of my classes, newest first."""
    return FlagList(
        flags=await service.listed(
            db, subject, status=status, reason=reason, class_id=class_id, before=before, limit=limit
        )
    )


@router.get("/lessons/{lesson_id}")
async def conversation(
    lesson_id: str, subject: CurrentPerson, db: WritingHere, wall: WallHere
) -> Conversation:
    """A student's lesson, whole. Audited; while it goes on, its student sees my name."""
    return await service.conversation(db, subject, lesson_id, wall)


@router.post("/turns/{turn_id}/wrong", status_code=201)
async def mark_wrong(turn_id: str, body: WrongAnswer, subject: CurrentPerson, db: WritingHere) -> FlagBrief:
    """This answer of a tutor is wrong."""
    return await service.mark_wrong(db, subject, turn_id, body.words)


@router.get("/{flag_id}")
async def one(flag_id: str, subject: CurrentPerson, db: WritingHere) -> FlagView:
    """A flagged turn with what was said before and after. Audited."""
    return await service.opened(db, subject, flag_id)


@router.patch("/{flag_id}")
async def change(flag_id: str, body: FlagChange, subject: CurrentPerson, db: WritingHere) -> FlagBrief:
    """Mark a flagged turn as seen or solved, with a note."""
    return await service.change(db, subject, flag_id, body)
