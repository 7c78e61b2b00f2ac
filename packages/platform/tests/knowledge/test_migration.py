"""Documents of tutors become libraries, and go back, with nothing lost."""

from sqlalchemy import text

from tutor_platform.kit.db import Database
from tutor_platform.kit.migrate import migrate

NOW = "2026-03-02 09:00:00+00:00"


async def run(database: Database, statement: str, **values: object) -> list[tuple[object, ...]]:
    async with database.engine.connect() as connection:
        connection = await connection.execution_options(tutor_writes=True)
        async with connection.begin():
            result = await connection.execute(text(statement), values)
            return [tuple(row) for row in result] if result.returns_rows else []


async def a_school_of_before(database: Database) -> None:
    await migrate(database, "0003")
    await run(database, "INSERT INTO tenants (id, name, created_at) VALUES ('s', 'School', :now)", now=NOW)
    for tutor in ("a", "b"):
        await run(
            database,
            "INSERT INTO tutors (id, tenant_id, name, language, subject, summary, persona, greeting, voice, "
            "avatar_id, created_at) VALUES (:id, 's', :id, 'en', '', '', '', '', '', 'ada', :now)",
            id=tutor,
            now=NOW,
        )
        await run(
            database,
            "INSERT INTO documents "
            "(id, tenant_id, tutor_id, title, kind, file_name, sha256, pages, created_at) "
            "VALUES (:id, 's', :tutor, 'T', 'pdf', 'f.pdf', 'sum', 3, :now)",
            id=f"d{tutor}",
            tutor=tutor,
            now=NOW,
        )


async def test_documents_move_into_libraries_and_back(empty_url: str) -> None:
    database = Database(empty_url)
    try:
        await a_school_of_before(database)
        await migrate(database, "0004")
        moved = await run(database, "SELECT id, library_id, pages, state FROM documents ORDER BY id")
        assert moved == [("da", "a", 3, "waiting"), ("db", "b", 3, "waiting")]
        assert await run(database, "SELECT tutor_id, library_id FROM tutor_libraries ORDER BY tutor_id") == [
            ("a", "a"),
            ("b", "b"),
        ]
        assert await run(database, "SELECT DISTINCT state, version FROM tutors") == [("published", 1)]
        # What has come since and was unknown before: a draft, a shared library, another kind of file.
        await run(database, "UPDATE tutors SET state = 'draft', version = 0 WHERE id = 'b'")
        await run(
            database,
            "INSERT INTO tutor_libraries (tutor_id, library_id, position, current, opened) "
            "VALUES ('a', 'b', 1, true, true)",
        )
        await run(database, "UPDATE documents SET kind = 'docx' WHERE id = 'da'")
        await migrate(database, "0003")
        assert await run(database, "SELECT id FROM tutors") == [("a",)]
        assert await run(database, "SELECT id, tutor_id, kind FROM documents") == [("db", "a", "pdf")]
        await migrate(database)
        assert await run(database, "SELECT id, library_id FROM documents") == [("db", "a")]
    finally:
        await database.close()
