"""Tables of the library in PostgreSQL with pgvector, made by the engine itself.

All knowledge bases of all tenants share them; every row of a base carries its number, and a base belongs to
one tenant.
"""

from typing import Any

from tutor_engine.knowledge.index.postgres_words import numbers_of
from tutor_engine.knowledge.port import IndexedWords

VERSION = 3
_LOCK = 7_263_001
"""Of `pg_advisory_xact_lock`: engines that start together make the tables once."""

_SCHEMA = """
CREATE EXTENSION IF NOT EXISTS vector;
CREATE SCHEMA IF NOT EXISTS knowledge;
CREATE TABLE IF NOT EXISTS knowledge.schema_version (version integer NOT NULL);
CREATE TABLE knowledge.bases (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, tenant text NOT NULL, kb_id text NOT NULL,
    shrunk xid8 NOT NULL DEFAULT pg_current_xact_id(),
    UNIQUE (tenant, kb_id)
);
CREATE TABLE knowledge.versions (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    base_id bigint NOT NULL REFERENCES knowledge.bases ON DELETE CASCADE,
    document_id text NOT NULL, number integer NOT NULL, position integer NOT NULL, state text NOT NULL,
    sha256 text NOT NULL, title text NOT NULL, kind text NOT NULL,
    UNIQUE (base_id, document_id, number)
);
CREATE TABLE knowledge.pages (
    version_id bigint NOT NULL REFERENCES knowledge.versions ON DELETE CASCADE,
    number integer NOT NULL, text text NOT NULL, failed text NOT NULL, PRIMARY KEY (version_id, number)
);
CREATE TABLE knowledge.passages (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    base_id bigint NOT NULL, version_id bigint NOT NULL REFERENCES knowledge.versions ON DELETE CASCADE,
    page integer NOT NULL, start integer NOT NULL, text text NOT NULL, heading text NOT NULL,
    language text NOT NULL, sentences jsonb NOT NULL, flagged boolean NOT NULL, shown boolean NOT NULL,
    heading_words text NOT NULL, words text NOT NULL, heading_pairs text NOT NULL, pairs text NOT NULL
);
CREATE INDEX passages_in_order ON knowledge.passages (version_id, page, start);
CREATE INDEX passages_of_base ON knowledge.passages (base_id, id) WHERE shown;
CREATE TABLE knowledge.vectors (
    passage_id bigint PRIMARY KEY REFERENCES knowledge.passages ON DELETE CASCADE,
    base_id bigint NOT NULL, shown boolean NOT NULL, model text NOT NULL, dimension integer NOT NULL,
    vector halfvec NOT NULL, sentences bytea NOT NULL,
    changed xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX vectors_of_base ON knowledge.vectors (base_id, model, dimension) WHERE shown;
CREATE INDEX vectors_changed ON knowledge.vectors (base_id, changed);
ALTER TABLE knowledge.vectors ALTER vector SET STORAGE PLAIN, ALTER sentences SET STORAGE EXTERNAL;
"""
_TERMS = """
CREATE TABLE knowledge.terms (
    passage_id bigint PRIMARY KEY REFERENCES knowledge.passages ON DELETE CASCADE,
    base_id bigint NOT NULL, shown boolean NOT NULL, length integer NOT NULL,
    by_words integer[] NOT NULL, by_pairs integer[] NOT NULL
);
CREATE INDEX terms_by_words ON knowledge.terms USING gin (by_words) WITH (fastupdate = off) WHERE shown;
CREATE INDEX terms_by_pairs ON knowledge.terms USING gin (by_pairs) WITH (fastupdate = off) WHERE shown;
"""
_FROM_1 = """
ALTER TABLE knowledge.bases ADD COLUMN shrunk xid8 NOT NULL DEFAULT pg_current_xact_id();
ALTER TABLE knowledge.vectors ADD COLUMN changed xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX vectors_changed ON knowledge.vectors (base_id, changed);
"""
_FROM_2 = """
ALTER TABLE knowledge.passages DROP COLUMN by_words, DROP COLUMN by_pairs, DROP COLUMN length;
"""
ADD_TERMS = "INSERT INTO knowledge.terms VALUES (%s, %s, %s, %s, %s::integer[], %s::integer[])"
_MOVED_AT_ONCE = 500
# `changed` and `shrunk` name the transaction that last wrote a vector, or took some of a base away.
# Vectors and words stand apart from texts, in short rows: a search visits thousands of them, and reads the
# text of a few dozen passages. New words wait in no list that every search would have to read (`fastupdate`).


def prepare(connection: Any) -> None:
    """Make what is missing; one transaction.

    Raises:
        psycopg.Error: the server refuses, or does not have pgvector.
        RuntimeError: the tables are of a later version of the engine.
    """
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        there = connection.execute("SELECT to_regclass('knowledge.schema_version')").fetchone()[0]
        if there is not None:
            version = connection.execute("SELECT version FROM knowledge.schema_version").fetchone()[0]
            if version == VERSION:
                return
            if version not in (1, 2):
                raise RuntimeError(f"the tables of the library are of version {version}, not {VERSION}")
            if version == 1:
                connection.execute(_FROM_1)
            connection.execute(_FROM_2)
            connection.execute(_TERMS)
            _index_again(connection)
            connection.execute("UPDATE knowledge.schema_version SET version = %s", (VERSION,))
            return
        connection.execute(_SCHEMA)
        connection.execute(_TERMS)
        connection.execute("INSERT INTO knowledge.schema_version VALUES (%s)", (VERSION,))


def terms(
    passage: int, base: int, indexed: IndexedWords, *, shown: bool
) -> tuple[int, int, bool, int, str, str]:
    """What `ADD_TERMS` takes."""
    return (passage, base, shown, len(indexed.words.split()), *numbers_of(base, indexed))


def _index_again(connection: Any) -> None:
    """Fill the words of all passages from what is stored with them; a hundred thousand take a minute."""
    with connection.cursor("passages") as passages, connection.cursor() as adding:
        passages.execute(
            "SELECT id, base_id, shown, heading_words, words, heading_pairs, pairs FROM knowledge.passages"
        )
        while rows := passages.fetchmany(_MOVED_AT_ONCE):
            adding.executemany(
                ADD_TERMS,
                [terms(row[0], row[1], IndexedWords(*row[3:]), shown=row[2]) for row in rows],
            )
