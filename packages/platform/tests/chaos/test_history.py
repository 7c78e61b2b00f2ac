"""Migrations forwards and back, step by step, over a database in which a school has lived."""

from datetime import UTC, datetime
from typing import Any

from packages.platform.tests.kit.test_db import OLD_ROWS
from packages.platform.tests.town import build_school
from sqlalchemy import Connection, inspect, text

from tutor_platform.kit.db import Database
from tutor_platform.kit.ids import new_id
from tutor_platform.kit.migrate import migrate
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.lessons.models import Lesson, Turn

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEPT = {
    "tenants": "id, name",
    "people": "id, tenant_id, username, role",
    "tutors": "id, tenant_id, name, persona",
    "lessons": "id, person_id, tutor_id",
    "turns": "id, lesson_id, seq, role, content",
}
"""What has been there since the first revision, and never gets lost."""


def revisions() -> list[str]:
    from pathlib import Path

    import tutor_platform.migrations.versions as versions

    folder = Path(versions.__path__[0])
    return sorted(path.name[:4] for path in folder.glob("[0-9]*.py"))


async def kept(database: Database) -> dict[str, list[Any]]:
    async with database.reading() as db:
        return {
            table: sorted(tuple(row) for row in await db.execute(text(f"SELECT {columns} FROM {table}")))  # noqa: S608 - both stand above
            for table, columns in KEPT.items()
        }


async def test_nothing_old_is_lost_on_the_way_to_the_newest_and_back(empty_url: str) -> None:
    database = Database(empty_url)
    steps = revisions()
    try:
        await migrate(database, steps[0])
        async with database.writing() as db:
            for statement in OLD_ROWS:
                await db.execute(text(statement), {"now": NOW, "no": False})
        before = await kept(database)
        for _ in range(2):
            for revision in steps[1:]:
                await migrate(database, revision)
                assert await kept(database) == before, f"lost on the way up to {revision}"
            for revision in reversed(steps[:-1]):
                await migrate(database, revision)
                assert await kept(database) == before, f"lost on the way down to {revision}"
    finally:
        await database.close()


async def test_a_living_school_survives_a_step_back_and_forth(empty_url: str, tmp_path: Any) -> None:
    database = Database(empty_url)
    steps = revisions()
    try:
        await migrate(database)
        school = await build_school(database, LocalStorage(tmp_path), "here", "ada")
        lesson = Lesson(
            id=new_id(), tenant_id=school.id, person_id=school.people["student"], tutor_id=school.tutor_id,
            started_at=NOW,
        )  # fmt: skip
        async with database.writing() as db:
            db.add(lesson)
            await db.flush()
            db.add(Turn(id=new_id(), lesson_id=lesson.id, seq=1, role="user", content="问", created_at=NOW))
        before = await kept(database)
        for revision in reversed(steps[:-1]):
            await migrate(database, revision)
            assert await kept(database) == before, f"lost on the way down to {revision}"
        await migrate(database)
        assert await kept(database) == before
    finally:
        await database.close()


async def test_the_way_back_leaves_nothing_of_ours(empty_url: str) -> None:
    database = Database(empty_url)

    def schemas(connection: Connection) -> list[str]:
        return inspect(connection).get_schema_names()

    try:
        await migrate(database)
        await migrate(database, "base")
        async with database.engine.connect() as connection:
            assert "procrastinate" not in await connection.run_sync(schemas)
    finally:
        await database.close()
