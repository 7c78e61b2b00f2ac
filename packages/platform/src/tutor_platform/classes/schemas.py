"""What people see of classes."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from tutor_platform.accounts.passwords import MAX_PASSWORD_CHARS
from tutor_platform.classes.models import MAX_NAME_CHARS, MAX_TERM_CHARS
from tutor_platform.kit.language import Language

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NAME_CHARS)]
Term = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_TERM_CHARS)]
Reference = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class ClassRequest(BaseModel):
    """Body of `POST /api/classes`."""

    name: Name = Field(examples=["Physics 7b"])
    language: Language = "en"
    term: Term = Field(default="", examples=["Autumn 2026"])


class ClassChange(BaseModel):
    """Body of `PATCH /api/classes/{class_id}`; what is left out stays."""

    name: Name | None = None
    language: Language | None = None
    term: Term | None = None
    archived: bool | None = Field(
        default=None, description="An archived class teaches nobody; its students keep their lessons."
    )


class TeacherChoice(BaseModel):
    """Body of `PUT /api/classes/{class_id}/teachers`."""

    person_ids: list[Reference] = Field(max_length=50, description="At least one.")


class TutorChoice(BaseModel):
    """Body of `PUT /api/classes/{class_id}/tutors`."""

    tutor_ids: list[Reference] = Field(max_length=100)


class Named(BaseModel):
    """Somebody or something by name."""

    id: str
    name: str


class StudentRow(BaseModel):
    """A student of a class."""

    id: str
    name: str
    username: str
    joined_at: datetime


class ClassBrief(BaseModel):
    """A class in a list."""

    id: str
    name: str
    language: Language
    term: str
    archived: bool
    teachers: list[Named]
    tutors: list[Named]
    student_count: int | None = Field(description="Null for students of the class.")


class ClassView(ClassBrief):
    """A class as those see it who lead it."""

    join_code: str | None = Field(description="Null while joining by code is switched off.")
    students: list[StudentRow]
    mine: bool = Field(description="Whether the reader is one of its teachers.")


class ClassList(BaseModel):
    """Answer to `GET /api/classes`."""

    classes: list[ClassBrief]


class StaffList(BaseModel):
    """Answer to `GET /api/class-staff`."""

    people: list[Named]


class JoinRequest(BaseModel):
    """Body of `POST /api/join/{code}` from somebody who has no account yet."""

    name: Name = Field(examples=["Lin Wei"])
    username: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    password: str = Field(min_length=1, max_length=MAX_PASSWORD_CHARS)
    language: Language = "en"


class JoinAnswer(BaseModel):
    """Where somebody would join, or has joined."""

    class_name: str
    school_name: str
    joined: bool


class ClassPolicyView(BaseModel):
    """What a school lets its teachers see."""

    words_on_wall: bool = Field(description="The live wall shows the first words of the last question.")
    names_in_review: bool = Field(description="Flagged turns carry the student's name; alerts always do.")
