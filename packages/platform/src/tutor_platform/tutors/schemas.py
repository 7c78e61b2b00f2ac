"""What people see of tutors."""

from pydantic import BaseModel

from tutor_platform.kit.language import Language
from tutor_platform.knowledge.schemas import DocumentRef


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
    documents: list[DocumentRef]


class TutorList(BaseModel):
    """Answer to `GET /api/tutors`."""

    tutors: list[TutorView]
