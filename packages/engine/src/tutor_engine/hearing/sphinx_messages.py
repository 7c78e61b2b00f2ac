"""What the engine and the pocketsphinx process say to each other."""

import msgspec


class Learn(msgspec.Struct, tag=True, frozen=True):
    """Make a language model of a library's sentences; `Open` names it by its number."""

    library: int
    sentences: list[str]


class Unlearn(msgspec.Struct, tag=True, frozen=True):
    """A language model is not wanted any more."""

    library: int


class Open(msgspec.Struct, tag=True, frozen=True):
    """Begin an utterance. `cepstral_mean` is what an earlier utterance of the speaker taught, or empty.

    With a `library` that is ready its language model listens beside the general one.
    """

    utterance: int
    cepstral_mean: str
    library: int = 0


class Sound(msgspec.Struct, tag=True, frozen=True):
    """More sound: 16 kHz signed 16-bit PCM."""

    utterance: int
    pcm: bytes


class Finish(msgspec.Struct, tag=True, frozen=True):
    """No more sound; `Final` is wanted."""

    utterance: int


class Prepare(msgspec.Struct, tag=True, frozen=True):
    """The student is silent: `Drafted` with this number is wanted; more sound may follow all the same."""

    utterance: int
    number: int


class Close(msgspec.Struct, tag=True, frozen=True):
    """Forget the utterance."""

    utterance: int


class Ready(msgspec.Struct, tag=True, frozen=True):
    """The models are loaded."""


class Partial(msgspec.Struct, tag=True, frozen=True):
    """Words so far, when they changed. `score` is the natural logarithm of the path's, at `heard_ms`."""

    utterance: int
    text: str
    score: float = 0.0
    heard_ms: float = 0.0


class Final(msgspec.Struct, tag=True, frozen=True):
    """The final words, and the cepstral mean at the end."""

    utterance: int
    text: str
    confidence: float
    cepstral_mean: str
    score: float = 0.0


class Drafted(msgspec.Struct, tag=True, frozen=True):
    """The final words if no more is said, and `heard`: the same with hesitations."""

    utterance: int
    number: int
    heard: str
    final: Final


ToSphinx = Learn | Unlearn | Open | Sound | Prepare | Finish | Close
FromSphinx = Ready | Partial | Drafted | Final
