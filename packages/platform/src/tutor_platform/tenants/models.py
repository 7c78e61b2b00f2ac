"""A tenant: one school."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from tutor_platform.kit.db import Base
from tutor_platform.kit.ids import ID_CHARS


class Tenant(Base):
    """The border that no row crosses."""

    __tablename__ = "tenants"

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
