"""What a recogniser promises, and what the hearing stage tells the lesson.

Sound is 16 kHz mono signed 16-bit little-endian PCM everywhere in hearing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

RATE_HZ = 16_000
BYTES_PER_MS = RATE_HZ * 2 // 1000
VOICE_FRAME_SAMPLES = 512
VOICE_FRAME_MS = VOICE_FRAME_SAMPLES * 1000 // RATE_HZ
VOICE_FRAME_BYTES = VOICE_FRAME_SAMPLES * 2


@dataclass(frozen=True, slots=True)
class RecogniserCapabilities:
    """What one recogniser can do; `/health` shows it."""

    name: str
    languages: frozenset[str]
    """Of `en`, `zh`."""
    partials: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Transcript:
    """Words of one utterance. Empty text means that nothing was understood."""

    text: str
    language: str
    confidence: float = 1.0
    """0 to 1, comparable only within one recogniser."""
    sure: bool = True
    """False: the sound fits these words so badly that it may have been a noise."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What an utterance ends with if the student, who is silent just now, says nothing more."""

    words: str
    """As partial words show them, with the hesitations that the final words leave out."""
    transcript: Transcript


class Utterance(Protocol):
    """One utterance being recognised. Feed, read partials, finish once; always close."""

    async def feed(self, pcm: bytes) -> None:
        """Add sound."""
        ...

    async def partial(self) -> str:
        """Words so far; may change with more sound."""
        ...

    async def draft(self) -> Draft | None:
        """What `finish` would say after the sound so far; more may be fed meanwhile and afterwards.

        None when that is not known sooner than by finishing. May be left, and asked again.

        Raises:
            RecogniserFailed: it broke.
        """
        ...

    async def finish(self) -> Transcript:
        """The final words.

        Raises:
            RecogniserFailed: it broke, and could not be brought back in time.
        """
        ...

    async def aclose(self) -> None:
        """Release it, finished or not. Idempotent."""
        ...


class Recogniser(Protocol):
    """Turns speech into words for many lessons at once."""

    @property
    def capabilities(self) -> RecogniserCapabilities:
        """What it can do."""
        ...

    async def warm(self) -> None:
        """Load models now, so that the first student does not wait."""
        ...

    async def prepare(self, language: str, vocabulary: Sequence[str]) -> None:
        """Get ready for a vocabulary that `open` will name, as long as nobody speaks yet.

        Utterances opened before that is done, or without it, are heard all the same. An unknown language
        is no error here.

        Raises:
            RecogniserFailed: it broke.
        """
        ...

    async def open(self, language: str, vocabulary: Sequence[str] = (), *, speaker: str = "") -> Utterance:
        """Begin an utterance.

        `vocabulary` holds words or sentences of the tutor's library that may help. What one utterance
        teaches about a voice and its microphone may help the next of the same `speaker` (any name).

        Raises:
            LanguageNotHeard: this recogniser does not know the language.
        """
        ...

    async def aclose(self) -> None:
        """Release models and processes. Idempotent."""
        ...


class LanguageNotHeard(Exception):
    """No installed recogniser understands this language."""


class RecogniserFailed(Exception):
    """The recogniser broke while it listened; the next utterance may succeed."""


class VoiceDetector(Protocol):
    """Tells voice from everything else, frame by frame, for one stream of sound."""

    def probability(self, frame: bytes) -> float:
        """Probability, 0 to 1, that a frame of `VOICE_FRAME_MS` holds voice. Takes well under 1 ms."""
        ...


class EndOfTurn(Protocol):
    """Judges from the sound of the last seconds whether somebody has finished what they wanted to say."""

    async def probability(self, pcm: bytes) -> float:
        """Probability, 0 to 1, that the turn is over."""
        ...

    def close(self) -> None:
        """Release it. Idempotent."""
        ...


@dataclass(frozen=True, slots=True)
class Patience:
    """How one tutor waits for its students; given when a lesson's ear is opened."""

    pace: float = 1.0
    """Every silence that is waited for is multiplied by this; above 1 for small children."""
    after_question: float = 2.0
    """And by this as well, when the tutor has just asked something."""
    thinking_ms: float = 1_500
    """Silence that never ends an answer to the tutor's question, unless an offered choice was said."""
    hard_stop_ms: float = 2_500
    """Silence that ends a turn whatever was said."""
    hard_stop_after_question_ms: float = 5_000
    push_to_talk: bool = False
    """Only what is said while the student presses the key is heard."""

    def __post_init__(self) -> None:
        """Refuse what would hold a turn for ever or end it at once."""
        if not (0.2 <= self.pace <= 5.0 and 1.0 <= self.after_question <= 5.0):
            raise ValueError("pace is 0.2 to 5, after_question is 1 to 5")
        if not 0 <= self.thinking_ms <= self.hard_stop_after_question_ms:
            raise ValueError("0 <= thinking_ms <= hard_stop_after_question_ms")
        if not 500 <= self.hard_stop_ms <= self.hard_stop_after_question_ms <= 30_000:
            raise ValueError("500 ms <= hard_stop_ms <= hard_stop_after_question_ms <= 30 s")


@dataclass(frozen=True, slots=True)
class SpeechHinted:
    """The student may have begun to speak (64 ms of voice); SpeechStarted or SpeechFaded follows."""


@dataclass(frozen=True, slots=True)
class SpeechFaded:
    """What was hinted at was shorter than speech is."""


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The student has begun to speak (confirmed by 160 ms of voice, 200 ms near a loudspeaker)."""


@dataclass(frozen=True, slots=True)
class SpeechLasts:
    """The student has spoken for longer than a cough or a listening noise lasts; once per utterance."""


@dataclass(frozen=True, slots=True)
class PartialWords:
    """Words so far. The first `stable_chars` characters have stayed the same twice; the rest is a guess."""

    text: str
    stable_chars: int = 0


@dataclass(frozen=True, slots=True)
class FinalWords:
    """The student has finished.

    `speech_end_s` is the monotonic time (`time.monotonic()`) at which the voice ended, `turn_end_s` when
    the turn was judged over, `decoded_s` when the words were there.
    """

    transcript: Transcript
    speech_end_s: float
    turn_end_s: float
    decoded_s: float
    goes_on: bool = False
    """The student speaks again already."""


@dataclass(frozen=True, slots=True)
class NothingUnderstood:
    """Voice was there, words were not."""

    lasted: bool = False
    """The voice was longer than a cough or a listening noise."""
    keyed: bool = False
    """The student pressed the key to talk for it."""


@dataclass(frozen=True, slots=True)
class CannotHear:
    """Voice in a language without a recogniser; said once per utterance, at its end."""

    language: str


HearingEvent = (
    SpeechHinted
    | SpeechFaded
    | SpeechStarted
    | SpeechLasts
    | PartialWords
    | FinalWords
    | NothingUnderstood
    | CannotHear
)
