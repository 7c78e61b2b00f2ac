"""One knowledge base in one SQLite file: documents, pages, passages, vectors and the word index.

Each document is replaced or removed in one transaction. All methods block and may be called from any thread;
a lock lets one at a time. Vectors of another model are kept apart by name and never compared.
"""

import json
import sqlite3
import threading
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tutor_engine.knowledge.document import CutPassage, ParsedDocument
from tutor_engine.knowledge.embed import Vectors
from tutor_engine.knowledge.tokens import ChineseWords, hanzi_pairs
from tutor_engine.text import HANZI

_VERSION = 1
_SCHEMA = """
CREATE TABLE documents (
    document_id TEXT PRIMARY KEY, position INTEGER NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL,
    sha256 TEXT NOT NULL, pages INTEGER NOT NULL, passages INTEGER NOT NULL
);
CREATE TABLE pages (
    document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    number INTEGER NOT NULL, text TEXT NOT NULL, failed TEXT NOT NULL, PRIMARY KEY (document_id, number)
);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY, document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    page INTEGER NOT NULL, start INTEGER NOT NULL, text TEXT NOT NULL, heading TEXT NOT NULL,
    language TEXT NOT NULL, sentences TEXT NOT NULL,
    model TEXT, vector BLOB, sentence_vectors BLOB
);
CREATE INDEX passages_of_document ON passages (document_id);
CREATE VIRTUAL TABLE words_en USING fts5 (heading, text, tokenize = 'porter unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE words_zh USING fts5 (heading, text, tokenize = 'unicode61');
CREATE VIRTUAL TABLE pairs_zh USING fts5 (heading, text, tokenize = 'unicode61');
"""
INDEXES = ("words_en", "words_zh", "pairs_zh")
"""English stems, Chinese words, pairs of Hanzi."""
_HEADING_WEIGHT = 1.5
"""A word in the heading tells a little more than one in the text."""

# Names of tables cannot be bound as parameters; these are all there are.
_RANKED = {
    index: f"SELECT rowid FROM {index} WHERE {index} MATCH ?"  # noqa: S608
    f" ORDER BY bm25({index}, {_HEADING_WEIGHT}, 1.0) LIMIT ?"
    for index in INDEXES
}
_FREQUENCY = {index: f"SELECT count(*) FROM {index} WHERE {index} MATCH ?" for index in INDEXES}  # noqa: S608
_ADD_WORDS = {index: f"INSERT INTO {index} (rowid, heading, text) VALUES (?, ?, ?)" for index in INDEXES}  # noqa: S608
_DROP_WORDS = {
    index: f"DELETE FROM {index} WHERE rowid IN (SELECT id FROM passages WHERE document_id = ?)"  # noqa: S608
    for index in INDEXES
}


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document of the base."""

    document_id: str
    title: str
    kind: str
    sha256: str
    pages: int
    passages: int
    pages_failed: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its place and, when it has any, the vectors of its sentences."""

    row: int
    document_id: str
    title: str
    cut: CutPassage
    sentence_vectors: Vectors | None


