"""A tutor, its versions, who may change it, and the libraries it answers from.

The columns of `tutors` are what students meet: the version that is published. What a teacher is working on
lies in `draft` until it is published; a tutor that was never published has no other content than its columns.
"""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Float,
    ForeignKey,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from tutor_platform.kit.db import Base
from tutor_platform.kit.ids import ID_CHARS
from tutor_platform.kit.language import Language
from tutor_platform.kit.teaching import (
    AGE_BAND_CHARS,
    MODE_CHARS,
    MODE_CHECK,
    PACE_CHECK,
    USUAL_MODE,
    USUAL_PACE,
    AgeBand,
    Mode,
)

TutorState = Literal["draft", "published", "archived"]


class Tutor(Base):
    """A persona with a voice, a face and libraries."""

    __tablename__ = "tutors"
    __table_args__ = (
        CheckConstraint("language IN ('en', 'zh')", name="language"),
        CheckConstraint(MODE_CHECK, name="mode"),
        CheckConstraint(PACE_CHECK, name="pace"),
        CheckConstraint("state IN ('draft', 'published', 'archived')", name="state"),
        UniqueConstraint("tenant_id", "name"),
    )

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    language: Mapped[Language] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text)
    persona: Mapped[str] = mapped_column(Text)
    greeting: Mapped[str] = mapped_column(Text)
    voice: Mapped[str] = mapped_column(String(100))
    avatar_id: Mapped[str] = mapped_column(String(64))
    mode: Mapped[Mode] = mapped_column(String(MODE_CHARS), default=USUAL_MODE)
    """How it teaches unless the student chooses another way."""
    pace: Mapped[float] = mapped_column(Float, default=USUAL_PACE)
    """Multiplies every silence it waits for; above 1 for small children."""
    push_to_talk: Mapped[bool] = mapped_column(Boolean, default=False)
    """A lesson begins with a key to hold for talking; the student may choose to talk freely."""
    llm_model: Mapped[str | None] = mapped_column(String(100))
    """The language model; None: the engine's own choice."""
    minutes_per_lesson: Mapped[int | None] = mapped_column(Integer)
    topics_allowed: Mapped[list[str]] = mapped_column(JSON, default=list)
    topics_declined: Mapped[list[str]] = mapped_column(JSON, default=list)
    age_band: Mapped[AgeBand | None] = mapped_column(String(AGE_BAND_CHARS))
    state: Mapped[TutorState] = mapped_column(String(10), default="published")
    version: Mapped[int] = mapped_column(Integer, default=1)
    """Number of the published version; 0: never published, so no student has seen it."""
    revision: Mapped[int] = mapped_column(Integer, default=1)
    """Grows with every change of the draft; who saves an older one is told."""
    draft: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """Content as the teacher is changing it; None: nothing differs from the columns."""
    owner_id: Mapped[str | None] = mapped_column(String(ID_CHARS))
    """The teacher who made it; None: every teacher of the school may change it."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]


class TutorVersion(Base):
    """The content of a published version, kept for lessons that began with it and for going back."""

    __tablename__ = "tutor_versions"
    __table_args__ = (UniqueConstraint("tutor_id", "number"),)

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    tutor_id: Mapped[str] = mapped_column(ForeignKey("tutors.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    author_id: Mapped[str | None] = mapped_column(String(ID_CHARS))
    created_at: Mapped[datetime]


class TutorTeacher(Base):
    """A colleague of the owner who may change the tutor too."""

    __tablename__ = "tutor_teachers"

    tutor_id: Mapped[str] = mapped_column(ForeignKey("tutors.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class TutorLibrary(Base):
    """A library that the tutor answers from, or that a published version of it has answered from."""

    __tablename__ = "tutor_libraries"

    tutor_id: Mapped[str] = mapped_column(ForeignKey("tutors.id", ondelete="CASCADE"), primary_key=True)
    library_id: Mapped[str] = mapped_column(
        ForeignKey("libraries.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(Integer, default=0)
    current: Mapped[bool] = mapped_column(Boolean, default=True)
    """The tutor answers from it now."""
    opened: Mapped[bool] = mapped_column(Boolean, default=True)
    """Students have been shown it, so old citations of it stay readable for them."""


class TutorPreview(Base):
    """A lesson in which a teacher tries a draft: it follows the draft, and nobody counts it."""

    __tablename__ = "tutor_previews"

    lesson_id: Mapped[str] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"), primary_key=True)
