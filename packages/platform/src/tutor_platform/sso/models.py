"""Providers that a school trusts, the people they vouch for, and sign-ins that are under way."""

from datetime import datetime
from typing import Literal

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tutor_platform.kit.db import Base
from tutor_platform.kit.ids import ID_CHARS

ProvidedRole = Literal["teacher", "student"]
"""Nobody becomes an administrator because another organisation says so."""


class SignInProvider(Base):
    """An OpenID Connect provider of one school."""

    __tablename__ = "sign_in_providers"
    __table_args__ = (CheckConstraint("default_role IN ('teacher', 'student')", name="default_role"),)

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    issuer: Mapped[str] = mapped_column(String(300))
    client_id: Mapped[str] = mapped_column(String(300))
    sealed_secret: Mapped[str] = mapped_column(Text)
    """The client's secret, encrypted; never leaves the server."""
    domains: Mapped[list[str]] = mapped_column(JSON)
    """E-mail domains whose people may come; empty: no restriction."""
    default_role: Mapped[ProvidedRole] = mapped_column(String(20))
    makes_accounts: Mapped[bool]
    """Whether somebody new gets an account."""
    links_by_email: Mapped[bool]
    """Whether a verified e-mail address finds an existing account."""
    listed: Mapped[bool]
    """Whether the sign-in page shows a button; otherwise its link must be known."""
    enabled: Mapped[bool]
    created_at: Mapped[datetime]


class ProviderAccount(Base):
    """Whom a provider's subject is here."""

    __tablename__ = "provider_accounts"

    provider_id: Mapped[str] = mapped_column(
        ForeignKey("sign_in_providers.id", ondelete="CASCADE"), primary_key=True
    )
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]


class SignInAttempt(Base):
    """One trip to a provider, bound to one browser; deleted when it comes back, so it works once."""

    __tablename__ = "sign_in_attempts"

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    browser_hash: Mapped[str] = mapped_column(String(64))
    provider_id: Mapped[str] = mapped_column(ForeignKey("sign_in_providers.id", ondelete="CASCADE"))
    nonce: Mapped[str] = mapped_column(String(64))
    verifier: Mapped[str] = mapped_column(String(128))
    redirect_uri: Mapped[str] = mapped_column(String(500))
    expires_at: Mapped[datetime] = mapped_column(index=True)
