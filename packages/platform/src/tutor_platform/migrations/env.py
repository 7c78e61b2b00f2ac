"""Alembic's entry: runs on the connection that `kit.migrate` hands over."""

from alembic import context

from tutor_platform.kit.db import Base
from tutor_platform.migrations import tables

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
if set(Base.metadata.tables) != tables.NAMES:
    raise RuntimeError("a model is not imported in migrations/tables.py")
with context.begin_transaction():
    context.run_migrations()
