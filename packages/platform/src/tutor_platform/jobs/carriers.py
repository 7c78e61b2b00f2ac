"""Which carrier a database has."""

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.jobs.port import Carrier
from tutor_platform.jobs.postgres import PostgresCarrier
from tutor_platform.jobs.rows import RowsCarrier
from tutor_platform.kit.clock import Clock
from tutor_platform.kit.db import Database


def carrier_of(db: AsyncSession) -> Carrier:
    """What announces jobs in this unit of work."""
    return PostgresCarrier() if db.get_bind().dialect.name == "postgresql" else RowsCarrier()


def carrier_for(database: Database, clock: Clock) -> Carrier:
    """What carries jobs from this database to a worker."""
    return PostgresCarrier(database) if database.is_postgres else RowsCarrier(database, clock)
