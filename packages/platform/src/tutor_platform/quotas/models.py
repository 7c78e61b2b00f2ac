"""A tenant's limits, what it has used, and seats that are being taken."""

from datetime import datetime
from typing import Literal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from tutor_platform.kit.db import Base
from tutor_platform.kit.ids import ID_CHARS

Metered = Literal["lesson_seconds", "avatar_builds"]
"""What is counted per month."""


class Quota(Base):
    """The limits of a tenant; None: no limit. Its row is also the lock under which use is counted."""

    __tablename__ = "quotas"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True)
    lessons_at_once: Mapped[int | None] = mapped_column(Integer)
    minutes_per_month: Mapped[int | None] = mapped_column(Integer)
    avatar_builds_per_month: Mapped[int | None] = mapped_column(Integer)
    storage_bytes: Mapped[int | None] = mapped_column(BigInteger)


class Usage(Base):
    """How much of something a tenant has used in a month (`2026-03`, in UTC)."""

    __tablename__ = "usage"
    __table_args__ = (CheckConstraint("metered IN ('lesson_seconds', 'avatar_builds')", name="metered"),)

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    metered: Mapped[Metered] = mapped_column(String(20), primary_key=True)
    amount: Mapped[int] = mapped_column(BigInteger)


class SeatClaim(Base):
    """A lesson that is about to be stored: counts as one until it is, or until the claim runs out."""

    __tablename__ = "seat_claims"

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime]


class Meter(Base):
    """When time was last counted; one process at a time moves it on."""

    __tablename__ = "meters"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    read_at: Mapped[datetime]
