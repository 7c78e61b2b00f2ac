"""English and Chinese recognition by Whisper through faster-whisper, when its weights are installed.

The sound of an utterance is decoded again every half second for partial words; of two successive results
only what they agree on is shown, so captions grow and do not flicker. Decoding runs in one thread for all
lessons (CTranslate2 uses the cores itself) and is asked for partial words only while nothing waits.
"""

import asyncio
import re
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tutor_engine.hearing.port import (
    BYTES_PER_MS,
    LanguageNotHeard,
    RecogniserCapabilities,
    RecogniserFailed,
    Transcript,
)

LANGUAGES = frozenset({"en", "zh"})
WEIGHTS = ("model.bin", "config.json", "tokenizer.json")

_PARTIAL_EVERY_MS = 500
_PARTIAL_REST = 1.0
"""Partial decodings take at most half of the time: after one, rest as long as it took."""
_SHORTEST_MS = 200
_VOCABULARY_CHARACTERS = 300
"""Hints beyond this push the sound out of the decoder's attention."""

_PUNCTUATION_EXAMPLE = {"zh": "以下是普通话的句子，有标点。", "en": ""}
"""Without an example Whisper writes Chinese without punctuation, or in traditional characters."""

_INVENTED = re.compile(
    r"^(thanks? (you )?(so much |very much )?for (watching|listening).*|(please )?(like and )?subscribe.*|"
    r"(subtitles?|captions?|transcri(bed|ption)) by.*|see you (in the )?next (time|video).*|you|bye[- ]?bye|"
    r".*(amara\.org|字幕|订阅|点赞|打赏|转发).*|谢谢(大家)?(的?观看|收看|收听).*|(我们)?下(期|次|集)再见)[.!。！]?$",
    re.IGNORECASE,
)
"""What Whisper writes for silence and noise: the ends of videos it was trained on."""


_STUTTER = re.compile(
    r"(?:^|(?<=\W))(\S[^.!?。！？]{0,40}?[\s,，、]+)\1{3}|([\u4e00-\u9fff]{2,10})\2{3}", re.IGNORECASE
)
"""The same words four times in a row: a decoder that goes in circles."""


class WhisperMissing(Exception):
    """The folder holds no complete Whisper model."""


@dataclass(frozen=True, slots=True)
class HallucinationRules:
    """When a decoded segment is not believed."""

    no_speech: float = 0.6
    doubtful_logprob: float = -0.7
    """With a high no-speech probability or a suspicious phrase, only a better log probability is believed."""
    hopeless_logprob: float = -1.5
    compression: float = 2.4
    """Text that compresses better than this repeats itself."""


@dataclass(frozen=True, slots=True)
class Segment:
    """What one decoded segment says and how sure the decoder is."""

    text: str
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float


