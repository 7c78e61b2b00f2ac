"""Tables of one knowledge base in SQLite, and how files of earlier versions become files of this one."""

import sqlite3
from collections.abc import Callable

from tutor_engine.knowledge.port import BaseKey, IndexedWords

VERSION = 2
"""`PRAGMA user_version` of a file. 1: one version of each document, no tenant."""

_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE versions (
    id INTEGER PRIMARY KEY, document_id TEXT NOT NULL, number INTEGER NOT NULL, position INTEGER NOT NULL,
    state TEXT NOT NULL, sha256 TEXT NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL,
    UNIQUE (document_id, number)
);
CREATE TABLE pages (
    version_id INTEGER NOT NULL REFERENCES versions ON DELETE CASCADE,
    number INTEGER NOT NULL, text TEXT NOT NULL, failed TEXT NOT NULL,
    PRIMARY KEY (version_id, number)
) WITHOUT ROWID;
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL REFERENCES versions ON DELETE CASCADE,
    page INTEGER NOT NULL, start INTEGER NOT NULL, text TEXT NOT NULL, heading TEXT NOT NULL,
    language TEXT NOT NULL, sentences TEXT NOT NULL, flagged INTEGER NOT NULL, shown INTEGER NOT NULL,
    heading_words TEXT NOT NULL, words TEXT NOT NULL, heading_pairs TEXT NOT NULL, pairs TEXT NOT NULL
);
CREATE INDEX passages_in_order ON passages (version_id, page, start);
CREATE TABLE vectors (
    passage_id INTEGER PRIMARY KEY REFERENCES passages ON DELETE CASCADE,
    model TEXT NOT NULL, dimension INTEGER NOT NULL, vector BLOB NOT NULL, sentences BLOB NOT NULL
);
CREATE VIRTUAL TABLE by_words USING fts5 (heading_words, words, content = 'passages', content_rowid = 'id',
    tokenize = "unicode61 remove_diacritics 2 tokenchars '_.:/@-+#>'''");
CREATE VIRTUAL TABLE by_pairs USING fts5 (heading_pairs, pairs, content = 'passages', content_rowid = 'id',
    tokenize = 'unicode61');
"""
# Row numbers are never used twice (AUTOINCREMENT), so a vector computed for a passage that is gone meanwhile
# cannot land on another.

_FIRST_TABLES = ("words_en", "words_zh", "pairs_zh", "passages", "pages", "documents")

Words = Callable[[str, str, str], IndexedWords]
"""Title, heading and text of a passage to what the index holds of it."""


def prepare(db: sqlite3.Connection, key: BaseKey, words: Words) -> None:
    """Make the tables, or carry an earlier file over; one transaction.

    Raises:
        sqlite3.DatabaseError: the file is of a later version, or of another base.
    """
    found = db.execute("PRAGMA user_version").fetchone()[0]
    if found == 0:
        db.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
        with db:
            _sign(db, key)
    elif found == 1:
        _carry_over(db, key, words)
    elif found != VERSION:
        raise sqlite3.DatabaseError(f"made by a later version of the engine ({found})")
    elif dict(db.execute("SELECT name, value FROM meta")) != {"tenant": key.tenant, "kb_id": key.kb_id}:
        raise sqlite3.DatabaseError("belongs to another knowledge base")


def _sign(db: sqlite3.Connection, key: BaseKey) -> None:
    db.executemany("INSERT INTO meta VALUES (?, ?)", [("tenant", key.tenant), ("kb_id", key.kb_id)])


def _carry_over(db: sqlite3.Connection, key: BaseKey, words: Words) -> None:
    """Documents of the first version become finished versions; their vectors stay with them."""
    documents = db.execute(
        "SELECT document_id, position, sha256, title, kind FROM documents ORDER BY position"
    ).fetchall()
    pages = db.execute("SELECT document_id, number, text, failed FROM pages").fetchall()
    passages = db.execute(
        "SELECT document_id, page, start, text, heading, language, sentences, model, vector, sentence_vectors"
        " FROM passages ORDER BY id"
    ).fetchall()
    drops = "".join(f"DROP TABLE {table};" for table in _FIRST_TABLES)
    db.executescript(f"BEGIN; {drops} {_SCHEMA}")
    _sign(db, key)
    titles = {document_id: title for document_id, _, _, title, _ in documents}
    for document_id, position, sha256, title, kind in documents:
        db.execute(
            "INSERT INTO versions (document_id, number, position, state, sha256, title, kind)"
            " VALUES (?, 1, ?, 'current', ?, ?, ?)",
            (document_id, position, sha256, title, kind),
        )
    ids = dict(db.execute("SELECT document_id, id FROM versions").fetchall())
    db.executemany("INSERT INTO pages VALUES (?, ?, ?, ?)", [(ids[name], *rest) for name, *rest in pages])
    for name, page, start, text, heading, language, sentences, model, vector, of_sentences in passages:
        indexed = words(titles[name], heading, text)
        row = add_passage(db, (ids[name], page, start, text, heading, language, sentences, 0, 1), indexed)
        show(db, row, indexed)
        if vector:
            dimension = len(vector) // 2
            db.execute(
                "INSERT INTO vectors VALUES (?, ?, ?, ?, ?)",
                (row, model, dimension, vector, of_sentences or b""),
            )
    db.execute(f"PRAGMA user_version = {VERSION}")
    db.commit()


def add_passage(db: sqlite3.Connection, values: tuple[object, ...], indexed: IndexedWords) -> int:
    """Insert one passage; returns its row."""
    cursor = db.execute(
        "INSERT INTO passages (version_id, page, start, text, heading, language, sentences, flagged, shown,"
        " heading_words, words, heading_pairs, pairs) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*values, indexed.heading_words, indexed.words, indexed.heading_pairs, indexed.pairs),
    )
    assert cursor.lastrowid is not None  # noqa: S101 - an INSERT that did not raise has one
    return cursor.lastrowid


def show(db: sqlite3.Connection, row: int, indexed: IndexedWords) -> None:
    """Let a passage be found by its words."""
    db.execute(
        "INSERT INTO by_words (rowid, heading_words, words) VALUES (?, ?, ?)",
        (row, indexed.heading_words, indexed.words),
    )
    if indexed.pairs or indexed.heading_pairs:
        db.execute(
            "INSERT INTO by_pairs (rowid, heading_pairs, pairs) VALUES (?, ?, ?)",
            (row, indexed.heading_pairs, indexed.pairs),
        )


def hide(db: sqlite3.Connection, row: int, indexed: IndexedWords) -> None:
    """Take a passage out of the word indexes; they must be told what they hold of it."""
    db.execute(
        "INSERT INTO by_words (by_words, rowid, heading_words, words) VALUES ('delete', ?, ?, ?)",
        (row, indexed.heading_words, indexed.words),
    )
    if indexed.pairs or indexed.heading_pairs:
        db.execute(
            "INSERT INTO by_pairs (by_pairs, rowid, heading_pairs, pairs) VALUES ('delete', ?, ?, ?)",
            (row, indexed.heading_pairs, indexed.pairs),
        )


def quoted(term: str) -> str:
    """A term as an FTS5 string, whatever is in it."""
    return '"' + term.replace('"', " ").replace("\x00", " ") + '"'
