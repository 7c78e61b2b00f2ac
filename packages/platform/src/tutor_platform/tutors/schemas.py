"""What people see of tutors: students what is published, teachers what they are working on."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from tutor_platform.kit.language import Language
from tutor_platform.kit.teaching import MAX_PACE, MIN_PACE, Mode
from tutor_platform.kit.text import Line
from tutor_platform.knowledge.schemas import DocumentRef
from tutor_platform.tutors.content import TutorContent
from tutor_platform.tutors.models import TutorState


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
    face_label: str = Field(default="", description="What its face says of itself beside “AI tutor”.")
    documents: list[DocumentRef]


class TutorChange(BaseModel):
    """Body of `PATCH /api/tutors/{tutor_id}`; what is left out stays."""

    mode: Mode | None = None
    pace: float | None = Field(default=None, ge=MIN_PACE, le=MAX_PACE, allow_inf_nan=False)
    push_to_talk: bool | None = None


class TutorList(BaseModel):
    """Answer to `GET /api/tutors`."""

    tutors: list[TutorView]


# The workshop ---------------------------------------------------------------------------------------------


class WorkTutor(TutorBrief):
    """A tutor in its teacher's list."""

    state: TutorState
    version: int = Field(description="Number of the published version; 0: never published.")
    changed: bool = Field(description="The draft differs from what is published.")
    changed_at: datetime
    owner: str = Field(description="Name of the teacher who made it; empty: belongs to the school.")
    mine: bool


class WorkTutorList(BaseModel):
    """Answer to `GET /api/workshop/tutors`."""

    tutors: list[WorkTutor]


class Colleague(BaseModel):
    """A teacher of the same school."""

    id: str
    name: str


class ColleagueList(BaseModel):
    """Answer to `GET /api/workshop/colleagues`."""

    colleagues: list[Colleague]


class TutorDraft(WorkTutor):
    """A tutor in the builder."""

    revision: int = Field(description="To be sent back with the next change; grows with each.")
    content: TutorContent
    published: TutorContent | None = Field(description="What students meet; null before the first time.")
    teachers: list[Colleague] = Field(description="Who may change it besides its owner.")


class NewTutor(BaseModel):
    """Body of `POST /api/workshop/tutors`."""

    name: Annotated[Line, Field(min_length=1, max_length=100)]
    language: Language


class DraftSave(BaseModel):
    """Body of `PUT /api/workshop/tutors/{tutor_id}`."""

    revision: int = Field(ge=1, description="The one that was read; another by now is refused.")
    content: TutorContent


class DraftStep(BaseModel):
    """Body of steps that must not act on a draft the teacher has not seen."""

    revision: int = Field(ge=1)


class TeachersChange(BaseModel):
    """Body of `PUT /api/workshop/tutors/{tutor_id}/teachers`."""

    teacher_ids: list[Annotated[str, Field(min_length=1, max_length=64)]] = Field(max_length=50)


class FieldChange(BaseModel):
    """One field that differs between a version and the one before, each value as JSON."""

    field: str
    before: str
    after: str


class VersionOfTutor(BaseModel):
    """A published version."""

    number: int
    author: str
    created_at: datetime
    current: bool
    changes: list[FieldChange] = Field(description="Against the version before; none for the first.")
    content: TutorContent


class TutorVersionList(BaseModel):
    """The versions of a tutor, the newest first."""

    versions: list[VersionOfTutor]


class FaceChoice(BaseModel):
    """A face that a tutor can have."""

    avatar_id: str
    name: str
    stock: bool
    poster_url: str


class VoiceChoice(BaseModel):
    """A voice that a tutor can have."""

    id: str
    name: str
    language: Language
    gender: str


class Choices(BaseModel):
    """What the builder offers."""

    faces: list[FaceChoice]
    voices: list[VoiceChoice]
    models: list[str] = Field(description="Language models of the engine, its own choice first.")


class PreviewLesson(BaseModel):
    """A lesson that tries a draft."""

    lesson_id: str
