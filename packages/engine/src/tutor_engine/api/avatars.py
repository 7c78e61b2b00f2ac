"""`/v1/avatars`: faces from uploads or from the import folder, their progress, their pictures."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, Response, UploadFile
from fastapi import Path as PathParameter
from fastapi.responses import FileResponse

from tutor_engine.api.errors import Refusal
from tutor_engine.api.imports import keep_import
from tutor_engine.api.uploads import keep_upload
from tutor_engine.avatars.package import PackageBroken
from tutor_engine.avatars.recipe import recipe
from tutor_engine.avatars.store import AvatarMissing, AvatarNameRefused, StoredAvatar
from tutor_engine.engine import Engine
from tutor_engine.showing.standing import engines_for
from tutor_protocol import ErrorCode
from tutor_protocol.http import AvatarInfo, AvatarList, AvatarRequest, Job

MAX_VIDEO_BYTES = 200 * 1024 * 1024


def avatar_routes(engine: Engine) -> APIRouter:
    """Make, look at and delete avatars."""
    engine.jobs.make_with("avatar", engine.avatar_work)
    router = APIRouter(prefix="/v1/avatars", tags=["avatars"])
    _add_making(router, engine)
    _add_looking(router, engine)
    _add_deleting(router, engine)
    return router


def _add_making(router: APIRouter, engine: Engine) -> None:
    @router.post("", status_code=202)
    async def from_import_folder(request: AvatarRequest) -> Job:
        avatar_id = _free_name(engine, str(request.avatar_id))
        job_id, copy = engine.jobs.reserve()
        await keep_import(engine.import_folder, request.video_path, copy, MAX_VIDEO_BYTES)
        return await engine.jobs.keep(job_id, "avatar", avatar_id, recipe(avatar_id, request.video_path))

    @router.post("/upload", status_code=202)
    async def upload(file: UploadFile, avatar_id: Annotated[str, Form()]) -> Job:
        _free_name(engine, avatar_id)
        job_id, copy = engine.jobs.reserve()
        await keep_upload(file, copy, MAX_VIDEO_BYTES)
        return await engine.jobs.keep(job_id, "avatar", avatar_id, recipe(avatar_id, file.filename or ""))


def _add_looking(router: APIRouter, engine: Engine) -> None:
    @router.get("")
    async def every() -> AvatarList:
        return AvatarList(avatars=[_ready(engine, avatar, None) for avatar in engine.avatars.list()])

    @router.get("/{avatar_id}")
    async def one(avatar_id: str) -> AvatarInfo:
        job = engine.jobs.latest("avatar", avatar_id)
        if job is None or job.state in ("done", "cancelled"):
            return _ready(engine, _stored(engine, avatar_id), job)
        return _unready(avatar_id, job)

    @router.get("/{avatar_id}/poster.png")
    async def poster(avatar_id: str) -> FileResponse:
        return _picture(_stored(engine, avatar_id).poster, "image/png")

    @router.get("/{avatar_id}/findings/{number}.jpg")
    async def finding(avatar_id: str, number: Annotated[int, PathParameter(ge=0, le=100)]) -> FileResponse:
        return _picture(engine.avatars.finding(avatar_id, number), "image/jpeg")


def _add_deleting(router: APIRouter, engine: Engine) -> None:
    @router.delete("/{avatar_id}", status_code=204)
    async def delete(avatar_id: str) -> Response:
        known = await engine.jobs.forget("avatar", avatar_id)
        engine.avatars.forget_findings(avatar_id)
        try:
            avatar = engine.avatars.get(avatar_id)
        except (AvatarMissing, PackageBroken) as error:
            if known:
                return Response(status_code=204)
            raise Refusal(404, ErrorCode.NOT_FOUND) from error
        if avatar.built_in:
            raise Refusal(409, ErrorCode.CONFLICT, f"{avatar_id} is a built-in avatar.")
        await engine.forget_avatar(avatar_id)
        return Response(status_code=204)


def _free_name(engine: Engine, avatar_id: str) -> str:
    try:
        engine.avatars.check_name(avatar_id)
    except AvatarNameRefused as error:
        raise Refusal(409, ErrorCode.CONFLICT, str(error)) from error
    return avatar_id


def _stored(engine: Engine, avatar_id: str) -> StoredAvatar:
    try:
        return engine.avatars.get(avatar_id)
    except (AvatarMissing, PackageBroken) as error:
        raise Refusal(404, ErrorCode.NOT_FOUND) from error


def _ready(engine: Engine, avatar: StoredAvatar, job: Job | None) -> AvatarInfo:
    """An avatar that can be shown, by whom on this node, with what was remarked while it was made."""
    plane = engine.plane
    return AvatarInfo(
        avatar_id=avatar.avatar_id,
        state="ready",
        progress=1.0,
        step="done",
        messages=job.messages if job is not None and job.state == "done" else [],
        engines=engines_for(avatar.manifest.kind, plane.face_engines, plane.face_troubled),
        preview_urls=[f"/v1/avatars/{avatar.avatar_id}/poster.png"],
    )


def _unready(avatar_id: str, job: Job) -> AvatarInfo:
    return AvatarInfo(
        avatar_id=avatar_id,
        state="failed" if job.state == "failed" else "building",
        progress=job.progress,
        step=job.step,
        messages=job.messages,
        engines=[],
        preview_urls=[],
    )


def _picture(path: Path | None, media_type: str) -> FileResponse:
    if path is None:
        raise Refusal(404, ErrorCode.NOT_FOUND)
    return FileResponse(path, media_type=media_type)
