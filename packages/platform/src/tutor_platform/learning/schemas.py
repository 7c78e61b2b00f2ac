"""What a student sees of what is known of them."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from tutor_platform.learning.mastery import Level
from tutor_platform.learning.models import FACT_CHARS, EvidenceKind, FactKind, Outcome


class FactView(BaseModel):
    """One thing that the student told."""

    id: str
    kind: FactKind
    content: str
    lesson_id: str | None = Field(description="Where it was said; null when it was written down.")
    created_at: datetime


class EvidenceView(BaseModel):
    """One answer of the student, as the tutor judged it."""

    lesson_id: str
    turn_id: str
    kind: EvidenceKind
    outcome: Outcome
    source: str
    created_at: datetime


class ConceptView(BaseModel):
    """How well a concept is mastered, and why this is believed."""

    key: str = Field(description="Names the concept in an address.")
    concept: str
    mastery: float = Field(ge=0, le=1, description="The chance that it is known.")
    level: Level
    evidence: list[EvidenceView]


class LearningView(BaseModel):
    """Answer to `GET /api/learning`."""

    remember: bool = Field(description="Whether anything is remembered and told to tutors.")
    facts: list[FactView]
    concepts: list[ConceptView] = Field(description="What needs practice most comes first.")


class LearningChange(BaseModel):
    """Body of `PATCH /api/learning`."""

    remember: bool


class FactRequest(BaseModel):
    """Body of `POST /api/learning/facts`."""

    content: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=FACT_CHARS)]
