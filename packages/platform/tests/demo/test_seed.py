"""The demo tenant: made once, kept up to date, its passwords known to one file only."""

import json
import stat
from pathlib import Path

import pytest
from packages.platform.tests.town import CHEAP_HASH, MORNING
from sqlalchemy import select

from tutor_platform.accounts.service import Accounts
from tutor_platform.classes import repository as classes
from tutor_platform.classes.models import Class
from tutor_platform.demo.cast import PEOPLE, TUTORS
from tutor_platform.demo.library_files import library_files
from tutor_platform.demo.seed import accounts_file, new_passwords, read_accounts, seed
from tutor_platform.kit.db import Database
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.knowledge import repository as documents
from tutor_platform.knowledge.models import Document
from tutor_platform.tutors import repository as tutors


async def cheap(_: str) -> str:
    return CHEAP_HASH


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    for language in ("en", "zh"):
        (folder / language).mkdir(parents=True)
        (folder / language / "first-steps.md").write_text("intro\n\n# The first steps #\n\n## No\n", "utf-8")
        (folder / language / "night_sky-map.pdf").write_bytes(b"%PDF-1.4")
    (folder / "zh" / "library.json").write_text('{"night_sky-map.pdf": "星图"}', "utf-8")
    (folder / "en" / "notes.docx").write_bytes(b"no")
    return folder


def test_titles_come_from_headings_names_and_the_list(library: Path) -> None:
    assert [f.title for f in library_files("en", library)] == ["The first steps", "Night sky map"]
    assert [f.title for f in library_files("zh", library)] == ["The first steps", "星图"]
    assert library_files("en", library / "none") == []


def test_both_tutors_come_with_a_library() -> None:
    for language in ("en", "zh"):
        found = library_files(language)
        assert {"md", "pdf"} <= {file.kind for file in found}
        assert all(file.title for file in found)


async def stock(database: Database) -> dict[str, list[Document]]:
    async with database.reading() as db:
        every = await tutors.every(db)
        libraries = await tutors.library_ids(db, [tutor.id for tutor in every])
        return {t.name: await documents.of_library(db, libraries[t.id][0]) for t in every}


async def test_the_demo_is_made_once_and_follows_its_files(
    database: Database, tmp_path: Path, library: Path
) -> None:
    storage = LocalStorage(tmp_path / "data")

    async def again() -> dict[str, list[Document]]:
        await seed(database, storage, tmp_path / "data", lambda: MORNING, cheap, library)
        return await stock(database)

    first = await again()
    assert set(first) == {tutor.name for tutor in TUTORS} == {"Ada", "林老师"}
    path = accounts_file(tmp_path / "data")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    accounts = read_accounts(tmp_path / "data")
    assert [account["username"] for account in accounts] == [person.username for person in PEOPLE]
    assert len({account["password"] for account in accounts}) == 4
    (library / "en" / "first-steps.md").write_text("# Changed\n", "utf-8")
    (library / "en" / "more.txt").write_text("More.", "utf-8")
    await storage.delete(first["Ada"][1].storage_key)
    second = await again()
    assert read_accounts(tmp_path / "data") == accounts
    assert [d.id for d in second["林老师"]] == [d.id for d in first["林老师"]]
    assert [(d.id, d.title) for d in second["Ada"][:2]] == [
        (first["Ada"][0].id, "Changed"),
        (first["Ada"][1].id, "Night sky map"),
    ]
    assert [d.file_name for d in second["Ada"]][2:] == ["more.txt"]
    assert await storage.get(second["Ada"][1].storage_key) == b"%PDF-1.4"


async def test_the_demo_has_a_class_that_can_be_joined(
    database: Database, tmp_path: Path, library: Path
) -> None:
    await seed(database, LocalStorage(tmp_path), tmp_path, lambda: MORNING, cheap, library)
    async with database.reading() as db:
        made = (await db.scalars(select(Class))).one()
        teachers = (await classes.teachers(db, [made.id]))[made.id]
        students = [person.name for person, _ in await classes.students(db, made.id)]
        assert made.join_code is not None
        assert await classes.by_code(db, made.join_code) is made
        assert await classes.tutors(db, [made.id]) == {}
    assert [person.username for person in teachers] == ["teacher"]
    assert set(students) == {person.name for person in PEOPLE if person.role == "student"}


async def test_the_written_passwords_work_and_can_be_renewed(
    database: Database, tmp_path: Path, library: Path
) -> None:
    await seed(database, LocalStorage(tmp_path), tmp_path, lambda: MORNING, library=library)
    accounts = Accounts(database, lambda: MORNING, 1)
    old = read_accounts(tmp_path)[2]
    person, _ = await accounts.sign_in(old["username"], old["password"], "1")
    assert (person.role, person.name) == (old["role"], old["name"])
    await new_passwords(database, tmp_path)
    fresh = read_accounts(tmp_path)[2]
    assert fresh["password"] != old["password"]
    await accounts.sign_in(fresh["username"], fresh["password"], "1")
    assert json.loads(accounts_file(tmp_path).read_text("utf-8"))["accounts"][2] == fresh


async def test_a_database_in_use_gets_no_demo(database: Database, tmp_path: Path, library: Path) -> None:
    from packages.platform.tests.town import build_school

    await build_school(database, LocalStorage(tmp_path), "here", "ada")
    await seed(database, LocalStorage(tmp_path), tmp_path, lambda: MORNING, cheap, library)
    assert not accounts_file(tmp_path).exists()
    assert set(await stock(database)) == {"Ada"}
    assert read_accounts(tmp_path) == []
