"""English and Chinese recognition by Whisper, when its weights are installed; for many lessons at once.

Only the length of the voice is encoded, in one of a few windows; where the result is doubtful it is decoded
again with the whole 30 s. The open utterance is decoded again and again for partial words; of two successive
results only what they agree on is shown, so captions grow and do not flicker. Final words come first.
"""

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tutor_engine.hearing.port import (
    BYTES_PER_MS,
    Draft,
    LanguageNotHeard,
    RecogniserCapabilities,
    RecogniserFailed,
    Transcript,
    VoiceDetector,
)
from tutor_engine.hearing.whisper_batches import Batches
from tutor_engine.hearing.whisper_beliefs import (
    HallucinationRules,
    Segment,
    better,
    doubtful,
    repeats,
    transcript_of,
)
from tutor_engine.hearing.whisper_model import Request, WhisperWeights
from tutor_engine.hearing.whisper_sound import WHOLE_MS, Piece, VoiceSpan, pieces_of, window_for

LANGUAGES = frozenset({"en", "zh"})
WEIGHTS = ("model.bin", "config.json", "tokenizer.json")

_PARTIAL_EVERY_MS = 500
_PARTIAL_REST = 1.0
"""Partial decodings take at most half of the time: after one, rest as long as it took."""
_SHORTEST_MS = 200
_LEAST_VOICE_MS = 96
"""Less voice than this is a click."""
_VOCABULARY_CHARACTERS = 300
_SECOND_CHANCE = 0.4
"""Temperature of the last try with a sound that makes the decoder go in circles."""
_BATCH_ON_GPU = 8
_LINGER_ON_GPU_S = 0.010
"""Waiting for company pays where a batch of two takes about as long as one sound."""


class WhisperMissing(Exception):
    """The folder holds no complete Whisper model."""


@dataclass(frozen=True, slots=True)
class WhisperEffort:
    """What is spent on a sound."""

    beam: int = 5
    """For final words; partial words are taken greedily."""
    short_windows: bool = True
    """False: always encode 30 s, as Whisper was trained; 4 to 10 times the work."""
    detect_language: bool = False
    """Whether a student who clearly speaks the other language is heard in that one."""
    at_once: int | None = None
    """Sounds in one batch; None: 8 on a GPU, 1 on a CPU, where a batch is no cheaper than its parts."""


def agreed_words(before: str, now: str, language: str) -> str:
    """The common beginning of two successive results, in whole words (characters in Chinese)."""
    joiner = "" if language == "zh" else " "
    old, new = (list(text) if language == "zh" else text.split() for text in (before, now))
    common: list[str] = []
    for first, second in zip(old, new, strict=False):
        if _bare(first) != _bare(second):
            break
        common.append(second)
    return joiner.join(common)


def _bare(word: str) -> str:
    return re.sub(r"[\W_]", "", word.casefold())


