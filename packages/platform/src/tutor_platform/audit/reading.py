"""Reading the audit log, as a page and as a table for a spreadsheet."""

import csv
import io
import json
from collections.abc import AsyncGenerator

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.audit import repository
from tutor_platform.audit.schemas import AuditPage, AuditView
from tutor_platform.authz.subject import Scope, Subject

_CSV_PAGE = 500
_COLUMNS = ("at", "action", "person", "person_id", "about", "about_name", "details")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def page(
    db: AsyncSession,
    subject: Subject,
    *,
    kind: str = "",
    person_id: str | None = None,
    before: str | None = None,
    limit: int = 50,
) -> AuditPage:
    """One page, the newest entry first; `kind` is what stands before the dot of an action."""
    subject.require(Scope.SEE_AUDIT)
    found = await repository.listed(
        db, subject, kind=kind, person_id=person_id, before=before, limit=limit + 1
    )
    entries = found[:limit]
    ids = {entry.about for entry in entries} | {entry.person_id for entry in entries if entry.person_id}
    names = await repository.names(db, subject, ids)
    return AuditPage(
        entries=[
            AuditView(
                id=entry.id,
                at=entry.at,
                action=entry.action,
                person_id=entry.person_id,
                person=names.get(entry.person_id or "", ""),
                about=entry.about,
                about_name=names.get(entry.about, ""),
                details=entry.details,
            )
            for entry in entries
        ],
        next=entries[-1].id if len(found) > limit else None,
    )


def safe_cell(value: str) -> str:
    """The same text, which no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(_FORMULA) else value


async def table(
    db: AsyncSession, subject: Subject, *, kind: str, person_id: str | None
) -> AsyncGenerator[str]:
    """The whole log as CSV, in pieces; with the mark by which spreadsheets know UTF-8."""
    yield "\ufeff" + _lines([_COLUMNS])
    before: str | None = None
    while True:
        found = await page(db, subject, kind=kind, person_id=person_id, before=before, limit=_CSV_PAGE)
        yield _lines([_row(entry) for entry in found.entries])
        before = found.next
        if before is None:
            return


def _row(entry: AuditView) -> tuple[str, ...]:
    details = json.dumps(entry.details, ensure_ascii=False, sort_keys=True) if entry.details else ""
    plain = (
        entry.at.isoformat(timespec="seconds"),
        entry.action,
        entry.person,
        entry.person_id or "",
        entry.about,
        entry.about_name,
        details,
    )
    return tuple(safe_cell(cell) for cell in plain)


def _lines(rows: list[tuple[str, ...]]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue()
