"""Latents kept in a package."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from tutor_engine.showing.musetalk.latents import LATENTS_FILE, kept_latents

SHAPE = (3, 8, 4, 4)


class Maker:
    """Counts how often it works."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> npt.NDArray[np.float16]:
        self.times += 1
        return np.full(SHAPE, self.times, np.float16)


def test_made_once_and_then_read(filmed: Path) -> None:
    make = Maker()
    first, second = (kept_latents(filmed, "vae", SHAPE, make) for _ in range(2))
    assert make.times == 1
    assert np.array_equal(first, second)
    assert [path.name for path in filmed.iterdir() if "latents" in path.name] == [LATENTS_FILE]


def test_of_other_networks_another_footage_or_another_shape_they_are_made_again(filmed: Path) -> None:
    make = Maker()
    kept_latents(filmed, "vae", SHAPE, make)
    kept_latents(filmed, "another vae", SHAPE, make)
    assert make.times == 2
    manifest = filmed / "avatar.json"
    manifest.write_bytes(manifest.read_bytes() + b" ")
    kept_latents(filmed, "another vae", SHAPE, make)
    assert make.times == 3
    kept_latents(filmed, "another vae", (2, 8, 4, 4), make)
    assert make.times == 4


@pytest.mark.parametrize("content", [b"", b"\xff" * 100, b"\x80\x04."])
def test_a_damaged_file_is_made_again(filmed: Path, content: bytes) -> None:
    make = Maker()
    (filmed / LATENTS_FILE).write_bytes(content)
    kept_latents(filmed, "vae", SHAPE, make)
    kept_latents(filmed, "vae", SHAPE, make)
    assert make.times == 1


def test_numbers_that_are_none_are_made_again(filmed: Path) -> None:
    make = Maker()
    kept_latents(filmed, "vae", SHAPE, lambda: np.full(SHAPE, np.nan, np.float16))
    assert np.isfinite(kept_latents(filmed, "vae", SHAPE, make)).all()


def test_a_package_that_cannot_be_written_to_is_no_failure(
    filmed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, data: bytes) -> int:
        raise PermissionError("read-only file system")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    make = Maker()
    assert kept_latents(filmed, "vae", SHAPE, make).shape == SHAPE
    assert make.times == 1
    assert not (filmed / LATENTS_FILE).exists()
