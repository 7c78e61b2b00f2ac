"""The jobs of retention: remove what lies outside of the database, and each night what has become too old."""

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.jobs import repository as job_rows
from tutor_platform.jobs.port import Work, job
from tutor_platform.kit.engine import EngineClient
from tutor_platform.kit.errors import PlatformError
from tutor_platform.retention import repository, service
from tutor_platform.retention.models import Deletion, RetentionPolicy
from tutor_platform.retention.port import LooseEnd

log = structlog.get_logger(__name__)

NIGHT = "retention.night"
AT_ONCE = 200
"""Lessons deleted in one unit of work; others write between two."""
DONE_JOBS_KEPT = timedelta(days=14)
SWEEP_WAITS_S = (5.0, 15.0, 60.0, 300.0, 900.0, *(3600.0,) * 72)
"""An engine may be away for three days before an administrator has to look."""


class StillThere(PlatformError):
    """Something that should be gone is not."""

    status = 500
    code = "still_there"


@job(service.SWEEP, SWEEP_WAITS_S)
async def sweep(work: Work, arguments: dict[str, Any]) -> None:
    """Remove the loose ends of a deletion, one by one, and look that none is left."""
    deletion_id = str(arguments["deletion_id"])
    async with work.database.reading() as db:
        row = await repository.deletion(db, deletion_id)
    if row is None or row.state == "done":
        return
    trouble: PlatformError | None = None
    left: list[LooseEnd] = []
    for end in (LooseEnd(**end) for end in row.loose_ends):
        try:
            await _remove(work, end)
        except PlatformError as error:
            # One that fails must not keep the others.
            trouble = error
            left.append(end)
    await _note(work, deletion_id, left)
    if trouble is not None:
        raise trouble


async def _note(work: Work, deletion_id: str, left: list[LooseEnd]) -> None:
    async with work.database.writing() as db:
        row = await repository.deletion(db, deletion_id)
        if row is None:
            return
        row.removed += len(row.loose_ends) - len(left)
        row.loose_ends = [end.as_json() for end in left]
        if left:
            return
        remains = [] if row.target == "document" else await repository.mentions(db, [row.target_id])
        # The audit log says that it was deleted, by identifier; that is not the thing itself.
        remains = [place for place in remains if not place.startswith("audit_entries.")]
        if remains:
            log.warning("deleted_but_mentioned", target=row.target, places=remains)
        await _finish(db, row, work.clock())


async def _finish(db: AsyncSession, row: Deletion, now: datetime) -> None:
    row.state, row.done_at = "done", now
    log.info("deletion_done", target=row.target, removed=row.removed)


async def _remove(work: Work, end: LooseEnd) -> None:
    """Remove one loose end and look that it is gone."""
    if end.kind == "file":
        await work.storage.delete(end.name)
        if await work.storage.size_bytes(end.name) is not None:
            raise StillThere(end.name)
        return
    for engine in work.engine.nodes:
        await _remove_from(engine, end)


async def _remove_from(engine: EngineClient, end: LooseEnd) -> None:
    if end.kind == "session":
        await engine.delete_session(end.name)
    elif end.kind == "avatar":
        await engine.delete_avatar(end.name)
        if await engine.avatar(end.name) is not None:
            raise StillThere(end.name)
    else:
        base = end.inside or end.name
        for held in await engine.documents(base, end.tenant):
            if end.kind == "knowledge_base" or held.document_id == end.name:
                await engine.delete_document(base, held.document_id, end.tenant)
        held = [info.document_id for info in await engine.documents(base, end.tenant)]
        if end.name in held or (end.kind == "knowledge_base" and held):
            raise StillThere(end.name)


@job(NIGHT)
async def night(work: Work, arguments: dict[str, Any]) -> None:
    """Delete what tenants no longer want to keep. Half a night's work is as good as none: it begins again."""
    now = work.clock()
    async with work.database.reading() as db:
        policies = await repository.policies(db)
    for policy in policies:
        await _old_lessons(work, policy, now)
        await _old_recordings(work, policy, now)
        async with work.database.writing() as db:
            if policy.alert_days is not None:
                await repository.delete_alerts(db, policy.tenant_id, now - timedelta(days=policy.alert_days))
            if policy.audit_days is not None:
                await repository.delete_audit(db, policy.tenant_id, now - timedelta(days=policy.audit_days))
    async with work.database.writing() as db:
        await job_rows.forget_done(db, now - DONE_JOBS_KEPT)


async def _old_lessons(work: Work, policy: RetentionPolicy, now: datetime) -> None:
    if policy.transcript_days is None:
        return
    before = now - timedelta(days=policy.transcript_days)
    while True:
        async with work.database.writing() as db:
            old = await repository.old_lessons(db, policy.tenant_id, before, AT_ONCE)
            for lesson_id in old:
                ends = await repository.loose_ends(db, "lesson", lesson_id)
                await repository.delete_row(db, "lesson", lesson_id)
                if ends:
                    await service.sweep_later(db, policy.tenant_id, "", "lesson", lesson_id, ends, now)
        if not old:
            return


async def _old_recordings(work: Work, policy: RetentionPolicy, now: datetime) -> None:
    if policy.recording_days is None:
        return
    before = now - timedelta(days=policy.recording_days)
    while True:
        async with work.database.writing() as db:
            old = await repository.old_recordings(db, policy.tenant_id, before, AT_ONCE)
            for recording_id, ends in old:
                await service.sweep_later(db, policy.tenant_id, "", "lesson", recording_id, ends, now)
            await repository.delete_recordings(db, [recording_id for recording_id, _ in old])
        if not old:
            return


JOBS = (sweep, night)
