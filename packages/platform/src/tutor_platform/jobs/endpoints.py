"""Background work, for administrators."""

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.current import CurrentPerson
from tutor_platform.jobs import service
from tutor_platform.jobs.models import State
from tutor_platform.jobs.schemas import JobAnswer, JobList
from tutor_platform.kit.clock import ClockHere
from tutor_platform.kit.db import Reading, Writing

router = APIRouter(prefix="/api/admin/jobs", tags=["jobs"])


@router.get("")
async def every(
    subject: CurrentPerson,
    db: Annotated[AsyncSession, Reading],
    state: State | None = None,
    before: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> JobList:
    """Background work of my school, newest first."""
    return await service.listed(db, subject, state, before, limit)


@router.post("/{job_id}/again")
async def again(
    job_id: str, subject: CurrentPerson, db: Annotated[AsyncSession, Writing], clock: ClockHere
) -> JobAnswer:
    """Try dead work once more."""
    return JobAnswer(job=await service.again(db, subject, job_id, clock()))
