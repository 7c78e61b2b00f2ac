"""Makes archives, and deletes them when their time is over."""

import json
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.classes.models import TeacherWords
from tutor_platform.classes.repository import words_in
from tutor_platform.exports import repository, service
from tutor_platform.exports.archive import Conversation, Said, as_html, as_markdown
from tutor_platform.exports.models import Export
from tutor_platform.jobs.port import Work, job
from tutor_platform.kit.errors import PlatformError
from tutor_platform.kit.language import Language
from tutor_platform.lessons.transcript import merged
from tutor_platform.tenants import repository as tenants

TIDY = "exports.tidy"
_DATE = (1980, 1, 1, 0, 0, 0)
"""Fixed, so that the same records make the same archive."""


@job(service.MAKE)
async def make(work: Work, arguments: dict[str, Any]) -> None:
    """Make one archive; made again it takes the place of the first."""
    async with work.database.reading() as db:
        wanted = await repository.by_id(db, str(arguments["export_id"]))
        if wanted is None or wanted.state == "ready":
            return
        files = await _files(db, wanted, work.clock())
    try:
        size = await work.storage.write(wanted.storage_key, lambda path: _zip(path, files))
    except PlatformError:
        await _settle(work, wanted, "failed", None)
        raise
    if not await _settle(work, wanted, "ready", size):
        # Deleted while it was made, with the person it was for.
        await work.storage.delete(wanted.storage_key)


async def _settle(work: Work, wanted: Export, state: Any, size: int | None) -> bool:
    async with work.database.writing() as db:
        row = await repository.by_id(db, wanted.id)
        if row is None:
            return False
        row.state, row.size_bytes = state, size
        return True


async def _files(db: AsyncSession, wanted: Export, now: datetime) -> list[tuple[str, str]]:
    """Names and texts of the files of an archive."""
    who, language = await _who(db, wanted)
    lessons = [
        await _conversation(db, *found)
        for found in await repository.lessons(db, wanted.tenant_id, wanted.person_id)
    ]
    data = [found async for found in repository.tables(db, wanted.tenant_id, wanted.person_id)]
    files = [("index.html", as_html(who, now, lessons, [name for name, _ in data], language))]
    files += [(f"transcripts/{lesson.file_name}.md", as_markdown(lesson, language)) for lesson in lessons]
    files += [(f"data/{name}.json", _json(rows)) for name, rows in data]
    return files


async def _who(db: AsyncSession, wanted: Export) -> tuple[str, Language]:
    if wanted.person_id is None:
        return await tenants.name_of(db, wanted.tenant_id), "en"
    person = await repository.person(db, wanted.tenant_id, wanted.person_id)
    return (person.name, person.language) if person else ("", "en")


async def _conversation(db: AsyncSession, lesson: Any, tutor: str, student: str) -> Conversation:
    words = await words_in(db, lesson.id)
    said = [
        Said(each.name, each.content, each.created_at)
        if isinstance(each, TeacherWords)
        else Said(student if each.role == "user" else tutor, each.content, each.created_at, each.heard)
        for each in merged(await repository.turns(db, lesson.id), words)
    ]
    return Conversation(lesson.id, tutor, student, lesson.started_at, said)


def _json(rows: Sequence[dict[str, Any]]) -> str:
    return json.dumps(rows, ensure_ascii=False, indent=1)


def _zip(path: Path, files: Sequence[tuple[str, str]]) -> int:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files:
            archive.writestr(zipfile.ZipInfo(name, _DATE), text, zipfile.ZIP_DEFLATED)
    return path.stat().st_size


@job(TIDY)
async def tidy(work: Work, arguments: dict[str, Any]) -> None:
    """Delete archives whose time is over: the file first, so that no row is lost before its file."""
    async with work.database.reading() as db:
        old = await repository.expired(db, work.clock())
    for row in old:
        await work.storage.delete(row.storage_key)
        async with work.database.writing() as db:
            gone = await repository.by_id(db, row.id)
            if gone is not None:
                await db.delete(gone)


JOBS = (make, tidy)