def believable(segment: Segment, rules: HallucinationRules) -> bool:
    """Whether a segment is speech rather than invention."""
    suspicious = segment.no_speech_prob > rules.no_speech or _INVENTED.match(segment.text.strip()) is not None
    if suspicious and segment.avg_logprob < rules.doubtful_logprob:
        return False
    if _STUTTER.search(segment.text) is not None:
        return False
    return segment.avg_logprob >= rules.hopeless_logprob and segment.compression_ratio <= rules.compression


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
    ) -> None:
        missing = [name for name in WEIGHTS if not (folder / name).is_file()]
        if missing:
            raise WhisperMissing(f"{folder} lacks {', '.join(missing)}.")
        self._folder = folder
        self._device = device
        self._threads = threads
        self._rules = rules or HallucinationRules()
        self._model: Any = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="whisper")
        self._loading = asyncio.Lock()
        self._busy = 0

    @property
    def capabilities(self) -> RecogniserCapabilities:
        """English and Chinese with partial words."""
        return RecogniserCapabilities("whisper", LANGUAGES, partials=True, detail=self._folder.name)

    @property
    def idle(self) -> bool:
        """Whether no decoding runs or waits."""
        return self._busy == 0

    async def warm(self) -> None:
        """Load the weights and decode a second of silence.

        Raises:
            WhisperMissing: the files are there but are no model.
        """
        async with self._loading:
            if self._model is None:
                loop = asyncio.get_running_loop()
                self._model = await loop.run_in_executor(self._thread, self._load)

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
        return WhisperUtterance(self, language, _hints(vocabulary))

    async def aclose(self) -> None:
        """End the thread and free the weights."""
        await asyncio.to_thread(self._thread.shutdown)
        self._model = None

    async def decode(self, pcm: bytes, language: str, hints: str, *, careful: bool) -> Transcript:
        """Words of some sound.

        Raises:
            RecogniserFailed: the decoder broke.
        """
        loop = asyncio.get_running_loop()
        self._busy += 1
        try:
            return await loop.run_in_executor(self._thread, self._decode, pcm, language, hints, careful)
        except (RuntimeError, ValueError) as error:
            raise RecogniserFailed(f"Whisper: {error}") from error
        finally:
            self._busy -= 1

    def _load(self) -> Any:
        from faster_whisper import WhisperModel

        try:
            model = WhisperModel(
                str(self._folder),
                device=self._device,
                compute_type="auto",
                cpu_threads=self._threads,
                local_files_only=True,
            )
            list(model.transcribe(np.zeros(16_000, np.float32), language="en", beam_size=1)[0])
        except (RuntimeError, ValueError, OSError) as error:
            raise WhisperMissing(f"{self._folder} cannot be loaded: {error}") from error
        return model

    def _decode(self, pcm: bytes, language: str, hints: str, careful: bool) -> Transcript:
        samples: npt.NDArray[np.float32] = np.frombuffer(pcm, "<i2").astype(np.float32) / 32768.0
        found, _ = self._model.transcribe(
            samples,
            language=language,
            beam_size=5 if careful else 1,
            # One retry with a little chance when the result repeats itself; more would cost seconds.
            temperature=(0.0, 0.4) if careful else 0.0,
            without_timestamps=True,
            condition_on_previous_text=False,
            initial_prompt=_PUNCTUATION_EXAMPLE[language] or None,
            hotwords=hints or None,
            vad_filter=False,
        )
        segments = [
            Segment(each.text, each.avg_logprob, each.no_speech_prob, each.compression_ratio)
            for each in found
        ]
        return transcript_of(segments, language, self._rules)


def transcript_of(segments: Iterable[Segment], language: str, rules: HallucinationRules) -> Transcript:
    """Join the segments that are believed; the confidence is their mean token probability."""
    believed = [segment for segment in segments if believable(segment, rules)]
    text = "".join(segment.text for segment in believed).strip()
    if not text:
        return Transcript("", language, 0.0)
    mean = sum(segment.avg_logprob for segment in believed) / len(believed)
    return Transcript(text, language, float(np.exp(min(0.0, mean))))


def _hints(vocabulary: Sequence[str]) -> str:
    """As many hints as the decoder bears, the first ones."""
    chosen: list[str] = []
    length = 0
    for word in vocabulary:
        length += len(word) + 2
        if length > _VOCABULARY_CHARACTERS:
            break
        chosen.append(word)
    return ", ".join(chosen)


class WhisperUtterance:
    """One utterance: its sound, and what two successive decodings agreed on."""

    def __init__(self, owner: WhisperRecogniser, language: str, hints: str) -> None:
        self._owner = owner
        self._language = language
        self._hints = hints
        self._sound = bytearray()
        self._last = ""
        self._agreed = ""
        self._decoded_bytes = 0
        self._rest_until_s = 0.0
        self._decoding: asyncio.Task[None] | None = None

    async def feed(self, pcm: bytes) -> None:
        """Keep the sound, and begin to decode it again when half a second is new and nobody waits."""
        self._sound += pcm
        new_ms = (len(self._sound) - self._decoded_bytes) / BYTES_PER_MS
        rested = time.monotonic() >= self._rest_until_s
        if new_ms >= _PARTIAL_EVERY_MS and rested and self._decoding is None and self._owner.idle:
            self._decoding = asyncio.create_task(self._decode_again())

    async def partial(self) -> str:
        """The words that two successive decodings agreed on."""
        return self._agreed

    async def finish(self) -> Transcript:
        """Decode the whole with care."""
        await self._stop_decoding()
        if len(self._sound) < _SHORTEST_MS * BYTES_PER_MS:
            return Transcript("", self._language, 0.0)
        return await self._owner.decode(bytes(self._sound), self._language, self._hints, careful=True)

    async def aclose(self) -> None:
        """Forget the sound."""
        await self._stop_decoding()
        self._sound.clear()

    async def _stop_decoding(self) -> None:
        """Wait for a decoding that runs: its thread cannot be stopped in the middle."""
        if self._decoding is not None:
            await asyncio.wait({self._decoding})
            self._decoding = None

    async def _decode_again(self) -> None:
        begun_s = time.monotonic()
        self._decoded_bytes = len(self._sound)
        try:
            transcript = await self._owner.decode(
                bytes(self._sound), self._language, self._hints, careful=False
            )
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
