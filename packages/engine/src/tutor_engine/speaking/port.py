"""What a voice promises: text in, sound with timed words and phonemes out."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class VoiceCapabilities:
    """What one voice engine can do; `/health` shows it."""

    name: str
    languages: frozenset[str]
    timing: Literal["phoneme", "word", "none"]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """Sound: signed 16-bit little-endian mono."""

    pcm: bytes
    rate_hz: int
    start_ms: float
    """Since the start of the segment."""

    @property
    def duration_ms(self) -> float:
        """Length of the sound."""
        return len(self.pcm) / 2 / self.rate_hz * 1000


@dataclass(frozen=True, slots=True)
class WordMark:
    """When a word of the segment's text sounds; offsets are characters of the text handed in."""

    text: str
    char_start: int
    char_end: int
    start_ms: float
    end_ms: float


@dataclass(frozen=True, slots=True)
class PhonemeMark:
    """When a phoneme sounds, in IPA; an empty string is a pause."""

    ipa: str
    start_ms: float
    end_ms: float


SpeechEvent = AudioChunk | WordMark | PhonemeMark


class VoiceFailed(Exception):
    """The voice went away or refused this text."""


class Voice(Protocol):
    """Speaks for many lessons at once. Closing the iterator cancels.

    Marks come before or with the sound they describe; times are relative to the start of the segment.
    """

    @property
    def capabilities(self) -> VoiceCapabilities:
        """What it can do."""
        ...

    async def available(self) -> bool:
        """Whether it would speak now; cheap."""
        ...

    async def warm(self, voice: str | None, language: str) -> None:
        """Open what the first sentence needs."""
        ...

    def speak(
        self, text: str, *, voice: str | None, language: str, rate: float = 1.0
    ) -> AsyncIterator[SpeechEvent]:
        """Stream the sound of one segment (a clause or a sentence).

        Raises:
            VoiceFailed: from the iteration, at any point.
        """
        ...

    async def aclose(self) -> None:
        """Release processes and connections. Idempotent."""
        ...


@dataclass(frozen=True, slots=True)
class Segment:
    """One clause or sentence to be spoken; `text` is what captions show, `spoken` how it is read out."""

    index: int
    text: str
    spoken: str
    last: bool = False
