"""Whether lessons may be recorded, whether one is, and the sound itself (in the storage, by key)."""

from datetime import datetime
from typing import Literal

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from tutor_platform.kit.db import Base
from tutor_platform.kit.ids import ID_CHARS

Answer = Literal["granted", "refused", "revoked"]
MediaType = Literal["audio/webm", "audio/mp4"]


class RecordingPolicy(Base):
    """Whether teachers of a school may ask at all. Without a row they may not."""

    __tablename__ = "recording_policies"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True)
    allowed: Mapped[bool] = mapped_column(Boolean)
    changed_at: Mapped[datetime]


class RecordingWish(Base):
    """A teacher asks the students of one tutor whether their lessons may be recorded."""

    __tablename__ = "recording_wishes"

    tutor_id: Mapped[str] = mapped_column(ForeignKey("tutors.id", ondelete="CASCADE"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    asked_by: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    asked_at: Mapped[datetime]


class RecordingConsent(Base):
    """The student's answer for one lesson. Without a row nobody has agreed to anything."""

    __tablename__ = "recording_consents"
    __table_args__ = (CheckConstraint("answer IN ('granted', 'refused', 'revoked')", name="answer"),)

    lesson_id: Mapped[str] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    asked_by: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    """The teacher who may hear it; nobody else of the school may."""
    answer: Mapped[Answer] = mapped_column(String(10))
    answered_at: Mapped[datetime]


class Recording(Base):
    """One stretch of sound, from one page of the student, in chunks as they came."""

    __tablename__ = "recordings"
    __table_args__ = (CheckConstraint("media_type IN ('audio/webm', 'audio/mp4')", name="media_type"),)

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    lesson_id: Mapped[str] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"), index=True)
    media_type: Mapped[MediaType] = mapped_column(String(20))
    chunks: Mapped[int] = mapped_column(Integer, default=0)
    size_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    def key(self, chunk: int) -> str:
        """Where one chunk lies in the storage."""
        return f"recordings/{self.id}/{chunk:06d}"
