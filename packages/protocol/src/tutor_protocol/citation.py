"""A citation: where in the teacher's library a sentence comes from."""

from pydantic import Field

from tutor_protocol.base import Model


class Citation(Model):
    """Names one passage that retrieval returned; never anything else."""

    n: int = Field(ge=1, description="Number of the chip within one answer.")
    document: str = Field(description="Identifier of the document.")
    title: str = Field(description="Title of the document, as the teacher sees it.")
    page: int = Field(ge=1, description="Page, counted from 1; 1 for formats without pages.")
    quote: str = Field(description="The words of the document, unchanged.")
    start: int = Field(ge=0, description="First character of the quote within the text of the page.")
    end: int = Field(ge=0, description="One past the last character of the quote.")
    version: str = Field(
        default="",
        description="First 16 hex digits of the file's SHA-256: which version of the document was quoted.",
    )
