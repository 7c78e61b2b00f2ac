"""The vectors of one base in memory: one matrix that grows in place, so that a search is one product.

Not safe for several threads; its owner holds a lock. Vectors have length 1, so a product is a cosine.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tutor_engine.knowledge.port import Vectors

_SPARE_ROWS = 256


class VectorMatrix:
    """Vectors by row number; putting and dropping cost as much as what is put or dropped."""

    def __init__(self, rows: Sequence[int], vectors: Vectors) -> None:
        self._count = len(rows)
        self._vectors = vectors
        self._rows: npt.NDArray[np.int64] = np.array(rows, np.int64)
        self._at = {row: at for at, row in enumerate(rows)}

    def __len__(self) -> int:
        return self._count

    def put(self, row: int, vector: Vectors) -> None:
        """Add a vector, or replace the one this row has."""
        at = self._at.get(row)
        if at is None:
            if self._count == len(self._rows):
                self._grow()
            at = self._at[row] = self._count
            self._rows[at] = row
            self._count += 1
        self._vectors[at] = vector

    def drop(self, row: int) -> None:
        """Forget a row; the last one takes its place."""
        at = self._at.pop(row, None)
        if at is None:
            return
        self._count -= 1
        if at != self._count:
            moved = int(self._rows[self._count])
            self._rows[at] = moved
            self._vectors[at] = self._vectors[self._count]
            self._at[moved] = at

    def nearest(self, vector: Vectors, limit: int) -> list[tuple[int, float]]:
        """Rows with the greatest cosines, best first."""
        if not self._count or not limit:
            return []
        cosines = self._vectors[: self._count] @ vector
        limit = min(limit, self._count)
        best = np.argpartition(cosines, -limit)[-limit:]
        best = best[np.argsort(-cosines[best], kind="stable")]
        return [(int(self._rows[at]), float(cosines[at])) for at in best]

    def _grow(self) -> None:
        room = max(_SPARE_ROWS, self._count // 4)
        self._vectors = np.concatenate([self._vectors, np.zeros((room, self._vectors.shape[1]), np.float32)])
        self._rows = np.concatenate([self._rows, np.zeros(room, np.int64)])


def packed(vectors: Vectors) -> bytes:
    """As they are stored: half precision, enough for cosines of three digits."""
    return vectors.astype(np.float16).tobytes()


def unpacked(blob: bytes) -> Vectors:
    """Stored numbers in one row."""
    return np.frombuffer(blob, np.float16).astype(np.float32)
