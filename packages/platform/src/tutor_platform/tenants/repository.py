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
