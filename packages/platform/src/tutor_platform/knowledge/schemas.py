"""What people see of libraries and documents."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from tutor_platform.kit.language import Language
from tutor_platform.kit.text import Line
from tutor_platform.knowledge.models import Kind, ReadingState


class DocumentRef(BaseModel):
    """A document in a tutor's library."""

    id: str
    title: str
    kind: Kind
    pages: int | None = Field(description="Unknown until the engine has read the document.")


class DocumentView(DocumentRef):
    """A document by itself."""

    library_id: str
    version: str = Field(description="First 16 hex digits of the file's SHA-256, as in citations.")


class ReadingMessage(BaseModel):
    """A remark about a document, in the reader's language."""

    level: str
    content: str
    page: int | None = None


class VersionView(BaseModel):
    """A file of a document that was replaced."""

    version: str
    file_name: str
    pages: int | None
    replaced_at: datetime


class ShelvedDocument(DocumentRef):
    """A document as its teacher sees it: what became of reading it."""

    file_name: str
    version: str
    size_bytes: int
    state: ReadingState
    progress: float = Field(description="Part of the reading that is done, 0 to 1.")
    step: str
    seconds_left: float | None
    messages: list[ReadingMessage]
    created_at: datetime
    changed_at: datetime | None


class TutorName(BaseModel):
    """A tutor that answers from a library."""

    id: str
    name: str


class LibraryBrief(BaseModel):
    """A library in a list."""

    id: str
    name: str
    language: Language
    mine: bool = Field(description="Whether the person may change it.")
    documents: int
    pages: int
    size_bytes: int
    tutors: list[TutorName]
    created_at: datetime


class LibraryView(LibraryBrief):
    """A library with its documents."""

    shelf: list[ShelvedDocument]


class LibraryList(BaseModel):
    """Answer to `GET /api/libraries`."""

    libraries: list[LibraryBrief]


class LibraryRequest(BaseModel):
    """Body of `POST /api/libraries`."""

    name: Annotated[Line, Field(min_length=1, max_length=200)]
    language: Language


class LibraryChange(BaseModel):
    """Body of `PATCH /api/libraries/{library_id}`; what is left out stays."""

    name: Annotated[Line, Field(min_length=1, max_length=200)] | None = None
    language: Language | None = None


class DocumentChange(BaseModel):
    """Body of `PATCH /api/documents/{document_id}`."""

    title: Annotated[Line, Field(min_length=1, max_length=200)]


class Question(BaseModel):
    """A test question to a library."""

    question: Annotated[Line, Field(min_length=1, max_length=500)]
    limit: int = Field(default=5, ge=1, le=10)


class FoundPassage(BaseModel):
    """A passage that answers the question."""

    document_id: str
    title: str
    heading: str
    page: int
    start: int
    end: int
    text: str
    score: float


class FoundPassages(BaseModel):
    """Answer to a test question, the best passage first."""

    passages: list[FoundPassage]


class VersionList(BaseModel):
    """The files of a document that were replaced, the newest first."""

    versions: list[VersionView]


class TakenFile(BaseModel):
    """A file that has arrived whole."""

    document_id: str
