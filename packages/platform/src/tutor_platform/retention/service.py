"""Deletion that leaves nothing, and retention.

The rows go at once, in the unit of work in which the wish is stored, together with a note of every file and
engine copy that belonged to them; a job removes those, as often as it takes, and then looks whether anything
is left. Who is deleted has disappeared for everybody before the request is answered.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts import repository as accounts
from tutor_platform.accounts.models import Person
from tutor_platform.audit import service as audit
from tutor_platform.authz.scopes import Scope
from tutor_platform.authz.subject import Subject
from tutor_platform.jobs import service as jobs
from tutor_platform.kit.errors import AccountRefused, BadRequest, NotFound
from tutor_platform.kit.ids import new_id
from tutor_platform.people import repository as people
from tutor_platform.retention import repository
from tutor_platform.retention.models import Deletion, RetentionPolicy, Target
from tutor_platform.retention.port import LooseEnd
from tutor_platform.retention.schemas import (
    DeletionList,
    DeletionView,
    DeletionWish,
    RetentionChange,
    RetentionView,
)

CONFIRMATION = "delete"
SWEEP = "retention.sweep"
"""The job that removes loose ends and proves that they are gone."""


async def delete_by_administrator(
    db: AsyncSession, subject: Subject, wish: DeletionWish, now: datetime
) -> DeletionView:
    """Delete something of the administrator's school.

    Raises:
        NotFound: it is not there, or not of this school.
        BadRequest: it was not confirmed.
        AccountRefused: the person is the school's last administrator, or the administrator themselves.
    """
    subject.require(Scope.MANAGE_SCHOOL)
    if wish.confirm != CONFIRMATION:
        raise BadRequest("not confirmed")
    if wish.target == "person" and wish.target_id == subject.person_id:
        raise AccountRefused("not_yourself", 409)
    return view(await delete(db, subject, wish.target, wish.target_id, now))


async def delete_account(db: AsyncSession, subject: Subject, confirm: str, now: datetime) -> DeletionView:
    """Delete the person who asks, with all their lessons.

    Raises:
        AccountRefused: they are the school's last administrator.
        BadRequest: it was not confirmed.
    """
    if confirm != CONFIRMATION:
        raise BadRequest("not confirmed")
    if subject.role == "admin" and await people.other_admins(db, subject.tenant_id, subject.person_id) == 0:
        raise AccountRefused("last_admin", 409)
    return view(await delete(db, subject, "person", subject.person_id, now))


async def delete(
    db: AsyncSession, subject: Subject, target: Target, target_id: str, now: datetime
) -> Deletion:
    """Delete a row of the subject's school with everything that goes with it; who may is the caller's matter.

    Raises:
        NotFound: it is not there, or not of this school.
    """
    known = await repository.find(db, target, subject.tenant_id, target_id)
    if known is None:
        raise NotFound(target_id)
    ends = await repository.loose_ends(db, target, target_id)
    if target != "tenant":
        await audit.note(db, subject, f"{target}.deleted", target_id, loose_ends=len(ends))
    if isinstance(known, Person):
        await accounts.forget_failures(db, known.username)
    await db.flush()
    await repository.delete_row(db, target, target_id)
    # What the unit has in memory of the rows that are gone must not be written back.
    db.expire_all()
    return await sweep_later(db, subject.tenant_id, subject.person_id, target, target_id, ends, now)


async def sweep_later(
    db: AsyncSession,
    tenant_id: str,
    requested_by: str,
    target: Target,
    target_id: str,
    ends: list[LooseEnd],
    now: datetime,
) -> Deletion:
    """Write down what is left outside of the database, and have it removed."""
    row = Deletion(
        id=new_id(),
        tenant_id=tenant_id,
        target=target,
        target_id=target_id,
        requested_by=requested_by,
        requested_at=now,
        state="waiting",
        loose_ends=[end.as_json() for end in ends],
        removed=0,
    )
    db.add(row)
    await db.flush()
    await jobs.enqueue(db, SWEEP, {"deletion_id": row.id}, tenant_id=tenant_id, now=now)
    return row


async def deletions(db: AsyncSession, subject: Subject, before: str | None, limit: int) -> DeletionList:
    """What was deleted in the administrator's school, newest first."""
    subject.require(Scope.MANAGE_SCHOOL)
    found = await repository.deletions(db, subject.tenant_id, before, limit)
    return DeletionList(deletions=[view(row) for row in found])


async def retention(db: AsyncSession, subject: Subject) -> RetentionView:
    """How long the administrator's school keeps things."""
    subject.require(Scope.MANAGE_SCHOOL)
    return _kept(await repository.policy(db, subject.tenant_id))


async def change_retention(db: AsyncSession, subject: Subject, wish: RetentionChange) -> RetentionView:
    """Keep things for so long from now on; the next night deletes what is older."""
    subject.require(Scope.MANAGE_SCHOOL)
    row = await repository.keep(db, subject.tenant_id, wish.model_dump())
    await audit.note(db, subject, "retention.changed", subject.tenant_id, **wish.model_dump())
    return _kept(row)


def _kept(row: RetentionPolicy | None) -> RetentionView:
    if row is None:
        return RetentionView(transcript_days=None, recording_days=None, alert_days=None, audit_days=None)
    return RetentionView(
        transcript_days=row.transcript_days,
        recording_days=row.recording_days,
        alert_days=row.alert_days,
        audit_days=row.audit_days,
    )


def view(row: Deletion) -> DeletionView:
    """A deletion as people see it."""
    return DeletionView(
        id=row.id,
        target=row.target,
        target_id=row.target_id,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        state=row.state,
        left=len(row.loose_ends),
        removed=row.removed,
        done_at=row.done_at,
    )
