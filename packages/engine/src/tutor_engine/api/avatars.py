"""`/v1/avatars`: faces from uploads or from the import folder, their progress, their pictures."""

import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, Response, UploadFile
from fastapi import Path as PathParameter
from fastapi.responses import FileResponse

from tutor_engine.api.errors import Refusal
from tutor_engine.api.uploads import read_upload
from tutor_engine.avatars.package import PackageBroken
from tutor_engine.avatars.store import AvatarMissing, AvatarNameRefused, StoredAvatar
from tutor_engine.engine import Engine
from tutor_protocol import ErrorCode
from tutor_protocol.http import AvatarInfo, AvatarList, AvatarRequest, Job

MAX_VIDEO_BYTES = 200 * 1024 * 1024


def inside(folder: Path, path: str) -> Path:
    """The file that a caller may name, after all links are resolved.

    Raises:
        Refusal: outside the import folder, or not a file.
    """
    try:
        root = folder.resolve(strict=True)
        file = (root / path).resolve(strict=True)
    except (OSError, ValueError, RuntimeError) as error:
        raise Refusal(404, ErrorCode.NOT_FOUND, "There is no such file in the import folder.") from error
    if not file.is_relative_to(root) or not file.is_file():
        raise Refusal(403, ErrorCode.FORBIDDEN, "Only files inside the import folder can be used.")
    return file


def _picture(path: Path | None, media_type: str) -> FileResponse:
    if path is None:
        raise Refusal(404, ErrorCode.NOT_FOUND)
    return FileResponse(path, media_type=media_type)


def avatar_routes(engine: Engine) -> APIRouter:
    """Make, look at and delete avatars."""
    router = APIRouter(prefix="/v1/avatars", tags=["avatars"])

    def check_name(avatar_id: str) -> None:
        try:
            engine.avatars.check_name(avatar_id)
        except AvatarNameRefused as error:
            raise Refusal(409, ErrorCode.CONFLICT, str(error)) from error

    def stored(avatar_id: str) -> StoredAvatar:
        try:
            return engine.avatars.get(avatar_id)
        except (AvatarMissing, PackageBroken) as error:
            raise Refusal(404, ErrorCode.NOT_FOUND) from error

    def ready(avatar: StoredAvatar) -> AvatarInfo:
        return AvatarInfo(
            avatar_id=avatar.avatar_id,
            state="ready",
            progress=1.0,
            step="done",
            messages=[],
            engines=["puppet"],
            preview_urls=[f"/v1/avatars/{avatar.avatar_id}/poster.png"],
        )

    @router.post("", status_code=202)
    async def from_import_folder(request: AvatarRequest) -> Job:
        avatar_id = str(request.avatar_id)
        check_name(avatar_id)
        file = inside(engine.import_folder, request.video_path)
        return engine.jobs.start("avatar", avatar_id, engine.avatar_work(file, avatar_id, False))

    @router.post("/upload", status_code=202)
    async def upload(file: UploadFile, avatar_id: Annotated[str, Form()]) -> Job:
        check_name(avatar_id)
        data = await read_upload(file, MAX_VIDEO_BYTES)
        suffix = Path(file.filename or "").suffix.lower()[:8]
        with tempfile.NamedTemporaryFile(prefix="avatar-", suffix=suffix, delete=False) as copy:
            copy.write(data)
        work = engine.avatar_work(Path(copy.name), avatar_id, True)
        return engine.jobs.start("avatar", avatar_id, work)

    @router.get("")
    async def every() -> AvatarList:
        return AvatarList(avatars=[ready(avatar) for avatar in engine.avatars.list()])

    @router.get("/{avatar_id}")
    async def one(avatar_id: str) -> AvatarInfo:
        job = engine.jobs.latest("avatar", avatar_id)
        if job is None or job.state in ("done", "cancelled"):
            return ready(stored(avatar_id))
        state = "failed" if job.state == "failed" else "building"
        return AvatarInfo(
            avatar_id=avatar_id,
            state=state,
            progress=job.progress,
            step=job.step,
            messages=job.messages,
            engines=[],
            preview_urls=[],
        )

    @router.get("/{avatar_id}/poster.png")
    async def poster(avatar_id: str) -> FileResponse:
        return _picture(stored(avatar_id).poster, "image/png")

    @router.get("/{avatar_id}/findings/{number}.jpg")
    async def finding(avatar_id: str, number: Annotated[int, PathParameter(ge=0, le=100)]) -> FileResponse:
        return _picture(engine.avatars.finding(avatar_id, number), "image/jpeg")

    @router.delete("/{avatar_id}", status_code=204)
    async def delete(avatar_id: str) -> Response:
        engine.avatars.forget_findings(avatar_id)
        if stored(avatar_id).built_in:
            raise Refusal(409, ErrorCode.CONFLICT, f"{avatar_id} is a built-in avatar.")
        await engine.forget_avatar(avatar_id)
        return Response(status_code=204)

    return router
