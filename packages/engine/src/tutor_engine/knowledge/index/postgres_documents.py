"""Documents in versions in PostgreSQL: begun, filled page by page, finished or forgotten.

A row lock on the document's base makes changes to one base follow each other; searches never wait for them.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from tutor_engine.knowledge.document import CutPassage
from tutor_engine.knowledge.index.postgres_schema import ADD_TERMS, terms
from tutor_engine.knowledge.index.tokens import Tokens
from tutor_engine.knowledge.port import BaseKey, IndexedWords, PageText, StoredDocument, VersionGone

_ADD_PASSAGE = (
    "INSERT INTO knowledge.passages (base_id, version_id, page, start, text, heading, language, sentences,"
    " flagged, shown, heading_words, words, heading_pairs, pairs) VALUES"
    " (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id"
)


class PostgresDocuments:
    """The writing half of `PostgresIndex`."""

    def __init__(
        self,
        reading: Callable[[], AbstractContextManager[Any]],
        writing: Callable[[], AbstractContextManager[Any]],
        tokens: Tokens,
    ) -> None:
        self._reading = reading
        self._writing = writing
        self._tokens = tokens

    def begin(self, kb: BaseKey, document_id: str, sha256: str, title: str, kind: str) -> int:
        """See `PassageIndex.begin`."""
        title = _storable(title)
        with self._writing() as db:
            db.execute(
                "INSERT INTO knowledge.bases (tenant, kb_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                (kb.tenant, kb.kb_id),
            )
            base = _locked(db, kb)
            rows = db.execute(
                "SELECT id, number, position, state, sha256 FROM knowledge.versions"
                " WHERE base_id = %s AND document_id = %s ORDER BY number",
                (base, document_id),
            ).fetchall()
            for version, number, _, state, known in rows:
                if state == "reading" and known == sha256:
                    db.execute(
                        "UPDATE knowledge.versions SET title = %s, kind = %s WHERE id = %s",
                        (title, kind, version),
                    )
                    return number
                if state == "reading":
                    _forget(db, base, version)
            (last,) = db.execute(
                "SELECT coalesce(max(position), 0) FROM knowledge.versions WHERE base_id = %s", (base,)
            ).fetchone()
            number = rows[-1][1] + 1 if rows else 1
            db.execute(
                "INSERT INTO knowledge.versions"
                " (base_id, document_id, number, position, state, sha256, title, kind)"
                " VALUES (%s, %s, %s, %s, 'reading', %s, %s, %s)",
                (base, document_id, number, rows[0][2] if rows else last + 1, sha256, title, kind),
            )
            return number

    def add_pages(
        self,
        kb: BaseKey,
        document_id: str,
        number: int,
        pages: Sequence[PageText],
        cuts: Sequence[CutPassage],
    ) -> None:
        """See `PassageIndex.add_pages`."""
        with self._writing() as db:
            base = _locked(db, kb)
            version, title = _version(db, base, document_id, number, ("reading",))
            shown = _finished(db, base, document_id) is None
            numbers = [page.number for page in pages]
            for table, column in (("passages", "page"), ("pages", "number")):
                done = db.execute(
                    f"DELETE FROM knowledge.{table} WHERE version_id = %s AND {column} = ANY (%s)",  # noqa: S608
                    (version, numbers),
                )
                if table == "passages" and done.rowcount > 0:
                    _shrunk(db, base)
            with db.cursor() as cursor:
                cursor.executemany(
                    "INSERT INTO knowledge.pages VALUES (%s, %s, %s, %s)",
                    [(version, page.number, _storable(page.text), page.failed) for page in pages],
                )
                indexed = [self._tokens.indexed(title, cut.heading, cut.text) for cut in cuts]
                rows = [_row(base, version, *one, shown=shown) for one in zip(cuts, indexed, strict=True)]
                cursor.executemany(_ADD_PASSAGE, rows, returning=True)
                ids = [result.fetchone()[0] for result in cursor.results()] if rows else []
                cursor.executemany(
                    ADD_TERMS, [terms(i, base, of, shown=shown) for i, of in zip(ids, indexed, strict=True)]
                )

    def finish(self, kb: BaseKey, document_id: str, number: int) -> None:
        """See `PassageIndex.finish`."""
        with self._writing() as db:
            base = _locked(db, kb)
            states = ("reading", "current", "archived")
            version, _ = _version(db, base, document_id, number, states)
            (state,) = db.execute("SELECT state FROM knowledge.versions WHERE id = %s", (version,)).fetchone()
            if state != "reading":
                return
            earlier = _finished(db, base, document_id)
            if earlier is not None:
                db.execute("DELETE FROM knowledge.passages WHERE version_id = %s", (earlier,))
                _shrunk(db, base)
                db.execute("UPDATE knowledge.versions SET state = 'archived' WHERE id = %s", (earlier,))
                db.execute("UPDATE knowledge.passages SET shown = true WHERE version_id = %s", (version,))
                for change in (
                    "knowledge.terms SET shown = true",
                    "knowledge.vectors SET shown = true, changed = pg_current_xact_id()",
                ):
                    db.execute(
                        f"UPDATE {change} WHERE passage_id IN"  # noqa: S608
                        " (SELECT id FROM knowledge.passages WHERE version_id = %s)",
                        (version,),
                    )
            db.execute("UPDATE knowledge.versions SET state = 'current' WHERE id = %s", (version,))
        with self._writing() as db:
            # Left to itself the server looks in a minute; until then it plans for tables without rows.
            db.execute("ANALYZE knowledge.passages, knowledge.terms")

    def abandon(self, kb: BaseKey, document_id: str, number: int) -> None:
        """See `PassageIndex.abandon`."""
        with self._writing() as db:
            rows = db.execute(
                "DELETE FROM knowledge.versions WHERE document_id = %s AND number = %s AND state = 'reading'"
                " AND base_id = (SELECT id FROM knowledge.bases WHERE tenant = %s AND kb_id = %s)"
                " RETURNING base_id",
                (document_id, number, kb.tenant, kb.kb_id),
            ).fetchall()
            for (base,) in rows:
                _shrunk(db, base)

    def remove(self, kb: BaseKey, document_id: str) -> bool:
        """See `PassageIndex.remove`."""
        with self._writing() as db:
            rows = db.execute(
                "DELETE FROM knowledge.versions WHERE document_id = %s"
                " AND base_id = (SELECT id FROM knowledge.bases WHERE tenant = %s AND kb_id = %s)"
                " RETURNING base_id",
                (document_id, kb.tenant, kb.kb_id),
            ).fetchall()
            for base in {base for (base,) in rows}:
                _shrunk(db, base)
            return bool(rows)

    def documents(self, kb: BaseKey) -> list[StoredDocument]:
        """See `PassageIndex.documents`."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT v.document_id, v.title, v.kind, v.sha256, v.number, v.state,"
                " (SELECT count(*) FROM knowledge.pages WHERE version_id = v.id),"
                " (SELECT count(*) FROM knowledge.passages WHERE version_id = v.id),"
                " (SELECT coalesce(json_agg(json_build_array(number, failed) ORDER BY number), '[]')"
                "  FROM knowledge.pages WHERE version_id = v.id AND failed <> ''),"
                " (SELECT count(*) FROM knowledge.passages p JOIN knowledge.vectors ON passage_id = p.id"
                "  WHERE p.version_id = v.id)"
                " FROM knowledge.versions v JOIN knowledge.bases b ON b.id = v.base_id"
                " WHERE b.tenant = %s AND b.kb_id = %s AND v.state <> 'archived'"
                " ORDER BY v.position, v.state = 'reading'",
                (kb.tenant, kb.kb_id),
            ).fetchall()
        found: dict[str, StoredDocument] = {}
        for document_id, title, kind, sha256, number, state, pages, passages, failed, embedded in rows:
            if document_id not in found:
                found[document_id] = StoredDocument(
                    document_id, title, kind, sha256, pages, passages,
                    tuple((int(n), str(why)) for n, why in failed), number, state != "reading", embedded,
                )  # fmt: skip
        return list(found.values())

    def page_text(self, kb: BaseKey, document_id: str, page: int, version: str) -> str | None:
        """See `PassageIndex.page_text`."""
        with self._reading() as db:
            row = db.execute(
                "SELECT text FROM knowledge.pages WHERE number = %s AND version_id = ("
                " SELECT v.id FROM knowledge.versions v JOIN knowledge.bases b ON b.id = v.base_id"
                " WHERE b.tenant = %s AND b.kb_id = %s AND v.document_id = %s"
                " AND (%s = '' OR left(v.sha256, 16) = %s)"
                " ORDER BY v.state <> 'current', v.state <> 'reading', v.number DESC LIMIT 1)",
                (page, kb.tenant, kb.kb_id, document_id, version, version),
            ).fetchone()
        return row[0] if row else None


