"""What people see of documents."""

from pydantic import BaseModel, Field

from tutor_platform.knowledge.models import Kind


class DocumentRef(BaseModel):
    """A document in a tutor's library."""

    id: str
    title: str
    kind: Kind
    pages: int | None = Field(description="Unknown until the engine has read the document.")


class DocumentView(DocumentRef):
    """A document by itself."""

    tutor_id: str
