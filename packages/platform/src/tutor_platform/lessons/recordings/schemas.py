"""What people see of recordings."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from tutor_platform.lessons.recordings.models import MediaType

RecordingState = Literal["off", "asked", "granted", "refused", "revoked"]


class RecordingPolicyView(BaseModel):
    """Whether teachers of this school may ask to record."""

    allowed: bool


class RecordingWishChange(BaseModel):
    """Body of `PUT /api/tutors/{tutor_id}/recording-wish`."""

    asked: bool


class RecordingWishView(BaseModel):
    """Whether students of a tutor are asked for recordings."""

    tutor_id: str
    asked: bool
    asked_by: str | None = Field(description="Name of the teacher who asks.")


class RecordingWishList(BaseModel):
    """Answer to `GET /api/recording-wishes`."""

    wishes: list[RecordingWishView]


class RecordingConsentChange(BaseModel):
    """Body of `PUT /api/lessons/{lesson_id}/recording`: the student's answer, at any time."""

    consent: bool


class SoundRequest(BaseModel):
    """Body of `POST /api/lessons/{lesson_id}/recording/sounds`."""

    media_type: MediaType


class RecordingView(BaseModel):
    """One stretch of sound."""

    id: str
    media_type: MediaType
    size_bytes: int
    started_at: datetime
    ended_at: datetime | None


class LessonRecordingView(BaseModel):
    """Whether a lesson may be recorded, and what has been."""

    state: RecordingState
    asked_by: str | None = Field(description="Name of the teacher who asks and who may hear it.")
    recordings: list[RecordingView]


class HeardRecording(RecordingView):
    """A recording that a teacher asked for."""

    lesson_id: str
    student: str
    tutor: str


class RecordingList(BaseModel):
    """Answer to `GET /api/recordings`."""

    recordings: list[HeardRecording]
