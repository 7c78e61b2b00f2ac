"""`/v1/knowledge-bases`: documents in, their pages, search.

`tenant_id` says whose base it is; a web server that knows no tenants leaves it out. Another tenant's base of
the same name is another base.
"""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Response, UploadFile

from tutor_engine.api.errors import Refusal
from tutor_engine.api.uploads import keep_upload
from tutor_engine.engine import Engine
from tutor_engine.knowledge.port import BaseKey
from tutor_engine.knowledge.work import document_undo, document_work, recipe
from tutor_protocol import ErrorCode
from tutor_protocol.http import DocumentList, Job, PageInfo, SearchRequest, SearchResult

MAX_DOCUMENT_BYTES = 64 * 1024 * 1024
"""A scanned textbook of 300 pages is about 50 MB."""
_MAX_OFFSET = 10_000_000
_AT_ONCE = 2
"""A handout does not wait for a scanned book, which takes minutes."""

Tenant = Annotated[str, Query(max_length=128)]
Document = Annotated[str, Path(max_length=128)]


def knowledge_routes(engine: Engine) -> APIRouter:
    """Documents of a knowledge base, and search in it."""
    router = APIRouter(prefix="/v1/knowledge-bases/{kb_id}", tags=["knowledge"])
    engine.jobs.make_with(
        "document", document_work(engine.knowledge), document_undo(engine.knowledge), at_once=_AT_ONCE
    )

    @router.post("/documents", status_code=202)
    async def add(
        kb_id: str,
        file: UploadFile,
        title: Annotated[str | None, Form()] = None,
        document_id: Annotated[str | None, Form(max_length=128)] = None,
        tenant_id: Tenant = "",
    ) -> Job:
        name = file.filename or "document"
        job_id, path = engine.jobs.reserve()
        await keep_upload(file, path, MAX_DOCUMENT_BYTES)
        kept = recipe(BaseKey(tenant_id, kb_id), name, title, document_id)
        return await engine.jobs.keep(job_id, "document", document_id or name, kept)

    @router.get("/documents")
    async def documents(kb_id: str, tenant_id: Tenant = "") -> DocumentList:
        return DocumentList(documents=await engine.knowledge.documents(kb_id, tenant_id))

    @router.delete("/documents/{document_id}", status_code=204)
    async def remove(kb_id: str, document_id: str, tenant_id: Tenant = "") -> Response:
        if not await engine.knowledge.remove(kb_id, document_id, tenant_id):
            raise Refusal(404, ErrorCode.NOT_FOUND)
        return Response(status_code=204)

    @router.get("/documents/{document_id}/pages/{page}")
    async def page(
        kb_id: str,
        document_id: Document,
        page: Annotated[int, Path(ge=1, le=1_000_000)],
        version: Annotated[str, Query(pattern="^([0-9a-f]{16})?$")] = "",
        start: Annotated[int | None, Query(ge=0, le=_MAX_OFFSET)] = None,
        end: Annotated[int | None, Query(ge=0, le=_MAX_OFFSET)] = None,
        tenant_id: Tenant = "",
    ) -> PageInfo:
        span = (start, end) if start is not None and end is not None else None
        found = await engine.knowledge.page(BaseKey(tenant_id, kb_id), document_id, page, version, span)
        if found is None:
            raise Refusal(404, ErrorCode.NOT_FOUND)
        return found

    @router.post("/search")
    async def search(kb_id: str, request: SearchRequest, tenant_id: Tenant = "") -> SearchResult:
        passages = await engine.knowledge.search(kb_id, request.query, request.limit, tenant_id)
        return SearchResult(passages=passages)

    return router
