"""Alerts, whom urgent ones reach, letters that wait to be sent, and flagged turns."""

from datetime import datetime
from typing import Literal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tutor_platform.kit.db import Base
from tutor_platform.kit.ids import ID_CHARS
from tutor_protocol.server import AlertKind

Level = Literal["notice", "urgent"]
AlertSource = Literal["student", "tutor"]
FlagReason = Literal["alert", "report", "uncited", "not_in_library", "wrong_answer"]
FlagStatus = Literal["open", "seen", "solved"]

URGENT: frozenset[AlertKind] = frozenset({"self_harm", "abuse"})
"""Kinds that reach the school's safety contacts as well as the teachers."""
MAX_EXCERPT_CHARS = 200
MAX_NOTE_CHARS = 2_000


def level_of(kind: AlertKind) -> Level:
    """How urgent words of this kind are."""
    return "urgent" if kind in URGENT else "notice"


class Alert(Base):
    """Words that somebody should know of, until somebody says that they do."""

    __tablename__ = "alerts"
    __table_args__ = (
        CheckConstraint("level IN ('notice', 'urgent')", name="level"),
        CheckConstraint("source IN ('student', 'tutor')", name="source"),
        Index("ix_alerts_tenant_id_acknowledged_at_id", "tenant_id", "acknowledged_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    lesson_id: Mapped[str] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    turn_id: Mapped[str | None] = mapped_column(ForeignKey("turns.id", ondelete="SET NULL"), index=True)
    level: Mapped[Level] = mapped_column(String(10))
    kind: Mapped[AlertKind] = mapped_column(String(20))
    source: Mapped[AlertSource] = mapped_column(String(10))
    excerpt: Mapped[str] = mapped_column(String(MAX_EXCERPT_CHARS))
    created_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    note: Mapped[str] = mapped_column(Text, default="")


class SafetyContact(Base):
    """Somebody who is written to about urgent alerts; `person_id` when they can also sign in."""

    __tablename__ = "safety_contacts"
    __table_args__ = (UniqueConstraint("tenant_id", "email"),)

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[datetime]


class Letter(Base):
    """An e-mail about an urgent alert that waits, was sent, or was given up."""

    __tablename__ = "safety_letters"
    __table_args__ = (
        UniqueConstraint("alert_id", "email"),
        Index("ix_safety_letters_due_at", "due_at"),
    )

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    alert_id: Mapped[str] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(String(254))
    tries: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime | None]
    """When to try next; None when it was sent or given up."""
    sent_at: Mapped[datetime | None]


class Flag(Base):
    """A turn that a teacher should look at, and what became of it. One for each turn and reason."""

    __tablename__ = "flags"
    __table_args__ = (
        CheckConstraint(
            "reason IN ('alert', 'report', 'uncited', 'not_in_library', 'wrong_answer')", name="reason"
        ),
        CheckConstraint("status IN ('open', 'seen', 'solved')", name="status"),
        UniqueConstraint("turn_id", "reason"),
        Index("ix_flags_tenant_id_status_id", "tenant_id", "status", "id"),
        Index("ix_flags_person_id_status_id", "person_id", "status", "id"),
    )

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    lesson_id: Mapped[str] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    """Whose lesson it is."""
    turn_id: Mapped[str | None] = mapped_column(ForeignKey("turns.id", ondelete="CASCADE"))
    reason: Mapped[FlagReason] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(String(MAX_EXCERPT_CHARS), default="")
    """What whoever raised it said about it, or the kind of the alert."""
    raised_by: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    status: Mapped[FlagStatus] = mapped_column(String(10), default="open")
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    handled_by: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
