"""What people see of lessons."""

from datetime import datetime

from pydantic import BaseModel, Field

from tutor_platform.kit.teaching import Mode
from tutor_platform.lessons.models import Source, TurnRole
from tutor_platform.tutors.schemas import TutorBrief, TutorView
from tutor_protocol import Citation


class LessonRequest(BaseModel):
    """Body of `POST /api/lessons`."""

    tutor_id: str = Field(min_length=1, max_length=64)
    mode: Mode | None = Field(
        default=None, description="How to teach; without it, as the tutor usually does."
    )


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
