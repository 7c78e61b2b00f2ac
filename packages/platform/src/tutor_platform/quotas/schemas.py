"""Limits and use as administrators see and set them."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

QuotaKind = Literal["lessons_at_once", "minutes_per_month", "avatar_builds_per_month", "storage_bytes"]
QUOTA_KINDS: tuple[QuotaKind, ...] = (
    "lessons_at_once",
    "minutes_per_month",
    "avatar_builds_per_month",
    "storage_bytes",
)
MAX_COUNT = 1_000_000
MAX_BYTES = 1 << 50


class QuotaChange(BaseModel):
    """A school's own limits; null: none but the operator's."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "lessons_at_once": 20,
                    "minutes_per_month": 30000,
                    "avatar_builds_per_month": 10,
                    "storage_bytes": 5_000_000_000,
                }
            ]
        },
    )

    lessons_at_once: int | None = Field(ge=0, le=MAX_COUNT)
    minutes_per_month: int | None = Field(ge=0, le=MAX_COUNT)
    avatar_builds_per_month: int | None = Field(ge=0, le=MAX_COUNT)
    storage_bytes: int | None = Field(ge=0, le=MAX_BYTES)


class QuotaUse(BaseModel):
    """One kind of use beside its limit."""

    kind: QuotaKind
    used: int
    limit: int | None = Field(description="What holds now: the smaller of both below; null: no limit.")
    own: int | None = Field(description="Set by the school.")
    ceiling: int | None = Field(description="Set by the operator of the server.")


class UsageView(BaseModel):
    """What a school uses and may use."""

    month: str = Field(description="The month that is counted, as 2026-03.")
    uses: list[QuotaUse]
