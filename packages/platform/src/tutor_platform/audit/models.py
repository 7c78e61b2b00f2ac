"""Entries of the audit log. They outlive the people they name, so nothing here refers to a person's row."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tutor_platform.kit.db import Base
from tutor_platform.kit.ids import ID_CHARS

Detail = str | int | bool | None


class AuditEntry(Base):
    """One thing that somebody did."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_tenant_id_id", "tenant_id", "id"),)

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    person_id: Mapped[str | None] = mapped_column(String(ID_CHARS))
    sign_in_id: Mapped[str | None] = mapped_column(String(ID_CHARS))
    action: Mapped[str] = mapped_column(String(60))
    about: Mapped[str] = mapped_column(String(64))
    details: Mapped[dict[str, Detail]] = mapped_column(JSON)
    at: Mapped[datetime]
