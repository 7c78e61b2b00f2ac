"""The embedded voice: espeak-ng 1.52 in a process of its own, English and Mandarin, with exact times.

The worker is started at the first use, shared by all lessons and restarted when it dies; the utterance
it was on fails then. Nothing here touches the library itself.
"""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator

from tutor_engine.processes import Child
from tutor_engine.speaking.alignment import Pronunciation
from tutor_engine.speaking.characters import base_language, espeak_voice
from tutor_engine.speaking.messages import (
    Drop,
    EspeakCommand,
    EspeakReady,
    EspeakReport,
    NotRendered,
    Piece,
    Render,
    Rendered,
)
from tutor_engine.speaking.port import (
    AudioChunk,
    PhonemeMark,
    SpeechEvent,
    VoiceCapabilities,
    VoiceFailed,
    WordMark,
)
from tutor_engine.speaking.streams import closing
from tutor_engine.text import HAN

_CHUNK_MS = 40
_WORDS_PER_MINUTE = {"en": 156, "zh": 205}
"""Pace of a patient teacher; the Mandarin figure gives about four syllables a second."""
_MAX_CHARS = 4000
_PIECE_CHARS = 320
"""About 25 s of speech, rendered in about 20 ms."""
_UP_S = 5.0
_RENDERED_S = 8.0
"""A worker that has not rendered a piece by then hangs: the longest takes 20 ms."""

_LATIN_RUN = re.compile(r"[A-Za-z][\w'’\-]*(?:[ ,]+[A-Za-z][\w'’\-]*){2,}[.!?]?")
"""Three or more English words in a row are worth the English voice; fewer are read inside the sentence."""
_HAN_RUN = re.compile(rf"[{HAN}](?:[{HAN}\s，、。！？；：0-9]*[{HAN}])?[，、。！？；：]*")
_BREAK = re.compile(r"[.!?;,:。！？；，：、]\s*|\s+")


class EspeakVoice:
    """Speaks for many lessons at once through one worker process."""

    def __init__(self, *, rendered_s: float = _RENDERED_S) -> None:
        """A worker that needs longer than `rendered_s` for a piece is replaced."""
        self._rendered_s = rendered_s
        self._child: Child[EspeakCommand, EspeakReport] = Child(
            "espeak",
            "tutor_engine.speaking.espeak_worker",
            EspeakReport,
            on_message=self._on_report,
            on_end=self._on_end,
        )
        self._starting = asyncio.Lock()
        self._started = False
        self._closed = False
        self._version = ""
        self._rate_hz = 22_050
        self._numbers = itertools.count(1)
        self._listening: dict[int, asyncio.Queue[Rendered | NotRendered]] = {}

    @property
    def capabilities(self) -> VoiceCapabilities:
        """What it can do."""
        return VoiceCapabilities(
            name="espeak-ng",
            languages=frozenset({"en", "zh"}),
            timing="phoneme",
            detail=f"version {self._version}"
            if self._version
            else "embedded, starts with the first sentence",
        )

    @property
    def worker_pid(self) -> int | None:
        """Process id of the worker while it runs."""
        return self._child.pid

    @property
    def listeners(self) -> int:
        """Utterances that somebody is taking now."""
        return len(self._listening)

    async def available(self) -> bool:
        """Whether it may be asked: it needs nothing from outside."""
        return not self._closed

    async def warm(self, voice: str | None, language: str) -> None:
        """Start the worker and load the voice's tables."""
        async with closing(
            self._render("a" if base_language(language) == "en" else "一", voice, language, 1.0)
        ) as said:
            async for _ in said:
                pass

    async def speak(
        self, text: str, *, voice: str | None, language: str, rate: float = 1.0
    ) -> AsyncIterator[SpeechEvent]:
        """Stream the sound of one segment, words and phonemes of each piece before its sound."""
        at_ms = 0.0
        async with closing(self._render(text, voice, language, rate)) as rendered:
            async for piece in rendered:
                for word in _words(piece, text, at_ms):
                    yield word
                for phoneme in _phonemes(piece, at_ms):
                    yield phoneme
                for chunk in _chunks(piece.pcm, self._rate_hz, at_ms):
                    yield chunk
                at_ms += piece.duration_ms

    async def pronounce(self, text: str, *, language: str) -> Pronunciation:
        """Words and phonemes of a text with their times, without sound.

        Raises:
            VoiceFailed: the worker went away.
        """
        words: list[WordMark] = []
        phonemes: list[PhonemeMark] = []
        at_ms = 0.0
        async with closing(self._render(text, None, language, 1.0, sound=False)) as rendered:
            async for piece in rendered:
                words += _words(piece, text, at_ms)
                phonemes += _phonemes(piece, at_ms)
                at_ms += piece.duration_ms
        return Pronunciation(tuple(words), tuple(phonemes))

    async def aclose(self) -> None:
        """End the worker. Idempotent."""
        self._closed = True
        await self._on_end()
        await self._child.aclose()

    async def _render(
        self, text: str, voice: str | None, language: str, rate: float, *, sound: bool = True
    ) -> AsyncIterator[Rendered]:
        if len(text) > _MAX_CHARS:
            raise VoiceFailed(f"a segment of {len(text)} characters is too long")
        parts = pieces_of(text, voice, language, rate)
        if not parts:
            return
        await self._start()
        utterance = next(self._numbers)
        # As many reports as pieces can arrive, so the queue is bounded by the text.
        reports: asyncio.Queue[Rendered | NotRendered] = asyncio.Queue(len(parts) + 1)
        self._listening[utterance] = reports
        self._child.post(Render(utterance, parts, sound))
        done = False
        try:
            while not done:
                match await self._next(reports):
                    case Rendered() as piece:
                        done = piece.last
                        yield piece
                    case NotRendered(_, reason):
                        done = True
                        raise VoiceFailed(reason)
        finally:
            del self._listening[utterance]
            if not done:
                self._child.post(Drop(utterance))

    async def _next(self, reports: "asyncio.Queue[Rendered | NotRendered]") -> Rendered | NotRendered:
        try:
            async with asyncio.timeout(self._rendered_s):
                return await reports.get()
        except TimeoutError as error:
            self._child.kill()
            raise VoiceFailed("the espeak-ng worker hangs") from error

    async def _start(self) -> None:
        if self._closed:
            raise VoiceFailed("the voice is closed")
        try:
            async with asyncio.timeout(_UP_S):
                async with self._starting:
                    if not self._started:
                        await self._child.start()
                        self._started = True
                await self._child.wait_up()
        except TimeoutError as error:
            raise VoiceFailed("the espeak-ng worker does not start") from error

    async def _on_report(self, report: EspeakReport) -> None:
        match report:
            case EspeakReady(version, rate_hz):
                self._version, self._rate_hz = version, rate_hz
            case Rendered(utterance) | NotRendered(utterance):
                if (queue := self._listening.get(utterance)) is not None:
                    queue.put_nowait(report)

    async def _on_end(self) -> None:
        for utterance, queue in self._listening.items():
            if not queue.full():
                queue.put_nowait(NotRendered(utterance, "the espeak-ng worker ended"))


