"""Libraries and their documents. The bytes of files lie in the storage; the engine holds only what it read.

A document that is replaced keeps the files of its earlier versions, so that citations made from them can
still be opened. A version is named by the first 16 hex digits of its file's SHA-256, as in a citation.
"""

from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tutor_platform.kit.db import Base
from tutor_platform.kit.ids import ID_CHARS
from tutor_platform.kit.language import Language

Kind = Literal["md", "txt", "pdf", "docx", "pptx", "html", "zip"]
KINDS: tuple[Kind, ...] = get_args(Kind)

ReadingState = Literal["waiting", "reading", "ready", "failed", "cancelled"]
"""Not yet with the engine, being read by it, searchable, refused by it, stopped by a person."""
READING_STATES: tuple[ReadingState, ...] = get_args(ReadingState)

VERSION_CHARS = 16


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN (" + ", ".join(f"'{value}'" for value in values) + ")"


class Library(Base):
    """Documents that belong together; several tutors may answer from it."""

    __tablename__ = "libraries"
    __table_args__ = (CheckConstraint("language IN ('en', 'zh')", name="language"),)

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    owner_id: Mapped[str | None] = mapped_column(String(ID_CHARS))
    """The teacher who may change it; None: every teacher of the school."""
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[Language] = mapped_column(String(2))
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    """Deleted by a person; the row goes once the engine's copy is gone."""

    @property
    def kb_id(self) -> str:
        """The knowledge base in the engine; no two libraries share one."""
        return f"library-{self.id}"


class Document(Base):
    """An original file of a library, in its present version."""

    __tablename__ = "documents"
    __table_args__ = (
        CheckConstraint(_one_of("kind", KINDS), name="kind"),
        CheckConstraint(_one_of("state", READING_STATES), name="state"),
        UniqueConstraint("library_id", "file_name"),
    )

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    library_id: Mapped[str] = mapped_column(ForeignKey("libraries.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(300))
    kind: Mapped[Kind] = mapped_column(String(8))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(Integer, default=0)
    pages: Mapped[int | None] = mapped_column(Integer)
    state: Mapped[ReadingState] = mapped_column(String(10), default="waiting")
    job_id: Mapped[str | None] = mapped_column(String(100))
    """The engine's job that reads it, while there is one."""
    messages: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """What the engine said of it: pages that failed and why, passages that look like orders to the tutor."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]

    @property
    def version(self) -> str:
        """What citations of the present file carry."""
        return self.sha256[:VERSION_CHARS]

    @property
    def storage_key(self) -> str:
        """Where the bytes of the present version are."""
        return file_key(self.id, self.sha256, self.kind)


class EarlierVersion(Base):
    """A file that was replaced; kept because citations name it."""

    __tablename__ = "document_versions"
    __table_args__ = (UniqueConstraint("document_id", "sha256"),)

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"))
    kind: Mapped[Kind] = mapped_column(String(8))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(Integer, default=0)
    pages: Mapped[int | None] = mapped_column(Integer)
    replaced_at: Mapped[datetime]

    @property
    def storage_key(self) -> str:
        """Where its bytes are."""
        return file_key(self.document_id, self.sha256, self.kind)


def file_key(document_id: str, sha256: str, kind: Kind) -> str:
    """Where the bytes of one version of a document are; nothing of it is chosen by a person."""
    return f"documents/{document_id}-{sha256[:VERSION_CHARS]}.{kind}"
