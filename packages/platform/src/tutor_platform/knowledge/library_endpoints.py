"""Libraries: made, filled file by file, tried with a question. Files come as the body, streamed to disk."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.current import CurrentPerson
from tutor_platform.kit.clock import utc_now
from tutor_platform.kit.db import Database, Reading, Writing, database_of
from tutor_platform.kit.engine import EngineClient, engine_of
from tutor_platform.kit.keeping import Keeping
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.knowledge import libraries
from tutor_platform.knowledge.schemas import (
    DocumentChange,
    FoundPassages,
    LibraryBrief,
    LibraryChange,
    LibraryList,
    LibraryRequest,
    LibraryView,
    Question,
    TakenFile,
)
from tutor_platform.quotas.service import Ceilings, ceilings_of

router = APIRouter(prefix="/api", tags=["libraries"])


def _shelf(request: Request) -> Keeping:
    return request.app.state.shelf


def _storage(request: Request) -> LocalStorage:
    return request.app.state.storage


def _ceilings(request: Request) -> Ceilings:
    return ceilings_of(request.app.state.settings)


Db = Annotated[Database, Depends(database_of)]
Engine = Annotated[EngineClient, Depends(engine_of)]
Files = Annotated[LocalStorage, Depends(_storage)]
Limits = Annotated[Ceilings, Depends(_ceilings)]
TheShelf = Annotated[Keeping, Depends(_shelf)]
FileName = Annotated[str, Query(min_length=1, max_length=500, description="As on the person's machine.")]

A_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("/libraries")
async def every(subject: CurrentPerson, db: Annotated[AsyncSession, Reading]) -> LibraryList:
    """The libraries of my school; for teachers."""
    return await libraries.listed(db, subject)


@router.post("/libraries", status_code=201)
async def create(
    body: LibraryRequest, subject: CurrentPerson, db: Annotated[AsyncSession, Writing]
) -> LibraryView:
    """Make an empty library."""
    return await libraries.create(db, subject, body, utc_now())


@router.get("/libraries/{library_id}")
async def one(library_id: str, subject: CurrentPerson, database: Db, engine: Engine) -> LibraryView:
    """A library, its documents, and how far each has been read."""
    return await libraries.one(database, engine, subject, library_id)


@router.patch("/libraries/{library_id}")
async def change(
    library_id: str, body: LibraryChange, subject: CurrentPerson, db: Annotated[AsyncSession, Writing]
) -> LibraryBrief:
    """Give a library another name or language."""
    return await libraries.change(db, subject, library_id, body)


@router.delete("/libraries/{library_id}", status_code=204)
async def delete(
    library_id: str, subject: CurrentPerson, database: Db, storage: Files, shelf: TheShelf
) -> Response:
    """Delete a library with all its files, here and in the engine."""
    await libraries.delete(database, storage, subject, library_id, utc_now())
    shelf.look()
    return Response(status_code=204)


@router.post("/libraries/{library_id}/files", status_code=201, openapi_extra=A_FILE)
async def add_file(
    library_id: str,
    file_name: FileName,
    request: Request,
    subject: CurrentPerson,
    database: Db,
    storage: Files,
    shelf: TheShelf,
    limits: Limits,
) -> TakenFile:
    """Add the body as a document; a name that is there already becomes its new version."""
    document_id = await libraries.add_file(
        database, storage, subject, limits, library_id, file_name, request.stream(), utc_now()
    )
    shelf.look()
    return TakenFile(document_id=document_id)


@router.post("/libraries/{library_id}/ask")
async def ask(
    library_id: str, body: Question, subject: CurrentPerson, database: Db, engine: Engine
) -> FoundPassages:
    """Try what the library finds for a question."""
    return await libraries.ask(database, engine, subject, library_id, body)


@router.post("/documents/{document_id}/file", status_code=201, openapi_extra=A_FILE)
async def replace_file(
    document_id: str,
    file_name: FileName,
    request: Request,
    subject: CurrentPerson,
    database: Db,
    storage: Files,
    shelf: TheShelf,
    limits: Limits,
) -> TakenFile:
    """Put the body in place of a document's file; citations of the old one stay readable."""
    await libraries.replace_file(
        database, storage, subject, limits, document_id, file_name, request.stream(), utc_now()
    )
    shelf.look()
    return TakenFile(document_id=document_id)


@router.patch("/documents/{document_id}", status_code=204)
async def rename_document(
    document_id: str, body: DocumentChange, subject: CurrentPerson, db: Annotated[AsyncSession, Writing]
) -> Response:
    """Give a document another title."""
    await libraries.rename(db, subject, document_id, body)
    return Response(status_code=204)


@router.delete("/documents/{document_id}", status_code=204)
async def delete_document(
    document_id: str, subject: CurrentPerson, database: Db, storage: Files, shelf: TheShelf
) -> Response:
    """Delete a document with all its versions, here and in the engine."""
    await libraries.delete_document(database, storage, subject, document_id)
    shelf.look()
    return Response(status_code=204)


@router.post("/documents/{document_id}/cancel", status_code=204)
async def cancel_reading(document_id: str, subject: CurrentPerson, database: Db, engine: Engine) -> Response:
    """Stop the reading of a document."""
    async with database.writing() as db:
        job_id = await libraries.cancel(db, subject, document_id)
    if job_id is not None:
        await engine.cancel_job(job_id)
    return Response(status_code=204)


@router.post("/documents/{document_id}/retry", status_code=204)
async def retry_reading(document_id: str, subject: CurrentPerson, database: Db, shelf: TheShelf) -> Response:
    """Have a document read again."""
    async with database.writing() as db:
        await libraries.retry(db, subject, document_id)
    shelf.look()
    return Response(status_code=204)
