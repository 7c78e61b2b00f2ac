"""Vectors of the database's bases in memory: comparing all of one there takes a product, in SQL a long scan.

What other engines change is seen by the next search: every row knows the transaction that wrote it last, and
every base the one that last took rows away.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tutor_engine.knowledge.index.matrix import VectorMatrix
from tutor_engine.knowledge.port import Vectors

_MAX_ROWS = 400_000
"""Of all bases together: 600 MB with 384 numbers each. The base that waited longest goes first."""
_CHANGED = (
    "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, b.shrunk::text::bigint, x.passage_id,"
    " CASE WHEN x.shown AND x.model = %(model)s AND x.dimension = %(dimension)s THEN x.vector END"
    " FROM knowledge.bases b LEFT JOIN knowledge.vectors x ON x.base_id = b.id"
    " AND x.changed >= %(since)s::text::xid8"
    " AND (%(since)s > 0 OR (x.shown AND x.model = %(model)s AND x.dimension = %(dimension)s))"
    " WHERE b.id = %(base)s"
)
"""At first what is there; later all that changed, without a vector where it is not to be found any more."""


@dataclass(slots=True)
class _Held:
    """The vectors of one base by one model."""

    matrix: VectorMatrix
    upto: int = 0
    """Every transaction before this one is in it."""
    shrunk: int = -1
    lock: threading.Lock = field(default_factory=threading.Lock)


class VectorCache:
    """Any thread may use it."""

    def __init__(self, max_rows: int = _MAX_ROWS) -> None:
        self._max_rows = max_rows
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[int, str, int], _Held] = OrderedDict()

    def nearest(self, db: Any, base: int, model: str, vector: Vectors, limit: int) -> list[tuple[int, float]]:
        """Rows of a base with the greatest cosines, best first."""
        key = (base, model, len(vector))
        with self._lock:
            held = self._held.get(key)
            if held is None:
                held = self._held[key] = _Held(_empty(len(vector)))
            self._held.move_to_end(key)
        with held.lock:
            self._follow(db, held, key)
            found = held.matrix.nearest(vector, limit)
        self._make_room(key)
        return found

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._held.clear()

    def _follow(self, db: Any, held: _Held, key: tuple[int, str, int]) -> None:
        dimension = key[2]
        rows = self._changed(db, key, held.upto)
        if rows and rows[0][1] != held.shrunk and held.upto:
            held.matrix, held.upto = _empty(dimension), 0
            rows = self._changed(db, key, 0)
        changed = [row for row in rows if row[2] is not None]
        if not held.upto and changed:
            vectors = np.array([row[3].to_numpy() for row in changed], np.float32)
            held.matrix = VectorMatrix([row[2] for row in changed], vectors)
        else:
            for _, _, passage, vector in changed:
                if vector is not None:
                    held.matrix.put(passage, np.asarray(vector.to_numpy(), np.float32))
                else:
                    held.matrix.drop(passage)
        if rows:
            held.upto, held.shrunk = rows[0][0], rows[0][1]

    def _changed(self, db: Any, key: tuple[int, str, int], since: int) -> list[tuple[Any, ...]]:
        base, model, dimension = key
        asked = {"base": base, "model": model, "dimension": dimension, "since": since}
        return db.execute(_CHANGED, asked, binary=True).fetchall()

    def _make_room(self, key: tuple[int, str, int]) -> None:
        with self._lock:
            total = sum(len(held.matrix) for held in self._held.values())
            while total > self._max_rows and len(self._held) > 1:
                first = next(iter(self._held))
                if first == key:
                    break
                total -= len(self._held.pop(first).matrix)


def _empty(dimension: int) -> VectorMatrix:
    return VectorMatrix([], np.zeros((0, dimension), np.float32))
