"""People, signed-in browsers, and failed attempts."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from tutor_platform.authz.subject import Role
from tutor_platform.kit.db import Base
from tutor_platform.kit.ids import ID_CHARS
from tutor_platform.kit.language import Language


class Person(Base):
    """Somebody who can sign in. Names to sign in with are unique over all tenants and kept in lower case."""

    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint("role IN ('admin', 'teacher', 'student')", name="role"),
        CheckConstraint("language IN ('en', 'zh')", name="language"),
    )

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    username: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(String(20))
    language: Mapped[Language] = mapped_column(String(2))
    password_hash: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime]


class SignIn(Base):
    """One signed-in browser. Only the hash of its token is stored."""

    __tablename__ = "sign_ins"

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class FailedSignIns(Base):
    """Failures in a row for one name, whether or not such a person exists."""

    __tablename__ = "failed_sign_ins"

    username: Mapped[str] = mapped_column(String(100), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    locked_until: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(index=True)
