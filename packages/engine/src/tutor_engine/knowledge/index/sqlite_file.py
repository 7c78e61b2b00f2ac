"""One knowledge base in one SQLite file: documents in versions, passages, their words and their vectors.

Every change is one transaction. Searches read on a connection of their own and never wait for a change.
"""

import json
import sqlite3
import threading
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from tutor_engine.knowledge.document import CutPassage, Language
from tutor_engine.knowledge.index.matrix import VectorMatrix, packed, unpacked
from tutor_engine.knowledge.index.sqlite_schema import Words, add_passage, hide, prepare, quoted, show
from tutor_engine.knowledge.port import (
    BaseKey,
    Embedded,
    Hit,
    IndexedWords,
    PageText,
    Place,
    StoredDocument,
    StoredPassage,
    TokenIndex,
    Vectors,
    VersionGone,
)

HEADING_WEIGHT = 1.5
"""A word in the heading tells a little more than one in the text."""

# Names of tables cannot be bound as parameters; these are all there are.
_TABLES: dict[TokenIndex, str] = {"words": "by_words", "pairs": "by_pairs"}
_RANKED = {
    index: f"SELECT rowid, bm25({table}, {HEADING_WEIGHT}, 1.0) AS score FROM {table} WHERE {table} MATCH ?"  # noqa: S608
    " ORDER BY score LIMIT ?"
    for index, table in _TABLES.items()
}
_FREQUENCY = {
    index: f"SELECT count(*) FROM {table} WHERE {table} MATCH ?"  # noqa: S608
    for index, table in _TABLES.items()
}
_PASSAGE = (
    "SELECT p.id, v.document_id, v.title, substr(v.sha256, 1, 16), p.page, p.start, p.text, p.heading,"
    " p.language, p.sentences, p.flagged, p.heading_words, p.words, p.heading_pairs, p.pairs"
)
_INDEXED = "SELECT id, heading_words, words, heading_pairs, pairs FROM passages"


