"""The library in PostgreSQL with pgvector, for several engines and large collections.

Every statement names the bases it may touch, resolved from tenant and identifier first; similarity is
computed among those rows only, exactly, in memory: an approximate index would have to filter afterwards.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tutor_engine.knowledge.document import CutPassage, Language
from tutor_engine.knowledge.index.matrix import packed, unpacked
from tutor_engine.knowledge.index.postgres_connections import Connections
from tutor_engine.knowledge.index.postgres_documents import PostgresDocuments
from tutor_engine.knowledge.index.postgres_vectors import VectorCache
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

_KEPT_S = 30.0
"""How long the commonness of a word is believed; another engine may have added documents."""
_COMMON, _COMMON_KEPT_S = 500, 600.0
"""Words in so many passages take long to count and change little; they are believed longer."""
_KEPT_MAX = 50_000
_PASSAGE = (
    "SELECT p.id, b.kb_id, v.document_id, v.title, left(v.sha256, 16), p.page, p.start, p.text, p.heading,"
    " p.language, p.sentences, p.flagged, p.heading_words, p.words, p.heading_pairs, p.pairs"
)
_LOOKED_INTO = 3
"""Times as many passages as are wanted have their words counted; the others hold fewer of the rare ones."""
_RANKED = {
    index: "WITH held AS (SELECT p.id, sum(t.weight) AS weight, min(p.length) AS length"  # noqa: S608
    " FROM unnest(%(held)s::text[]::tsquery[], %(weights)s::float4[]) AS t (q, weight)"
    f" JOIN LATERAL (SELECT id, length FROM knowledge.passages WHERE shown AND {column} @@ t.q"
    " AND base_id = ANY (%(bases)s)) p ON true GROUP BY p.id),"
    " first AS MATERIALIZED (SELECT id FROM held"
    " ORDER BY weight / (0.75 + 0.25 * length / 120.0) DESC, id LIMIT %(few)s)"
    f" SELECT p.id, p.base_id, (SELECT sum(t.weight * ts_rank(p.{column}, t.q))"
    " FROM unnest(%(asked)s::text[]::tsquery[], %(weights)s::float4[]) AS t (q, weight))"
    " / (0.75 + 0.25 * p.length / 120.0) AS score FROM first JOIN knowledge.passages p USING (id)"
    " ORDER BY score DESC, p.id LIMIT %(limit)s"
    for index, column in COLUMNS.items()
}
"""Words are looked up in the index alone; a passage's own list of words is long to read."""
_JOINED = "JOIN knowledge.versions v ON v.id = p.version_id JOIN knowledge.bases b ON b.id = p.base_id"


