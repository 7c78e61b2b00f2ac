"""Keeps the engine's faces equal to the studio's: hands over uploads, follows their making, takes faces away.

What it learns is written down, so it goes on where it was after a restart of either half; an engine with an
empty disk has its faces made again from the uploads.
"""

import structlog

from tutor_platform.avatars import repository
from tutor_platform.avatars.models import Face
from tutor_platform.kit.db import Database
from tutor_platform.kit.engine import EngineClient
from tutor_platform.kit.errors import EngineUnreachable, PlatformError
from tutor_platform.kit.storage import LocalStorage

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 120.0


class Gallery:
    """The faces of all schools, and the engine's."""

    def __init__(self, database: Database, storage: LocalStorage, engine: EngineClient) -> None:
        self._database = database
        self._storage = storage
        self._engine = engine

    async def compare(self) -> bool:
        """Bring every face forward by a step; whether the engine is making one."""
        async with self._database.reading() as db:
            faces = await repository.every(db)
        making = False
        for face in faces:
            making = await self._forward(face) or making
        return making

    async def _forward(self, face: Face) -> bool:
        match face.state:
            case "waiting":
                return await self._hand_over(face)
            case "building":
                return await self._follow(face)
            case "ready" | "published":
                return await self._have_again(face)
            case "revoked":
                await self._take_away(face)
                return False
            case _:
                return False

    async def _hand_over(self, face: Face) -> bool:
        job_id = await self._put(face)
        if job_id is None:
            return False
        async with self._database.writing() as db:
            row = await repository.by_id(db, face.id)
            if row is not None and row.state == "waiting" and row.sha256 == face.sha256:
                row.state, row.job_id = "building", job_id
        return True

    async def _put(self, face: Face) -> str | None:
        """Hand the upload over; None when it is lost or refused."""
        path = self._storage.path(face.storage_key)
        try:
            # Waits for nothing; opened in a thread it would stay open when this is cancelled.
            file = path.open("rb")
        except FileNotFoundError:
            log.error("face_upload_lost", face=face.id)
            await self._settle(face, "failed")
            return None
        try:
            return (await self._engine.put_avatar(face.avatar_id, face.file_name, file)).id
        except EngineUnreachable:
            raise
        except PlatformError as error:
            log.warning("face_refused", face=face.id, code=error.code, detail=error.detail)
            await self._settle(face, "failed")
            return None
        finally:
            file.close()

    async def _follow(self, face: Face) -> bool:
        job = await self._engine.job(face.job_id) if face.job_id else None
        if job is not None and job.state in ("queued", "running"):
            return True
        messages = [message.model_dump(exclude_none=True) for message in job.messages] if job else []
        if job is not None and job.state == "done":
            await self._settle(face, "ready", messages)
        elif job is not None:
            await self._settle(face, "failed", messages)
        else:
            # The engine has forgotten the job: it is there already, or is made once more.
            known = await self._engine.avatar(face.avatar_id)
            if known is not None and known.state == "ready":
                await self._settle(face, "ready", messages)
            else:
                return await self._again(face)
        return False

    async def _again(self, face: Face) -> bool:
        job_id = await self._put(face)
        if job_id is None:
            return False
        async with self._database.writing() as db:
            row = await repository.by_id(db, face.id)
            if row is not None and row.state == "building":
                row.job_id = job_id
        return True

    async def _have_again(self, face: Face) -> bool:
        known = await self._engine.avatar(face.avatar_id)
        if known is not None:
            return False
        log.info("face_made_again", face=face.id)
        await self._put(face)
        return False

    async def _take_away(self, face: Face) -> None:
        await self._engine.delete_avatar(face.avatar_id)
        async with self._database.writing() as db:
            row = await repository.by_id(db, face.id)
            if row is not None:
                await db.delete(row)

    async def _settle(self, face: Face, state: str, messages: list[dict[str, object]] | None = None) -> None:
        async with self._database.writing() as db:
            row = await repository.by_id(db, face.id)
            if row is None or row.sha256 != face.sha256 or row.state not in ("waiting", "building"):
                return
            row.state = "ready" if state == "ready" else "failed"
            row.job_id, row.messages = None, messages or []
            row.progress = 1.0 if state == "ready" else row.progress
