"""Counts as staff see them."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from tutor_platform.analytics.models import AnswerKind, Trouble
from tutor_platform.classes.schemas import Named

Part = Literal[
    "days", "topics", "unanswered", "sources", "students", "classes", "tutors", "drop_offs", "mastery"
]
HowBroken = Literal["unasked", "cut_off"]


class Count(BaseModel):
    """One line of a table."""

    key: str
    name: str
    count: int
    people: int
    minutes: float = 0.0


class DropOff(BaseModel):
    """Lessons that broke off, by what was in the way."""

    how: HowBroken
    trouble: Trouble = Field(description="`network` the student's, `host` the lesson server; empty: unknown.")
    count: int
    people: int


class ConceptRow(BaseModel):
    """How well a concept is mastered by those who were asked about it."""

    concept: str
    people: int
    average: float = Field(description="0 to 1.")
    secure: int
    shaky: int


class Overview(BaseModel):
    """Answer to `GET /api/analytics`. Null or absent is what fewer than five people stand behind."""

    since: date
    until: date
    inside: bool = Field(description="The reader teaches these students and sees small numbers, too.")
    hidden: int = Field(description="Lines left out, because fewer than five people stand behind each.")
    lessons: int | None
    people: int | None
    minutes: float | None
    questions: int | None
    answers: dict[AnswerKind, int]
    days: list[Count]
    topics: list[Count]
    unanswered: list[Count]
    sources: list[Count]
    students: list[Count]
    classes: list[Count]
    tutors: list[Count]
    drop_offs: list[DropOff]
    mastery: list[ConceptRow]


class AskedTurn(BaseModel):
    """A question and its answer behind a count."""

    turn_id: str
    lesson_id: str
    student: Named | None = Field(description="Null where the school hides names.")
    kind: AnswerKind
    topic: str
    question: str
    answer: str
    asked_at: datetime


class AskedTurns(BaseModel):
    """Answer to `GET /api/analytics/turns`."""

    turns: list[AskedTurn]


class Opened(BaseModel):
    """Body of `POST /api/lessons/{lesson_id}/opened`."""

    document: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    page: int = Field(ge=1, le=100_000)
