"""Limits and use, for administrators."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.current import CurrentPerson
from tutor_platform.kit.clock import ClockHere
from tutor_platform.kit.db import Reading, Writing
from tutor_platform.quotas import service
from tutor_platform.quotas.schemas import QuotaChange, UsageView
from tutor_platform.quotas.service import Ceilings

router = APIRouter(prefix="/api/admin/quotas", tags=["quotas"])


def _ceilings(request: Request) -> Ceilings:
    return service.ceilings_of(request.app.state.settings)


CeilingsHere = Annotated[Ceilings, Depends(_ceilings)]


@router.get("")
async def usage(
    subject: CurrentPerson, db: Annotated[AsyncSession, Reading], ceilings: CeilingsHere, clock: ClockHere
) -> UsageView:
    """What my school uses and may use."""
    return await service.usage(db, subject, ceilings, clock())


@router.put("")
async def change(
    body: QuotaChange,
    subject: CurrentPerson,
    db: Annotated[AsyncSession, Writing],
    ceilings: CeilingsHere,
    clock: ClockHere,
) -> UsageView:
    """Set my school's own limits."""
    return await service.change(db, subject, body, ceilings, clock())
