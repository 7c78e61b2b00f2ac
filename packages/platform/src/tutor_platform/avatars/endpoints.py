"""The avatar studio over HTTP; for teachers and administrators. Files come as the body, streamed to disk."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.current import CurrentPerson
from tutor_platform.authz.doors import access_face
from tutor_platform.authz.scopes import Scope
from tutor_platform.avatars import consent, service
from tutor_platform.avatars.schemas import FaceChange, FaceList, FaceView, Phrase, PolicyView, Statement
from tutor_platform.kit.clock import utc_now
from tutor_platform.kit.db import Database, Reading, Writing, database_of
from tutor_platform.kit.engine import EngineClient, engine_of
from tutor_platform.kit.errors import NotFound
from tutor_platform.kit.keeping import Keeping
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.kit.text import Line
from tutor_platform.quotas.service import Ceilings, ceilings_of
from tutor_protocol.http import ErrorBody

router = APIRouter(prefix="/api/faces", tags=["faces"])


def _gallery(request: Request) -> Keeping:
    return request.app.state.gallery


def _storage(request: Request) -> LocalStorage:
    return request.app.state.storage


def _ceilings(request: Request) -> Ceilings:
    return ceilings_of(request.app.state.settings)


Db = Annotated[Database, Depends(database_of)]
Engine = Annotated[EngineClient, Depends(engine_of)]
Files = Annotated[LocalStorage, Depends(_storage)]
TheGallery = Annotated[Keeping, Depends(_gallery)]
Limits = Annotated[Ceilings, Depends(_ceilings)]
Read = Annotated[AsyncSession, Reading]
Write = Annotated[AsyncSession, Writing]
FileName = Annotated[str, Query(min_length=1, max_length=500)]

_CONFLICT = {
    409: {"model": ErrorBody, "description": "Not in this state; `consent_missing`, `approval_missing`."}
}
_A_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("")
async def every(subject: CurrentPerson, db: Read) -> FaceList:
    """The faces of my school."""
    return await service.listed(db, subject)


@router.post("", status_code=201, openapi_extra=_A_FILE)
async def add(
    name: Annotated[Line, Query(min_length=1, max_length=100)],
    file_name: FileName,
    request: Request,
    subject: CurrentPerson,
    database: Db,
    storage: Files,
    engine: Engine,
    gallery: TheGallery,
    limits: Limits,
    real_person: Annotated[bool, Query(description="False for drawings and invented faces.")] = True,
) -> FaceView:
    """Have a face made of the body, a photo or video."""
    face_id = await service.add(
        database, storage, subject, limits, name, file_name, request.stream(), utc_now(),
        real_person=real_person,
    )  # fmt: skip
    gallery.look()
    return await service.one(database, engine, subject, face_id)


@router.get("/policy")
async def policy(subject: CurrentPerson, db: Read) -> PolicyView:
    """How my school wants consent to be given."""
    return await service.policy(db, subject)


@router.put("/policy")
async def set_policy(body: PolicyView, subject: CurrentPerson, db: Write) -> PolicyView:
    """Choose how consent is to be given; for administrators."""
    return await service.set_policy(db, subject, body)


@router.get("/{face_id}")
async def one(face_id: str, subject: CurrentPerson, database: Db, engine: Engine) -> FaceView:
    """A face and how far it is."""
    return await service.one(database, engine, subject, face_id)


@router.patch("/{face_id}", status_code=204)
async def change(face_id: str, body: FaceChange, subject: CurrentPerson, db: Write) -> Response:
    """Change the name of a face or the words beside it."""
    await service.change(db, subject, face_id, body)
    return Response(status_code=204)


@router.delete("/{face_id}", status_code=204)
async def revoke(
    face_id: str, request: Request, subject: CurrentPerson, database: Db, storage: Files, gallery: TheGallery
) -> Response:
    """Take a face back for good, here and in the engine."""
    await service.revoke(database, storage, subject, face_id, utc_now())
    gallery.look()
    return Response(status_code=204)


@router.post("/{face_id}/file", status_code=204, openapi_extra=_A_FILE, responses={**_CONFLICT})
async def replace_upload(
    face_id: str,
    file_name: FileName,
    request: Request,
    subject: CurrentPerson,
    database: Db,
    storage: Files,
    gallery: TheGallery,
    limits: Limits,
) -> Response:
    """Try another photo or video."""
    await service.replace_upload(
        database, storage, subject, limits, face_id, file_name, request.stream(), utc_now()
    )
    gallery.look()
    return Response(status_code=204)


@router.post("/{face_id}/cancel", status_code=204, responses={**_CONFLICT})
async def cancel(face_id: str, subject: CurrentPerson, database: Db, engine: Engine) -> Response:
    """Stop the making of a face."""
    async with database.writing() as db:
        job_id = await service.cancel(db, subject, face_id)
    if job_id is not None:
        await engine.cancel_job(job_id)
    return Response(status_code=204)


@router.post("/{face_id}/retry", status_code=204, responses={**_CONFLICT})
async def retry(face_id: str, subject: CurrentPerson, database: Db, gallery: TheGallery) -> Response:
    """Make a face of the same upload again."""
    async with database.writing() as db:
        await service.retry(db, subject, face_id)
    gallery.look()
    return Response(status_code=204)


@router.post("/{face_id}/approve", status_code=204, responses={**_CONFLICT})
async def approve(face_id: str, subject: CurrentPerson, db: Write) -> Response:
    """Approve a colleague's face."""
    await service.approve(db, subject, face_id)
    return Response(status_code=204)


