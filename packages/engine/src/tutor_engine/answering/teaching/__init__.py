"""Teaching modes: explain, Socratic questions, quiz, language practice.

Each is a pure state machine: the state and the student's words with their passages go in, the next state
and a `Move` come out. A move is told for a model and word for word, so that both kinds of tutor teach alike.
"""

from collections.abc import Callable

from tutor_engine.answering.port import Move, Question, TeachingState
from tutor_engine.answering.teaching import explain, practice, quiz, socratic

MODES: dict[str, Callable[[Question], tuple[TeachingState | None, Move | None]]] = {
    "explain": explain.step,
    "socratic": socratic.step,
    "quiz": quiz.step,
    "practice": practice.step,
}


def taught(question: Question) -> tuple[TeachingState | None, Move | None]:
    """What the tutor's mode makes of this message; an unknown mode explains."""
    return MODES.get(question.mode, explain.step)(question)
