"""The library in PostgreSQL with pgvector, for several engines and large collections.

Every statement names the bases it may touch, resolved from tenant and identifier first; similarity is
computed among those rows only, exactly, without an approximate index that would have to filter afterwards.
"""

import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from tutor_engine.knowledge.document import CutPassage, Language
from tutor_engine.knowledge.index.matrix import packed, unpacked
from tutor_engine.knowledge.index.postgres_documents import PostgresDocuments
from tutor_engine.knowledge.index.postgres_schema import prepare
from tutor_engine.knowledge.index.postgres_words import COLUMNS, any_of, mark, one
from tutor_engine.knowledge.index.tokens import Tokens, rarity
from tutor_engine.knowledge.port import (
    BaseKey,
    Embedded,
    Frequencies,
    Hit,
    IndexedWords,
    PageText,
    Place,
    Scope,
    StoredDocument,
    StoredPassage,
    TokenIndex,
    Vectors,
)

_POOL_MAX = 8
"""Connections of one engine; a search holds one for some milliseconds."""
_CONNECT_S = 5
"""A lesson that cannot reach its library should say so, not wait."""
_KEPT_S = 30.0
"""How long the commonness of a word is believed; another engine may have added documents."""
_KEPT_MAX = 50_000
_PASSAGE = (
    "SELECT p.id, b.kb_id, v.document_id, v.title, left(v.sha256, 16), p.page, p.start, p.text, p.heading,"
    " p.language, p.sentences, p.flagged, p.heading_words, p.words, p.heading_pairs, p.pairs"
)
_JOINED = "JOIN knowledge.versions v ON v.id = p.version_id JOIN knowledge.bases b ON b.id = p.base_id"


