"""What an answerer promises: a question and passages in, a stream of text with citations out."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from tutor_protocol import Citation


@dataclass(frozen=True, slots=True)
class AnswererCapabilities:
    """What one answerer can do; `/health` shows it."""

    name: str
    generates: bool
    """False: it quotes and says so."""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage that retrieval returned, with the sentences an extractive tutor may quote."""

    passage_id: str
    document: str
    title: str
    heading: str
    page: int
    start: int
    """First character within the text of the page."""
    text: str
    score: float
    """0 to 1: how sure retrieval is that the passage speaks of the question."""
    sentences: tuple["ScoredSentence", ...] = ()
    version: str = ""
    """First 16 hex digits of the SHA-256 of the file it was read from; empty: unknown."""
    flagged: bool = False
    """It reads as instructions to a machine: never quoted, never shown to a model."""


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence of a passage; `start` and `end` are offsets into `Passage.text`."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Exchange:
    """One message of the lesson so far; of the tutor's only what was heard."""

    role: Literal["user", "assistant"]
    content: str


AlertKind = Literal["self_harm", "abuse", "sexual", "violence", "personal_data"]


@dataclass(frozen=True, slots=True)
class Alert:
    """Something a teacher should see: a student who may need help, or a model that said what it must not."""

    kind: AlertKind
    source: Literal["student", "tutor"]
    excerpt: str
    """The words that raised it, at most 200 characters. Personal: for the teacher alone, never for a log."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """Part of a passage to be read out, with its citation."""

    passage: Passage
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Move:
    """What the tutor does next in a teaching mode, told twice: for a model, and word for word without one."""

    guidance: str
    """One or two sentences for a model, after the question."""
    speech: tuple["str | Quoted", ...] = ()
    """What the embedded tutor says; empty: it answers as always, and `closing` follows."""
    closing: str = ""
    passages: tuple[Passage, ...] | None = None
    """What the move rests on, when that is not what was retrieved for the student's last words."""


class TeachingState:
    """What a teaching mode remembers from one answer to the next. Opaque: keep it, hand it back."""

    __slots__ = ()

    @property
    def offered(self) -> tuple[str, ...]:
        """What the student may choose from now; nothing where the question is open or none was asked."""
        return ()


def no_alert(alert: Alert) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Question:
    """All an answerer may know."""

    text: str
    language: Literal["en", "zh"]
    passages: Sequence[Passage] = ()
    history: Sequence[Exchange] = ()
    tutor_name: str = "Tutor"
    persona: str = ""
    mode: str = "explain"
    model: str | None = None
    headings: Sequence[str] = ()
    """Headings of the library, offered when it does not know."""
    library_away: bool = False
    """The library could not be looked into; not the same as finding nothing there."""
    teaching: TeachingState | None = None
    """As the last `AnswerEnd` of this lesson gave it."""
    move: Move | None = None
    """Set by the stage, from mode and state."""
    on_alert: Callable[[Alert], None] = no_alert
    topics_allowed: Sequence[str] = ()
    """What the lesson is about; empty: anything."""
    topics_declined: Sequence[str] = ()
    """What this tutor does not talk about."""


@dataclass(frozen=True, slots=True)
class AnswerText:
    """A piece of the answer; pieces concatenate to the whole. `[n]` never appears in it."""

    text: str


@dataclass(frozen=True, slots=True)
class AnswerCitation:
    """The text so far, back to the last citation or the start, rests on this place."""

    citation: Citation


@dataclass(frozen=True, slots=True)
class AnswerEnd:
    """The answer is complete.

    `screen` is what to show but not to speak: code, formulas, more of the quote.
    """

    screen: str = ""
    known: bool = True
    """False: the library does not know and the answer says so."""
    timings_ms: dict[str, float] = field(default_factory=dict[str, float])
    teaching: TeachingState | None = None
    """What the mode remembers now; the next question carries it."""
    choices: tuple[str, ...] = ()
    """What the student may choose from now, in the order in which it was offered; set by the stage.

    A choice comes back as its words, its letter or its place."""


AnswerEvent = AnswerText | AnswerCitation | AnswerEnd


class AnswererFailed(Exception):
    """The answerer went away or refused; the sentence for the student is made by the stage."""


class Answerer(Protocol):
    """Answers many lessons at once. Leaving the iteration (`aclose` of the iterator) cancels."""

    @property
    def capabilities(self) -> AnswererCapabilities:
        """What it can do."""
        ...

    async def available(self) -> bool:
        """Whether it would answer now; cheap, cached for a few seconds."""
        ...

    async def warm(self, model: str | None) -> None:
        """Load what the first answer needs."""
        ...

    def answer(self, question: Question) -> AsyncIterator[AnswerEvent]:
        """Stream the answer; the last event is `AnswerEnd`.

        Raises:
            AnswererFailed: from the iteration, at any point.
        """
        ...

    async def aclose(self) -> None:
        """Release connections. Idempotent."""
        ...


class Retriever(Protocol):
    """Finds passages of one knowledge base; `knowledge` provides it, `session` hands it over."""

    @property
    def away(self) -> bool:
        """Whether the last search could not look into the library at all."""
        ...

    async def search(self, query: str, language: str, limit: int = 8) -> Sequence[Passage]:
        """Best passages first."""
        ...

    async def headings(self, limit: int = 6) -> Sequence[str]:
        """Headings that tell what the library is about."""
        ...

    async def vocabulary(self) -> Sequence[str]:
        """Sentences of the library for the recogniser's language model."""
        ...
