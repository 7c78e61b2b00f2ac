"""The engine with a recogniser, an answerer and a voice that need no time; everything else is the real one.

`python -m bench.conversation.instant` serves it as `tutor-engine serve` does: the composition root of the
product is run with three adapters replaced, so that what is left of a wait is the engine's own share.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from unittest.mock import patch

import numpy as np

from tutor_engine import app
from tutor_engine.answering.port import AnswerEnd, AnswererCapabilities, AnswerEvent, AnswerText, Question
from tutor_engine.cli import read_settings
from tutor_engine.hearing.port import BYTES_PER_MS, Draft, RecogniserCapabilities, Transcript
from tutor_engine.speaking.port import AudioChunk, PhonemeMark, SpeechEvent, VoiceCapabilities, WordMark

ANSWER = "Ah, yes."
SOUND_MS = 1_000
RATE_HZ = 22_050
"""As the embedded voice has it, so that playing costs the same."""
CHUNK_MS = 40
HEARD = "What is a star made of?"
HEARD_AFTER_MS = 500


class InstantRecogniser:
    """Understands the same words in everything."""

    capabilities = RecogniserCapabilities("instant", frozenset({"en"}), partials=True)

    async def warm(self) -> None:
        """Nothing to load."""

    async def prepare(self, language: str, vocabulary: Sequence[str]) -> None:
        """Nothing to learn."""

    async def open(
        self, language: str, vocabulary: Sequence[str] = (), *, speaker: str = ""
    ) -> "InstantUtterance":
        """Begin an utterance."""
        return InstantUtterance()

    async def aclose(self) -> None:
        """Nothing to release."""


class InstantUtterance:
    """One utterance."""

    def __init__(self) -> None:
        self._heard_ms = 0.0

    async def feed(self, pcm: bytes) -> None:
        """Count it."""
        self._heard_ms += len(pcm) / BYTES_PER_MS

    async def partial(self) -> str:
        """The words, once enough was heard."""
        return HEARD if self._heard_ms >= HEARD_AFTER_MS else ""

    async def draft(self) -> Draft | None:
        """The words."""
        return Draft(HEARD, Transcript(HEARD, "en"))

    async def finish(self) -> Transcript:
        """The words."""
        return Transcript(HEARD, "en")

    async def aclose(self) -> None:
        """Nothing to release."""


class InstantAnswerer:
    """Says the same to everything."""

    capabilities = AnswererCapabilities("instant", generates=True)

    async def available(self) -> bool:
        """Always."""
        return True

    async def warm(self, model: str | None) -> None:
        """Nothing to load."""

    async def answer(self, question: Question) -> AsyncIterator[AnswerEvent]:
        """The whole answer at once."""
        yield AnswerText(ANSWER)
        yield AnswerEnd()

    async def aclose(self) -> None:
        """Nothing to release."""


class InstantVoice:
    """Says one long “ah”, audible from its first sample on."""

    capabilities = VoiceCapabilities("instant", frozenset({"en", "zh"}), "phoneme")

    def __init__(self) -> None:
        seconds = np.arange(RATE_HZ * CHUNK_MS // 1000) / RATE_HZ
        # 150 and 450 Hz are whole turns in 40 ms: chunks join without a click.
        tone = np.cos(2 * np.pi * 150 * seconds) + 0.5 * np.cos(2 * np.pi * 450 * seconds)
        self._chunk = (tone * 6_000).astype("<i2").tobytes()

    async def available(self) -> bool:
        """Always."""
        return True

    async def warm(self, voice: str | None, language: str) -> None:
        """Nothing to open."""

    async def speak(
        self, text: str, *, voice: str | None, language: str, rate: float = 1.0
    ) -> AsyncIterator[SpeechEvent]:
        """All of it at once."""
        yield WordMark(text, 0, len(text), 0.0, SOUND_MS)
        yield PhonemeMark("ɑ", 0.0, SOUND_MS)
        for start_ms in range(0, SOUND_MS, CHUNK_MS):
            yield AudioChunk(self._chunk, RATE_HZ, float(start_ms))

    async def aclose(self) -> None:
        """Nothing to release."""


def main() -> None:
    """Serve until stopped. A part of the product that has another name by now is an error here."""
    with patch.multiple(
        app, SphinxRecogniser=InstantRecogniser, Extractive=InstantAnswerer, EspeakVoice=InstantVoice
    ):
        asyncio.run(app.serve(read_settings()))


if __name__ == "__main__":
    main()
