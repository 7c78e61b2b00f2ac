"""Facts that a person told, and single pieces of evidence; estimates are made from them and never stored."""

from datetime import datetime
from typing import Literal

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tutor_platform.kit.db import Base
from tutor_platform.kit.ids import ID_CHARS

FactKind = Literal["name", "grade", "likes", "finds_hard", "goal", "told"]
EvidenceKind = Literal["quiz", "socratic"]
Outcome = Literal["right", "wrong"]

FACT_CHARS = 160
CONCEPT_CHARS = 120


class LearnerMemory(Base):
    """Whether anything is remembered of a person. Without a row it is."""

    __tablename__ = "learner_memories"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    remember: Mapped[bool] = mapped_column(Boolean)


class LearnerFact(Base):
    """One thing that a person said of themselves, in their own words."""

    __tablename__ = "learner_facts"
    __table_args__ = (
        CheckConstraint("kind IN ('name', 'grade', 'likes', 'finds_hard', 'goal', 'told')", name="kind"),
        UniqueConstraint("person_id", "kind", "content"),
    )

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    lesson_id: Mapped[str | None] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"), index=True)
    """Where it was said; None for what was written on the page of facts."""
    kind: Mapped[FactKind] = mapped_column(String(12))
    content: Mapped[str] = mapped_column(String(FACT_CHARS))
    created_at: Mapped[datetime]


class Evidence(Base):
    """One answer of a person to one question of a tutor, as the tutor judged it."""

    __tablename__ = "learner_evidence"
    __table_args__ = (
        CheckConstraint("kind IN ('quiz', 'socratic')", name="kind"),
        CheckConstraint("outcome IN ('right', 'wrong')", name="outcome"),
        # A turn that is told twice is judged once.
        UniqueConstraint("turn_id"),
    )

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    lesson_id: Mapped[str] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"), index=True)
    turn_id: Mapped[str] = mapped_column(ForeignKey("turns.id", ondelete="CASCADE"))
    """The tutor's turn that says whether the answer was right."""
    concept: Mapped[str] = mapped_column(String(CONCEPT_CHARS))
    source: Mapped[str] = mapped_column(String(300), default="")
    """Title of the document that the question was about."""
    kind: Mapped[EvidenceKind] = mapped_column(String(10))
    outcome: Mapped[Outcome] = mapped_column(String(10))
    created_at: Mapped[datetime]
