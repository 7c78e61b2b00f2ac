"""Connections of one engine to its database: kept, renewed when the server was away, refused while it is.

A student's question never waits for a server that just failed to answer; after a short rest it is tried
again.
"""

import select
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from tutor_engine.knowledge.index.postgres_schema import prepare
from tutor_engine.knowledge.port import LibraryAway

_MAX = 8
"""Connections of one engine; a search holds one for some milliseconds."""
_CONNECT_S = 2
"""psycopg's least; a lesson that cannot reach its library should say so, not wait."""
_REST_S = 3.0


class Connections:
    """Gives out connections to the threads of one engine. The tables are made at the first one."""

    def __init__(
        self, url: str, on_lost: Callable[[], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`on_lost` is called when the server went away: another may answer next, or an older copy."""
        self._url = url
        self._on_lost = on_lost
        self._clock = clock
        self._lock = threading.Lock()
        self._free = threading.BoundedSemaphore(_MAX)
        self._idle: list[Any] = []
        self._prepared = False
        self._why = ""
        self._not_before_s = float("-inf")

    @contextmanager
    def reading(self) -> Generator[Any]:
        """A connection on which every statement stands alone.

        Raises:
            LibraryAway: the server cannot be reached now, or went away meanwhile.
        """
        import psycopg

        with self._free:
            connection = self._taken()
            try:
                yield connection
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                connection.close()
                raise self._failed(error) from error
            finally:
                self._give_back(connection)

    @contextmanager
    def writing(self) -> Generator[Any]:
        """A connection in a transaction.

        Raises:
            LibraryAway: the server cannot be reached now, or went away meanwhile: nothing has changed.
        """
        with self.reading() as connection, connection.transaction():
            yield connection

    def close(self) -> None:
        """Release the connections. Idempotent; the next use opens them again."""
        with self._lock:
            idle, self._idle = self._idle, []
            self._prepared = False
        for connection in idle:
            connection.close()

    def _taken(self) -> Any:
        while True:
            with self._lock:
                if not self._idle:
                    break
                connection = self._idle.pop()
            if not _ended(connection):
                return connection
            connection.close()
            self._on_lost()
        return self._opened()

    def _give_back(self, connection: Any) -> None:
        if connection.closed:
            return
        with self._lock:
            if self._prepared:
                self._idle.append(connection)
                return
        connection.close()

    def _opened(self) -> Any:
        import psycopg
        from pgvector.psycopg import register_vector

        if self._clock() < self._not_before_s:
            raise LibraryAway(self._why)
        try:
            connection: Any = psycopg.connect(self._url, connect_timeout=_CONNECT_S, autocommit=True)
        except psycopg.Error as error:
            raise self._failed(error) from error
        try:
            if not self._prepared:
                prepare(connection)
            register_vector(connection)
            # Compiling a statement that runs for milliseconds takes a hundred.
            connection.execute("SET jit = off")
        except (psycopg.Error, RuntimeError) as error:
            connection.close()
            raise self._failed(error) from error
        with self._lock:
            self._prepared = True
        return connection

    def _failed(self, error: Exception) -> LibraryAway:
        """Leave the server alone for a while; the value is to be raised."""
        self._on_lost()
        with self._lock:
            self._why = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            self._not_before_s = self._clock() + _REST_S
        return LibraryAway(self._why)


def _ended(connection: Any) -> bool:
    """Whether the server has closed a connection that nobody used: it says so before it goes."""
    if connection.closed:
        return True
    watch = select.poll()
    watch.register(connection.fileno(), select.POLLIN)
    return bool(watch.poll(0))
