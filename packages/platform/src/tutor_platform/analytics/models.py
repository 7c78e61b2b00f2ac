"""Facts counted from the record: one row for each lesson, each answer and each opened source.

Nothing here is typed by anybody; every row can be made again from turns. They go when their lesson goes.
"""

from datetime import date, datetime
from typing import Literal

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from tutor_platform.kit.db import Base
from tutor_platform.kit.ids import ID_CHARS

AnswerKind = Literal["cited", "uncited", "not_in_library"]
Trouble = Literal["", "network", "host"]

MAX_TOPIC_CHARS = 120


class LessonFact(Base):
    """How one lesson went."""

    __tablename__ = "lesson_facts"
    __table_args__ = (
        CheckConstraint("trouble IN ('', 'network', 'host')", name="trouble"),
        # A school's months are read from the indexes alone, without touching the rows.
        Index("ix_lesson_facts_school", "tenant_id", "day", "person_id", "tutor_id", "seconds", "questions"),
        Index("ix_lesson_facts_person_id_day", "person_id", "day"),
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
