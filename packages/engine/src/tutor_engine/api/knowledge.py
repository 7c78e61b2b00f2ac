"""`/v1/knowledge-bases`: documents in, search."""

from typing import Annotated

from fastapi import APIRouter, Form, Response, UploadFile

from tutor_engine.api.errors import Refusal
from tutor_engine.api.uploads import read_upload
from tutor_engine.engine import Engine
from tutor_engine.jobs import JobFailed, Progress
from tutor_engine.knowledge.document import BadDocument
from tutor_protocol import ErrorCode
from tutor_protocol.http import DocumentList, Job, JobMessage, SearchRequest, SearchResult

MAX_DOCUMENT_BYTES = 64 * 1024 * 1024
"""A scanned textbook of 300 pages is about 50 MB."""


def knowledge_routes(engine: Engine) -> APIRouter:
    """Documents of a knowledge base, and search in it."""
    router = APIRouter(prefix="/v1/knowledge-bases/{kb_id}", tags=["knowledge"])

    @router.post("/documents", status_code=202)
    async def add(
        kb_id: str,
        file: UploadFile,
        title: Annotated[str | None, Form()] = None,
        document_id: Annotated[str | None, Form(max_length=128)] = None,
    ) -> Job:
        data = await read_upload(file, MAX_DOCUMENT_BYTES)
        name = file.filename or "document"

        async def work(progress: Progress) -> None:
            try:
                info = await engine.knowledge.add_document(
                    kb_id, name, data, title, document_id=document_id, on_progress=progress.report
                )
            except BadDocument as error:
                raise JobFailed(
                    JobMessage(level="error", content=error.sentence("en")),
                    JobMessage(level="error", content=error.sentence("zh")),
                ) from error
            pages = JobMessage(level="info", content=f"{info.pages} pages, {info.passages} passages")
            progress.remark(pages, *info.pages_failed)

        return engine.jobs.start("document", document_id or name, work)

    @router.get("/documents")
    async def documents(kb_id: str) -> DocumentList:
        return DocumentList(documents=await engine.knowledge.documents(kb_id))

    @router.delete("/documents/{document_id}", status_code=204)
    async def remove(kb_id: str, document_id: str) -> Response:
        if not await engine.knowledge.remove(kb_id, document_id):
            raise Refusal(404, ErrorCode.NOT_FOUND)
        return Response(status_code=204)

    @router.post("/search")
    async def search(kb_id: str, request: SearchRequest) -> SearchResult:
        passages = await engine.knowledge.search(kb_id, request.query, request.limit)
        return SearchResult(passages=passages)

    return router
