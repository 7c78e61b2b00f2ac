"""Retention and deletions as people see them."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from tutor_platform.retention.models import DeletionState, Target

MAX_DAYS = 3650


class RetentionChange(BaseModel):
    """How many days things are kept; null: until somebody deletes them."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"transcript_days": 365, "recording_days": 30, "alert_days": 365, "audit_days": 730}]
        },
    )

    transcript_days: int | None = Field(
        ge=1, le=MAX_DAYS, description="Lessons with all their turns, since the last word."
    )
    recording_days: int | None = Field(ge=1, le=MAX_DAYS, description="Recorded sound.")
    alert_days: int | None = Field(ge=1, le=MAX_DAYS, description="Safety alerts and what became of them.")
    audit_days: int | None = Field(ge=1, le=MAX_DAYS, description="The audit log.")


class RetentionView(BaseModel):
    """How long a school keeps things."""

    transcript_days: int | None
    recording_days: int | None
    alert_days: int | None
    audit_days: int | None


class DeletionWish(BaseModel):
    """What is to be deleted for good."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"target": "person", "target_id": "01jd5c3v1m9q6p0w2x8y4z7k5r", "confirm": "delete"}]
        },
    )

    target: Target
    target_id: str = Field(min_length=1, max_length=64)
    confirm: str = Field(max_length=20, description="The word `delete`; deletion cannot be undone.")


class AccountDeletion(BaseModel):
    """A person's wish to have their own account deleted."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"confirm": "delete"}]})

    confirm: str = Field(max_length=20, description="The word `delete`; deletion cannot be undone.")


class DeletionView(BaseModel):
    """One deletion, by identifiers only: what it was about is gone."""

    id: str
    target: Target
    target_id: str
    requested_by: str
    requested_at: datetime
    state: DeletionState
    left: int = Field(description="Files and engine copies still to be removed.")
    removed: int = Field(description="Files and engine copies that were removed.")
    done_at: datetime | None


class DeletionAnswer(BaseModel):
    """One deletion."""

    deletion: DeletionView


class DeletionList(BaseModel):
    """A page of deletions, newest first."""

    deletions: list[DeletionView]
