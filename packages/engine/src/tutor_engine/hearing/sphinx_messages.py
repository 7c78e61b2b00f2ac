"""What the engine and the pocketsphinx process say to each other."""

import msgspec


class Open(msgspec.Struct, tag=True, frozen=True):
    """Begin an utterance. `cepstral_mean` is what an earlier utterance of the speaker taught, or empty."""

    utterance: int
    cepstral_mean: str


class Sound(msgspec.Struct, tag=True, frozen=True):
    """More sound: 16 kHz signed 16-bit PCM."""

    utterance: int
    pcm: bytes


class Finish(msgspec.Struct, tag=True, frozen=True):
    """No more sound; `Final` is wanted."""

    utterance: int


class Close(msgspec.Struct, tag=True, frozen=True):
    """Forget the utterance."""

    utterance: int


class Ready(msgspec.Struct, tag=True, frozen=True):
    """The models are loaded."""


class Partial(msgspec.Struct, tag=True, frozen=True):
    """Words so far, when they changed."""

    utterance: int
    text: str


class Final(msgspec.Struct, tag=True, frozen=True):
    """The final words, and the cepstral mean at the end."""

    utterance: int
    text: str
    confidence: float
    cepstral_mean: str


ToSphinx = Open | Sound | Finish | Close
FromSphinx = Ready | Partial | Final