def pieces_of(text: str, voice: str | None, language: str, rate: float) -> list[Piece]:
    """The text cut into stretches of one language and of a bounded length, nothing to say left out."""
    pieces: list[Piece] = []
    for spoken, begin, end in _runs(text, base_language(language)):
        name, pitch = espeak_voice(voice, spoken)
        pace = round(min(4.0, max(0.4, rate)) * _WORDS_PER_MINUTE[spoken])
        for start, stop in _cut(text, begin, end):
            if any(character.isalnum() for character in text[start:stop]):
                pieces.append(Piece(text[start:stop], start, name, min(450, max(80, pace)), pitch))
    return pieces


def _runs(text: str, language: str) -> list[tuple[str, int, int]]:
    """Stretches to be read by the voice of one language: (language, start, end)."""
    other, pattern = ("zh", _HAN_RUN) if language == "en" else ("en", _LATIN_RUN)
    runs: list[tuple[str, int, int]] = []
    at = 0
    for match in pattern.finditer(text):
        if match.start() > at:
            runs.append((language, at, match.start()))
        runs.append((other, match.start(), match.end()))
        at = match.end()
    if at < len(text):
        runs.append((language, at, len(text)))
    return runs


def _cut(text: str, begin: int, end: int) -> list[tuple[int, int]]:
    """Cut a stretch where it may be cut: after punctuation or a space, at most `_PIECE_CHARS` long."""
    cuts: list[tuple[int, int]] = []
    while end - begin > _PIECE_CHARS:
        at = max(
            (m.end() for m in _BREAK.finditer(text, begin, begin + _PIECE_CHARS)),
            default=begin + _PIECE_CHARS,
        )
        cuts.append((begin, at))
        begin = at
    return [*cuts, (begin, end)]


def _words(piece: Rendered, text: str, at_ms: float) -> list[WordMark]:
    return [
        WordMark(
            text[w.char_start : w.char_end], w.char_start, w.char_end, w.start_ms + at_ms, w.end_ms + at_ms
        )
        for w in piece.words
    ]


def _phonemes(piece: Rendered, at_ms: float) -> list[PhonemeMark]:
    return [PhonemeMark(p.ipa, p.start_ms + at_ms, p.end_ms + at_ms) for p in piece.phonemes]


def _chunks(pcm: bytes, rate_hz: int, at_ms: float) -> list[AudioChunk]:
    """Chunks of 40 ms; the last one takes what is left over, up to 80 ms."""
    size = rate_hz * _CHUNK_MS // 1000 * 2
    starts = list(range(0, max(len(pcm) - size, 1), size))
    ends = [*starts[1:], len(pcm)]
    return [
        AudioChunk(pcm[start:end], rate_hz, at_ms + start / 2 * 1000 / rate_hz)
        for start, end in zip(starts, ends, strict=True)
    ]
