"""Asking for exports and fetching them. The archive itself is made by a job."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.audit import service as audit
from tutor_platform.authz.doors import access_export
from tutor_platform.authz.scopes import Scope
from tutor_platform.authz.subject import Subject
from tutor_platform.exports import repository
from tutor_platform.exports.models import Export
from tutor_platform.exports.schemas import ExportList, ExportView
from tutor_platform.jobs import service as jobs
from tutor_platform.kit.errors import NotFound, NotReady
from tutor_platform.kit.ids import new_id

MAKE = "exports.make"


async def ask(
    db: AsyncSession, subject: Subject, person_id: str | None, now: datetime, days: int
) -> ExportView:
    """Have an archive made: of oneself, or by an administrator of somebody or of the whole school.

    Asking again while one is being made changes nothing.

    Raises:
        NotFound: no such person in this school.
        Forbidden: somebody else's data without being an administrator.
    """
    if person_id != subject.person_id:
        subject.require(Scope.MANAGE_SCHOOL)
    if person_id is not None and await repository.person(db, subject.tenant_id, person_id) is None:
        raise NotFound(person_id)
    known = await repository.waiting(db, subject, person_id)
    if known is not None:
        return view(known)
    row = Export(
        id=new_id(),
        tenant_id=subject.tenant_id,
        person_id=person_id,
        requested_by=subject.person_id,
        state="waiting",
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    db.add(row)
    await db.flush()
    await audit.note(db, subject, "export.asked", person_id or subject.tenant_id)
    await jobs.enqueue(db, MAKE, {"export_id": row.id}, tenant_id=subject.tenant_id, now=now)
    return view(row)


async def ask_by_administrator(
    db: AsyncSession, subject: Subject, person_id: str | None, now: datetime, days: int
) -> ExportView:
    """Have an archive made of somebody, or of the whole school."""
    subject.require(Scope.MANAGE_SCHOOL)
    return await ask(db, subject, person_id, now, days)


async def latest_of_me(db: AsyncSession, subject: Subject) -> ExportView | None:
    """The newest export of one's own data."""
    mine = (row for row in await repository.listed(db, subject) if row.person_id == subject.person_id)
    newest = next(mine, None)
    return None if newest is None else view(newest)


async def listed(db: AsyncSession, subject: Subject) -> ExportList:
    """What the administrator has asked for."""
    subject.require(Scope.MANAGE_SCHOOL)
    return ExportList(exports=[view(row) for row in await repository.listed(db, subject)])


async def ready(db: AsyncSession, subject: Subject, export_id: str, now: datetime) -> Export:
    """An export that can be fetched now.

    Raises:
        NotFound: absent, somebody else's, or its time is over.
        NotReady: it is still being made.
    """
    row = await access_export(db, subject, export_id)
    if row.expires_at <= now or row.state == "failed":
        raise NotFound(export_id)
    if row.state != "ready":
        raise NotReady(export_id)
    return row


def view(row: Export) -> ExportView:
    """An export as people see it."""
    return ExportView(
        id=row.id,
        person_id=row.person_id,
        state=row.state,
        size_bytes=row.size_bytes,
        created_at=row.created_at,
        expires_at=row.expires_at,
        file_url=f"/api/exports/{row.id}/file" if row.state == "ready" else None,
    )
