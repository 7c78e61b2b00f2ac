"""Queries on tenants."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.tenants.models import Tenant


async def count(db: AsyncSession) -> int:
    """How many tenants there are; none means a fresh database."""
    return await db.scalar(select(func.count()).select_from(Tenant)) or 0


async def name_of(db: AsyncSession, tenant_id: str) -> str:
    """The tenant's name."""
    return await db.scalar(select(Tenant.name).where(Tenant.id == tenant_id)) or ""


async def every(db: AsyncSession) -> list[Tenant]:
    """All schools, the oldest first; for the operator."""
    return list(await db.scalars(select(Tenant).order_by(Tenant.id)))


async def by_name_or_id(db: AsyncSession, given: str) -> list[Tenant]:
    """The schools that somebody may mean; for the operator."""
    return list(await db.scalars(select(Tenant).where((Tenant.id == given) | (Tenant.name == given))))
