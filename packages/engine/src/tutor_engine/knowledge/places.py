"""What is kept of each page beside its text: where its lines stand, what was flagged, what was left out.

One SQLite file for the node, keyed by tenant, base, document and version, so that citations of earlier
versions can still be marked. All methods block; any thread may call them. Losing the file costs markings,
no text.
"""

import sqlite3
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tutor_engine.knowledge.document import Language, ReadPage
from tutor_engine.knowledge.port import BaseKey
from tutor_engine.knowledge.reading.geometry import Places
from tutor_engine.knowledge.reading.injection import suspicious_words

_SCHEMA = """
CREATE TABLE IF NOT EXISTS pages (
    tenant TEXT NOT NULL, kb_id TEXT NOT NULL, document_id TEXT NOT NULL, version TEXT NOT NULL,
    page INTEGER NOT NULL, flagged TEXT NOT NULL, hidden INTEGER NOT NULL, recognised INTEGER NOT NULL,
    hanzi INTEGER NOT NULL, english INTEGER NOT NULL,
    PRIMARY KEY (tenant, kb_id, document_id, version, page)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS places (
    tenant TEXT NOT NULL, kb_id TEXT NOT NULL, document_id TEXT NOT NULL, version TEXT NOT NULL,
    page INTEGER NOT NULL, places BLOB NOT NULL,
    PRIMARY KEY (tenant, kb_id, document_id, version, page)
);
"""
# Apart, because lists of documents read all rows of `pages` and one citation reads one of `places`.
_ONE = "tenant = ? AND kb_id = ? AND document_id = ?"
_FLAGS_KEPT = 5
"""Flagged passages named per page; a page of attacks needs no more to be looked at."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A passage that looks like an order to a language model."""

    page: int
    words: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the pages of one version say together."""

    language: Language | None = None
    """None: no page is known."""
    flagged: tuple[Flag, ...] = ()
    hidden: tuple[int, ...] = ()
    """Pages from which invisible text was left out."""
    recognised: tuple[int, ...] = ()
    """Pages whose text was read from a picture."""


class PlaceShelf:
    """The file. Made at the first `put`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None

    def put(self, kb: BaseKey, document_id: str, version: str, pages: Sequence[ReadPage]) -> None:
        """Keep what is known of pages; what was known of them before goes."""
        rows = [
            (kb.tenant, kb.kb_id, document_id, version, page.number, _flags(page), page.hidden,
             int(page.recognised), _length(page, "zh"), _length(page, "en"))
            for page in pages
        ]  # fmt: skip
        placed = [
            (kb.tenant, kb.kb_id, document_id, version, page.number, page.places)
            for page in pages
            if page.places
        ]
        with self._session() as db:
            db.executemany("INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
            db.executemany("INSERT OR REPLACE INTO places VALUES (?, ?, ?, ?, ?, ?)", placed)

    def places(self, kb: BaseKey, document_id: str, version: str, page: int) -> Places | None:
        """Where the lines of a page stand; None for a page that is not of paper, or not known."""
        with self._session() as db:
            row = db.execute(
                f"SELECT places FROM places WHERE {_ONE} AND version = ? AND page = ?",  # noqa: S608
                (kb.tenant, kb.kb_id, document_id, version, page),
            ).fetchone()
        return Places.unpack(row[0]) if row else None

    def facts(self, kb: BaseKey, document_id: str, version: str) -> Facts:
        """All pages of a version together."""
        with self._session() as db:
            rows = db.execute(
                f"SELECT page, flagged, hidden, recognised, hanzi, english FROM pages WHERE {_ONE}"  # noqa: S608
                " AND version = ? ORDER BY page",
                (kb.tenant, kb.kb_id, document_id, version),
            ).fetchall()
        if not rows:
            return Facts()
        flags = tuple(Flag(row[0], words) for row in rows for words in row[1].split("\n") if words)
        # Chinese says the same in a third of the characters.
        hanzi, english = sum(row[4] for row in rows), sum(row[5] for row in rows)
        return Facts(
            "zh" if hanzi and hanzi * 3 >= english else "en",
            flags,
            tuple(row[0] for row in rows if row[2]),
            tuple(row[0] for row in rows if row[3]),
        )

    def read_up_to(self, kb: BaseKey, document_id: str, version: str) -> int:
        """Number of the page up to which all are known."""
        with self._session() as db:
            rows = db.execute(
                f"SELECT page FROM pages WHERE {_ONE} AND version = ? ORDER BY page",  # noqa: S608
                (kb.tenant, kb.kb_id, document_id, version),
            ).fetchall()
        return next((at for at, (page,) in enumerate(rows) if page != at + 1), len(rows))

    def forget(self, kb: BaseKey, document_id: str, version: str | None = None) -> None:
        """Forget a version, or all of a document."""
        key = (kb.tenant, kb.kb_id, document_id)
        with self._session() as db:
            for table in ("pages", "places"):
                if version is None:
                    db.execute(f"DELETE FROM {table} WHERE {_ONE}", key)  # noqa: S608
                else:
                    db.execute(f"DELETE FROM {table} WHERE {_ONE} AND version = ?", (*key, version))  # noqa: S608

    def close(self) -> None:
        """Close the file. Idempotent; the next use opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    @contextmanager
    def _session(self) -> Generator[sqlite3.Connection]:
        """One transaction, alone."""
        with self._lock:
            if self._connection is None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._connection = sqlite3.connect(self._path, check_same_thread=False)
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute("PRAGMA synchronous = NORMAL")
                self._connection.executescript(_SCHEMA)
            with self._connection as db:
                yield db


def _flags(page: ReadPage) -> str:
    flagged = [suspicious_words(cut.text) for cut in page.passages if cut.flagged]
    return "\n".join(flagged[:_FLAGS_KEPT])


def _length(page: ReadPage, language: Language) -> int:
    return sum(len(cut.text) for cut in page.passages if cut.language == language)
