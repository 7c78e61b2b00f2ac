"""Brings the database to a revision of its history; several processes may start at once."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text

from tutor_platform.kit.db import Database

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

_LOCK = 7_203_411
"""Any fixed number: PostgreSQL processes that migrate queue up at this advisory lock."""


async def migrate(database: Database, revision: str = "head") -> None:
    """Upgrade to `revision`, or downgrade when it lies in the past (`base` removes everything)."""
    async with database.engine.connect() as connection:
        connection = await connection.execution_options(tutor_writes=True)
        async with connection.begin():
            if connection.dialect.name == "postgresql":
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            await connection.run_sync(_run, revision)


def _run(connection: Connection, revision: str) -> None:
    # Alembic takes 0.1 s to import and is needed only here.
    from alembic import command
    from alembic.runtime.migration import MigrationContext

    history = _history()
    current = MigrationContext.configure(connection).get_current_revision()
    if current == history.get_current_head() and revision == "head":
        return
    config = _config()
    config.attributes["connection"] = connection
    past = {script.revision for script in history.iterate_revisions(current, "base")}
    if revision == "base" or (revision != current and revision in past):
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


def _config() -> "Config":
    from alembic.config import Config

    import tutor_platform.migrations

    config = Config()
    folder = Path(tutor_platform.migrations.__file__).parent
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config


@cache
def _history() -> "ScriptDirectory":
    """The revisions; to read them takes longer than to find that there is nothing to do."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(_config())
