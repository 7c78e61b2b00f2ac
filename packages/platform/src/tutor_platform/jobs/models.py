"""A job: what is to be done, how often it was tried, and how it ended."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import JSON, CheckConstraint, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from tutor_platform.kit.db import Base
from tutor_platform.kit.ids import ID_CHARS

State = Literal["waiting", "running", "done", "dead"]


class Job(Base):
    """One piece of background work. It outlives the tenant it is for, so it refers to none."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'dead')", name="state"),
        Index("ix_jobs_due", "state", "run_at"),
        Index("ix_jobs_tenant", "tenant_id", "id"),
    )

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    tenant_id: Mapped[str | None] = mapped_column(String(ID_CHARS))
    """Whose administrators see it; None: the operator's own."""
    key: Mapped[str | None] = mapped_column(String(200), unique=True)
    """Two jobs with one key are one job: the second is not enqueued."""
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[State] = mapped_column(String(10))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    run_at: Mapped[datetime]
    """Not before this moment."""
    lease_until: Mapped[datetime | None]
    """While it is running: whoever does it has said so until then, and is gone when the moment has passed."""
    error: Mapped[str | None] = mapped_column(String(200))
    """Code or class of the last failure; never a sentence, which could hold somebody's words."""
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
