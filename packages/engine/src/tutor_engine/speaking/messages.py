"""What the engine says to the espeak-ng worker and what it hears back, over the child's channel."""

import msgspec


class Piece(msgspec.Struct, frozen=True):
    """Text of one language, rendered in one go; `char_start` is where it begins in the whole text."""

    text: str
    char_start: int
    voice: str
    """Name for espeak-ng, such as `en-us+f2`."""
    words_per_minute: int
    pitch: int
    """0 to 100."""


class Render(msgspec.Struct, tag=True, frozen=True):
    """Render the pieces in order; `sound` False asks for the times only."""

    utterance: int
    pieces: list[Piece]
    sound: bool = True


class Drop(msgspec.Struct, tag=True, frozen=True):
    """Nobody listens to this utterance any more."""

    utterance: int


EspeakCommand = Render | Drop


class TimedWord(msgspec.Struct, frozen=True):
    """A word of the text, characters counted in the whole text, times from the start of its piece."""

    char_start: int
    char_end: int
    start_ms: float
    end_ms: float


class TimedIpa(msgspec.Struct, frozen=True):
    """A phoneme in IPA, times from the start of its piece; an empty string is a pause."""

    ipa: str
    start_ms: float
    end_ms: float


class EspeakReady(msgspec.Struct, tag=True, frozen=True):
    """The library is loaded."""

    version: str
    rate_hz: int


class Rendered(msgspec.Struct, tag=True, frozen=True):
    """One piece of an utterance; `last` when there is no further one."""

    utterance: int
    pcm: bytes
    duration_ms: float
    words: list[TimedWord]
    phonemes: list[TimedIpa]
    last: bool


class NotRendered(msgspec.Struct, tag=True, frozen=True):
    """The utterance cannot be spoken."""

    utterance: int
    reason: str


EspeakReport = EspeakReady | Rendered | NotRendered
