"""A tutor."""

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, Float, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tutor_platform.kit.db import Base
from tutor_platform.kit.ids import ID_CHARS
from tutor_platform.kit.language import Language
from tutor_platform.kit.teaching import MODE_CHARS, MODE_CHECK, PACE_CHECK, USUAL_MODE, USUAL_PACE, Mode


class Tutor(Base):
    """A persona with a voice, a face and a library."""

    __tablename__ = "tutors"
    __table_args__ = (
        CheckConstraint("language IN ('en', 'zh')", name="language"),
        CheckConstraint(MODE_CHECK, name="mode"),
        CheckConstraint(PACE_CHECK, name="pace"),
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
    created_at: Mapped[datetime]

    @property
    def kb_id(self) -> str:
        """The tutor's own knowledge base in the engine; no two tutors share one."""
        return f"tutor-{self.id}"
