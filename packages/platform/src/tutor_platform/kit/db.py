"""The database: one base class of models, one way to read and one way to write.

`reading()` and `writing()` are the only units of work; nobody else calls commit. On SQLite a writing unit
takes the write lock when it begins, so that it can never fail half-way because somebody else wrote first.
"""

import asyncio
import select
import sqlite3
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from fastapi import Depends
from sqlalchemy import Connection, DateTime, Dialect, MetaData, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator
from starlette.requests import HTTPConnection

BUSY_TIMEOUT_MS = 10_000
"""How long a SQLite writer waits for another; writes here take milliseconds."""
MOST_REST_S = 240.0
"""A PostgreSQL connection that rested longer is made anew; something on its way may have forgotten it."""
QUIET_S = 2.0
"""Units take milliseconds; one that hangs is not waited for."""
ANNOUNCED = "announced"
"""Set in a unit's `info` when it has announced work; whoever does it is woken once the unit is stored."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment; goes in and comes out with its zone on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored moment needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite forgets the zone; everything stored is UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all models; constraint names are fixed so that migrations can drop them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012 - SQLAlchemy reads it as a class attribute


def no_room(error: Exception) -> bool:
    """Whether the database says that its disk is full; nothing of the unit is stored then."""
    cause = getattr(error, "orig", None)
    full = getattr(cause, "sqlite_errorname", "") == "SQLITE_FULL"
    return full or getattr(cause, "sqlstate", "") == "53100"


def async_url(url: str) -> str:
    """The same address with the asynchronous driver this project uses."""
    for given, driver in (
        ("postgresql://", "postgresql+psycopg://"),
        ("postgres://", "postgresql+psycopg://"),
        ("sqlite://", "sqlite+aiosqlite://"),
    ):
        if url.startswith(given):
            return driver + url.removeprefix(given)
    return url


def create_engine(url: str) -> AsyncEngine:
    """An engine for PostgreSQL or SQLite; SQLite is set to WAL with foreign keys enforced."""
    address = async_url(url)
    if not address.startswith("sqlite"):
        engine = create_async_engine(address, pool_size=10, max_overflow=20)
        event.listen(engine.sync_engine, "checkout", _postgres_taken)
        event.listen(engine.sync_engine, "checkin", _postgres_given_back)
        return engine
    engine = create_async_engine(address)
    event.listen(engine.sync_engine, "connect", _sqlite_connected)
    event.listen(engine.sync_engine, "begin", _sqlite_begins)
    return engine


def _postgres_given_back(_: object, record: Any) -> None:
    record.info["rested_since_s"] = time.monotonic()


def _postgres_taken(connection: Any, record: Any, _: object) -> None:
    """Let nobody have a dead connection, without asking the server each time.

    A server that has gone ends its stream: on a connection that rests there is nothing else to read.
    """
    since_s = record.info.get("rested_since_s")
    if since_s is None:
        return
    driver = connection.driver_connection
    if driver.closed or time.monotonic() - since_s > MOST_REST_S or _readable(driver.fileno()):
        raise DisconnectionError("rested too long, or gone")


def _readable(descriptor: int) -> bool:
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    return bool(waiting.poll(0))


def _sqlite_connected(connection: Any, _: object) -> None:
    # None: the driver emits no BEGIN of its own; `_sqlite_begins` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (f"busy_timeout={BUSY_TIMEOUT_MS}", "foreign_keys=ON", "synchronous=NORMAL"):
        cursor.execute(f"PRAGMA {pragma}")
    _write_ahead(cursor)
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """Switch the file to WAL, once in its life.

    Processes that start together on a new file lock each other out here, and SQLite's own timeout does not
    wait for this lock.
    """
    given_up_s = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > given_up_s:
                raise
            time.sleep(0.005)


def _sqlite_begins(connection: Connection) -> None:
    writes = connection.get_execution_options().get("tutor_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class _Stops:
    """Sees to it that each SQLite connection's thread is told to stop once, and that all of them have ended.

    Whoever tells a thread a second time would wait for the answer of one that has ended; SQLAlchemy does so
    when a unit is cancelled while its connection is being closed for an earlier cancellation. And it does
    not wait then: a thread that ends after its event loop has nobody to tell.
    """

    def __init__(self) -> None:
        self._ending: set[asyncio.Future[Any]] = set()

    def connected(self, connection: Any, _: object) -> None:
        """Watch a new connection."""
        driver = connection.driver_connection
        stop, told = driver.stop, False

        def once() -> asyncio.Future[Any] | None:
            nonlocal told
            if told:
                return None
            told = True
            ended = stop()
            if ended is not None:
                self._ending.add(ended)
                ended.add_done_callback(self._ending.discard)
            return ended

        driver.stop = once

    async def ended(self) -> None:
        """Wait for the threads that were told to stop."""
        while self._ending:
            await asyncio.wait(set(self._ending))


class Database:
    """Units of work over one engine."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url)
        self._stops = _Stops()
        if not self.is_postgres:
            event.listen(self.engine.sync_engine, "connect", self._stops.connected)
        self.announced = asyncio.Event()
        """Set when a unit of this process has announced work."""
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._units = 0
        self._quiet = asyncio.Event()

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncSession]:
        """A unit that only reads; whatever it changed is dropped."""
        async with self._unit(), self._sessions() as session:
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[AsyncSession]:
        """A unit that is stored as a whole when it ends well, and not at all otherwise."""
        async with self._unit(), self._sessions() as session:
            await session.connection(execution_options={"tutor_writes": True})
            yield session
            await session.commit()
            if session.info.get(ANNOUNCED):
                self.announced.set()

    async def quiet(self) -> None:
        """Wait for a moment in which no unit is open, `QUIET_S` at most: then nothing is torn when cancelled.

        Whoever cancels does so without waiting for anything else first.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(QUIET_S):
                while self._units:
                    self._quiet.clear()
                    await self._quiet.wait()

    @asynccontextmanager
    async def _unit(self) -> AsyncGenerator[None]:
        self._units += 1
        try:
            yield
        finally:
            self._units -= 1
            if not self._units:
                self._quiet.set()

    @property
    def is_postgres(self) -> bool:
        """Whether this is PostgreSQL; otherwise it is SQLite."""
        return self.engine.dialect.name == "postgresql"

    async def close(self) -> None:
        """Give all connections back."""
        await self.engine.dispose()
        await self._stops.ended()


def database_of(connection: HTTPConnection) -> Database:
    """The database of the application that serves this request or socket."""
    return connection.app.state.database


async def _reading(connection: HTTPConnection) -> AsyncGenerator[AsyncSession]:
    async with database_of(connection).reading() as session:
        yield session


async def _writing(connection: HTTPConnection) -> AsyncGenerator[AsyncSession]:
    async with database_of(connection).writing() as session:
        yield session


Reading = Depends(_reading, scope="function")
"""A request's unit that reads."""

Writing = Depends(_writing, scope="function")
"""A request's unit that writes; stored before the answer leaves."""
