"""A document of a tutor's library."""

from datetime import datetime
from typing import Literal

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tutor_platform.kit.db import Base
from tutor_platform.kit.ids import ID_CHARS

Kind = Literal["md", "txt", "pdf"]


class Document(Base):
    """An original file. Its bytes lie in the storage; the engine holds only what it read."""

    __tablename__ = "documents"
    __table_args__ = (
        CheckConstraint("kind IN ('md', 'txt', 'pdf')", name="kind"),
        UniqueConstraint("tutor_id", "file_name"),
    )

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    tutor_id: Mapped[str] = mapped_column(ForeignKey("tutors.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(300))
    kind: Mapped[Kind] = mapped_column(String(8))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    pages: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime]

    @property
    def storage_key(self) -> str:
        """Where the bytes are."""
        return f"documents/{self.id}.{self.kind}"
