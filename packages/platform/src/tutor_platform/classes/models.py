"""A class, its teachers, students and tutors, and what a school lets its teachers see."""

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tutor_platform.kit.db import Base
from tutor_platform.kit.ids import ID_CHARS
from tutor_platform.kit.language import Language

MAX_NAME_CHARS = 120
MAX_TERM_CHARS = 60
CODE_CHARS = 8


class Class(Base):
    """Students who learn together."""

    __tablename__ = "classes"
    __table_args__ = (CheckConstraint("language IN ('en', 'zh')", name="language"),)

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(MAX_NAME_CHARS))
    language: Mapped[Language] = mapped_column(String(2))
    term: Mapped[str] = mapped_column(String(MAX_TERM_CHARS), default="")
    join_code: Mapped[str | None] = mapped_column(String(CODE_CHARS), unique=True)
    """Whoever knows it may join; None while switched off. Unique over all schools."""
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class ClassTeacher(Base):
    """Somebody who leads a class."""

    __tablename__ = "class_teachers"

    class_id: Mapped[str] = mapped_column(ForeignKey("classes.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    added_at: Mapped[datetime]


class ClassStudent(Base):
    """Somebody who learns in a class."""

    __tablename__ = "class_students"

    class_id: Mapped[str] = mapped_column(ForeignKey("classes.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    joined_at: Mapped[datetime]


class ClassTutor(Base):
    """A tutor that a class learns with."""

    __tablename__ = "class_tutors"

    class_id: Mapped[str] = mapped_column(ForeignKey("classes.id", ondelete="CASCADE"), primary_key=True)
    tutor_id: Mapped[str] = mapped_column(
        ForeignKey("tutors.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    added_at: Mapped[datetime]


class TeacherWords(Base):
    """What a teacher wrote into a student's lesson: part of its record, and never the tutor's words."""

    __tablename__ = "teacher_words"
    __table_args__ = (Index("ix_teacher_words_lesson_id_id", "lesson_id", "id"),)

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    lesson_id: Mapped[str] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    """Of the teacher, as the student saw it then."""
    after_seq: Mapped[int] = mapped_column(Integer)
    """The number of the turn that they follow; 0 before the first."""
    content: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class ClassPolicy(Base):
    """What a school lets its teachers see; a school without a row has the defaults."""

    __tablename__ = "class_policies"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True)
    words_on_wall: Mapped[bool] = mapped_column(Boolean, default=True)
    """The live wall shows the first words of the last question."""
    names_in_review: Mapped[bool] = mapped_column(Boolean, default=True)
    """Flagged turns carry the student's name; alerts always do, because somebody has to help."""
