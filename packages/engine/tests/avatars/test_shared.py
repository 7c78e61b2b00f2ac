import gc
from pathlib import Path

import numpy as np
import pytest

from tutor_engine.avatars.shared import Pictures, shared_pictures

SHAPE = (3, 6, 4)


def test_pictures_are_decoded_once_for_all_who_look(tmp_path: Path) -> None:
    decoded: list[int] = []

    def decode(pictures: Pictures) -> None:
        decoded.append(1)
        pictures[:] = 7

    first = shared_pictures("a", tmp_path, SHAPE, decode)
    assert shared_pictures("a", tmp_path, SHAPE, decode) is first
    assert decoded == [1]
    assert isinstance(first, np.memmap)
    assert (first == 7).all()
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 1
    assert list(tmp_path.iterdir()) == [], "the file has no name"
    del first
    gc.collect()
    shared_pictures("a", tmp_path, SHAPE, decode)
    assert decoded == [1, 1]


def test_what_cannot_be_decoded_is_not_kept(tmp_path: Path) -> None:
    def fail(_: Pictures) -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        shared_pictures("b", tmp_path, SHAPE, fail)
    assert shared_pictures("b", tmp_path, SHAPE, lambda p: p.fill(1)).max() == 1


def test_without_a_folder_to_write_in_memory_will_do(tmp_path: Path) -> None:
    pictures = shared_pictures("c", tmp_path / "none", SHAPE, lambda p: p.fill(2))
    assert not isinstance(pictures, np.memmap)
    assert (pictures == 2).all()
