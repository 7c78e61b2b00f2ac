"""Edge TTS: natural voices over the network, when it answers.

It is a service that may refuse or stall any day, so every wait is short and every failure is a
`VoiceFailed`. The service tells only when words begin; the phonemes inside them come from an aligner.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from tutor_engine.speaking.alignment import Pronunciation, WordAligner
from tutor_engine.speaking.characters import base_language, edge_voice
from tutor_engine.speaking.port import AudioChunk, SpeechEvent, VoiceCapabilities, VoiceFailed
from tutor_engine.speaking.streams import closing, next_within

if TYPE_CHECKING:
    from av import AudioCodecContext
    from edge_tts.typing import TTSChunk

_RATE_HZ = 24_000
_CHUNK_BYTES = _RATE_HZ * 40 // 1000 * 2
_TICKS_PER_MS = 10_000
_HOST, _PORT = "speech.platform.bing.com", 443
_PROBE_S = 2.0
_PROBE_AGE_S = 30.0
PRIMING_MS = 46.0
"""Silence an MP3 encoder and decoder put before the sound: 576 + 529 samples at 24 kHz. The times of the
words count without it."""
_HOLD_MS = 600.0
"""Sound waits this long for the words it belongs to; the service sends them first, as a rule."""


class Aligner(Protocol):
    """Knows how a text is pronounced."""

    async def pronounce(self, text: str, *, language: str) -> Pronunciation:
        """Words and phonemes with the times of another voice."""
        ...


class EdgeVoice:
    """Speaks through the service of Edge TTS; a connection per segment, as the service wants it."""

    def __init__(
        self,
        aligner: Aligner | None = None,
        *,
        connect_timeout_s: int = 3,
        receive_timeout_s: int = 5,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._aligner = aligner
        self._connect_timeout_s = connect_timeout_s
        self._receive_timeout_s = receive_timeout_s
        self._clock = clock
        self._probed: tuple[float, bool] | None = None

    @property
    def capabilities(self) -> VoiceCapabilities:
        """What it can do."""
        return VoiceCapabilities(
            name="edge-tts",
            languages=frozenset({"en", "zh"}),
            timing="phoneme" if self._aligner else "word",
            detail="text is sent to Microsoft's read-aloud service",
        )

    async def available(self) -> bool:
        """Whether the service can be reached; asked at most every 30 s."""
        now = self._now()
        if self._probed is None or now - self._probed[0] > _PROBE_AGE_S:
            self._probed = now, await _reachable(_HOST, _PORT)
        return self._probed[1]

    async def warm(self, voice: str | None, language: str) -> None:
        """Load the decoder and look for the service."""
        await asyncio.to_thread(_decoder)
        await self.available()

    async def speak(
        self, text: str, *, voice: str | None, language: str, rate: float = 1.0
    ) -> AsyncIterator[SpeechEvent]:
        """Stream the sound of one segment."""
        if not any(character.isalnum() for character in text):
            return
        pronunciation = await self._pronounce(text, language)
        speech = _Speech(WordAligner(text, pronunciation))
        async with closing(self._messages(text, voice, language, rate)) as messages:
            async for message in messages:
                for event in speech.take(message):
                    yield event
        for event in speech.finish():
            yield event

    async def aclose(self) -> None:
        """Nothing is kept open between segments."""

    async def _pronounce(self, text: str, language: str) -> Pronunciation:
        if self._aligner is None:
            return Pronunciation()
        try:
            return await self._aligner.pronounce(text, language=language)
        except VoiceFailed:
            # Word times are worth having without phonemes.
            return Pronunciation()

    async def _messages(
        self, text: str, voice: str | None, language: str, rate: float
    ) -> AsyncIterator["TTSChunk"]:
        import aiohttp
        import edge_tts
        from edge_tts.exceptions import EdgeTTSException

        call = edge_tts.Communicate(
            text,
            edge_voice(voice, base_language(language)),
            rate=f"{round((min(2.0, max(0.5, rate)) - 1) * 100):+d}%",
            boundary="WordBoundary",
            connect_timeout=self._connect_timeout_s,
            receive_timeout=self._receive_timeout_s,
        )
        try:
            async with closing(call.stream()) as stream:
                # The client's own limits are per socket operation; this one holds for whatever it waits for.
                limit_s = self._connect_timeout_s + self._receive_timeout_s
                while (message := await next_within(stream, limit_s)) is not None:
                    yield message
            # The client takes a closed connection for the end; bytes it has not settled tell otherwise.
            if call.state["chunk_audio_bytes"]:
                raise VoiceFailed("edge-tts: the service went away in the middle of a segment")
        except (aiohttp.ClientError, EdgeTTSException, OSError, TimeoutError, ValueError, KeyError) as error:
            raise VoiceFailed(f"edge-tts: {type(error).__name__}: {error}"[:200]) from error

    def _now(self) -> float:
        return self._clock() if self._clock else asyncio.get_running_loop().time()


class _Speech:
    """Puts decoded sound and word marks of one segment in order: marks before the sound they describe."""

    def __init__(self, aligner: WordAligner) -> None:
        self._decode = _Mp3()
        self._aligner = aligner
        self._pcm = bytearray()
        self._sent_bytes = 0
        self._known_ms = 0.0

    def take(self, message: "TTSChunk") -> list[SpeechEvent]:
        """What can be passed on after one message of the service."""
        if message["type"] == "audio":
            self._pcm += self._decode.feed(message.get("data", b""))
            return self._ready()
        if message["type"] == "WordBoundary":
            start_ms = message.get("offset", 0.0) / _TICKS_PER_MS
            end_ms = start_ms + message.get("duration", 0.0) / _TICKS_PER_MS
            self._known_ms = max(self._known_ms, end_ms)
            return [*self._aligner.word(message.get("text", ""), start_ms, end_ms), *self._ready()]
        return []

    def finish(self) -> list[SpeechEvent]:
        """The rest of the sound."""
        self._pcm += self._decode.end()
        total_ms = (self._sent_bytes + len(self._pcm)) / 2 / _RATE_HZ * 1000
        return [*self._aligner.end(total_ms), *self._cut(len(self._pcm), rest=True)]

    def _ready(self) -> list[SpeechEvent]:
        known = int(self._known_ms * _RATE_HZ / 1000) * 2 - self._sent_bytes
        held_too_long = len(self._pcm) - int(_HOLD_MS * _RATE_HZ / 1000) * 2
        return self._cut(min(len(self._pcm), max(known, held_too_long)), rest=False)

    def _cut(self, until: int, *, rest: bool) -> list[SpeechEvent]:
        """Chunks of 40 ms from the front of the sound; the very last one takes what is left over."""
        chunks: list[SpeechEvent] = []
        while until >= 2 * _CHUNK_BYTES or (until >= _CHUNK_BYTES and not rest):
            chunks.append(self._chunk(_CHUNK_BYTES))
            until -= _CHUNK_BYTES
        if rest and self._pcm:
            chunks.append(self._chunk(len(self._pcm)))
        return chunks

    def _chunk(self, size: int) -> AudioChunk:
        chunk = AudioChunk(bytes(self._pcm[:size]), _RATE_HZ, self._sent_bytes / 2 / _RATE_HZ * 1000)
        del self._pcm[:size]
        self._sent_bytes += size
        return chunk


class _Mp3:
    """Decodes MP3 as it arrives; the priming silence is cut off the front."""

    def __init__(self) -> None:
        self._codec = _decoder()
        self._skip = int(PRIMING_MS * _RATE_HZ / 1000) * 2

    def feed(self, data: bytes) -> bytes:
        """Sound that is complete after more data."""
        return self._decoded(data)

    def end(self) -> bytes:
        """Sound that was waiting for more data."""
        return self._decoded(None)

    def _decoded(self, data: bytes | None) -> bytes:
        import numpy as np
        from av.error import EOFError as EndOfSound
        from av.error import FFmpegError

        pcm = bytearray()
        packets = self._codec.parse(data) if data is not None else [*self._codec.parse(None), None]
        for packet in packets:
            try:
                frames = self._codec.decode(packet)
            except EndOfSound:
                break
            except FFmpegError as error:
                raise VoiceFailed(f"edge-tts: unreadable sound: {error}") from error
            for frame in frames:
                sound = frame.to_ndarray()[0]
                if sound.dtype != np.int16:
                    sound = (np.clip(sound, -1, 1) * 32767).astype(np.int16)
                pcm += sound.tobytes()
        skipped = min(self._skip, len(pcm))
        self._skip -= skipped
        return bytes(pcm[skipped:])


def _decoder() -> "AudioCodecContext":
    from av import AudioCodecContext

    return AudioCodecContext.create("mp3", "r")


async def _reachable(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(_PROBE_S):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return True
