"""Typed questions that are stored but that the engine has not confirmed yet. Pure: no socket, no database.

A question leaves when the engine echoes it. After the loss of a session everything unconfirmed is asked
again in the new one; a browser that repeats an unconfirmed question is not asking twice.
"""

from dataclasses import dataclass, field

REPEAT_S = 10.0
"""A browser that comes back repeats what was not echoed; a student who asks the same again takes longer."""


@dataclass(slots=True)
class Question:
    """One typed question."""

    lesson_id: str
    turn_id: str
    content: str
    message: dict[str, object]
    sent_s: float | None = None
    """When it was sent, on the loop's clock; None while it waits."""


@dataclass(slots=True)
class Questions:
    """In the order in which they were asked."""

    max_waiting: int
    _all: list[Question] = field(default_factory=list[Question])

    def full(self) -> bool:
        """Whether no more can wait."""
        return len(self.unsent()) >= self.max_waiting

    def repeats(self, lesson_id: str, content: str, now_s: float) -> bool:
        """Whether these words wait already, or were sent a moment ago without an echo so far."""
        return any(
            question.lesson_id == lesson_id
            and question.content.strip() == content.strip()
            and (question.sent_s is None or now_s - question.sent_s < REPEAT_S)
            for question in self._all
        )

    def add(self, question: Question) -> None:
        """One more. Old ones that were sent and never confirmed are forgotten: the record has them."""
        self._all.append(question)
        sent = [known for known in self._all if known.sent_s is not None]
        for forgotten in sent[: max(0, len(sent) - self.max_waiting)]:
            self._all.remove(forgotten)

    def sent(self, lesson_id: str, content: str) -> str | None:
        """The turn of the question with these words that the engine was asked first and has not confirmed."""
        for question in self._all:
            if question.sent_s is None or question.lesson_id != lesson_id:
                continue
            if question.content.strip() == content.strip():
                return question.turn_id
        return None

    def confirm(self, turn_id: str) -> None:
        """The engine has it."""
        self._all = [question for question in self._all if question.turn_id != turn_id]

    def unsent(self) -> list[Question]:
        """What waits for the engine."""
        return [question for question in self._all if question.sent_s is None]

    def drop(self, question: Question) -> None:
        """It cannot be asked any more."""
        self._all.remove(question)

    def ask_again(self, lesson_id: str) -> None:
        """The session that may have had them is gone."""
        for question in self._all:
            if question.lesson_id == lesson_id:
                question.sent_s = None

    def turn_ids(self, lesson_id: str) -> frozenset[str]:
        """The turns of a lesson that will be asked again."""
        return frozenset(question.turn_id for question in self._all if question.lesson_id == lesson_id)
