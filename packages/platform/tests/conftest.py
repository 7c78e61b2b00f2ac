"""Every test of the platform that touches a database runs on SQLite and on PostgreSQL."""

import asyncio
import os
import shutil
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest
from packages.platform.tests import postgres
from packages.platform.tests.town import CHEAP_HASHER, Town, open_town

from tutor_platform.kit.db import Database
from tutor_platform.kit.migrate import migrate

KINDS = ["sqlite"]
if postgres.binaries() is not None:
    KINDS.append("postgresql")
elif os.environ.get("CI"):
    raise RuntimeError("PostgreSQL is missing: apt-get install postgresql")


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


@pytest.fixture
async def town(database_url: str, tmp_path: Path) -> AsyncGenerator[Town]:
    async with open_town(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def town_with(sqlite_url: str, tmp_path: Path) -> AsyncGenerator[OpenTown]:
    """For what no database can change: a town on SQLite."""
    async with AsyncExitStack() as towns:

        async def build(**settings: Any) -> Town:
            return await towns.enter_async_context(open_town(sqlite_url, tmp_path, **settings))

        yield build


@pytest.fixture
async def edge_town(town_with: OpenTown) -> Town:
    return await town_with()
