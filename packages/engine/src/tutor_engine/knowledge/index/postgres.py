"""The library in PostgreSQL with pgvector, for several engines and large collections.

Every statement names the bases it may touch, resolved from tenant and identifier first; similarity is
computed among those rows only, exactly, in memory: an approximate index would have to filter afterwards.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np

from tutor_engine.knowledge.document import CutPassage, Language
from tutor_engine.knowledge.index.matrix import packed, unpacked
from tutor_engine.knowledge.index.postgres_connections import Connections
from tutor_engine.knowledge.index.postgres_documents import PostgresDocuments
from tutor_engine.knowledge.index.postgres_vectors import VectorCache
from tutor_engine.knowledge.index.postgres_words import COLUMNS, EVERY, askable, asked, number
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

_KEPT_S, _COMMON_KEPT_S = 30.0, 600.0
"""How long one believes that no passage holds a word, and how many do: another engine may add documents, but
that changes little in how common its words are."""
_KEPT_MAX = 50_000
_PASSAGE = (
    "SELECT p.id, b.kb_id, v.document_id, v.title, left(v.sha256, 16), p.page, p.start, p.text, p.heading,"
    " p.language, p.sentences::text, p.flagged, p.heading_words, p.words, p.heading_pairs, p.pairs"
)
_RANKED = {
    index: "WITH found AS (SELECT passage_id, base_id, length, sum(weight) AS weight"  # noqa: S608
    " FROM unnest(%(finding)s::integer[], %(weights)s::float8[]) AS t (term, weight)"
    " JOIN LATERAL (SELECT passage_id, base_id, length FROM knowledge.terms"
    f" WHERE shown AND {column} @> ARRAY[term] AND base_id = ANY (%(bases)s)) x ON true"
    " GROUP BY passage_id, base_id, length),"
    " least AS (SELECT min(weight) AS weight FROM"
    " (SELECT weight FROM found ORDER BY weight DESC LIMIT %(limit)s) best),"
    " summed AS (SELECT f.passage_id, f.base_id, f.length, f.weight + CASE WHEN %(others)s > 0 THEN"
    " (SELECT coalesce(sum(t.weight), 0) FROM knowledge.terms x,"
    " unnest(%(telling)s::integer[], %(others_weights)s::float8[]) AS t (term, weight)"
    f" WHERE x.passage_id = f.passage_id AND x.{column} @> ARRAY[t.term]) ELSE 0 END AS weight"
    " FROM found f, least WHERE f.weight >= least.weight - %(others)s)"
    " SELECT passage_id, base_id, weight / (0.75::float8 + 0.25::float8 * length / 120) AS score FROM summed"
    " ORDER BY score DESC, passage_id LIMIT %(limit)s"
    for index, column in COLUMNS.items()
}
"""Common words find nothing that rare ones have not found; they are looked for in those passages only."""
_COUNTED = {
    index: "SELECT (SELECT count(*) FROM"  # noqa: S608
    f" (SELECT FROM knowledge.terms WHERE shown AND {column} @> ARRAY[term] LIMIT %s) x)"
    " FROM unnest(%s::integer[]) WITH ORDINALITY AS t (term, n) ORDER BY n"
    for index, column in COLUMNS.items()
}
"""A number stands for a word of one base, so the base is not asked for again."""
_ENOUGH, _ENOUGH_SHARE = 2_000, 0.25
"""Passages, and share of them, that are counted of a word: more does not make it more common."""
_SPANS = msgspec.json.Decoder(tuple[tuple[int, int], ...])
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
        self._grown(kb)

    def finish(self, kb: BaseKey, document_id: str, version: int) -> None:
        """See `PassageIndex.finish`."""
        self._documents.finish(kb, document_id, version)
        self._grown(kb)

    def abandon(self, kb: BaseKey, document_id: str, version: int) -> None:
        """See `PassageIndex.abandon`."""
        self._documents.abandon(kb, document_id, version)
        self._grown(kb)

    def remove(self, kb: BaseKey, document_id: str) -> bool:
        """See `PassageIndex.remove`."""
        removed = self._documents.remove(kb, document_id)
        self._grown(kb)
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
            told = [(term, rarity(common.of[term], common.passages)) for term in terms if askable(term)]
            if not told or not bases:
                return []
            told.sort(key=lambda each: -each[1])
            finding = _finding(told, common, limit)
            asked_for = list(asked(list(bases), told[:finding]))
            others = [(number(base, term), weight) for term, weight in told[finding:] for base in bases]
            values = {
                "finding": [term for term, _ in asked_for], "weights": [weight for _, weight in asked_for],
                "telling": [term for term, _ in others], "others_weights": [weight for _, weight in others],
                "others": sum(weight for _, weight in told[finding:]), "bases": list(bases), "limit": limit,
            }  # fmt: skip
            rows = db.execute(_RANKED[index], values).fetchall()
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
                binary=True,
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
                self._common.clear()
            self._known |= {BaseKey(scope.tenant, kb_id): base for base, kb_id in rows}
        return {self._known[key]: key.kb_id for key in scope.keys if key in self._known}

    def _frequencies(
        self, db: Any, bases: dict[int, str], index: TokenIndex, terms: Sequence[str]
    ) -> Frequencies:
        ids, now_s = tuple(bases), self._clock()
        if len(self._common) > _KEPT_MAX:
            self._common.clear()
        wanted = [*filter(askable, terms), EVERY]
        fresh = [
            term for term in wanted if self._common.get((ids, index, term), (float("-inf"), 0))[0] <= now_s
        ]
        if fresh:
            numbers = [number(base, term) for term in fresh for base in ids]
            _, passages = self._common.get((ids, index, EVERY), (0.0, 0))
            enough = max(_ENOUGH, int(passages * _ENOUGH_SHARE)) if EVERY not in fresh else None
            rows = db.execute(_COUNTED[index], (enough, numbers)).fetchall()
            counts = np.array(rows, np.int64).reshape(len(fresh), len(ids)).sum(axis=1)
            for term, count in zip(fresh, counts.tolist(), strict=True):
                self._common[ids, index, term] = (now_s + (_COMMON_KEPT_S if count else _KEPT_S), count)
        of = {term: self._common[ids, index, term][1] for term in wanted}
        return Frequencies(of.pop(EVERY), dict.fromkeys(terms, 0) | of)

    def _grown(self, kb: BaseKey) -> None:
        """Count the words of a base again: it has other passages now."""
        base = self._known.get(kb)
        for key in [key for key in self._common.copy() if base in key[0]]:
            self._common.pop(key, None)


def _finding(told: Sequence[tuple[str, float]], common: Frequencies, limit: int) -> int:
    """How many words, the rarest first, find all that can be among the best.

    When enough passages hold a word, those that hold only words of less weight together are not.
    """
    sure, left = 0.0, sum(weight for _, weight in told)
    for place, (term, weight) in enumerate(told):
        if left < sure:
            return place
        left -= weight
        if common.of[term] >= limit:
            sure = max(sure, weight)
    return len(told)


def _stored(row: tuple[Any, ...]) -> StoredPassage:
    key, kb_id, document_id, title, version, page, start, text, heading, language, sentences, flagged = row[
        :12
    ]
    spans = _SPANS.decode(sentences)
    cut = CutPassage(page, start, text, heading, language, spans, flagged)
    indexed, place = IndexedWords(*row[12:16]), Place(kb_id, key)
    vector, of_sentences = row[16:]
    if vector is None:
        return StoredPassage(place, document_id, title, version, cut, indexed)
    whole = np.asarray(vector.to_numpy(), np.float32)
    parts = unpacked(of_sentences).reshape(len(spans), len(whole))
    return StoredPassage(place, document_id, title, version, cut, indexed, whole, parts)
