"""What staff see of alerts, and whom urgent ones reach."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from tutor_platform.classes.schemas import Named
from tutor_platform.safety.models import MAX_NOTE_CHARS, AlertSource, Level
from tutor_protocol.server import AlertKind

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_NOTE_CHARS)]
Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        max_length=254,
        # Enough to catch a slip of the finger; only a letter that arrives proves an address.
        pattern=r"^[^\s@<>,;\"\r\n]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$",
    ),
]


class AlertView(BaseModel):
    """Words that somebody should know of."""

    id: str
    level: Level
    kind: AlertKind
    source: AlertSource
    excerpt: str
    student: Named
    classes: list[str]
    lesson_id: str
    turn_id: str | None
    created_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None = Field(description="The name of who said that they know.")
    note: str
    letters_sent: int = Field(description="Safety contacts who were written to.")


class AlertList(BaseModel):
    """Answer to `GET /api/alerts`; ask for `?before=<last id>` to go on."""

    alerts: list[AlertView]


class Acknowledgement(BaseModel):
    """Body of `POST /api/alerts/{alert_id}/acknowledge`."""

    note: Note = Field(default="", examples=["Talked with the student and the school nurse."])


class ContactRequest(BaseModel):
    """Body of `POST /api/safety-contacts`."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    email: Email = Field(examples=["counsellor@school.example"])
    person_id: str | None = Field(
        default=None, max_length=64, description="A member of staff, who then also sees urgent alerts here."
    )


class ContactView(BaseModel):
    """Somebody whom urgent alerts reach."""

    id: str
    name: str
    email: str
    person_id: str | None


class ContactList(BaseModel):
    """Answer to `GET /api/safety-contacts`."""

    contacts: list[ContactView]
    letters: bool = Field(description="Whether this server can send e-mail at all.")
