"""What administrators see of the audit log."""

from datetime import datetime

from pydantic import BaseModel, Field


class AuditView(BaseModel):
    """One entry."""

    id: str
    at: datetime
    action: str = Field(examples=["person.role_changed"])
    person_id: str | None = Field(description="Who did it; none: the operator, or nobody who is signed in.")
    person: str = Field(description="Their name, while they are here.")
    about: str = Field(description="The row it is about.")
    about_name: str = Field(description="Its name, when the row is still here and has one.")
    details: dict[str, str | int | bool | None]


class AuditPage(BaseModel):
    """Answer to `GET /api/audit`."""

    entries: list[AuditView]
    next: str | None = Field(description="Hand it back as `before` for the next page.")