class WhisperRecogniser:
    """The faster-whisper adapter; `folder` holds a CTranslate2 conversion of any Whisper size."""

    def __init__(
        self,
        folder: Path,
        *,
        device: str = "auto",
        threads: int = 2,
        rules: HallucinationRules | None = None,
        effort: WhisperEffort | None = None,
        voice: Callable[[], VoiceDetector] | None = None,
    ) -> None:
        """Hear with the weights in `folder`; `voice` makes a voice detector per utterance (default: Silero).

        Raises:
            WhisperMissing: a file is not there.
        """
        missing = [name for name in WEIGHTS if not (folder / name).is_file()]
        if missing:
            raise WhisperMissing(f"{folder} lacks {', '.join(missing)}.")
        self.rules = rules or HallucinationRules()
        self._folder = folder
        self._device = device
        self._threads = threads
        self._effort = effort or WhisperEffort()
        self._voice = voice
        self._batches: Batches[Request, Segment] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="whisper")
        self._loading = asyncio.Lock()
        self._open = 0

    @property
    def capabilities(self) -> RecogniserCapabilities:
        """English and Chinese with partial words."""
        return RecogniserCapabilities("whisper", LANGUAGES, partials=True, detail=self._folder.name)

    @property
    def has_room(self) -> bool:
        """Whether partial words may be decoded without making final words wait."""
        return self._batches is not None and self._batches.has_room

    async def warm(self) -> None:
        """Load the weights and decode a second of silence.

        Raises:
            WhisperMissing: the files are there but are no model.
        """
        async with self._loading:
            if self._batches is not None:
                return
            loop = asyncio.get_running_loop()
            weights, voice = await loop.run_in_executor(self._thread, self._load)
            self._voice = voice
            self._batches = Batches(
                weights.decode,
                weights.fit,
                self._thread,
                at_most=self._effort.at_once or (_BATCH_ON_GPU if weights.on_gpu else 1),
                linger_s=lambda: _LINGER_ON_GPU_S if self._open > 1 else 0.0,
            )

    async def prepare(self, language: str, vocabulary: Sequence[str]) -> None:
        """Nothing: a vocabulary is only told to the decoder with the sound."""

    async def open(
        self, language: str, vocabulary: Sequence[str] = (), *, speaker: str = ""
    ) -> "WhisperUtterance":
        """Begin an utterance."""
        del speaker  # Whisper hears every voice anew
        if language not in LANGUAGES:
            raise LanguageNotHeard(language)
        await self.warm()
        if self._voice is None:
            raise RecogniserFailed("Whisper is closed.")
        self._open += 1
        return WhisperUtterance(self, language, _hints(vocabulary), VoiceSpan(self._voice()))

    def left(self) -> None:
        """An utterance was closed."""
        self._open -= 1

    async def aclose(self) -> None:
        """End the thread and free the weights."""
        await asyncio.to_thread(self._thread.shutdown)
        self._batches = None
        self._voice = None

    async def glance(self, pcm: bytes, language: str, hints: tuple[str, ...]) -> Transcript:
        """Words so far of some sound, quickly.

        Raises:
            RecogniserFailed: the decoder broke.
        """
        piece = pieces_of(pcm)[-1]
        segment = await self._decoded(self._request(piece, language, hints, beam=1), urgent=False)
        return transcript_of([(segment, None)], language, self.rules)

    async def hear(self, pcm: bytes, voiced_ms: float, language: str, hints: tuple[str, ...]) -> Transcript:
        """The words of a whole utterance with so much voice, with care.

        Raises:
            RecogniserFailed: the decoder broke.
        """
        found: list[tuple[Segment, float | None]] = []
        for piece in pieces_of(pcm):
            voiced_here_ms = voiced_ms * piece.share if piece.share < 1 else voiced_ms
            found.append((await self._careful(piece, voiced_here_ms, language, hints), voiced_here_ms))
        return transcript_of(found, language, self.rules)

    async def _careful(
        self, piece: Piece, voiced_ms: float, language: str, hints: tuple[str, ...]
    ) -> Segment:
        """A short window, then the whole one, then a little chance: each only where the last is doubtful."""
        request = self._request(piece, language, hints, beam=self._effort.beam)
        best = await self._decoded(request, urgent=True)
        if request.window_ms < WHOLE_MS and doubtful(best, self.rules, voiced_ms):
            request = replace(request, window_ms=WHOLE_MS)
            best = better(best, await self._decoded(request, urgent=True), self.rules, voiced_ms)
        if repeats(best, self.rules):
            # Hints are what a decoder in circles says most often.
            request = replace(request, temperature=_SECOND_CHANCE, hints=())
            best = better(best, await self._decoded(request, urgent=True), self.rules, voiced_ms)
        return best

    def _request(self, piece: Piece, language: str, hints: tuple[str, ...], *, beam: int) -> Request:
        window_ms = window_for(piece.length_ms) if self._effort.short_windows else WHOLE_MS
        return Request(piece.samples, window_ms, language, hints, beam, detects=self._effort.detect_language)

    async def _decoded(self, request: Request, *, urgent: bool) -> Segment:
        if self._batches is None:
            raise RecogniserFailed("Whisper is closed.")
        try:
            return await self._batches.done(request, urgent=urgent)
        except (RuntimeError, ValueError) as error:
            raise RecogniserFailed(f"Whisper: {error}") from error

    def _load(self) -> tuple[WhisperWeights, Callable[[], VoiceDetector]]:
        import numpy as np

        from tutor_engine.hearing.vad import SileroMissing, SileroModel, silero_path

        try:
            weights = WhisperWeights(self._folder, device=self._device, threads=self._threads)
            silence = np.zeros(16_000, np.float32)
            weights.decode([Request(silence, window_for(1_000), "en", beam=self._effort.beam)])
            return weights, self._voice or SileroModel(silero_path()).detector
        except (RuntimeError, ValueError, OSError, SileroMissing) as error:
            raise WhisperMissing(f"{self._folder} cannot be loaded: {error}") from error


