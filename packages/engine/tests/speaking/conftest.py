"""Voices for the tests: the real espeak-ng, a deterministic one, and Edge TTS against a local server."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, unescape

import av
import numpy as np
import pytest
import pytest_asyncio
import soxr

from tutor_engine.speaking.espeak import EspeakVoice
from tutor_engine.speaking.port import (
    AudioChunk,
    PhonemeMark,
    SpeechEvent,
    VoiceCapabilities,
    VoiceFailed,
    WordMark,
)

if TYPE_CHECKING:
    from aiohttp import web

WORD_MS = 120.0
RATE_HZ = 16_000
RATE_24K = 24_000


@dataclass
class TonedVoice:
    """A voice that keeps every promise of the port and hums each word for 120 ms.

    `fails_at` counts the chunks it gives before it fails; `gate` holds it back before its first sound.
    """

    name: str = "toned"
    languages: frozenset[str] = frozenset({"en", "zh"})
    rate_hz: int = RATE_HZ
    reachable: bool = True
    fails_at: int | None = None
    gate: asyncio.Event | None = None
    spoken: list[str] = field(default_factory=list[str])
    cancelled: int = 0
    closed: bool = False
    tail_ms: int = 0

    @property
    def capabilities(self) -> VoiceCapabilities:
        return VoiceCapabilities(self.name, self.languages, "phoneme")

    async def available(self) -> bool:
        return self.reachable and not self.closed

    async def warm(self, voice: str | None, language: str) -> None:
        if self.closed:
            raise VoiceFailed("closed")

    async def aclose(self) -> None:
        self.closed = True

    async def speak(
        self, text: str, *, voice: str | None, language: str, rate: float = 1.0
    ) -> AsyncIterator[SpeechEvent]:
        if self.closed:
            raise VoiceFailed("closed")
        self.spoken.append(text)
        done = False
        try:
            if self.gate is not None:
                await self.gate.wait()
            for event in self._events(text):
                await asyncio.sleep(0)
                yield event
            done = True
        except VoiceFailed:
            done = True
            raise
        finally:
            self.cancelled += not done

    def _events(self, text: str) -> list[SpeechEvent]:
        words = [w for w in text.split() if any(c.isalnum() for c in w)]
        events: list[SpeechEvent] = []
        at_char = 0
        for index, word in enumerate(words):
            at_char = text.index(word, at_char)
            begin = index * WORD_MS
            events.append(WordMark(word, at_char, at_char + len(word), begin, begin + WORD_MS))
            events.append(PhonemeMark("a", begin, begin + WORD_MS))
            at_char += len(word)
        tone = (np.sin(np.arange(int(self.rate_hz * WORD_MS / 1000)) * 0.2) * 8000).astype("<i2").tobytes()
        pcm = tone * len(words) + bytes(self.rate_hz * self.tail_ms // 1000 * 2 * bool(words))
        size = self.rate_hz * 40 // 1000 * 2
        chunks = [
            AudioChunk(pcm[i : i + size], self.rate_hz, i / 2 * 1000 / self.rate_hz)
            for i in range(0, len(pcm), size)
        ]
        return events + chunks if self.fails_at is None else self._failing(events, chunks)

    def _failing(self, events: list[SpeechEvent], chunks: list[AudioChunk]) -> list[SpeechEvent]:
        assert self.fails_at is not None
        return _Failing([*events, *chunks[: self.fails_at]])


class _Failing(list[SpeechEvent]):
    def __iter__(self):  # noqa: ANN204
        yield from super().__iter__()
        raise VoiceFailed("broken on purpose")


@pytest.fixture(scope="session")
def toned() -> Callable[..., TonedVoice]:
    return TonedVoice


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    """Let other tasks run until something is so."""

    async def wait(condition: Callable[[], bool]) -> None:
        while not condition():  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0)

    return wait


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def espeak() -> AsyncIterator[EspeakVoice]:
    """One worker for all tests that neither kill nor close it."""
    voice = EspeakVoice()
    yield voice
    await voice.aclose()


@pytest_asyncio.fixture(loop_scope="session")
async def own_espeak() -> AsyncIterator[EspeakVoice]:
    voice = EspeakVoice()
    yield voice
    await voice.aclose()


@dataclass
class EdgeScript:
    """What the local server of the Edge TTS protocol does with the next requests."""

    status: int = 101
    breaks_after: int | None = None
    silent: bool = False
    stall_s: float = 0.0
    words_late: bool = False
    bad_sound: bool = False
    requests: list[str] = field(default_factory=list[str])
    pcm: bytes = b""
    """The sound before it was encoded, 24 kHz."""


@pytest_asyncio.fixture(loop_scope="session")
async def edge_script(espeak: EspeakVoice, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[EdgeScript]:
    """A server that speaks the wire protocol of the service with the sound of espeak-ng as MP3."""
    from aiohttp import web

    script = EdgeScript()

    async def synthesize(request: web.Request) -> web.StreamResponse:
        if script.status != 101:
            return web.Response(status=script.status)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.receive_str()
        script.requests.append(ssml := await socket.receive_str())
        if script.stall_s:
            await asyncio.sleep(script.stall_s)
        text = re.search(r"<prosody[^>]*>(.*)</prosody>", ssml, re.S)
        assert text is not None
        await _answer(socket, script, espeak, unescape(text[1]))
        await socket.close()
        return socket

    app = web.Application()
    app.router.add_get("/edge/v1", synthesize)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    monkeypatch.setattr("edge_tts.communicate.WSS_URL", f"ws://127.0.0.1:{port}/edge/v1?TrustedClientToken=x")
    yield script
    await runner.cleanup()


async def _answer(
    socket: "web.WebSocketResponse", script: EdgeScript, espeak: EspeakVoice, text: str
) -> None:
    words: list[str] = []
    pcm = bytearray()
    async for event in espeak.speak(text, voice=None, language="zh" if "的" in text else "en"):
        if isinstance(event, WordMark):
            words.append(_metadata(event))
        elif isinstance(event, AudioChunk):
            pcm += event.pcm
    sound = soxr.resample(np.frombuffer(bytes(pcm), np.int16), 22_050, 24_000).astype("<i2")
    script.pcm = sound.tobytes()
    mp3 = b"\x00garbage" * 400 if script.bad_sound else encode_mp3(sound)
    await socket.send_str("X-RequestId:1\r\nPath:turn.start\r\n\r\n{}")
    if script.silent:
        await socket.send_str("X-RequestId:1\r\nPath:turn.end\r\n\r\n{}")
        return
    for word in [] if script.words_late else words:
        await socket.send_str(word)
    head = b"X-RequestId:1\r\nContent-Type:audio/mpeg\r\nPath:audio\r\n"
    for index, start in enumerate(range(0, len(mp3), 720)):
        if index == script.breaks_after:
            await socket.close(code=1011)
            return
        await socket.send_bytes(len(head).to_bytes(2, "big") + head + mp3[start : start + 720])
    for word in words if script.words_late else []:
        await socket.send_str(word)
    await socket.send_bytes(len(tail := b"X-RequestId:1\r\nPath:audio\r\n").to_bytes(2, "big") + tail)
    await socket.send_str("X-RequestId:1\r\nPath:turn.end\r\n\r\n{}")


def _metadata(word: WordMark) -> str:
    data = {
        "Offset": int(word.start_ms * 10_000),
        "Duration": int((word.end_ms - word.start_ms) * 10_000),
        "text": {"Text": escape(word.text), "Length": len(word.text), "BoundaryType": "WordBoundary"},
    }
    body = json.dumps({"Metadata": [{"Type": "WordBoundary", "Data": data}]})
    return f"X-RequestId:1\r\nContent-Type:application/json\r\nPath:audio.metadata\r\n\r\n{body}"


def encode_mp3(sound: "np.ndarray[tuple[int], np.dtype[np.int16]]") -> bytes:
    """24 kHz 48 kbit/s mono, as the service sends it."""
    codec = av.AudioCodecContext.create("libmp3lame", "w")
    codec.sample_rate, codec.layout, codec.format, codec.bit_rate = RATE_24K, "mono", "s16p", 48_000
    codec.time_base = Fraction(1, RATE_24K)
    codec.open()
    body = bytearray()
    size = 576
    for start in range(0, len(sound), size):
        part = np.ascontiguousarray(sound[start : start + size]).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(part, format="s16p", layout="mono")
        frame.sample_rate, frame.pts = RATE_24K, start
        for packet in codec.encode(frame):
            body += bytes(packet)
    for packet in codec.encode(None):
        body += bytes(packet)
    return bytes(body)
