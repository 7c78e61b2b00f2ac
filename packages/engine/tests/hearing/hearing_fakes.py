"""A quiet room, and a recogniser without a model."""

import asyncio
from collections.abc import Sequence

import numpy as np

from tutor_engine.hearing.port import (
    BYTES_PER_MS,
    RATE_HZ,
    Draft,
    LanguageNotHeard,
    RecogniserCapabilities,
    RecogniserFailed,
    Transcript,
)


def silence(ms: int) -> bytes:
    """A quiet room: a little noise, as microphones have."""
    noise = np.random.default_rng(ms).normal(0, 6, ms * RATE_HZ // 1000)
    return noise.astype("<i2").tobytes()


class ScriptedUtterance:
    """Knows its words from the start; shows one more of them per 300 ms of sound."""

    def __init__(self, owner: "ScriptedRecogniser", language: str) -> None:
        self._owner = owner
        self._language = language
        self.heard = bytearray()
        self.drafts = self.finishes = 0
        self.closed = False

    async def feed(self, pcm: bytes) -> None:
        self.heard += pcm

    async def partial(self) -> str:
        words = self._owner.text.split()
        return " ".join(words[: len(self.heard) // (300 * BYTES_PER_MS)])

    async def draft(self) -> Draft | None:
        self.drafts += 1
        if not self._owner.drafts:
            return None
        transcript = await self._end()
        return Draft(transcript.text, transcript)

    async def finish(self) -> Transcript:
        self.finishes += 1
        return await self._end()

    async def _end(self) -> Transcript:
        await asyncio.sleep(0)
        if self._owner.broken:
            raise RecogniserFailed("as told")
        return Transcript(self._owner.text if len(self.heard) > 300 * BYTES_PER_MS else "", self._language)

    async def aclose(self) -> None:
        self.closed = True


class ScriptedRecogniser:
    """Understands what it was told that it will."""

    def __init__(self, text: str = "what is photosynthesis", languages: Sequence[str] = ("en",)) -> None:
        self.text = text
        self.broken = False
        self.drafts = True
        """Whether it knows an end before it comes."""
        self.utterances: list[ScriptedUtterance] = []
        self.speakers: list[str] = []
        self.prepared: list[tuple[str, ...]] = []
        self.warmed = 0
        self.closed = False
        self._languages = frozenset(languages)

    @property
    def capabilities(self) -> RecogniserCapabilities:
        return RecogniserCapabilities("scripted", self._languages, partials=True)

    async def warm(self) -> None:
        self.warmed += 1

    async def prepare(self, language: str, vocabulary: Sequence[str]) -> None:
        if language in self._languages:
            self.prepared.append(tuple(vocabulary))

    async def open(
        self, language: str, vocabulary: Sequence[str] = (), *, speaker: str = ""
    ) -> ScriptedUtterance:
        if language not in self._languages:
            raise LanguageNotHeard(language)
        self.speakers.append(speaker)
        self.utterances.append(ScriptedUtterance(self, language))
        return self.utterances[-1]

    async def aclose(self) -> None:
        self.closed = True