class BaseFile:
    """One open file. All methods block; any thread may call them."""

    def __init__(self, path: Path, key: BaseKey, words: Words) -> None:
        self.key = key
        self._path = path
        self._words = words
        self._write_lock, self._read_lock = threading.RLock(), threading.RLock()
        self._writer: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None
        self._matrix: tuple[str, VectorMatrix] | None = None
        self._frequencies: dict[tuple[TokenIndex, str], int] = {}
        self._changed: list[tuple[int, str, Vectors | None]] = []
        """Row, model and vector (None: gone) of what this transaction changes in the matrix."""

    # Documents -----------------------------------------------------------------------------------------

    def begin(self, document_id: str, sha256: str, title: str, kind: str) -> int:
        """See `PassageIndex.begin`."""
        with self._writing() as db:
            rows: list[tuple[int, int, int, str, str]] = db.execute(
                "SELECT id, number, position, state, sha256 FROM versions"
                " WHERE document_id = ? ORDER BY number",
                (document_id,),
            ).fetchall()
            for version, number, _, state, known in rows:
                if state == "reading" and known == sha256:
                    db.execute("UPDATE versions SET title = ?, kind = ? WHERE id = ?", (title, kind, version))
                    return number
                if state == "reading":
                    self._forget(db, version)
            last = db.execute("SELECT coalesce(max(position), 0) FROM versions").fetchone()[0]
            number = rows[-1][1] + 1 if rows else 1
            db.execute(
                "INSERT INTO versions (document_id, number, position, state, sha256, title, kind)"
                " VALUES (?, ?, ?, 'reading', ?, ?, ?)",
                (document_id, number, rows[0][2] if rows else last + 1, sha256, title, kind),
            )
            return number

    def add_pages(
        self, document_id: str, number: int, pages: Sequence[PageText], cuts: Sequence[CutPassage]
    ) -> None:
        """See `PassageIndex.add_pages`."""
        title = self._reading_title(document_id, number)
        indexed = [self._words(title, cut.heading, cut.text) for cut in cuts]
        with self._writing() as db:
            version = self._version(db, document_id, number, ("reading",))
            shown = self._finished(db, document_id) is None
            for page in pages:
                self._drop_passages(db, "version_id = ? AND page = ?", (version, page.number))
                db.execute(
                    "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?)",
                    (version, page.number, page.text, page.failed),
                )
            for cut, words in zip(cuts, indexed, strict=True):
                values = (
                    version, cut.page, cut.start, cut.text, cut.heading, cut.language,
                    json.dumps(cut.sentences), int(cut.flagged), int(shown),
                )  # fmt: skip
                row = add_passage(db, values, words)
                if shown:
                    show(db, row, words)

    def finish(self, document_id: str, number: int) -> None:
        """See `PassageIndex.finish`."""
        with self._writing() as db:
            version = self._version(db, document_id, number, ("reading", "current", "archived"))
            if self._state(db, version) != "reading":
                return
            earlier = self._finished(db, document_id)
            if earlier is not None:
                self._drop_passages(db, "version_id = ?", (earlier,))
                db.execute("UPDATE versions SET state = 'archived' WHERE id = ?", (earlier,))
                for row, *words in db.execute(f"{_INDEXED} WHERE version_id = ?", (version,)).fetchall():
                    show(db, row, IndexedWords(*words))
                db.execute("UPDATE passages SET shown = 1 WHERE version_id = ?", (version,))
                self._unhide_vectors(db, version)
            db.execute("UPDATE versions SET state = 'current' WHERE id = ?", (version,))

    def abandon(self, document_id: str, number: int) -> None:
        """See `PassageIndex.abandon`."""
        with self._writing() as db:
            for (version,) in db.execute(
                "SELECT id FROM versions WHERE document_id = ? AND number = ? AND state = 'reading'",
                (document_id, number),
            ).fetchall():
                self._forget(db, version)

    def remove(self, document_id: str) -> bool:
        """See `PassageIndex.remove`."""
        with self._writing() as db:
            versions = db.execute("SELECT id FROM versions WHERE document_id = ?", (document_id,)).fetchall()
            for (version,) in versions:
                self._forget(db, version)
            return bool(versions)

    def documents(self) -> list[StoredDocument]:
        """See `PassageIndex.documents`."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT id, document_id, title, kind, sha256, number, state,"
                " (SELECT count(*) FROM pages WHERE version_id = versions.id),"
                " (SELECT count(*) FROM passages WHERE version_id = versions.id),"
                " (SELECT count(*) FROM passages p JOIN vectors ON passage_id = p.id"
                "  WHERE version_id = versions.id)"
                " FROM versions WHERE state != 'archived' ORDER BY position, state = 'reading'"
            ).fetchall()
            found: dict[str, StoredDocument] = {}
            for version, document_id, title, kind, sha256, number, state, pages, passages, embedded in rows:
                if document_id not in found:
                    failed = db.execute(
                        "SELECT number, failed FROM pages WHERE version_id = ? AND failed != ''"
                        " ORDER BY number",
                        (version,),
                    ).fetchall()
                    found[document_id] = StoredDocument(
                        document_id, title, kind, sha256, pages, passages,
                        tuple(failed), number, state != "reading", embedded,
                    )  # fmt: skip
        return list(found.values())

    def page_text(self, document_id: str, page: int, version: str) -> str | None:
        """See `PassageIndex.page_text`."""
        with self._reading() as db:
            row = db.execute(
                "SELECT text FROM pages WHERE number = ? AND version_id = ("
                " SELECT id FROM versions WHERE document_id = ? AND (? = '' OR substr(sha256, 1, 16) = ?)"
                " ORDER BY state != 'current', state != 'reading', number DESC LIMIT 1)",
                (page, document_id, version, version),
            ).fetchone()
        return row[0] if row else None

    # Search --------------------------------------------------------------------------------------------

    def ranked(self, index: TokenIndex, terms: Sequence[str], limit: int) -> list[Hit]:
        """See `PassageSearch.ranked`."""
        query = " OR ".join(quoted(term) for term in terms)
        if not query:
            return []
        with self._reading() as db:
            rows = db.execute(_RANKED[index], (query, limit)).fetchall()
        return [Hit(Place(self.key.kb_id, row), -score) for row, score in rows]

    def frequencies(self, index: TokenIndex, terms: Iterable[str]) -> dict[str, int]:
        """See `PassageSearch.frequencies`."""
        with self._reading() as db:
            for term in terms:
                if (index, term) not in self._frequencies:
                    count = db.execute(_FREQUENCY[index], (quoted(term),)).fetchone()[0]
                    self._frequencies[index, term] = int(count)
            return {term: self._frequencies[index, term] for term in terms}

    def count(self) -> int:
        """Passages that can be found."""
        with self._reading() as db:
            return int(db.execute("SELECT count(*) FROM by_words_docsize").fetchone()[0])

    def nearest(self, model: str, vector: Vectors, limit: int) -> list[Hit]:
        """See `PassageSearch.nearest`."""
        with self._read_lock:
            if self._matrix is None or self._matrix[0] != model:
                self._matrix = (model, self._load_matrix(model, vector.shape[0]))
            found = self._matrix[1].nearest(vector, limit)
        return [Hit(Place(self.key.kb_id, row), cosine) for row, cosine in found]

    def passages(self, rows: Sequence[int], model: str) -> list[StoredPassage]:
        """See `PassageSearch.passages`."""
        marks = ",".join("?" * len(rows))
        sql = (
            f"{_PASSAGE}, x.vector, x.sentences FROM passages p JOIN versions v ON v.id = p.version_id"
            " LEFT JOIN vectors x ON x.passage_id = p.id AND x.model = ?"
            f" WHERE p.shown AND p.id IN ({marks})"
        )
        with self._reading() as db:
            found = {row[0]: self._stored(row) for row in db.execute(sql, (model, *rows))}
        return [found[row] for row in rows if row in found]

    def outline(self, limit: int) -> list[StoredPassage]:
        """See `PassageSearch.outline`."""
        sql = (
            f"{_PASSAGE}, NULL, NULL FROM versions v JOIN passages p ON v.id = p.version_id"
            " WHERE p.shown ORDER BY v.position, p.page, p.start LIMIT ?"
        )
        with self._reading() as db:
            return [self._stored(row) for row in db.execute(sql, (limit,))]

    # Vectors -------------------------------------------------------------------------------------------

    def without_vectors(self, model: str, languages: Sequence[Language], limit: int) -> list[StoredPassage]:
        """See `VectorShelf.without_vectors`."""
        marks = ",".join("?" * len(languages))
        sql = (
            f"{_PASSAGE}, NULL, NULL FROM passages p JOIN versions v ON v.id = p.version_id"
            " LEFT JOIN vectors x ON x.passage_id = p.id AND x.model = ?"
            f" WHERE x.passage_id IS NULL AND p.language IN ({marks}) ORDER BY p.id DESC LIMIT ?"
        )
        with self._reading() as db:
            return [self._stored(row) for row in db.execute(sql, (model, *languages, limit))]

    def set_vectors(self, model: str, embedded: Sequence[Embedded]) -> None:
        """See `VectorShelf.set_vectors`."""
        with self._writing() as db:
            for one in embedded:
                row = db.execute("SELECT shown FROM passages WHERE id = ?", (one.row,)).fetchone()
                if row is None:
                    continue
                db.execute(
                    "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?, ?)",
                    (one.row, model, len(one.vector), packed(one.vector), packed(one.sentences)),
                )
                if row[0]:
                    self._changed.append((one.row, model, one.vector))

    def close(self) -> None:
        """Release the file. Idempotent; the next use opens it again."""
        with self._write_lock, self._read_lock:
            for connection in (self._writer, self._reader):
                if connection is not None:
                    connection.close()
            self._writer = self._reader = self._matrix = None

    # ---------------------------------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Generator[sqlite3.Connection]:
        with self._write_lock:
            self._writer = self._writer or self._open()
            self._changed.clear()
            with self._writer:
                yield self._writer
            # Only what is committed may be seen in memory.
            with self._read_lock:
                self._frequencies.clear()
                self._follow()

    def _follow(self) -> None:
        if self._matrix is None:
            return
        known, matrix = self._matrix
        for row, model, vector in self._changed:
            if vector is not None and model == known:
                matrix.put(row, vector)
            else:
                matrix.drop(row)

    @contextmanager
    def _reading(self) -> Generator[sqlite3.Connection]:
        if self._writer is None:
            # Makes the tables, or carries an earlier file over.
            with self._write_lock:
                self._writer = self._writer or self._open()
        with self._read_lock:
            if self._reader is None:
                self._reader = self._connect()
                self._reader.execute("PRAGMA query_only = ON")
            yield self._reader

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        db = self._connect()
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA foreign_keys = ON")
        prepare(db, self.key, self._words)
        return db

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, check_same_thread=False)
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA mmap_size = 268435456")
        return db

    def _load_matrix(self, model: str, dimension: int) -> VectorMatrix:
        with self._reading() as db:
            rows = db.execute(
                "SELECT x.passage_id, x.vector FROM vectors x JOIN passages p ON p.id = x.passage_id"
                " WHERE x.model = ? AND x.dimension = ? AND p.shown ORDER BY x.passage_id",
                (model, dimension),
            ).fetchall()
        rows_packed = np.frombuffer(b"".join(blob for _, blob in rows), np.float16).reshape(-1, dimension)
        return VectorMatrix([row for row, _ in rows], rows_packed.astype(np.float32))

    def _unhide_vectors(self, db: sqlite3.Connection, version: int) -> None:
        for row, model, blob in db.execute(
            "SELECT x.passage_id, x.model, x.vector FROM vectors x JOIN passages p ON p.id = x.passage_id"
            " WHERE p.version_id = ?",
            (version,),
        ):
            self._changed.append((row, model, unpacked(blob)))

    def _forget(self, db: sqlite3.Connection, version: int) -> None:
        self._drop_passages(db, "version_id = ?", (version,))
        db.execute("DELETE FROM versions WHERE id = ?", (version,))

    def _drop_passages(self, db: sqlite3.Connection, where: str, values: tuple[int, ...]) -> None:
        shown = db.execute(f"{_INDEXED} WHERE shown AND {where}", values).fetchall()
        for row, *words in shown:
            hide(db, row, IndexedWords(*words))
            self._changed.append((row, "", None))
        db.execute(f"DELETE FROM passages WHERE {where}", values)  # noqa: S608 - a literal

    def _reading_title(self, document_id: str, number: int) -> str:
        with self._reading() as db:
            row = db.execute(
                "SELECT title FROM versions WHERE document_id = ? AND number = ?", (document_id, number)
            ).fetchone()
        return row[0] if row else ""

    @staticmethod
    def _version(db: sqlite3.Connection, document_id: str, number: int, states: tuple[str, ...]) -> int:
        row = db.execute(
            "SELECT id, state FROM versions WHERE document_id = ? AND number = ?", (document_id, number)
        ).fetchone()
        if row is None or row[1] not in states:
            raise VersionGone(f"{document_id}, version {number}")
        return int(row[0])

    @staticmethod
    def _state(db: sqlite3.Connection, version: int) -> str:
        return str(db.execute("SELECT state FROM versions WHERE id = ?", (version,)).fetchone()[0])

    @staticmethod
    def _finished(db: sqlite3.Connection, document_id: str) -> int | None:
        row = db.execute(
            "SELECT id FROM versions WHERE document_id = ? AND state = 'current'", (document_id,)
        ).fetchone()
        return int(row[0]) if row else None

    def _stored(self, row: tuple[Any, ...]) -> StoredPassage:
        key, document_id, title, version, page, start, text, heading, language, sentences, flagged = row[:11]
        spans = tuple((int(a), int(b)) for a, b in json.loads(sentences))
        cut = CutPassage(page, start, text, heading, language, spans, bool(flagged))
        place = Place(self.key.kb_id, key)
        indexed = IndexedWords(*row[11:15])
        vector, of_sentences = row[15:]
        if vector is None:
            return StoredPassage(place, document_id, title, version, cut, indexed)
        return StoredPassage(
            place, document_id, title, version, cut, indexed,
            unpacked(vector), unpacked(of_sentences).reshape(len(spans), len(vector) // 2),
        )  # fmt: skip
