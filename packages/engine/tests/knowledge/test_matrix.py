import numpy as np

from tutor_engine.knowledge.index.matrix import VectorMatrix


def test_rows_are_put_replaced_and_dropped() -> None:
    matrix = VectorMatrix([], np.zeros((0, 2), np.float32))
    x, y = np.array([1, 0], np.float32), np.array([0, 1], np.float32)
    assert matrix.nearest(x, 3) == []
    for row in range(600):
        matrix.put(row, y)
    matrix.put(7, x)
    matrix.put(599, x)
    assert matrix.nearest(x, 2) == [(7, 1.0), (599, 1.0)]
    matrix.drop(7)
    matrix.drop(7)
    matrix.drop(12345)
    assert len(matrix) == 599
    assert matrix.nearest(x, 1) == [(599, 1.0)]
    assert len(matrix.nearest(x, 1_000)) == 599
    assert matrix.nearest(x, 0) == []
    for row in range(600):
        matrix.drop(row)
    assert matrix.nearest(x, 3) == []
