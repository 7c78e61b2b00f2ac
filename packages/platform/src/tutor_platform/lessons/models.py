"""A lesson, its turns, and the problems that its student reported."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from tutor_platform.kit.db import Base
from tutor_platform.kit.ids import ID_CHARS
from tutor_platform.kit.teaching import MODE_CHARS, MODE_CHECK, USUAL_MODE, Mode

TurnRole = Literal["user", "assistant"]
Source = Literal["voice", "text"]
Problem = Literal["wrong", "harmful", "sound", "picture", "hearing", "other"]

_OPEN = text("ended_at IS NULL AND engine_session_id IS NOT NULL")


class Lesson(Base):
    """One person with one tutor. The engine's session comes and goes; the lesson stays."""

    __tablename__ = "lessons"
    __table_args__ = (
        CheckConstraint(MODE_CHECK, name="mode"),
        # The few that are going on, among many that are over.
        Index("ix_lessons_open", "tenant_id", postgresql_where=_OPEN, sqlite_where=_OPEN),
        # A person's lessons, newest first.
        Index("ix_lessons_person_id_id", "person_id", "id"),
    )

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    tutor_id: Mapped[str] = mapped_column(ForeignKey("tutors.id", ondelete="CASCADE"), index=True)
    mode: Mapped[Mode] = mapped_column(String(MODE_CHARS), default=USUAL_MODE)
    """How the tutor teaches in this lesson; the student may change it."""
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    engine_session_id: Mapped[str | None] = mapped_column(String(100), unique=True)
    engine_token: Mapped[str | None] = mapped_column(Text)
    """Opens this one session, dies with it, and is cleared when the lesson ends."""
    learned_seq: Mapped[int] = mapped_column(Integer, default=0)
    """Up to this turn the lesson has been looked through for what the student told and showed."""


class Turn(Base):
    """One contribution of the student or of the tutor."""

    __tablename__ = "turns"
    __table_args__ = (
        CheckConstraint("role IN ('user', 'assistant')", name="role"),
        UniqueConstraint("lesson_id", "seq"),
        # One socket of the engine may be read twice (two platform processes); a turn is stored once.
        UniqueConstraint("lesson_id", "engine_session_id", "engine_turn", "role", name="uq_turns_engine"),
    )

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    lesson_id: Mapped[str] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"))
    seq: Mapped[int] = mapped_column(Integer)
    role: Mapped[TurnRole] = mapped_column(String(10))
    content: Mapped[str] = mapped_column(Text)
    heard: Mapped[str | None] = mapped_column(Text)
    """What of the tutor's words was really played; None while unknown and for the student."""
    interrupted: Mapped[bool] = mapped_column(Boolean, default=False)
    citations: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    choices: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Answers that the tutor offered to its own question."""
    withdrawn: Mapped[bool] = mapped_column(Boolean, default=False)
    """The student paused and went on: part of a question whose whole is a turn of its own, or an answer to it
    that nobody heard. Kept so that the engine's number stays known; never shown."""
    source: Mapped[Source | None] = mapped_column(String(10))
    """How the student asked: voice or text; None for the tutor."""
    created_at: Mapped[datetime]
    engine_session_id: Mapped[str | None] = mapped_column(String(100))
    engine_turn: Mapped[int | None] = mapped_column(Integer)


class ProblemReport(Base):
    """What a student found wrong in a lesson, with what the page knew of the connection then."""

    __tablename__ = "problem_reports"
    __table_args__ = (
        CheckConstraint(
            "category IN ('wrong', 'harmful', 'sound', 'picture', 'hearing', 'other')", name="category"
        ),
    )

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    lesson_id: Mapped[str] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"), index=True)
    turn_id: Mapped[str | None] = mapped_column(ForeignKey("turns.id", ondelete="CASCADE"))
    """The contribution it is about, when it is about one."""
    category: Mapped[Problem] = mapped_column(String(10))
    content: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Figures of the connection as the page last had them; numbers and short words only."""
    created_at: Mapped[datetime]
