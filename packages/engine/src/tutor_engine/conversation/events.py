"""What can happen in a lesson. Events of a turn carry its number; those of a past turn change nothing."""

from dataclasses import dataclass
from typing import Literal

from tutor_protocol import Citation, ErrorCode

Delivery = Literal["live", "attached"]
"""`live`: spoken over WebRTC. `attached`: sent as text with the sound in base64."""


@dataclass(frozen=True, slots=True)
class VoiceStarted:
    """The student has begun to speak."""

    at_ms: float | None = None
    """How much of the tutor's sound had been played then; None: as much as by now."""


@dataclass(frozen=True, slots=True)
class VoiceHinted:
    """The student may have begun to speak: too little voice yet to tell it from a cough."""


@dataclass(frozen=True, slots=True)
class VoiceFaded:
    """It was nothing: the voice that was hinted at did not go on."""


@dataclass(frozen=True, slots=True)
class VoiceLasted:
    """The student has spoken for longer than a listening noise or a cough lasts (about a second of voice)."""


@dataclass(frozen=True, slots=True)
class TalkPressed:
    """The student presses the key to talk: they mean to speak."""


@dataclass(frozen=True, slots=True)
class WordsHeard:
    """The student's words so far; the first `stable_chars` characters will probably stay."""

    text: str
    stable_chars: int = 0


@dataclass(frozen=True, slots=True)
class NothingHeard:
    """The student's voice ended without words that could be understood."""

    code: ErrorCode | None = None
    """What to tell the student; None: nothing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A whole question or remark of the student."""

    text: str
    source: Literal["voice", "text"]
    delivery: Delivery = "live"
    goes_on: bool = False
    """The student speaks again already: what they say may belong to it."""
    sure: bool = True
    """False: it may have been a noise and no words."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A question that will not be answered (a third language, say)."""

    text: str
    source: Literal["voice", "text"]
    code: ErrorCode


@dataclass(frozen=True, slots=True)
class GreetingWanted:
    """The student is present; `text` is what the tutor opens with."""

    text: str


@dataclass(frozen=True, slots=True)
class InterruptWanted:
    """The student pressed stop, or somebody else took the stage."""


@dataclass(frozen=True, slots=True)
class AnswerGrew:
    """More of the answer's text."""

    turn: int
    text: str


@dataclass(frozen=True, slots=True)
class AnswerCited:
    """The text since the last citation rests on this place."""

    turn: int
    citation: Citation


@dataclass(frozen=True, slots=True)
class AnswerComplete:
    """All of the answer's text is there."""

    turn: int
    screen: str = ""
    choices: tuple[str, ...] = ()
    """What the tutor offers as answers to its own question."""


@dataclass(frozen=True, slots=True)
class AnswerBroke:
    """The answer will not be completed; what was generated stays."""

    turn: int
    code: ErrorCode


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the answer on the clock of the turn's sound."""

    char_start: int
    char_end: int
    start_ms: float
    end_ms: float


@dataclass(frozen=True, slots=True)
class WordsScheduled:
    """Words whose sound is on its way."""

    turn: int
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class SpeechBroke:
    """The voice failed; the rest of the turn is text."""

    turn: int


@dataclass(frozen=True, slots=True)
class SpeechAttached:
    """The sound of an `attached` turn; empty when there is none."""

    turn: int
    audio: str = ""
    audio_format: str = ""


@dataclass(frozen=True, slots=True)
class PlaybackStarted:
    """The first sound of the turn leaves."""

    turn: int


@dataclass(frozen=True, slots=True)
class PlaybackAt:
    """How much of the turn's sound has been played."""

    turn: int
    position_ms: float


@dataclass(frozen=True, slots=True)
class PlaybackEnded:
    """The turn's sound is over, or there is nobody to play it to."""

    turn: int
    position_ms: float


Event = (
    VoiceStarted
    | VoiceHinted
    | VoiceFaded
    | VoiceLasted
    | TalkPressed
    | WordsHeard
    | NothingHeard
    | Asked
    | Refused
    | GreetingWanted
    | InterruptWanted
    | AnswerGrew
    | AnswerCited
    | AnswerComplete
    | AnswerBroke
    | WordsScheduled
    | SpeechBroke
    | SpeechAttached
    | PlaybackStarted
    | PlaybackAt
    | PlaybackEnded
)