class PostgresIndex:
    """An `Index` in a database; the tables are made at the first use."""

    def __init__(self, url: str, tokens: Tokens, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._connections = Connections(url, self._forget, clock)
        self._documents = PostgresDocuments(self._connections.reading, self._connections.writing, tokens)
        self._vectors = VectorCache()
        self._known: dict[BaseKey, int] = {}
        """Numbers of bases; a base keeps its number as long as the server is the same."""
        self._common: dict[tuple[tuple[int, ...], TokenIndex, str], tuple[float, int]] = {}

    def _forget(self) -> None:
        """Whatever was learned of a server that went away: in a restored one a number may be a stranger's."""
        self._known.clear()
        self._common.clear()
        self._vectors.clear()

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
        with self._connections.reading() as db:
            bases = self._bases(db, scope)
            common = self._frequencies(db, bases, index, terms)
            told = [(term, rarity(common.of[term], common.passages)) for term in terms if one(term)]
            if not told or not bases:
                return []
            rows = db.execute(
                _RANKED[index],
                {
                    "held": [any_of(list(bases), [term]) for term, _ in told],
                    "asked": [one(term) for term, _ in told],
                    "weights": [weight for _, weight in told],
                    "bases": list(bases),
                    "few": limit * _LOOKED_INTO,
                    "limit": limit,
                },
            ).fetchall()
        return [Hit(Place(bases[base], row), float(score)) for row, base, score in rows]

    def frequencies(self, scope: Scope, index: TokenIndex, terms: Sequence[str]) -> Frequencies:
        """See `PassageSearch.frequencies`; believed for half a minute."""
        with self._connections.reading() as db:
            return self._frequencies(db, self._bases(db, scope), index, terms)

    def nearest(self, scope: Scope, model: str, vector: Vectors, limit: int) -> list[Hit]:
        """See `PassageSearch.nearest`."""
        with self._connections.reading() as db:
            bases = self._bases(db, scope)
            found = [
                Hit(Place(kb_id, row), cosine)
                for base, kb_id in bases.items()
                for row, cosine in self._vectors.nearest(db, base, model, vector, limit)
            ]
        return sorted(found, key=lambda hit: -hit.score)[:limit]

    def passages(self, scope: Scope, places: Sequence[Place], model: str = "") -> list[StoredPassage]:
        """See `PassageSearch.passages`."""
        if not places:
            return []
        with self._connections.reading() as db:
            rows = db.execute(
                f"{_PASSAGE}, x.vector, x.sentences FROM knowledge.passages p {_JOINED}"
                " LEFT JOIN knowledge.vectors x ON x.passage_id = p.id AND x.model = %s"
                " WHERE p.shown AND p.id = ANY (%s) AND p.base_id = ANY (%s)",
                (model, [place.row for place in places], list(self._bases(db, scope))),
            ).fetchall()
        found = {passage.place: passage for passage in map(_stored, rows)}
        return [found[place] for place in places if place in found]

    def outline(self, scope: Scope, limit: int) -> list[StoredPassage]:
        """See `PassageSearch.outline`."""
        with self._connections.reading() as db:
            bases = list(self._bases(db, scope))
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
        with self._connections.reading() as db:
            rows = db.execute(
                "SELECT tenant, kb_id FROM knowledge.bases b WHERE EXISTS"
                " (SELECT FROM knowledge.versions WHERE base_id = b.id) ORDER BY id"
            ).fetchall()
        return [BaseKey(tenant, kb_id) for tenant, kb_id in rows]

    def without_vectors(
        self, kb: BaseKey, model: str, languages: Sequence[Language], limit: int
    ) -> list[StoredPassage]:
        """See `VectorShelf.without_vectors`."""
        with self._connections.reading() as db:
            rows = db.execute(
                f"{_PASSAGE}, NULL, NULL FROM knowledge.passages p {_JOINED}"
                " LEFT JOIN knowledge.vectors x ON x.passage_id = p.id AND x.model = %s"
                " WHERE x.passage_id IS NULL AND p.base_id = ANY (%s) AND p.language = ANY (%s)"
                " ORDER BY p.id DESC LIMIT %s",
                (model, list(self._bases(db, Scope(kb.tenant, (kb.kb_id,)))), list(languages), limit),
            ).fetchall()
        return [_stored(row) for row in rows]

    def set_vectors(self, kb: BaseKey, model: str, embedded: Sequence[Embedded]) -> None:
        """See `VectorShelf.set_vectors`."""
        from pgvector import HalfVector

        with self._connections.writing() as db:
            bases = list(self._bases(db, Scope(kb.tenant, (kb.kb_id,))))
            for item in embedded:
                db.execute(
                    "INSERT INTO knowledge.vectors (passage_id, base_id, shown, model, dimension, vector,"
                    " sentences) SELECT id, base_id, shown, %s, %s, %s, %s FROM knowledge.passages"
                    " WHERE id = %s AND base_id = ANY (%s)"
                    " ON CONFLICT (passage_id) DO UPDATE SET shown = excluded.shown, model = excluded.model,"
                    " dimension = excluded.dimension, vector = excluded.vector,"
                    " sentences = excluded.sentences, changed = pg_current_xact_id()",
                    (
                        model, len(item.vector), HalfVector(item.vector),
                        packed(item.sentences), item.row, bases,
                    ),
                )  # fmt: skip

    def check(self) -> None:
        """See `Index.check`."""
        with self._connections.reading() as db:
            db.execute("SELECT 1")

    def close(self) -> None:
        """Release the connections. Idempotent; the next use opens them again."""
        self._connections.close()
        self._vectors.clear()
        self._common.clear()

    # ---------------------------------------------------------------------------------------------------

    def _bases(self, db: Any, scope: Scope) -> dict[int, str]:
        """Number and identifier of each base of the scope that exists, in its order."""
        unknown = [key.kb_id for key in scope.keys if key not in self._known]
        if unknown:
            rows = db.execute(
                "SELECT id, kb_id FROM knowledge.bases WHERE tenant = %s AND kb_id = ANY (%s)",
                (scope.tenant, unknown),
            ).fetchall()
            if len(self._known) > _KEPT_MAX:
                self._known.clear()
            self._known |= {BaseKey(scope.tenant, kb_id): base for base, kb_id in rows}
        return {self._known[key]: key.kb_id for key in scope.keys if key in self._known}

    def _frequencies(
        self, db: Any, bases: dict[int, str], index: TokenIndex, terms: Sequence[str]
    ) -> Frequencies:
        ids, now_s = tuple(bases), self._clock()
        if len(self._common) > _KEPT_MAX:
            self._common.clear()
        # The mark of a base is in each of its passages, so it counts them.
        asked = [*terms, *(mark(base) for base in ids)]
        fresh = [
            term for term in asked if self._common.get((ids, index, term), (float("-inf"), 0))[0] <= now_s
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
                kept_s = _COMMON_KEPT_S if count >= _COMMON else _KEPT_S
                self._common[ids, index, term] = (now_s + kept_s, int(count))
        of = {term: self._common[ids, index, term][1] for term in asked}
        return Frequencies(sum(of.pop(mark(base)) for base in ids), of)


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
