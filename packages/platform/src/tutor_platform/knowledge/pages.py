"""A page of a document as the engine read it: its text, and where on the paper a passage lies."""

from tutor_platform.authz.doors import access_document
from tutor_platform.authz.subject import Subject
from tutor_platform.kit.db import Database
from tutor_platform.kit.engine import EngineClient
from tutor_platform.kit.errors import NotFound
from tutor_platform.knowledge import repository
from tutor_platform.knowledge.models import VERSION_CHARS
from tutor_protocol.http import PageInfo


async def page(
    database: Database,
    engine: EngineClient,
    subject: Subject,
    document_id: str,
    number: int,
    start: int | None,
    end: int | None,
    version: str,
) -> PageInfo:
    """A page and where its characters from `start` to `end` lie.

    Raises:
        NotFound: no such document for this person, or no such page in that version.
    """
    async with database.reading() as db:
        document = await access_document(db, subject, document_id)
        found = await repository.libraries_by_ids(db, document.tenant_id, [document.library_id])
    if not found:
        raise NotFound(document.library_id)
    query: dict[str, str | int] = {"version": version[:VERSION_CHARS]} if version else {}
    if start is not None and end is not None:
        query |= {"start": start, "end": end}
    page = await engine.page(found[0].kb_id, found[0].tenant_id, document.id, number, query)
    if page is None:
        raise NotFound(f"page {number}")
    return page
