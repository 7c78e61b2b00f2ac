"""What staff see of flagged turns and of what stood around them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from tutor_platform.classes.schemas import Named
from tutor_platform.lessons.models import Source
from tutor_platform.safety.models import MAX_EXCERPT_CHARS, MAX_NOTE_CHARS, FlagReason, FlagStatus
from tutor_protocol import Citation

ReviewRole = Literal["user", "assistant", "teacher"]


class ReviewTurn(BaseModel):
    """One contribution, as staff read it."""

    id: str
    seq: int
    role: ReviewRole
    content: str
    heard: str | None
    interrupted: bool
    citations: list[Citation]
    source: Source | None = Field(description="How the student asked; null for others.")
    author: str | None = Field(description="Who wrote it, when it was a teacher.")
    created_at: datetime


class FlagBrief(BaseModel):
    """A flagged turn in the list."""

    id: str
    reason: FlagReason
    status: FlagStatus
    student: Named | None = Field(description="Null where the school hides names from this list.")
    classes: list[str]
    tutor_name: str
    lesson_id: str
    turn_id: str | None
    question: str = Field(description="What the student asked, or the words in question.")
    answer: str
    words: str = Field(description="What whoever raised it said about it.")
    note: str
    created_at: datetime
    handled_at: datetime | None
    handled_by: str | None


class FlagList(BaseModel):
    """Answer to `GET /api/review`; ask for `?before=<last id>` to go on."""

    flags: list[FlagBrief]


class FlagView(BaseModel):
    """A flagged turn with what was said before and after."""

    flag: FlagBrief
    turns: list[ReviewTurn]


class FlagChange(BaseModel):
    """Body of `PATCH /api/review/{flag_id}`."""

    status: FlagStatus
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_NOTE_CHARS)] | None = None


class WrongAnswer(BaseModel):
    """Body of `POST /api/review/turns/{turn_id}/wrong`."""

    words: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_EXCERPT_CHARS)] = Field(
        default="", description="What is wrong with it."
    )


class Conversation(BaseModel):
    """A lesson as staff read it."""

    lesson_id: str
    student: Named
    classes: list[str]
    tutor_name: str
    started_at: datetime
    ended_at: datetime | None
    live: bool = Field(description="It goes on; its student now sees the reader's name.")
    turns: list[ReviewTurn]
