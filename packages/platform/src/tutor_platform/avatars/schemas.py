"""What teachers see of faces, and what they send."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from tutor_platform.avatars.models import ConsentPolicy, FaceState
from tutor_platform.kit.text import Line
from tutor_platform.knowledge.schemas import TutorName


class FaceMessage(BaseModel):
    """A remark of the engine about an upload, in the reader's language."""

    level: str
    content: str
    second: float | None = Field(default=None, description="Second of the video it speaks of.")
    picture_url: str | None = Field(default=None, description="The frame it speaks of.")


class ConsentView(BaseModel):
    """What the person in the picture has said or signed."""

    policy: ConsentPolicy
    needed: bool
    given: bool
    kind: str | None
    signer: str
    given_at: datetime | None
    recording_url: str | None


class ApprovalView(BaseModel):
    """Whether somebody else has looked at the face."""

    needed: bool
    given: bool
    by: str
    mine_to_give: bool


class FaceBrief(BaseModel):
    """A face in the list."""

    id: str
    name: str
    avatar_id: str
    state: FaceState
    mine: bool
    real_person: bool
    owner: str
    poster_url: str | None = Field(description="Null until there is a face.")
    progress: float
    step: str
    created_at: datetime


class FaceView(FaceBrief):
    """A face by itself."""

    label: str
    file_name: str
    size_bytes: int
    seconds_left: float | None
    messages: list[FaceMessage]
    consent: ConsentView
    approval: ApprovalView
    tutors: list[TutorName] = Field(description="Who wears it.")
    published_at: datetime | None


class FaceList(BaseModel):
    """Answer to `GET /api/faces`."""

    faces: list[FaceBrief]


class FaceChange(BaseModel):
    """Body of `PATCH /api/faces/{face_id}`; what is left out stays."""

    name: Annotated[Line, Field(min_length=1, max_length=100)] | None = None
    label: Annotated[Line, Field(max_length=200)] | None = None


class Phrase(BaseModel):
    """Words to be read aloud, good for some minutes."""

    phrase: str
    until: datetime


class Statement(BaseModel):
    """A consent that is typed instead of spoken."""

    signer: Annotated[Line, Field(min_length=2, max_length=200)]
    phrase: Annotated[Line, Field(min_length=1, max_length=300)]
    statement: Annotated[Line, Field(min_length=20, max_length=2_000)]


class PolicyView(BaseModel):
    """How a school wants consent to be given."""

    consent: ConsentPolicy
    approval: bool = Field(description="A second teacher or an administrator approves each face.")
