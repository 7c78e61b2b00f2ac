"""The voices a tutor can have, and a short sample of each: for whoever chooses one, outside of any lesson."""

import io
import wave
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal

from tutor_engine.speaking.assembly import SpokenSound
from tutor_engine.speaking.characters import Gender, gender_of
from tutor_engine.speaking.port import VoiceFailed
from tutor_engine.speaking.stage import Speaking
from tutor_engine.speaking.streams import closing

MAX_SAMPLE_S = 30.0
"""200 characters take about 15 s; a voice that never ends is cut off."""


@dataclass(frozen=True, slots=True)
class NamedVoice:
    """One entry of the list; `voice` is what a tutor names."""

    voice: str
    name: str
    language: Literal["en", "zh"]

    @property
    def gender(self) -> Gender:
        """As every engine understands the name."""
        return gender_of(self.voice)


EMBEDDED = (
    NamedVoice("ada", "Ada", "en"),
    NamedVoice("adam", "Adam", "en"),
    NamedVoice("lin", "林老师", "zh"),
    NamedVoice("ming", "明老师", "zh"),
)
"""What every engine speaks."""

OF_EDGE = (
    NamedVoice("en-US-EmmaMultilingualNeural", "Emma", "en"),
    NamedVoice("en-US-AvaMultilingualNeural", "Ava", "en"),
    NamedVoice("en-US-AndrewMultilingualNeural", "Andrew", "en"),
    NamedVoice("en-US-BrianMultilingualNeural", "Brian", "en"),
    NamedVoice("en-GB-SoniaNeural", "Sonia", "en"),
    NamedVoice("en-GB-RyanNeural", "Ryan", "en"),
    NamedVoice("zh-CN-XiaoxiaoNeural", "晓晓", "zh"),
    NamedVoice("zh-CN-XiaoyiNeural", "晓伊", "zh"),
    NamedVoice("zh-CN-YunxiNeural", "云希", "zh"),
    NamedVoice("zh-CN-YunjianNeural", "云健", "zh"),
    NamedVoice("zh-CN-YunyangNeural", "云扬", "zh"),
)
"""Voices that Edge TTS tells apart; others answer with one of the same language and gender."""


def voices_of(engine: str) -> tuple[NamedVoice, ...]:
    """The voices worth listing when this engine speaks: only those that sound different."""
    return (*EMBEDDED, *OF_EDGE) if engine.startswith("edge") else EMBEDDED


async def sample(speaking: Speaking, text: str, *, voice: str, language: str) -> bytes:
    """A text in a voice as a WAV file.

    Raises:
        VoiceFailed: nothing could be said.
    """
    pcm, rate_hz = bytearray(), 0
    async with closing(speaking.speak(_once(text), voice=voice or None, language=language)) as pieces:
        async for piece in pieces:
            if not isinstance(piece, SpokenSound):
                continue
            rate_hz = rate_hz or piece.rate_hz
            pcm += piece.pcm
            if len(pcm) > 2 * rate_hz * MAX_SAMPLE_S:
                break
    if not rate_hz:
        raise VoiceFailed("no sound")
    return _wav(bytes(pcm), rate_hz)


async def _once(text: str) -> AsyncIterator[str]:
    yield text


def _wav(pcm: bytes, rate_hz: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate_hz)
        sound.writeframes(pcm)
    return file.getvalue()
