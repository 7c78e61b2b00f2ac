"""Limits per tenant: checked where something is about to be used, in the unit of work that uses it.

Use is counted under a lock on the tenant's row, so that two requests at once never pass together where only
one may. A refusal says which limit it was and what to do next.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.audit import service as audit
from tutor_platform.authz.scopes import Scope
from tutor_platform.authz.subject import Subject
from tutor_platform.kit.errors import QuotaReached
from tutor_platform.kit.ids import new_id
from tutor_platform.quotas import repository
from tutor_platform.quotas.models import Quota, SeatClaim
from tutor_platform.quotas.schemas import QUOTA_KINDS, QuotaChange, QuotaKind, QuotaUse, UsageView
from tutor_platform.settings import Settings

CLAIM_LASTS = timedelta(seconds=30)
"""Between the check and the stored lesson lies one call of the engine."""
LESSON_COUNTS_FOR = timedelta(hours=1)
"""A lesson in which nobody has said anything for so long has lost its seat in the engine."""
MINUTES_COUNT_FOR = timedelta(minutes=5)
"""Time counts as lesson time until so long after the last word."""
LONGEST_STEP = timedelta(minutes=3)
"""While the platform was down, nothing is counted."""
METER = "lesson_seconds"


@dataclass(frozen=True, slots=True)
class Ceilings:
    """The operator's limits for every tenant; None: no limit."""

    lessons_at_once: int | None = None
    minutes_per_month: int | None = None
    avatar_builds_per_month: int | None = None
    storage_bytes: int | None = None


def ceilings_of(settings: Settings) -> Ceilings:
    """The operator's limits as the settings say them (0 there: none)."""
    return Ceilings(
        lessons_at_once=settings.tenant_lessons_at_once or None,
        minutes_per_month=settings.tenant_minutes_per_month or None,
        avatar_builds_per_month=settings.tenant_avatar_builds_per_month or None,
        storage_bytes=settings.tenant_storage_mb * 1_000_000 or None,
    )


def month_of(now: datetime) -> str:
    """The month that is counted, in UTC."""
    return f"{now:%Y-%m}"


async def claim_lesson(db: AsyncSession, tenant_id: str, ceilings: Ceilings, now: datetime) -> str:
    """Before a seat of the engine is asked for: one more lesson of this tenant.

    Returns:
        The claim. Give it to `settle_lesson` in the unit that stores the lesson, or when none came about.

    Raises:
        QuotaReached: as many lessons as allowed are going on, or this month's minutes are used.
    """
    own = await repository.lock(db, tenant_id)
    await repository.delete_old_claims(db, tenant_id, now)
    for kind in ("minutes_per_month", "lessons_at_once"):
        if not _fits(_limit(own, ceilings, kind), await _used(db, tenant_id, kind, now), 1):
            raise QuotaReached(kind)
    claim = SeatClaim(id=new_id(), tenant_id=tenant_id, expires_at=now + CLAIM_LASTS)
    db.add(claim)
    await db.flush()
    return claim.id


async def settle_lesson(db: AsyncSession, claim_id: str) -> None:
    """The lesson is stored in this unit, or will never be."""
    await repository.delete_claim(db, claim_id)


async def take_avatar_build(db: AsyncSession, tenant_id: str, ceilings: Ceilings, now: datetime) -> None:
    """Count one more avatar build, in the unit that stores the avatar.

    Raises:
        QuotaReached: this month's builds are used.
    """
    kind = "avatar_builds_per_month"
    own = await repository.lock(db, tenant_id)
    if not _fits(_limit(own, ceilings, kind), await _used(db, tenant_id, kind, now), 1):
        raise QuotaReached(kind)
    await repository.add(db, tenant_id, month_of(now), "avatar_builds", 1)


async def check_storage(db: AsyncSession, tenant_id: str, ceilings: Ceilings, more_bytes: int) -> None:
    """Whether so many bytes more may be stored; call it in the unit that stores the row with their size.

    Raises:
        QuotaReached: they do not fit.
    """
    own = await repository.lock(db, tenant_id)
    limit = _limit(own, ceilings, "storage_bytes")
    if limit is not None and not _fits(limit, await repository.storage_bytes(db, tenant_id), more_bytes):
        raise QuotaReached("storage_bytes")


async def usage(db: AsyncSession, subject: Subject, ceilings: Ceilings, now: datetime) -> UsageView:
    """What the administrator's school uses and may use."""
    subject.require(Scope.MANAGE_SCHOOL)
    own = await repository.limits(db, subject.tenant_id)
    return UsageView(
        month=month_of(now),
        uses=[
            QuotaUse(
                kind=kind,
                used=await _used(db, subject.tenant_id, kind, now),
                limit=_limit(own, ceilings, kind),
                own=None if own is None else getattr(own, kind),
                ceiling=getattr(ceilings, kind),
            )
            for kind in QUOTA_KINDS
        ],
    )


async def change(
    db: AsyncSession, subject: Subject, wish: QuotaChange, ceilings: Ceilings, now: datetime
) -> UsageView:
    """Set the school's own limits. What is in use beyond a new limit stays; nothing more is added."""
    subject.require(Scope.MANAGE_SCHOOL)
    own = await repository.lock(db, subject.tenant_id)
    for kind in QUOTA_KINDS:
        setattr(own, kind, getattr(wish, kind))
    await audit.note(db, subject, "quotas.changed", subject.tenant_id, **wish.model_dump())
    await db.flush()
    return await usage(db, subject, ceilings, now)


async def read_meter(db: AsyncSession, now: datetime) -> None:
    """Count the time since the last reading for every lesson that is going on. Any process may call it."""
    before = await repository.read_meter(db, METER, now)
    step = min(now - before, LONGEST_STEP)
    seconds = int(step.total_seconds())
    if seconds <= 0:
        return
    for tenant_id, lessons in (await repository.at_work_by_tenant(db, now - MINUTES_COUNT_FOR)).items():
        await repository.add(db, tenant_id, month_of(now), "lesson_seconds", seconds * lessons)


async def _used(db: AsyncSession, tenant_id: str, kind: QuotaKind, now: datetime) -> int:
    if kind == "lessons_at_once":
        return await repository.lessons_at_once(db, tenant_id, now - LESSON_COUNTS_FOR, now)
    if kind == "minutes_per_month":
        return await repository.used(db, tenant_id, month_of(now), "lesson_seconds") // 60
    if kind == "avatar_builds_per_month":
        return await repository.used(db, tenant_id, month_of(now), "avatar_builds")
    return await repository.storage_bytes(db, tenant_id)


def _limit(own: Quota | None, ceilings: Ceilings, kind: QuotaKind) -> int | None:
    limits = [getattr(ceilings, kind), None if own is None else getattr(own, kind)]
    return min((limit for limit in limits if limit is not None), default=None)


def _fits(limit: int | None, used: int, more: int) -> bool:
    return limit is None or used + more <= limit
