"""Queries on the audit log of a school, the newest entry first."""

from sqlalchemy import Select, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.models import Person
from tutor_platform.audit.models import AuditEntry
from tutor_platform.authz.subject import Subject
from tutor_platform.avatars.models import Face
from tutor_platform.classes.models import Class
from tutor_platform.knowledge.models import Document, Library
from tutor_platform.tutors.models import Tutor

_NAMED = (
    (Person.id, Person.tenant_id, Person.name),
    (Class.id, Class.tenant_id, Class.name),
    (Tutor.id, Tutor.tenant_id, Tutor.name),
    (Face.id, Face.tenant_id, Face.name),
    (Library.id, Library.tenant_id, Library.name),
    (Document.id, Document.tenant_id, Document.title),
)


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
    """What rows of the school are called that are still here: people, and what they make."""
    found = union_all(
        *(
            select(row_id, name).where(tenant_id == subject.tenant_id, row_id.in_(ids))
            for row_id, tenant_id, name in _NAMED
        )
    )
    return {row[0]: row[1] for row in await db.execute(found)}
