from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tutor_engine.knowledge.embed import EmbedderMissing, MiniLm


@pytest.fixture(scope="module")
def minilm(model_file: Callable[[str, str], Path]) -> MiniLm:
    return MiniLm(model_file("minilm", "model.bin").parent)


def test_near_meanings_have_near_vectors(minilm: MiniLm) -> None:
    a, b, c = minilm.encode(["Why is the sky blue?", "The reason for the colour of the sky", "Bake a cake"])
    assert float(a @ b) > 0.7 > 0.3 > float(a @ c)


def test_vectors_have_length_one_and_do_not_depend_on_the_batch(minilm: MiniLm) -> None:
    texts = [f"star number {n} " * (n + 1) for n in range(40)] + ["", "word " * 2_000]
    vectors = minilm.encode(texts)
    assert vectors.shape == (42, minilm.dimension)
    assert np.allclose(np.linalg.norm(np.delete(vectors, 40, axis=0), axis=1), 1, atol=1e-5)
    assert not vectors[40].any()
    assert float(vectors[7] @ minilm.encode([texts[7]])[0]) > 0.99


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmbedderMissing, match=r"model\.bin"):
        MiniLm(tmp_path)
