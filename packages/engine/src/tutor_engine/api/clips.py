"""`/v1/avatars/{id}/clip`: a face says a sentence in a voice, outside of any lesson."""

import time

import structlog
from fastapi import APIRouter, Response

from tutor_engine.api.errors import Refusal
from tutor_engine.api.socket import RateLimit
from tutor_engine.avatars.package import PackageBroken
from tutor_engine.avatars.store import AvatarMissing, AvatarNameRefused
from tutor_engine.engine import Engine
from tutor_engine.session.clips import ClipFailed, Clips
from tutor_engine.speaking.port import VoiceFailed
from tutor_protocol import ErrorCode
from tutor_protocol.http import VoicePreview

log = structlog.get_logger()

CLIPS_PER_S = 0.2
CLIPS_AT_ONCE = 6.0


def clip_routes(engine: Engine) -> APIRouter:
    """Make films of faces."""
    router = APIRouter(prefix="/v1/avatars", tags=["avatars"])
    limit = RateLimit(CLIPS_PER_S, CLIPS_AT_ONCE)
    clips = Clips(engine.speaking)

    @router.post(
        "/{avatar_id}/clip", response_class=Response, responses={200: {"content": {"video/mp4": {}}}}
    )
    async def clip(avatar_id: str, wanted: VoicePreview) -> Response:
        try:
            package = engine.avatars.get(avatar_id).package
        except (AvatarMissing, AvatarNameRefused, PackageBroken) as error:
            raise Refusal(404, ErrorCode.NOT_FOUND) from error
        if not limit.allow(time.monotonic()):
            raise Refusal(429, ErrorCode.TOO_FAST)
        try:
            film = await clips.make(package, wanted.text, voice=wanted.voice, language=wanted.language)
        except VoiceFailed as error:
            raise Refusal(502, ErrorCode.SPEECH_FAILED) from error
        except ClipFailed as error:
            log.warning("clip_failed", avatar=avatar_id, detail=str(error))
            raise Refusal(502, ErrorCode.FACE_FAILED) from error
        return Response(film, media_type="video/mp4")

    return router