class PostgresIndex:
    """An `Index` in a database; the tables are made at the first use."""

    def __init__(self, url: str, tokens: Tokens, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._lock = threading.Lock()
        self._pool: Any = None
        self._documents = PostgresDocuments(self._connected, tokens)
        self._common: dict[tuple[tuple[int, ...], TokenIndex, str], tuple[float, int]] = {}

    # Documents -----------------------------------------------------------------------------------------

    def begin(self, kb: BaseKey, document_id: str, *, sha256: str, title: str, kind: str) -> int:
        """See `PassageIndex.begin`."""
        return self._documents.begin(kb, document_id, sha256, title, kind)

    def add_pages(
        self,
        kb: BaseKey,
        document_id: str,
        version: int,
        pages: Sequence[PageText],
        cuts: Sequence[CutPassage],
    ) -> None:
        """See `PassageIndex.add_pages`."""
        self._documents.add_pages(kb, document_id, version, pages, cuts)
        self._common.clear()

    def finish(self, kb: BaseKey, document_id: str, version: int) -> None:
        """See `PassageIndex.finish`."""
        self._documents.finish(kb, document_id, version)
        self._common.clear()

    def abandon(self, kb: BaseKey, document_id: str, version: int) -> None:
        """See `PassageIndex.abandon`."""
        self._documents.abandon(kb, document_id, version)
        self._common.clear()

    def remove(self, kb: BaseKey, document_id: str) -> bool:
        """See `PassageIndex.remove`."""
        removed = self._documents.remove(kb, document_id)
        self._common.clear()
        return removed

    def documents(self, kb: BaseKey) -> list[StoredDocument]:
        """See `PassageIndex.documents`."""
        return self._documents.documents(kb)

    def page_text(self, kb: BaseKey, document_id: str, page: int, version: str = "") -> str | None:
        """See `PassageIndex.page_text`."""
        return self._documents.page_text(kb, document_id, page, version)

    # Search --------------------------------------------------------------------------------------------

    def ranked(self, scope: Scope, index: TokenIndex, terms: Sequence[str], limit: int) -> list[Hit]:
        """See `PassageSearch.ranked`: rare words count more, long passages a little less."""
        with self._connected() as db:
            bases = _bases(db, scope)
            asked = any_of(list(bases), terms)
            if not asked:
                return []
            common = self._frequencies(db, bases, index, terms)
            told = [(one(term), rarity(common.of[term], common.passages)) for term in terms if one(term)]
            column = COLUMNS[index]
            rows = db.execute(
                f"SELECT p.id, p.base_id, (SELECT sum(w * ts_rank(p.{column}, q))"  # noqa: S608 - one of two columns
                " FROM unnest(%s::text[]::tsquery[], %s::float4[]) AS t (q, w))"
                " / (0.75 + 0.25 * p.length / 120.0) AS score FROM knowledge.passages p"
                f" WHERE p.shown AND p.{column} @@ %s::tsquery"
                " AND p.base_id = ANY (%s) ORDER BY score DESC, p.id LIMIT %s",
                ([term for term, _ in told], [weight for _, weight in told], asked, list(bases), limit),
            ).fetchall()
        return [Hit(Place(bases[base], row), float(score)) for row, base, score in rows]

    def frequencies(self, scope: Scope, index: TokenIndex, terms: Sequence[str]) -> Frequencies:
        """See `PassageSearch.frequencies`; believed for half a minute."""
        with self._connected() as db:
            return self._frequencies(db, _bases(db, scope), index, terms)

    def nearest(self, scope: Scope, model: str, vector: Vectors, limit: int) -> list[Hit]:
        """See `PassageSearch.nearest`."""
        from pgvector import HalfVector

        with self._connected() as db:
            bases = _bases(db, scope)
            asked = HalfVector(vector)
            rows = db.execute(
                "SELECT passage_id, base_id, -(vector <#> %s) AS cosine FROM knowledge.vectors WHERE shown"
                " AND base_id = ANY (%s) AND model = %s AND dimension = %s ORDER BY cosine DESC LIMIT %s",
                (asked, list(bases), model, len(vector), limit),
            ).fetchall()
        return [Hit(Place(bases[base], row), float(cosine)) for row, base, cosine in rows]

    def passages(self, scope: Scope, places: Sequence[Place], model: str = "") -> list[StoredPassage]:
        """See `PassageSearch.passages`."""
        if not places:
            return []
        with self._connected() as db:
            rows = db.execute(
                f"{_PASSAGE}, x.vector, x.sentences FROM knowledge.passages p {_JOINED}"
                " LEFT JOIN knowledge.vectors x ON x.passage_id = p.id AND x.model = %s"
                " WHERE p.shown AND p.id = ANY (%s) AND p.base_id = ANY (%s)",
                (model, [place.row for place in places], list(_bases(db, scope))),
            ).fetchall()
        found = {passage.place: passage for passage in map(_stored, rows)}
        return [found[place] for place in places if place in found]

    def outline(self, scope: Scope, limit: int) -> list[StoredPassage]:
        """See `PassageSearch.outline`."""
        with self._connected() as db:
            bases = list(_bases(db, scope))
            rows = db.execute(
                f"{_PASSAGE}, NULL, NULL FROM knowledge.passages p {_JOINED}"
                " WHERE p.shown AND p.base_id = ANY (%s)"
                " ORDER BY array_position(%s::bigint[], p.base_id), v.position, p.page, p.start LIMIT %s",
                (bases, bases, limit),
            ).fetchall()
        return [_stored(row) for row in rows]

    # Vectors -------------------------------------------------------------------------------------------

    def bases(self) -> list[BaseKey]:
        """See `VectorShelf.bases`."""
        with self._connected() as db:
            rows = db.execute(
                "SELECT tenant, kb_id FROM knowledge.bases b WHERE EXISTS"
                " (SELECT FROM knowledge.versions WHERE base_id = b.id) ORDER BY id"
            ).fetchall()
        return [BaseKey(tenant, kb_id) for tenant, kb_id in rows]

    def without_vectors(
        self, kb: BaseKey, model: str, languages: Sequence[Language], limit: int
    ) -> list[StoredPassage]:
        """See `VectorShelf.without_vectors`."""
        with self._connected() as db:
            rows = db.execute(
                f"{_PASSAGE}, NULL, NULL FROM knowledge.passages p {_JOINED}"
                " LEFT JOIN knowledge.vectors x ON x.passage_id = p.id AND x.model = %s"
                " WHERE x.passage_id IS NULL AND p.base_id = ANY (%s) AND p.language = ANY (%s)"
                " ORDER BY p.id DESC LIMIT %s",
                (model, list(_bases(db, Scope(kb.tenant, (kb.kb_id,)))), list(languages), limit),
            ).fetchall()
        return [_stored(row) for row in rows]

    def set_vectors(self, kb: BaseKey, model: str, embedded: Sequence[Embedded]) -> None:
        """See `VectorShelf.set_vectors`."""
        from pgvector import HalfVector

        with self._connected() as db:
            bases = list(_bases(db, Scope(kb.tenant, (kb.kb_id,))))
            for item in embedded:
                db.execute(
                    "INSERT INTO knowledge.vectors SELECT id, base_id, shown, %s, %s, %s, %s"
                    " FROM knowledge.passages WHERE id = %s AND base_id = ANY (%s)"
                    " ON CONFLICT (passage_id) DO UPDATE SET shown = excluded.shown, model = excluded.model,"
                    " dimension = excluded.dimension, vector = excluded.vector,"
                    " sentences = excluded.sentences",
                    (
                        model, len(item.vector), HalfVector(item.vector),
                        packed(item.sentences), item.row, bases,
                    ),
                )  # fmt: skip

    def close(self) -> None:
        """Release the connections. Idempotent; the next use opens them again."""
        with self._lock:
            if self._pool is not None:
                self._pool.close()
                self._pool = None
            self._common.clear()

    # ---------------------------------------------------------------------------------------------------

    @contextmanager
    def _connected(self) -> Generator[Any]:
        """A connection in a transaction."""
        with self._lock:
            if self._pool is None:
                self._pool = self._open()
            pool = self._pool
        with pool.connection() as connection:
            yield connection

    def _open(self) -> Any:
        import psycopg
        from psycopg_pool import ConnectionPool

        with psycopg.connect(self._url, connect_timeout=_CONNECT_S) as connection:
            prepare(connection)
        return ConnectionPool(
            self._url, min_size=1, max_size=_POOL_MAX, timeout=_CONNECT_S, configure=_configured,
            name="knowledge", open=True,
        )  # fmt: skip

    def _frequencies(
        self, db: Any, bases: dict[int, str], index: TokenIndex, terms: Sequence[str]
    ) -> Frequencies:
        ids, now_s = tuple(bases), self._clock()
        if len(self._common) > _KEPT_MAX:
            self._common.clear()
        # The mark of a base is in each of its passages, so it counts them.
        asked = [*terms, *(mark(base) for base in ids)]
        fresh = [
            term
            for term in asked
            if self._common.get((ids, index, term), (float("-inf"), 0))[0] < now_s - _KEPT_S
        ]
        if fresh:
            queries = [any_of(ids, [term]) for term in fresh]
            rows = db.execute(
                "SELECT (SELECT count(*) FROM knowledge.passages p WHERE p.shown"  # noqa: S608 - one of two columns
                f" AND q <> '' AND p.{COLUMNS[index]} @@ q::tsquery)"
                " FROM unnest(%s::text[]) WITH ORDINALITY AS t (q, n)"
                " ORDER BY n",
                (queries,),
            ).fetchall()
            for term, (count,) in zip(fresh, rows, strict=True):
                self._common[ids, index, term] = (now_s, int(count))
        of = {term: self._common[ids, index, term][1] for term in asked}
        return Frequencies(sum(of.pop(mark(base)) for base in ids), of)


def _configured(connection: Any) -> None:
    from pgvector.psycopg import register_vector

    register_vector(connection)
    # Compiling a statement that runs for milliseconds takes a hundred.
    connection.execute("SET jit = off")
    connection.commit()


def _bases(db: Any, scope: Scope) -> dict[int, str]:
    """Number and identifier of each base of the scope that exists, in its order."""
    rows = db.execute(
        "SELECT id, kb_id FROM knowledge.bases WHERE tenant = %s AND kb_id = ANY (%s)"
        " ORDER BY array_position(%s::text[], kb_id)",
        (scope.tenant, list(scope.kb_ids), list(scope.kb_ids)),
    ).fetchall()
    return dict(rows)


def _stored(row: tuple[Any, ...]) -> StoredPassage:
    key, kb_id, document_id, title, version, page, start, text, heading, language, sentences, flagged = row[
        :12
    ]
    spans = tuple((int(a), int(b)) for a, b in sentences)
    cut = CutPassage(page, start, text, heading, language, spans, flagged)
    indexed, place = IndexedWords(*row[12:16]), Place(kb_id, key)
    vector, of_sentences = row[16:]
    if vector is None:
        return StoredPassage(place, document_id, title, version, cut, indexed)
    whole = np.asarray(vector.to_numpy(), np.float32)
    parts = unpacked(of_sentences).reshape(len(spans), len(whole))
    return StoredPassage(place, document_id, title, version, cut, indexed, whole, parts)
