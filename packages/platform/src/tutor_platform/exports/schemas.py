"""Exports as people see them."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from tutor_platform.exports.models import ExportState


class ExportWish(BaseModel):
    """Whose data an administrator wants."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"person_id": "01jd5c3v1m9q6p0w2x8y4z7k5r"}]}
    )

    person_id: str | None = Field(
        default=None, max_length=64, description="Somebody of the school; null: the whole school."
    )


class ExportView(BaseModel):
    """An archive that is being made or can be fetched."""

    id: str
    person_id: str | None = Field(description="Whose data; null: the whole school's.")
    state: ExportState
    size_bytes: int | None
    created_at: datetime
    expires_at: datetime
    file_url: str | None = Field(description="Where to fetch it, once it is ready.")


class ExportAnswer(BaseModel):
    """One export; null when none was asked for."""

    export: ExportView | None


class ExportList(BaseModel):
    """Exports, newest first."""

    exports: list[ExportView]
