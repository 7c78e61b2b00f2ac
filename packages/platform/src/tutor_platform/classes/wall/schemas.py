"""What staff see of lessons that go on, and what a student sees of staff."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from tutor_platform.classes.schemas import Named
from tutor_platform.classes.wall.board import State
from tutor_platform.kit.teaching import Mode
from tutor_platform.tutors.schemas import TutorBrief
from tutor_protocol.server import QualityLevel, QualityReason

MAX_MESSAGE_CHARS = 1_000


class WallLesson(BaseModel):
    """One lesson that goes on now."""

    lesson_id: str
    student: Named
    classes: list[str]
    tutor: TutorBrief
    mode: Mode
    since: datetime = Field(description="When this sitting began.")
    state: State
    level: QualityLevel | None = Field(description="Null while no picture or sound was sent.")
    reason: QualityReason
    loss: float | None = Field(description="Share of packets lost on the way to the student, 0 to 1.")
    last_words: str | None = Field(description="First words of the last question; null where not shown.")
    visitors: list[Named]


class WallView(BaseModel):
    """Answer to `GET /api/wall`."""

    lessons: list[WallLesson]


class MessageRequest(BaseModel):
    """Body of `POST /api/wall/{lesson_id}/messages`."""

    content: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_MESSAGE_CHARS)
    ]


class MessageView(BaseModel):
    """A teacher's words in a lesson, as stored and as the student's page is told them."""

    id: str
    lesson_id: str
    after_seq: int = Field(description="The number of the turn that they follow; 0 before the first.")
    name: str
    content: str
    created_at: datetime


class Company(BaseModel):
    """Who of the staff has a student's lesson open; told to the student, always."""

    lesson_id: str
    present: list[Named]


class LessonCompany(BaseModel):
    """Answer to `GET /api/lessons/{lesson_id}/company`."""

    present: list[Named] = Field(description="Who of the staff has my lesson open now.")
    words: list[MessageView] = Field(description="What they wrote into it.")


class Presence(BaseModel):
    """Answer to a visit."""

    lasts_s: int = Field(description="Renew the visit before this many seconds are over.")


class AlertCount(BaseModel):
    """How many alerts wait for the reader."""

    notice: int
    urgent: int


NewsName = Literal["wall", "alerts", "company", "words"]
"""Names of the events on `GET /api/news`."""
