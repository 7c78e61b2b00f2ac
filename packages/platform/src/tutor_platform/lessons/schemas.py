"""What people see of lessons."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from tutor_platform.kit.teaching import Mode
from tutor_platform.lessons.models import Problem, Source, TurnRole
from tutor_platform.tutors.schemas import TutorBrief, TutorView
from tutor_protocol import Citation


class LessonRequest(BaseModel):
    """Body of `POST /api/lessons`."""

    tutor_id: str = Field(min_length=1, max_length=64)
    mode: Mode | None = Field(
        default=None, description="How to teach; without it, as the tutor usually does."
    )
    preview: bool = Field(default=False, description="Try what I am working on; for the tutor's teachers.")


class LessonChange(BaseModel):
    """Body of `PATCH /api/lessons/{lesson_id}`."""

    mode: Mode


class TurnView(BaseModel):
    """One contribution."""

    id: str
    seq: int
    role: TurnRole
    content: str
    heard: str | None = Field(description="What of the tutor's words was played; null while unknown.")
    interrupted: bool
    citations: list[Citation]
    choices: list[str] = Field(description="Answers that the tutor offered to its own question.")
    source: Source | None = Field(description="How the student asked; null for the tutor.")
    created_at: datetime


class LessonView(BaseModel):
    """A lesson with all its turns."""

    id: str
    tutor: TutorView
    mode: Mode
    started_at: datetime
    ended_at: datetime | None
    engine_session_id: str | None
    turns: list[TurnView]


class LessonAnswer(BaseModel):
    """Answer with one lesson."""

    lesson: LessonView


class LessonSummary(BaseModel):
    """A lesson in the list."""

    id: str
    tutor: TutorBrief
    mode: Mode
    started_at: datetime
    ended_at: datetime | None
    turn_count: int
    first_question: str | None


class LessonList(BaseModel):
    """Answer to `GET /api/lessons`; ask for `?before=<last id>` to go on."""

    lessons: list[LessonSummary]


class SnippetPiece(BaseModel):
    """A part of a snippet."""

    text: str
    hit: bool = Field(description="It is a word that was searched for.")


class SearchHit(BaseModel):
    """A contribution in which everything that was searched for occurs."""

    lesson_id: str
    turn_id: str
    tutor: TutorBrief
    role: TurnRole
    created_at: datetime
    snippet: list[SnippetPiece]


class SearchAnswer(BaseModel):
    """Answer to `GET /api/lessons/search`; ask for `?before=<last turn_id>` to go on."""

    hits: list[SearchHit]


class AskedView(BaseModel):
    """A question of the student."""

    turn_id: str
    content: str


class KeySentence(BaseModel):
    """A sentence of the tutor that rests on a source."""

    turn_id: str
    content: str
    citation: Citation


class PractiseView(BaseModel):
    """Something that was not known in this lesson."""

    concept: str
    source: str
    turn_id: str


class LessonSumming(BaseModel):
    """Answer to `GET /api/lessons/{lesson_id}/summary`: made from the record alone."""

    lesson_id: str
    minutes: int
    asked: list[AskedView]
    key_sentences: list[KeySentence]
    practise: list[PractiseView]
    mastered: list[str] = Field(description="What was answered rightly in this lesson.")


ProblemText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)]
FactName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
FactWord = Annotated[str, StringConstraints(max_length=60)]


class ProblemRequest(BaseModel):
    """Body of `POST /api/lessons/{lesson_id}/problems`."""

    category: Problem
    content: ProblemText = ""
    turn_id: str | None = Field(default=None, max_length=64, description="The contribution it is about.")
    facts: dict[FactName, int | float | bool | FactWord | None] = Field(
        default_factory=dict,
        max_length=40,
        description="Figures of the connection as the page had them last.",
    )


class ProblemAnswer(BaseModel):
    """A problem that was taken down; its number may be quoted."""

    id: str
