"""Facts counted from the record: one row for each lesson, each answer and each opened source.

Nothing here is typed by anybody; every row can be made again from turns. They go when their lesson goes.
"""

from datetime import date, datetime
from typing import Literal

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from tutor_platform.kit.db import Base
from tutor_platform.kit.ids import ID_CHARS

AnswerKind = Literal["cited", "uncited", "not_in_library"]
Trouble = Literal["", "network", "host"]

MAX_TOPIC_CHARS = 120
_BROKEN = text("questions = 0 OR trouble <> ''")


class LessonFact(Base):
    """How one lesson went."""

    __tablename__ = "lesson_facts"
    __table_args__ = (
        CheckConstraint("trouble IN ('', 'network', 'host')", name="trouble"),
        # A school's months are read from the indexes alone, without touching the rows.
        Index("ix_lesson_facts_school", "tenant_id", "day", "person_id", "tutor_id", "seconds", "questions"),
        Index("ix_lesson_facts_person_id_day", "person_id", "day"),
        # The few that broke off, among many that did not.
        Index("ix_lesson_facts_broken", "tenant_id", "day", postgresql_where=_BROKEN, sqlite_where=_BROKEN),
    )

    lesson_id: Mapped[str] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    tutor_id: Mapped[str] = mapped_column(ForeignKey("tutors.id", ondelete="CASCADE"), index=True)
    day: Mapped[date] = mapped_column(Date)
    """The day on which it began, UTC."""
    seconds: Mapped[int] = mapped_column(Integer)
    """Time between turns that follow each other; a pause counts for at most `LONGEST_PAUSE_S`."""
    questions: Mapped[int] = mapped_column(Integer)
    trouble: Mapped[Trouble] = mapped_column(String(10), default="")
    """What took picture or sound away at some time: the student's network, or the lesson server."""


# With constants, not parameters: only then a database sees that its index of what broke off has them all.
UNASKED: ColumnElement[bool] = LessonFact.questions == literal_column("0")
IN_TROUBLE: ColumnElement[bool] = LessonFact.trouble != literal_column("''")


class AnswerFact(Base):
    """What one answer rests on."""

    __tablename__ = "answer_facts"
    __table_args__ = (
        CheckConstraint("kind IN ('cited', 'uncited', 'not_in_library')", name="kind"),
        Index("ix_answer_facts_school", "tenant_id", "day", "kind", "topic", "person_id"),
        Index("ix_answer_facts_person_id_day", "person_id", "day"),
    )

    turn_id: Mapped[str] = mapped_column(ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("turns.id", ondelete="CASCADE"), index=True)
    lesson_id: Mapped[str] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"), index=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    tutor_id: Mapped[str] = mapped_column(ForeignKey("tutors.id", ondelete="CASCADE"), index=True)
    day: Mapped[date] = mapped_column(Date)
    kind: Mapped[AnswerKind] = mapped_column(String(20))
    topic: Mapped[str] = mapped_column(String(MAX_TOPIC_CHARS))
    """Heading or title of what was cited; of the others, the word that the question turns on."""


class OpenedSource(Base):
    """A student opened a cited page."""

    __tablename__ = "opened_sources"
    __table_args__ = (
        Index("ix_opened_sources_tenant_id_day", "tenant_id", "day"),
        Index("ix_opened_sources_person_id_day", "person_id", "day"),
    )

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    lesson_id: Mapped[str] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    tutor_id: Mapped[str] = mapped_column(ForeignKey("tutors.id", ondelete="CASCADE"), index=True)
    document_id: Mapped[str] = mapped_column(String(ID_CHARS))
    title: Mapped[str] = mapped_column(String(300))
    page: Mapped[int] = mapped_column(Integer)
    day: Mapped[date] = mapped_column(Date)
    opened_at: Mapped[datetime]
