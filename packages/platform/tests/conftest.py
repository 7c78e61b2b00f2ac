"""Every test of the platform that touches a database runs on SQLite and on PostgreSQL."""

import asyncio
import os
import shutil
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
from packages.platform.tests import postgres
from packages.platform.tests.town import CHEAP_HASHER, Schools, Town, build_schools, open_town

from tutor_platform.jobs.schema import bring_up
from tutor_platform.kit.db import Database
from tutor_platform.kit.migrate import migrate

KINDS = ["sqlite"]
if postgres.binaries() is not None:
    KINDS.append("postgresql")
elif os.environ.get("CI"):
    raise RuntimeError("PostgreSQL is missing: apt-get install postgresql")


ON_SQLITE = pytest.mark.parametrize("site", ["sqlite"], indirect=True)
"""For tests of a town that no database can change."""


def pytest_configure(config: pytest.Config) -> None:
    """A connection made in the very moment in which a test's server closes is lost half-made by asyncio.

    Nobody holds it, and whatever test runs when the collector finds it would be blamed.
    """
    config.addinivalue_line(
        "filterwarnings",
        "ignore:Exception ignored in. <socket.socket:pytest.PytestUnraisableExceptionWarning",
    )


class OpenTown(Protocol):
    """Makes a town with settings of the test's own."""

    async def __call__(self, **settings: Any) -> Town: ...


def _migrated(url: str) -> None:
    async def run() -> None:
        database = Database(url)
        await migrate(database)
        await database.close()

    asyncio.run(run())


async def _with_jobs(url: str) -> None:
    """With the tables of the library that carries jobs, as after a platform's first start."""
    database = Database(url)
    async with database.engine.begin() as connection:
        await connection.run_sync(bring_up)
    await database.close()


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes its time on purpose does not take it here."""
    monkeypatch.setattr("tutor_platform.accounts.passwords.hasher", lambda: CHEAP_HASHER)
    monkeypatch.setattr("tutor_platform.kit.keeping.LOOK_AT_JOBS_S", 0.01)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    _migrated(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def pg_cluster() -> Generator[postgres.Cluster]:
    found = postgres.binaries()
    assert found is not None
    with postgres.cluster(found) as running:
        yield running


@pytest.fixture(scope="session")
def pg_template(pg_cluster: postgres.Cluster) -> str:
    name = pg_cluster.create()
    _migrated(pg_cluster.url(name))
    return name


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    running: postgres.Cluster = request.getfixturevalue("pg_cluster")
    return running.url(running.create())


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated, empty SQLite database."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'platform.db')}"


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database of either kind."""
    if request.param == "sqlite":
        return request.getfixturevalue("sqlite_url")
    running: postgres.Cluster = request.getfixturevalue("pg_cluster")
    return running.url(running.create(request.getfixturevalue("pg_template")))


@pytest.fixture
async def database(database_url: str) -> AsyncGenerator[Database]:
    opened = Database(database_url)
    yield opened
    await opened.close()


@dataclass(frozen=True)
class Site:
    """Where a town is built: a database with two schools, and a folder with their files."""

    database_url: str
    folder: Path
    schools: Schools


@dataclass(frozen=True)
class Built:
    """A site that others are copied from."""

    database: str
    files: Path
    schools: Schools

    def copied(self, database_url: str, folder: Path) -> Site:
        shutil.copytree(self.files, folder / "data")
        return Site(database_url, folder, self.schools)


@pytest.fixture(scope="session")
def sqlite_built(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("town")
    database = shutil.copy(sqlite_template, folder / "town.db")
    schools = asyncio.run(build_schools(f"sqlite:///{database}", folder / "data"))
    return Built(str(database), folder / "data", schools)


@pytest.fixture(scope="session")
def pg_built(
    pg_cluster: postgres.Cluster, pg_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Built:
    files = tmp_path_factory.mktemp("town") / "data"
    name = pg_cluster.create(pg_template)
    asyncio.run(_with_jobs(pg_cluster.url(name)))
    return Built(name, files, asyncio.run(build_schools(pg_cluster.url(name), files)))


@pytest.fixture
def sqlite_site(sqlite_built: Built, tmp_path: Path) -> Site:
    database = shutil.copy(sqlite_built.database, tmp_path / "town.db")
    return sqlite_built.copied(f"sqlite:///{database}", tmp_path)


@pytest.fixture(params=KINDS)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Site:
    """A site of either kind."""
    if request.param == "sqlite":
        return request.getfixturevalue("sqlite_site")
    running: postgres.Cluster = request.getfixturevalue("pg_cluster")
    built: Built = request.getfixturevalue("pg_built")
    return built.copied(running.url(running.create(built.database)), tmp_path)


@pytest.fixture
async def town(site: Site) -> AsyncGenerator[Town]:
    async with open_town(site.database_url, site.folder, site.schools) as opened:
        yield opened


@pytest.fixture
async def town_with(sqlite_site: Site) -> AsyncGenerator[OpenTown]:
    """For what no database can change: a town on SQLite."""
    site = sqlite_site
    async with AsyncExitStack() as towns:

        async def build(**settings: Any) -> Town:
            opening = open_town(site.database_url, site.folder, site.schools, **settings)
            return await towns.enter_async_context(opening)

        yield build


@pytest.fixture
async def edge_town(town_with: OpenTown) -> Town:
    return await town_with()