def _row(
    base: int, version: int, cut: CutPassage, indexed: IndexedWords, *, shown: bool
) -> tuple[object, ...]:
    return (
        base, version, cut.page, cut.start, _storable(cut.text), _storable(cut.heading), cut.language,
        json.dumps(cut.sentences), cut.flagged, shown, indexed.heading_words, indexed.words,
        indexed.heading_pairs, indexed.pairs,
    )  # fmt: skip


def _storable(text: str) -> str:
    """PostgreSQL stores every character but one; lengths stay."""
    return text.replace("\x00", " ")


def _locked(db: Any, kb: BaseKey) -> int:
    row = db.execute(
        "SELECT id FROM knowledge.bases WHERE tenant = %s AND kb_id = %s FOR UPDATE", (kb.tenant, kb.kb_id)
    ).fetchone()
    if row is None:
        raise VersionGone(kb.kb_id)
    return int(row[0])


def _version(db: Any, base: int, document_id: str, number: int, states: tuple[str, ...]) -> tuple[int, str]:
    row = db.execute(
        "SELECT id, title FROM knowledge.versions WHERE base_id = %s AND document_id = %s AND number = %s"
        " AND state = ANY (%s)",
        (base, document_id, number, list(states)),
    ).fetchone()
    if row is None:
        raise VersionGone(f"{document_id}, version {number}")
    return int(row[0]), str(row[1])


def _finished(db: Any, base: int, document_id: str) -> int | None:
    row = db.execute(
        "SELECT id FROM knowledge.versions WHERE base_id = %s AND document_id = %s AND state = 'current'",
        (base, document_id),
    ).fetchone()
    return int(row[0]) if row else None


def _forget(db: Any, base: int, version: int) -> None:
    db.execute("DELETE FROM knowledge.versions WHERE id = %s", (version,))
    _shrunk(db, base)


def _shrunk(db: Any, base: int) -> None:
    """Let all engines know that vectors are gone from a base."""
    db.execute("UPDATE knowledge.bases SET shrunk = pg_current_xact_id() WHERE id = %s", (base,))
