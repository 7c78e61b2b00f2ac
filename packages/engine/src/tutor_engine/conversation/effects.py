"""What the lesson must do. Effects are carried out in order."""

from dataclasses import dataclass

from tutor_engine.conversation.events import Delivery
from tutor_protocol import ServerEvent


@dataclass(frozen=True, slots=True)
class StartTurn:
    """Answer `question`, or say `prepared` as it is (a greeting)."""

    turn: int
    question: str
    delivery: Delivery
    prepared: str = ""


@dataclass(frozen=True, slots=True)
class CancelTurn:
    """Stop generating, synthesising, rendering and playing; silence now."""

    turn: int


@dataclass(frozen=True, slots=True)
class Emit:
    """Tell the student's browser."""

    event: ServerEvent


@dataclass(frozen=True, slots=True)
class TurnOver:
    """The turn has ended, in whatever way; its resources can go."""

    turn: int


@dataclass(frozen=True, slots=True)
class ExpectAnswer:
    """Whether the tutor has just asked something, so that hearing waits longer for a thinking student."""

    expected: bool
    choices: tuple[str, ...] = ()
    """Answers that were offered."""


@dataclass(frozen=True, slots=True)
class Duck:
    """Somebody may want to speak: play the turn at a fifth of its loudness until resumed or cancelled."""

    turn: int


@dataclass(frozen=True, slots=True)
class Resume:
    """It was nothing: play the turn as loud as before."""

    turn: int


Effect = StartTurn | CancelTurn | Emit | TurnOver | ExpectAnswer | Duck | Resume
