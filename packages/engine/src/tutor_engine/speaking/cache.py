"""Speech kept on disk, for what is said again and again: greetings, names, short replies.

A hit gives exactly what the voice gave: sound, words and phonemes. Files are written whole or not at all;
a damaged one is a miss. The folder never grows beyond its bound: the longest unused goes first.
"""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import assert_never

import msgspec
import structlog

from tutor_engine.speaking.port import (
    AudioChunk,
    PhonemeMark,
    SpeechEvent,
    Voice,
    VoiceCapabilities,
    WordMark,
)
from tutor_engine.speaking.streams import closing

log = structlog.get_logger()

_FORMAT = "1"
"""Part of every key: raise it when the stored form changes."""


class _Sound(msgspec.Struct, tag=True, frozen=True):
    pcm: bytes
    rate_hz: int
    start_ms: float


class _Word(msgspec.Struct, tag=True, frozen=True):
    text: str
    char_start: int
    char_end: int
    start_ms: float
    end_ms: float


class _Phoneme(msgspec.Struct, tag=True, frozen=True):
    ipa: str
    start_ms: float
    end_ms: float


_Stored = list[_Sound | _Word | _Phoneme]


class CachedVoice:
    """A voice that remembers its short segments; `version` names the engine's release."""

    def __init__(
        self, voice: Voice, folder: Path, *, version: str, max_bytes: int = 64 * 2**20, max_chars: int = 160
    ) -> None:
        self._voice = voice
        self._folder = folder
        self._version = version
        self._max_bytes = max_bytes
        self._max_chars = max_chars

    @property
    def capabilities(self) -> VoiceCapabilities:
        """What the voice can do."""
        return self._voice.capabilities

    async def available(self) -> bool:
        """Whether the voice itself would speak."""
        return await self._voice.available()

    async def warm(self, voice: str | None, language: str) -> None:
        """Warm the voice."""
        await self._voice.warm(voice, language)

    async def speak(
        self, text: str, *, voice: str | None, language: str, rate: float = 1.0
    ) -> AsyncIterator[SpeechEvent]:
        """From the folder when it is there, else from the voice; only what ended well is kept."""
        path = self._path(text, voice, language, rate) if len(text) <= self._max_chars else None
        if path is not None and (kept := await asyncio.to_thread(_load, path)) is not None:
            for event in kept:
                yield event
            return
        said: list[SpeechEvent] = []
        async with closing(self._voice.speak(text, voice=voice, language=language, rate=rate)) as events:
            async for event in events:
                if path is not None:
                    said.append(event)
                yield event
        if path is not None and any(isinstance(event, AudioChunk) for event in said):
            await asyncio.to_thread(self._keep, path, said)

    async def aclose(self) -> None:
        """Close the voice; the folder stays."""
        await self._voice.aclose()

    def _path(self, text: str, voice: str | None, language: str, rate: float) -> Path:
        name = self._voice.capabilities.name
        key = msgspec.json.encode([_FORMAT, name, self._version, voice, language, round(rate, 3), text])
        return self._folder / f"{hashlib.sha256(key).hexdigest()}.speech"

    def _keep(self, path: Path, said: list[SpeechEvent]) -> None:
        body = msgspec.msgpack.encode([_stored(event) for event in said])
        temporary = path.with_suffix(f".{os.getpid()}.part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._make_room(len(body))
            temporary.write_bytes(body)
            temporary.replace(path)
        except OSError as error:
            log.warning("speech_not_cached", reason=str(error))
            with suppress(OSError):
                temporary.unlink(missing_ok=True)

    def _make_room(self, needed: int) -> None:
        kept = sorted(((f.stat().st_mtime_ns, f) for f in self._folder.glob("*.speech")), reverse=True)
        total = needed
        for _, file in kept:
            total += file.stat().st_size
            if total > self._max_bytes:
                file.unlink(missing_ok=True)


def _load(path: Path) -> list[SpeechEvent] | None:
    try:
        stored = msgspec.msgpack.decode(path.read_bytes(), type=_Stored)
        # The time of the last use decides who goes first.
        os.utime(path)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        log.warning("cached_speech_unreadable", reason=str(error))
        with suppress(OSError):
            path.unlink(missing_ok=True)
        return None
    return [_event(item) for item in stored]


def _stored(event: SpeechEvent) -> _Sound | _Word | _Phoneme:
    match event:
        case AudioChunk(pcm, rate_hz, start_ms):
            return _Sound(pcm, rate_hz, start_ms)
        case WordMark(text, char_start, char_end, start_ms, end_ms):
            return _Word(text, char_start, char_end, start_ms, end_ms)
        case PhonemeMark(ipa, start_ms, end_ms):
            return _Phoneme(ipa, start_ms, end_ms)
        case _:
            assert_never(event)


def _event(stored: _Sound | _Word | _Phoneme) -> SpeechEvent:
    match stored:
        case _Sound(pcm, rate_hz, start_ms):
            return AudioChunk(pcm, rate_hz, start_ms)
        case _Word(text, char_start, char_end, start_ms, end_ms):
            return WordMark(text, char_start, char_end, start_ms, end_ms)
        case _Phoneme(ipa, start_ms, end_ms):
            return PhonemeMark(ipa, start_ms, end_ms)
        case _:
            assert_never(stored)