def _hints(vocabulary: Sequence[str]) -> tuple[str, ...]:
    """As many hints as the decoder bears, the first ones."""
    chosen: list[str] = []
    length = 0
    for word in vocabulary:
        length += len(word) + 2
        if length > _VOCABULARY_CHARACTERS:
            break
        chosen.append(word)
    return tuple(chosen)


class WhisperUtterance:
    """One utterance: its sound, and what two successive decodings agreed on."""

    def __init__(
        self, owner: WhisperRecogniser, language: str, hints: tuple[str, ...], voice: VoiceSpan
    ) -> None:
        self._owner = owner
        self._language = language
        self._hints = hints
        self._voice = voice
        self._sound = bytearray()
        self._last = ""
        self._agreed = ""
        self._decoded_bytes = 0
        self._rest_until_s = 0.0
        self._decoding: asyncio.Task[None] | None = None
        self._drafting: asyncio.Task[Transcript] | None = None
        self._drafted_voice_ms = 0.0
        """How much voice the draft has heard."""
        self._closed = False

    async def feed(self, pcm: bytes) -> None:
        """Keep the sound, and begin to decode it again when half a second is new and nobody waits."""
        self._sound += pcm
        self._voice.add(pcm)
        new_ms = (len(self._sound) - self._decoded_bytes) / BYTES_PER_MS
        rested = time.monotonic() >= self._rest_until_s
        if new_ms >= _PARTIAL_EVERY_MS and rested and self._decoding is None and self._owner.has_room:
            self._decoding = asyncio.create_task(self._decode_again())

    async def partial(self) -> str:
        """The words that two successive decodings agreed on."""
        return self._agreed

    async def draft(self) -> Draft | None:
        """Decode the whole with care already now, unless others wait for their words."""
        await self._stop_drafting()
        if self._decoding is None and not self._owner.has_room:
            return None
        await self._stop_decoding()
        self._drafted_voice_ms = self._voice.voiced_ms
        self._drafting = asyncio.create_task(self._whole())
        try:
            transcript = await self._drafting
        except asyncio.CancelledError:
            self._drafting = None
            raise
        return Draft(transcript.text, transcript)

    async def finish(self) -> Transcript:
        """Decode the whole with care, unless a draft has heard it all; without voice there are no words."""
        await self._stop_decoding()
        if self._drafting is not None and self._drafted_voice_ms == self._voice.voiced_ms:
            return await asyncio.shield(self._drafting)
        await self._stop_drafting()
        return await self._whole()

    async def _whole(self) -> Transcript:
        sound = self._voice.cut(bytes(self._sound))
        if self._voice.voiced_ms < _LEAST_VOICE_MS or len(sound) < _SHORTEST_MS * BYTES_PER_MS:
            return Transcript("", self._language, 0.0)
        return await self._owner.hear(sound, self._voice.voiced_ms, self._language, self._hints)

    async def aclose(self) -> None:
        """Forget the sound."""
        await self._stop_decoding()
        await self._stop_drafting()
        self._sound.clear()
        if not self._closed:
            self._closed = True
            self._owner.left()

    async def _stop_decoding(self) -> None:
        """Take a decoding out of the queue; one that runs ends by itself, and nobody waits for its words."""
        decoding, self._decoding = self._decoding, None
        await _ended(decoding)

    async def _stop_drafting(self) -> None:
        drafting, self._drafting = self._drafting, None
        await _ended(drafting)

    async def _decode_again(self) -> None:
        begun_s = time.monotonic()
        self._decoded_bytes = len(self._sound)
        try:
            sound = self._voice.cut(bytes(self._sound))
            if len(sound) < _SHORTEST_MS * BYTES_PER_MS:
                return
            transcript = await self._owner.glance(sound, self._language, self._hints)
            agreed = agreed_words(self._last, transcript.text, self._language)
            self._last = transcript.text
            self._agreed = agreed if len(agreed) >= len(self._agreed) else self._agreed
        except RecogniserFailed:
            # The final decoding meets the same fault and reports it.
            self._last = ""
        finally:
            now_s = time.monotonic()
            self._rest_until_s = now_s + _PARTIAL_REST * (now_s - begun_s)
            self._decoding = None


async def _ended(task: asyncio.Task[Any] | None) -> None:
    if task is not None:
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # whoever wanted the result has left
