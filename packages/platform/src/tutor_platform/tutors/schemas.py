"""What people see of tutors."""

from pydantic import BaseModel, Field

from tutor_platform.kit.language import Language
from tutor_platform.kit.teaching import MAX_PACE, MIN_PACE, Mode
from tutor_platform.knowledge.schemas import DocumentRef


class TutorBrief(BaseModel):
    """A tutor in a list of lessons."""

    id: str
    name: str
    language: Language
    subject: str
    avatar_id: str
    poster_url: str


class TutorView(TutorBrief):
    """A tutor with its library. The persona stays with the teacher."""

    summary: str
    greeting: str
    voice: str
    mode: Mode = Field(description="How it teaches unless the student chooses another way.")
    pace: float = Field(description="Multiplies every silence it waits for.")
    push_to_talk: bool = Field(description="A lesson begins with a key to hold for talking.")
    documents: list[DocumentRef]


class TutorChange(BaseModel):
    """Body of `PATCH /api/tutors/{tutor_id}`; what is left out stays."""

    mode: Mode | None = None
    pace: float | None = Field(default=None, ge=MIN_PACE, le=MAX_PACE, allow_inf_nan=False)
    push_to_talk: bool | None = None


class TutorList(BaseModel):
    """Answer to `GET /api/tutors`."""

    tutors: list[TutorView]
