"""Queries on the audit log of a school, the newest entry first."""

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.models import Person
from tutor_platform.audit.models import AuditEntry
from tutor_platform.authz.subject import Subject


def _matching(subject: Subject, kind: str, person_id: str | None) -> Select[AuditEntry]:
    query = select(AuditEntry).where(AuditEntry.tenant_id == subject.tenant_id)
    if kind:
        query = query.where(AuditEntry.action.startswith(f"{kind}.", autoescape=True))
    if person_id:
        query = query.where(or_(AuditEntry.person_id == person_id, AuditEntry.about == person_id))
    return query


async def listed(
    db: AsyncSession, subject: Subject, *, kind: str, person_id: str | None, before: str | None, limit: int
) -> list[AuditEntry]:
    """One page of the school's entries."""
    query = _matching(subject, kind, person_id)
    if before:
        query = query.where(AuditEntry.id < before)
    return list(await db.scalars(query.order_by(AuditEntry.id.desc()).limit(limit)))


async def names(db: AsyncSession, subject: Subject, ids: set[str]) -> dict[str, str]:
    """What people of the school are called, who are still here."""
    rows = await db.execute(
        select(Person.id, Person.name).where(Person.tenant_id == subject.tenant_id, Person.id.in_(ids))
    )
    return {row[0]: row[1] for row in rows}
