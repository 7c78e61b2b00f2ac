"""Bodies of the people's endpoints."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from tutor_platform.accounts.schemas import PersonName, Username
from tutor_platform.authz.subject import Role
from tutor_platform.kit.language import Language

MAX_IMPORT_CHARS = 200_000
MAX_IMPORT_LINES = 500


def _as_stored(value: str) -> str | None:
    return value or None


Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        max_length=254,
        pattern=r"^([^\s@<>\"',;]+@[^\s@<>\"',;]+\.[^\s@<>\"',;]+)?$",
    ),
    AfterValidator(_as_stored),
]
"""An e-mail address; empty takes it away. Students need none."""


class PersonCard(BaseModel):
    """Somebody of the school, as its administrators see them."""

    id: str
    username: str
    name: str
    email: str | None
    role: Role
    language: Language
    disabled: bool
    one_time_password: bool = Field(description="They have not yet chosen a password of their own.")
    created_at: datetime
    last_seen_at: datetime | None


class PeoplePage(BaseModel):
    """Answer to `GET /api/people`."""

    people: list[PersonCard]
    total: int
    next: str | None = Field(description="Hand it back as `after` for the next page.")


class NewPerson(BaseModel):
    """Body of `POST /api/people`."""

    name: PersonName = Field(examples=["Robin Wood"])
    username: Username = Field(examples=["robin"])
    role: Role = "student"
    language: Language = "en"
    email: Email | None = None


class PersonEdit(BaseModel):
    """Body of `PATCH /api/people/{person_id}`; what is left out stays."""

    name: PersonName | None = None
    username: Username | None = None
    role: Role | None = None
    language: Language | None = None
    email: Email | None = Field(default=None, description="Empty takes it away.")
    disabled: bool | None = Field(default=None, description="True also signs the person out everywhere.")


class PersonWithPassword(BaseModel):
    """Somebody with the one-time password that is shown this once."""

    person: PersonCard
    password: str = Field(description="Good for some days, and only for choosing one's own.")
    password_until: datetime


class ImportRequest(BaseModel):
    """A class list: CSV with a heading line, in English (`name,username,role,language,email`) or Chinese."""

    csv: str = Field(max_length=MAX_IMPORT_CHARS, examples=["name,username\nRobin Wood,robin\n"])
    role: Role = Field(default="student", description="For lines that name none.")
    language: Language = Field(default="en", description="For lines that name none.")


LineProblem = Literal[
    "name_missing",
    "name_long",
    "username_missing",
    "username_wrong",
    "username_taken",
    "username_twice",
    "role_unknown",
    "language_unknown",
    "email_wrong",
    "email_taken",
    "email_twice",
    "columns_wrong",
]


class ImportLine(BaseModel):
    """One line of a class list and what is wrong with it."""

    line: int = Field(description="Its number in the file, the heading being 1.")
    name: str
    username: str
    role: str
    language: str
    email: str
    problems: list[LineProblem]


class ImportPreview(BaseModel):
    """Answer to `POST /api/people/import/preview`."""

    lines: list[ImportLine]
    problem: Literal["empty", "heading_missing", "too_many"] | None = Field(
        description="What is wrong with the list as a whole."
    )
    ready: bool = Field(description="Nothing is wrong; the same list can be imported.")


class ImportedPerson(BaseModel):
    """One new account with its one-time password, shown this once."""

    name: str
    username: str
    password: str


class ImportResult(BaseModel):
    """Answer to `POST /api/people/import`."""

    people: list[ImportedPerson]
    password_until: datetime
