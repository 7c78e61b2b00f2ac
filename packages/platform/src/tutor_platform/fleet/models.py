"""What is remembered of engine nodes: which is being emptied, and which serves which session."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from tutor_platform.kit.db import Base


class DrainedNode(Base):
    """A node that gets no new lessons until the row is removed."""

    __tablename__ = "drained_nodes"

    url: Mapped[str] = mapped_column(String(300), primary_key=True)
    since: Mapped[datetime]


class Placement(Base):
    """Where an engine session lives. Only needed while there are several nodes."""

    __tablename__ = "placements"

    engine_session_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    url: Mapped[str] = mapped_column(String(300))
    placed_at: Mapped[datetime] = mapped_column(index=True)
