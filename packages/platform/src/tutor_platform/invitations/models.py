"""An invitation. Only the hash of its token is stored, so a lost link is renewed, not looked up."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tutor_platform.authz.subject import Role
from tutor_platform.kit.db import Base
from tutor_platform.kit.ids import ID_CHARS


class Invitation(Base):
    """The right of one person, whoever holds the link, to make an account in a school."""

    __tablename__ = "invitations"
    __table_args__ = (CheckConstraint("role IN ('admin', 'teacher', 'student')", name="role"),)

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[Role] = mapped_column(String(20))
    label: Mapped[str] = mapped_column(String(200))
    """For whom it is, in the words of the one who invites."""
    class_id: Mapped[str | None] = mapped_column(String(ID_CHARS))
    created_by: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    used_by: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    revoked_at: Mapped[datetime | None]
