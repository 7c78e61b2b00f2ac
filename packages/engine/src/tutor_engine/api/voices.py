"""`/v1/voices`: which voices there are, and a short sample of one, outside of any lesson."""

import asyncio
import time

from fastapi import APIRouter, Response

from tutor_engine.api.errors import Refusal
from tutor_engine.api.socket import RateLimit
from tutor_engine.engine import Engine
from tutor_engine.speaking.port import VoiceFailed
from tutor_engine.speaking.sample import sample, voices_of
from tutor_protocol import ErrorCode
from tutor_protocol.http import VoiceInfo, VoiceList, VoicePreview

SAMPLES_PER_S = 2.0
SAMPLES_AT_ONCE = 10.0
LONGEST_S = 20.0
"""Within which a sample is there, or is refused; lessons come first."""


def voice_routes(engine: Engine) -> APIRouter:
    """List voices and hear them."""
    router = APIRouter(prefix="/v1/voices", tags=["voices"])
    limit = RateLimit(SAMPLES_PER_S, SAMPLES_AT_ONCE)
    one_at_a_time = asyncio.Semaphore(1)

    @router.get("")
    async def every() -> VoiceList:
        name = engine.speaking.capabilities.name
        return VoiceList(
            voices=[
                VoiceInfo(
                    id=voice.voice,
                    name=voice.name,
                    language=voice.language,
                    gender=voice.gender,
                    engine=name,
                )
                for voice in voices_of(name)
            ]
        )

    @router.post("/preview", response_class=Response, responses={200: {"content": {"audio/wav": {}}}})
    async def preview(wanted: VoicePreview) -> Response:
        if not limit.allow(time.monotonic()):
            raise Refusal(429, ErrorCode.TOO_FAST)
        try:
            async with asyncio.timeout(LONGEST_S), one_at_a_time:
                wav = await sample(engine.speaking, wanted.text, voice=wanted.voice, language=wanted.language)
        except (VoiceFailed, TimeoutError) as error:
            raise Refusal(502, ErrorCode.SPEECH_FAILED) from error
        return Response(wav, media_type="audio/wav")

    return router
