"""Whisper's weights and what is asked of them: sounds of several lessons go through as one batch.

faster-whisper loads the files and makes the features; encoder and decoder are called directly, because its
own `transcribe` always encodes 30 s. CTranslate2 takes any shorter window and batches of one window, as long
as the prompts before the transcript are equally long; so hints come in few lengths. Everything here blocks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tutor_engine.hearing.whisper_beliefs import Segment, compression_of

_PUNCTUATION_EXAMPLE = {"zh": "以下是普通话的句子，有标点。", "en": ""}
"""Without an example Whisper writes Chinese without punctuation, or in traditional characters."""
_HINT_TOKENS = (4, 8, 12, 16, 24, 32, 48, 64)
"""Hints are cut to one of these lengths; more push the sound out of the decoder's attention."""
_TOKENS_S = 18.0
"""Fast Mandarin has 7 characters in a second, up to two tokens each; what writes more goes in circles."""
_TOKENS_FREE = 16
_OTHER_LANGUAGE = 0.9
"""So sure the model must be that the student does not speak the language of the tutor."""
_CHINESE = frozenset({"zh", "yue"})


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """A sound and how to decode it."""

    samples: npt.NDArray[np.float32]
    window_ms: int
    language: str
    """`en` or `zh`: the tutor's."""
    hints: tuple[str, ...] = ()
    """Most important first."""
    beam: int = 5
    temperature: float = 0.0
    detects: bool = False
    """Whether a student who clearly speaks the other language is heard in that one."""


class WhisperWeights:
    """A loaded model."""

    def __init__(self, folder: Path, *, device: str, threads: int) -> None:
        """Load the files.

        Raises:
            RuntimeError, ValueError, OSError: they are no model of this kind.
        """
        from faster_whisper import WhisperModel
        from faster_whisper.tokenizer import Tokenizer

        self._whisper: Any = WhisperModel(
            str(folder), device=device, compute_type="auto", cpu_threads=threads, local_files_only=True
        )
        self._model: Any = self._whisper.model
        self._tokenizers: dict[str, Any] = {
            language: Tokenizer(
                self._whisper.hf_tokenizer, self._model.is_multilingual, task="transcribe", language=language
            )
            for language in ("en", "zh")
        }
        self._previous = lru_cache(256)(self._context)

    @property
    def on_gpu(self) -> bool:
        """Whether it runs on a GPU, where a batch costs little more than one sound."""
        return self._model.device == "cuda"

    def fit(self, one: Request, other: Request) -> bool:
        """Whether two requests can go through together."""
        return self._key(one) == self._key(other)

    def decode(self, requests: Sequence[Request]) -> list[Segment]:
        """The words of requests that fit together."""
        import ctranslate2

        first = requests[0]
        features = np.stack([self._features(each) for each in requests])
        encoded = self._model.encode(ctranslate2.StorageView.from_array(features))
        languages = self._languages(requests, encoded)
        prompts = [self._prompt(each, language) for each, language in zip(requests, languages, strict=True)]
        limit = min(448, len(prompts[0]) + _limit(first.window_ms))
        chance = first.temperature > 0
        results = self._model.generate(
            encoded,
            prompts,
            beam_size=1 if chance else first.beam,
            sampling_topk=0 if chance else 1,
            sampling_temperature=first.temperature if chance else 1.0,
            max_length=limit,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_tokens=self._suppressed(languages[0]),
        )
        room = limit - len(prompts[0])
        return [
            self._segment(result, language, room) for result, language in zip(results, languages, strict=True)
        ]

    def _key(self, request: Request) -> tuple[int, int, int, float]:
        """What a batch has in common: languages may differ, the lengths of prompts may not."""
        return (
            request.window_ms,
            request.beam,
            len(self._previous(request.language, request.hints)),
            request.temperature,
        )

    def _features(self, request: Request) -> npt.NDArray[np.float32]:
        """The log-mel picture of the sound and the silence after it, as Whisper was trained."""
        room = request.window_ms * 16
        samples = request.samples[:room]
        padded = np.pad(samples, (0, room - len(samples)))
        return np.ascontiguousarray(self._whisper.feature_extractor(padded, padding=0), np.float32)

    def _languages(self, requests: Sequence[Request], encoded: Any) -> list[str]:
        """The tutor's language, or the other where it was asked for and the model is sure."""
        spoken = [each.language for each in requests]
        if not self._model.is_multilingual or not any(each.detects for each in requests):
            return spoken
        for place, (request, found) in enumerate(
            zip(requests, self._model.detect_language(encoded), strict=True)
        ):
            share = {"en": 1e-9, "zh": 1e-9}
            for token, probability in found:
                code = token[2:-2]
                code = "zh" if code in _CHINESE else code
                if code in share:
                    share[code] += probability
            other = "zh" if request.language == "en" else "en"
            if request.detects and share[other] / sum(share.values()) >= _OTHER_LANGUAGE:
                spoken[place] = other
        return spoken

    def _context(self, language: str, hints: tuple[str, ...]) -> tuple[int, ...]:
        """The tokens before the transcript: hints, the most important last, then the example."""
        tokenizer = self._tokenizers[language]
        example = tokenizer.encode(_PUNCTUATION_EXAMPLE[language]) if _PUNCTUATION_EXAMPLE[language] else []
        hinted = tokenizer.encode(" " + ", ".join(reversed(hints))) if hints else []
        length = max((each for each in _HINT_TOKENS if each <= len(hinted)), default=len(hinted))
        return (*hinted[len(hinted) - length :], *example)

    def _prompt(self, request: Request, language: str) -> list[int]:
        tokenizer = self._tokenizers[language]
        previous = self._previous(request.language, request.hints)
        return [
            *([tokenizer.sot_prev, *previous] if previous else []),
            *tokenizer.sot_sequence,
            tokenizer.no_timestamps,
        ]

    def _suppressed(self, language: str) -> list[int]:
        """Tokens that are no speech: brackets, notes, and the marks of the protocol."""
        tokenizer = self._tokenizers[language]
        marks = (tokenizer.transcribe, tokenizer.translate, tokenizer.sot, tokenizer.sot_prev)
        return sorted({*tokenizer.non_speech_tokens, *marks, tokenizer.sot_lm, tokenizer.no_speech})

    def _segment(self, result: Any, language: str, room: int) -> Segment:
        tokens: list[int] = result.sequences_ids[0]
        text: str = self._tokenizers[language].decode(tokens)
        # The score is the mean over the tokens; Whisper's own figure counts the end mark as one more.
        mean = result.scores[0] * len(tokens) / (len(tokens) + 1)
        return Segment(
            text, mean, result.no_speech_prob, compression_of(text.strip()), len(tokens) < room, language
        )


def _limit(window_ms: int) -> int:
    return _TOKENS_FREE + int(_TOKENS_S * window_ms / 1000)
