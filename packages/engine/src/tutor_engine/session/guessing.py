"""When a lesson begins to answer before the student has finished, and what becomes of that.

A guess is worth its work once the words have stopped moving: then the student pauses, and perhaps that was
all. Nothing of a guess is said, remembered or alerted before the final words turn out to ask the same.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from tutor_engine.answering.language import detect_language
from tutor_engine.answering.port import Question
from tutor_engine.answering.speculation import Prepared, Speculation
from tutor_engine.conversation import Conversation
from tutor_engine.conversation.events import WordsHeard
from tutor_engine.session.turn import Answers

Ask = Callable[[str, Sequence[tuple[str, str]]], Awaitable[Question]]
"""Completes a question from its text and the history before it."""


class Guessing:
    """The answer that is being prepared in one lesson, if any. Its tasks belong to the lesson's group."""

    def __init__(
        self, answers: Answers, group: asyncio.TaskGroup, ask: Ask, clock: Callable[[], float]
    ) -> None:
        self._ask = ask
        self._speculation = Speculation(
            answers.answer, group.create_task, has_room=lambda: answers.has_room, clock=clock
        )

    def consider(self, heard: WordsHeard, conversation: Conversation) -> None:
        """Begin to answer what has been said so far, when it may be all."""
        foreseen = conversation.foresee(heard.text) if settled(heard) else None
        if foreseen is None:
            return
        question, history = foreseen
        if detect_language(question) != "other":
            self._speculation.prepare(question, lambda: self._ask(question, history))

    def confirm(self, question: str) -> Prepared | None:
        """The answer prepared for this question; None: it is to be made now."""
        return self._speculation.confirm(question)

    def drop(self) -> None:
        """The student said something else, or nothing. Idempotent."""
        self._speculation.drop()


def settled(heard: WordsHeard) -> bool:
    """Whether all words so far have stayed the same: while somebody speaks, the last ones change."""
    return 0 < len(heard.text.rstrip()) <= heard.stable_chars
