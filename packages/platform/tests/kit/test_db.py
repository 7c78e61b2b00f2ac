"""Units of work, moments and the history of the database."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from packages.platform.tests import postgres
from sqlalchemy import Connection, func, inspect, select, text
from sqlalchemy.exc import IntegrityError

from tutor_platform.kit import db as db_module
from tutor_platform.kit.db import Base, Database, async_url
from tutor_platform.kit.ids import new_id
from tutor_platform.kit.migrate import migrate
from tutor_platform.migrations import tables
from tutor_platform.tenants.models import Tenant

NOW = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)


async def count(database: Database) -> int | None:
    async with database.reading() as db:
        return await db.scalar(select(func.count()).select_from(Tenant))


async def test_the_history_goes_up_and_down_and_ends_at_the_models(empty_url: str) -> None:
    database = Database(empty_url)

    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))

    def names(connection: Connection) -> set[str]:
        return set(inspect(connection).get_table_names())

    try:
        for _ in range(2):
            await migrate(database)
            await migrate(database)
            async with database.engine.connect() as connection:
                assert await connection.run_sync(names) == tables.NAMES | {"alembic_version"}
                assert await connection.run_sync(differences) == []
            await migrate(database, "base")
            async with database.engine.connect() as connection:
                assert await connection.run_sync(names) == {"alembic_version"}
    finally:
        await database.close()


OLD_ROWS = (
    "INSERT INTO tenants (id, name, created_at) VALUES ('s', 'School', :now)",
    """INSERT INTO people (id, tenant_id, username, name, role, language, password_hash, created_at)
       VALUES ('p', 's', 'u', 'n', 'student', 'en', '', :now)""",
    """INSERT INTO tutors (id, tenant_id, name, language, subject, summary, persona, greeting, voice,
       avatar_id, created_at) VALUES ('t', 's', 'Ada', 'en', '', '', '', '', '', '', :now)""",
    "INSERT INTO lessons (id, tenant_id, person_id, tutor_id, started_at) VALUES ('l', 's', 'p', 't', :now)",
    """INSERT INTO turns (id, lesson_id, seq, role, content, interrupted, citations, created_at)
       VALUES ('w', 'l', 1, 'user', 'Why?', :no, '[]', :now)""",
)


async def test_what_was_stored_before_modes_stays_and_is_checked(empty_url: str) -> None:
    database = Database(empty_url)
    try:
        await migrate(database, "0001")
        async with database.writing() as db:
            for statement in OLD_ROWS:
                await db.execute(text(statement), {"now": NOW, "no": False})
        for revision in ("head", "0001", "head"):
            await migrate(database, revision)
        async with database.reading() as db:
            tutor = (await db.execute(text("SELECT mode, pace, push_to_talk FROM tutors"))).one()
            assert (tutor[0], tutor[1], bool(tutor[2])) == ("explain", 1.0, False)
            joined = "SELECT lessons.mode, withdrawn FROM lessons JOIN turns ON lessons.id = lesson_id"
            assert [(row[0], bool(row[1])) for row in await db.execute(text(joined))] == [("explain", False)]
        for wrong in ("UPDATE tutors SET mode = 'shout'", "UPDATE tutors SET pace = 9"):
            with pytest.raises(IntegrityError):
                async with database.writing() as db:
                    await db.execute(text(wrong))
    finally:
        await database.close()


async def test_several_processes_may_migrate_at_once(empty_url: str) -> None:
    databases = [Database(empty_url) for _ in range(3)]
    await asyncio.gather(*(migrate(database) for database in databases))
    assert await count(databases[0]) == 0
    for database in databases:
        await database.close()


async def test_a_writing_unit_is_stored_whole_or_not_at_all(database: Database) -> None:
    async with database.writing() as db:
        db.add(Tenant(id=new_id(), name="kept", created_at=NOW))

    async def fail() -> None:
        async with database.writing() as db:
            db.add(Tenant(id=new_id(), name="dropped", created_at=NOW))
            await db.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with database.reading() as db:
        db.add(Tenant(id=new_id(), name="read only", created_at=NOW))
        await db.flush()
    assert await count(database) == 1


async def test_many_writers_wait_for_each_other(database: Database) -> None:
    async def write(number: int) -> None:
        async with database.writing() as db:
            seen = await db.scalar(select(func.count()).select_from(Tenant))
            db.add(Tenant(id=new_id(), name=f"{number} after {seen}", created_at=NOW))

    await asyncio.gather(*(write(number) for number in range(20)))
    assert await count(database) == 20


async def test_a_connection_is_used_again_while_the_server_holds_it(
    pg_cluster: postgres.Cluster, pg_template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = pg_cluster.url(pg_cluster.create(pg_template))
    database, other = Database(url), Database(url)

    async def server() -> int:
        async with database.reading() as db:
            return (await db.execute(text("SELECT pg_backend_pid()"))).scalar_one()

    first = await server()
    assert await server() == first
    async with other.reading() as db:
        # Answers once the other process has gone.
        await db.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": first})
    second = await server()
    assert second != first
    assert await server() == second
    monkeypatch.setattr(db_module, "MOST_REST_S", -1.0)
    assert await server() != second
    await database.close()
    await other.close()


async def test_moments_keep_their_zone(database: Database) -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=8)))
    async with database.writing() as db:
        db.add(Tenant(id="a", name="x", created_at=elsewhere))
    async with database.reading() as db:
        stored = await db.scalar(select(Tenant.created_at))
    assert stored == NOW
    assert stored is not None
    assert stored.utcoffset() == timedelta(0)
    with pytest.raises(Exception, match="zone"):
        async with database.writing() as db:
            db.add(Tenant(id="b", name="x", created_at=NOW.replace(tzinfo=None)))


async def test_rows_of_no_tenant_are_refused(database: Database) -> None:
    from tutor_platform.accounts.models import Person

    with pytest.raises(IntegrityError):
        async with database.writing() as db:
            db.add(
                Person(
                    id="p", tenant_id="none", username="u", name="n", role="student", language="en",
                    password_hash="", created_at=NOW,
                )
            )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://h/d", "postgresql+psycopg://h/d"),
        ("postgresql://h/d", "postgresql+psycopg://h/d"),
        ("sqlite:///x.db", "sqlite+aiosqlite:///x.db"),
        ("postgresql+asyncpg://h/d", "postgresql+asyncpg://h/d"),
    ],
)
def test_addresses_get_our_drivers(given: str, used: str) -> None:
    assert async_url(given) == used


async def test_a_connection_that_is_stopped_while_it_closes_ends(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    async with database.engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        closing = asyncio.create_task(driver.close())
        await asyncio.sleep(0)
        driver.stop()
        async with asyncio.timeout(5):
            await closing
        await connection.invalidate()
    await database.close()


async def test_a_quiet_moment_comes_when_no_unit_is_open(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    await database.quiet()
    async with database.reading():
        waiting = asyncio.create_task(database.quiet())
        await asyncio.sleep(0.01)
        assert not waiting.done()
    async with asyncio.timeout(5):
        await waiting
    await database.close()
