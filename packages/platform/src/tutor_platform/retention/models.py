"""How long a tenant keeps things, and what is being deleted."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from tutor_platform.kit.db import Base
from tutor_platform.kit.ids import ID_CHARS

Target = Literal["person", "tutor", "document", "avatar", "lesson", "tenant"]
DeletionState = Literal["waiting", "done"]


class RetentionPolicy(Base):
    """Days for which a tenant keeps things; None: until somebody deletes them."""

    __tablename__ = "retention_policies"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True)
    transcript_days: Mapped[int | None] = mapped_column(Integer)
    recording_days: Mapped[int | None] = mapped_column(Integer)
    alert_days: Mapped[int | None] = mapped_column(Integer)
    audit_days: Mapped[int | None] = mapped_column(Integer)


class Deletion(Base):
    """One deletion, from the wish to the proof. It names things by identifier only and outlives them all."""

    __tablename__ = "deletions"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done')", name="state"),
        Index("ix_deletions_tenant", "tenant_id", "id"),
    )

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(ID_CHARS))
    target: Mapped[Target] = mapped_column(String(20))
    target_id: Mapped[str] = mapped_column(String(64))
    requested_by: Mapped[str] = mapped_column(String(ID_CHARS))
    requested_at: Mapped[datetime]
    state: Mapped[DeletionState] = mapped_column(String(10))
    loose_ends: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """Files and engine copies that are still to be removed."""
    removed: Mapped[int] = mapped_column(Integer, default=0)
    """How many files and engine copies were removed."""
    done_at: Mapped[datetime | None]