class Store:
    """The file of one knowledge base. Made at the first `replace`; reading an absent one finds nothing."""

    def __init__(self, path: Path, chinese: ChineseWords) -> None:
        self._path = path
        self._chinese = chinese
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self.generation = 0
        """Grows with each change; what was computed from an older one is stale."""

    def replace(
        self,
        document_id: str,
        sha256: str,
        document: ParsedDocument,
        vectors: Sequence[tuple[Vectors, Vectors] | None],
        model: str | None,
    ) -> None:
        """Put a document in place of what had its identifier."""
        words = [self._index_words(document.title, cut) for cut in document.passages]
        with self._session(create=True) as db:
            position = self._forget(db, document_id)
            db.execute(
                "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?)",
                (document_id, position, document.title, document.kind, sha256,
                 len(document.pages), len(document.passages)),
            )  # fmt: skip
            db.executemany(
                "INSERT INTO pages VALUES (?, ?, ?, ?)",
                [(document_id, page.number, page.text, page.failed) for page in document.pages],
            )
            for cut, pair, texts in zip(document.passages, vectors, words, strict=True):
                row = db.execute(
                    "INSERT INTO passages (document_id, page, start, text, heading, language, sentences)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (document_id, cut.page, cut.start, cut.text, cut.heading, cut.language,
                     json.dumps(cut.sentences)),
                ).lastrowid  # fmt: skip
                for index, columns in texts.items():
                    db.execute(_ADD_WORDS[index], (row, *columns))
                if pair is not None and row is not None:
                    _set_vectors(db, row, model, pair)
            self.generation += 1

    def remove(self, document_id: str) -> bool:
        """Forget a document; False when it was not there."""
        with self._session() as db:
            known = db.execute("SELECT 1 FROM documents WHERE document_id = ?", (document_id,)).fetchone()
            if known:
                self._forget(db, document_id)
                self.generation += 1
            return known is not None

    def documents(self) -> list[StoredDocument]:
        """All documents in the order in which they came."""
        with self._session() as db:
            failed: dict[str, list[tuple[int, str]]] = {}
            for name, number, why in db.execute(
                "SELECT document_id, number, failed FROM pages WHERE failed != ''"
                " ORDER BY document_id, number"
            ):
                failed.setdefault(name, []).append((number, why))
            rows = db.execute(
                "SELECT document_id, title, kind, sha256, pages, passages FROM documents ORDER BY position"
            ).fetchall()
        return [StoredDocument(*row, pages_failed=tuple(failed.get(row[0], ()))) for row in rows]

    def page_text(self, document_id: str, number: int) -> str | None:
        """Text of a page, to which the offsets of citations refer."""
        with self._session() as db:
            row = db.execute(
                "SELECT text FROM pages WHERE document_id = ? AND number = ?", (document_id, number)
            ).fetchone()
        return row[0] if row else None

    def ranked(self, index: str, terms: Iterable[str], limit: int) -> list[int]:
        """Rows of the passages that hold any of the terms, best BM25 first."""
        query = " OR ".join(_quoted(term) for term in terms)
        if not query:
            return []
        sql = _RANKED[index]
        with self._session() as db:
            return [row[0] for row in db.execute(sql, (query, limit))]

    def frequencies(self, index: str, terms: Iterable[str]) -> dict[str, int]:
        """In how many passages each term occurs."""
        sql = _FREQUENCY[index]
        with self._session() as db:
            return {term: db.execute(sql, (_quoted(term),)).fetchone()[0] for term in terms}

    def count(self) -> int:
        """Passages in the base."""
        with self._session() as db:
            return int(db.execute("SELECT count(*) FROM passages").fetchone()[0])

    def passages(self, rows: Sequence[int] | None = None) -> list[StoredPassage]:
        """These passages in the order asked for, or all in reading order."""
        marks = "" if rows is None else f"WHERE p.id IN ({','.join('?' * len(rows))})"
        sql = (
            "SELECT p.id, p.document_id, d.title, p.page, p.start, p.text, p.heading, p.language,"  # noqa: S608
            f" p.sentences, p.sentence_vectors FROM passages p JOIN documents d USING (document_id) {marks}"
            " ORDER BY d.position, p.id"
        )
        with self._session() as db:
            found = [_stored(row) for row in db.execute(sql, rows or ())]
        if rows is None:
            return found
        by_row = {passage.row: passage for passage in found}
        return [by_row[row] for row in rows if row in by_row]

    def headings(self) -> list[tuple[str, str]]:
        """Document and heading of each passage in reading order."""
        with self._session() as db:
            return db.execute(
                "SELECT d.document_id, p.heading FROM passages p JOIN documents d USING (document_id)"
                " ORDER BY d.position, p.id"
            ).fetchall()

    def vectors(self, model: str, dimension: int) -> tuple[list[int], Vectors]:
        """Rows and one matrix of the passage vectors of this model."""
        with self._session() as db:
            found = db.execute(
                "SELECT id, vector FROM passages WHERE model = ? AND vector IS NOT NULL ORDER BY id", (model,)
            ).fetchall()
        if not found:
            return [], np.zeros((0, dimension), np.float32)
        matrix = np.frombuffer(b"".join(blob for _, blob in found), np.float16).reshape(-1, dimension)
        return [row for row, _ in found], matrix.astype(np.float32)

    def without_vectors(self, model: str) -> list[StoredPassage]:
        """English passages that this model has not seen."""
        with self._session() as db:
            rows = [
                row[0]
                for row in db.execute(
                    "SELECT id FROM passages WHERE language = 'en' AND (model IS NULL OR model != ?)",
                    (model,),
                )
            ]
        return [passage for at in range(0, len(rows), 500) for passage in self.passages(rows[at : at + 500])]

    def set_vectors(
        self, rows: Sequence[int], model: str, vectors: Sequence[tuple[Vectors, Vectors]]
    ) -> None:
        """Add vectors to passages that are there already."""
        with self._session() as db:
            for row, pair in zip(rows, vectors, strict=True):
                _set_vectors(db, row, model, pair)
            self.generation += 1

    def close(self) -> None:
        """Close the file. Idempotent; the next use opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    @contextmanager
    def _session(self, *, create: bool = False) -> Generator[sqlite3.Connection]:
        """One transaction, alone; over an empty base in memory while there is no file."""
        with self._lock:
            if self._connection is None and not create and not self._path.exists():
                with closing(sqlite3.connect(":memory:")) as empty:
                    empty.executescript(_SCHEMA)
                    yield empty
                return
            db = self._connection = self._connection or self._open()
            with db:
                yield db

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self._path, check_same_thread=False)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA foreign_keys = ON")
        if db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
            db.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")
        return db

    def _forget(self, db: sqlite3.Connection, document_id: str) -> int:
        """Remove a document within the transaction; the position it had, or the next free one."""
        known = db.execute("SELECT position FROM documents WHERE document_id = ?", (document_id,)).fetchone()
        last = db.execute("SELECT coalesce(max(position), 0) FROM documents").fetchone()[0]
        for index in INDEXES:
            db.execute(_DROP_WORDS[index], (document_id,))
        db.execute("DELETE FROM documents WHERE document_id = ?", (document_id,))
        return int(known[0]) if known else int(last) + 1

    def _index_words(self, title: str, cut: CutPassage) -> dict[str, tuple[str, str]]:
        heading = f"{title} {cut.heading}"
        columns = {"words_en": (heading, cut.text)}
        if HANZI.search(cut.text) or HANZI.search(cut.heading):
            text = cut.text.replace("\n", "")
            words = self._chinese.words
            columns["words_zh"] = (" ".join(words(heading)), " ".join(words(text)))
            columns["pairs_zh"] = (" ".join(hanzi_pairs(heading)), " ".join(hanzi_pairs(text)))
        return columns


def _quoted(term: str) -> str:
    return '"' + term.replace('"', " ") + '"'


def _set_vectors(db: sqlite3.Connection, row: int, model: str | None, pair: tuple[Vectors, Vectors]) -> None:
    db.execute(
        "UPDATE passages SET model = ?, vector = ?, sentence_vectors = ? WHERE id = ?",
        (model, pair[0].astype(np.float16).tobytes(), pair[1].astype(np.float16).tobytes(), row),
    )


def _stored(row: tuple[Any, ...]) -> StoredPassage:
    key, document_id, title, page, start, text, heading, language, sentences, blob = row
    spans = tuple((int(a), int(b)) for a, b in json.loads(sentences))
    vectors = None
    if blob and spans:
        vectors = np.frombuffer(blob, np.float16).reshape(len(spans), -1).astype(np.float32)
    return StoredPassage(
        key, document_id, title, CutPassage(page, start, text, heading, language, spans), vectors
    )
