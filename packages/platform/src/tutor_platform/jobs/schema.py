"""procrastinate's tables: made by its script, brought forward by its migrations, in a schema of their own.

They are no part of our history's models: the library owns them. Which of its migrations are in is written
down beside them, so that a newer library finds out by itself what to run.
"""

import re
from pathlib import Path

from sqlalchemy import Connection, text

SCHEMA = "procrastinate"
_LOCK = 7_203_412


def bring_up(connection: Connection) -> None:
    """Make or update the tables; nothing happens on other databases, or when they are as they should be."""
    if connection.dialect.name != "postgresql":
        return
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
    before = connection.execute(text("SHOW search_path")).scalar_one()
    connection.execute(text(f"SET LOCAL search_path TO {SCHEMA}"))
    connection.execute(text("CREATE TABLE IF NOT EXISTS applied (script text PRIMARY KEY)"))
    known = set(connection.execute(text("SELECT script FROM applied")).scalars())
    scripts = _scripts()
    if not known:
        from procrastinate.schema import SchemaManager

        connection.exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    for name, path in scripts:
        if name in known:
            continue
        if known:
            connection.exec_driver_sql(path.read_text("utf-8").replace("%", "%%"))
        connection.execute(text("INSERT INTO applied VALUES (:name)"), {"name": name})
    connection.execute(text(f"SET LOCAL search_path TO {before}"))


def take_down(connection: Connection) -> None:
    """Drop everything of the library's."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))


def _scripts() -> list[tuple[str, Path]]:
    from procrastinate.schema import migrations_path

    found = [path for path in Path(migrations_path).glob("*.sql") if re.match(r"\d", path.name)]
    return [(path.name, path) for path in sorted(found, key=lambda path: path.name)]