@router.post("/{face_id}/publish", status_code=204, responses={**_CONFLICT})
async def publish(face_id: str, subject: CurrentPerson, db: Write) -> Response:
    """Let tutors wear a face."""
    await service.publish(db, subject, face_id, utc_now())
    return Response(status_code=204)


@router.get(
    "/{face_id}/findings/{number}",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}}},
)
async def finding(
    face_id: str,
    number: Annotated[int, Path(ge=0, le=100)],
    subject: CurrentPerson,
    database: Db,
    engine: Engine,
) -> Response:
    """The frame of an upload that a remark speaks of."""
    subject.require(Scope.TEACH)
    async with database.reading() as db:
        face = await access_face(db, subject, face_id)
    jpeg = await engine.finding_picture(face.avatar_id, number)
    if jpeg is None:
        raise NotFound(f"finding {number}")
    return Response(jpeg, media_type="image/jpeg", headers={"cache-control": "private, max-age=300"})


# Consent --------------------------------------------------------------------------------------------------


@router.post("/{face_id}/consent/phrase", responses={**_CONFLICT})
async def consent_phrase(face_id: str, subject: CurrentPerson, db: Write) -> Phrase:
    """Words for the person in the picture to read."""
    return await consent.new_phrase(db, subject, face_id, utc_now())


@router.post("/{face_id}/consent/recording", status_code=204, openapi_extra=_A_FILE, responses={**_CONFLICT})
async def record_consent(
    face_id: str,
    signer: Annotated[Line, Query(min_length=2, max_length=200, description="Who speaks in it.")],
    request: Request,
    subject: CurrentPerson,
    database: Db,
    storage: Files,
) -> Response:
    """Keep the body, a recording of the words, as the consent."""
    await consent.record(database, storage, subject, face_id, signer, request.stream(), utc_now())
    return Response(status_code=204)


@router.post("/{face_id}/consent/statement", status_code=204, responses={**_CONFLICT})
async def sign_consent(face_id: str, body: Statement, subject: CurrentPerson, db: Write) -> Response:
    """Keep a typed statement as the consent, where the school allows it."""
    await consent.sign(db, subject, face_id, body, utc_now())
    return Response(status_code=204)


@router.get(
    "/{face_id}/consent/recording",
    response_class=Response,
    responses={200: {"content": {"video/webm": {}, "video/mp4": {}, "audio/ogg": {}}}},
)
async def consent_recording(face_id: str, subject: CurrentPerson, database: Db, storage: Files) -> Response:
    """Play the recorded consent; each time is noted."""
    kind, data = await consent.clip(database, storage, subject, face_id)
    return Response(
        data, media_type=kind, headers={"cache-control": "no-store", "x-content-type-options": "nosniff"}
    )
