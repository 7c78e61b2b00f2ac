"""People, signed-in browsers, and failed attempts."""

from datetime import datetime
from typing import Literal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from tutor_platform.authz.subject import Role
from tutor_platform.kit.db import Base
from tutor_platform.kit.ids import ID_CHARS
from tutor_platform.kit.language import Language

SignInMethod = Literal["password", "provider", "invitation", "join"]


class Person(Base):
    """Somebody who can sign in. Names to sign in with are unique over all tenants and kept in lower case.

    An empty `password_hash` means that the person signs in through another organisation only.
    """

    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint("role IN ('admin', 'teacher', 'student')", name="role"),
        CheckConstraint("language IN ('en', 'zh')", name="language"),
        Index("ix_people_tenant_id_email", "tenant_id", "email", unique=True),
        Index("ix_people_tenant_id_name", "tenant_id", "name", "id"),
    )

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    username: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(String(20))
    language: Mapped[Language] = mapped_column(String(2))
    password_hash: Mapped[str] = mapped_column(String(300))
    password_until: Mapped[datetime | None]
    """A password given by somebody else is good until then, and only for choosing one's own."""
    email: Mapped[str | None] = mapped_column(String(254))
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    @property
    def must_choose_password(self) -> bool:
        """Whether the present password is a one-time password."""
        return self.password_until is not None


class SignIn(Base):
    """One signed-in browser. Only the hash of its token is stored."""

    __tablename__ = "sign_ins"

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    device: Mapped[str] = mapped_column(String(80), server_default="")
    """Browser and system as the browser names itself; no address, no place."""
    method: Mapped[SignInMethod] = mapped_column(String(12), server_default="password")
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class FailedSignIns(Base):
    """Failures in a row for one name, whether or not such a person exists."""

    __tablename__ = "failed_sign_ins"

    username: Mapped[str] = mapped_column(String(100), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    locked_until: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(index=True)
