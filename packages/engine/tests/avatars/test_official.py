"""Avatars of the official MuseTalk: read as data in both conventions, written back, and never run."""

import io
import os
import pickle
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from tutor_engine.avatars.build import AvatarRefused, build_avatar
from tutor_engine.avatars.export import NotExported, export_official
from tutor_engine.avatars.latents import read_latents
from tutor_engine.avatars.official import OfficialRefused, read_official
from tutor_engine.avatars.package import OFFICIAL_FILE
from tutor_engine.avatars.pickles import NUMPY, PickleRefused, read_pickle, write_boxes
from tutor_engine.avatars.store import AvatarStore
from tutor_engine.avatars.tensors import read_tensors, write_tensors
from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.mesh import FaceModels

FRAMES = 80
COMMAND = "system"


class Planted:
    """A pickle that runs a command when it is read."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return getattr(os, COMMAND), (f"touch {self.mark}",)


def latents(count: int) -> np.ndarray:
    return np.random.default_rng(1).normal(0, 1, (count, 8, 32, 32)).astype(np.float16)


def write_folder(
    folder: Path, pictures: list[Picture], *, mirrored: bool, tensors: str = "latents.pt"
) -> Path:
    """A folder as the original (mirrored) or its followers write it."""
    count = len(pictures)
    order = [*range(count), *reversed(range(count))] if mirrored else list(range(count))
    (folder / "full_imgs").mkdir(parents=True)
    for place, frame in enumerate(order):
        data = cv2.imencode(".png", cv2.cvtColor(pictures[frame], cv2.COLOR_RGB2BGR))[1]
        (folder / "full_imgs" / f"{place:08d}.png").write_bytes(data.tobytes())
    boxes = [(np.int64(60 + frame % 7), 50, np.int64(220), np.int64(240)) for frame in range(count)]
    (folder / "coords.pkl").write_bytes(pickle.dumps([boxes[frame] for frame in order]))
    (folder / tensors).write_bytes(write_tensors(latents(count)[order]))
    return folder


def grey(count: int) -> list[Picture]:
    return [np.full((16, 16, 3), 3 * frame, np.uint8) for frame in range(count)]


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize(
    "value",
    [
        [(1, 2, 3, 4)] * 3,
        [[np.int64(70_000), np.int32(-3), 2**40, 0]],
        [(0.0, 0.0, 0.0, 0.0)],
        [[1, [2, None]]],
        [],
    ],
    ids=["tuples", "numpy", "floats", "nested", "nothing"],
)
def test_plain_pickles_are_read(value: object, protocol: int) -> None:
    assert read_pickle(pickle.dumps(value, protocol), NUMPY) == value


@pytest.mark.parametrize("protocol", range(6))
def test_a_planted_payload_never_runs(tmp_path: Path, protocol: int) -> None:
    mark = tmp_path / "ran"
    for value in (Planted(mark), [(1, 2, 3, 4), Planted(mark)]):
        with pytest.raises(PickleRefused, match="system"):
            read_pickle(pickle.dumps(value, protocol), NUMPY)
    assert not mark.exists()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80\x04",
        b".",
        b"(((((((.",
        b"]]]a.",
        b"I1\nR.",
        b"cos\nsystem\n.",
        b"(S'x'\nios\nsystem\n.",
        b"]q\0h\0a.",
        b"\x80\x02}q\0.",
        b"(dp0\n.",
        b"h\x05.",
        b"\x82\x01.",
        b"P1\n.",
        b"\x8c\x02os\x8c\x06system\x93)\x81.",
        b"cnumpy\ndtype\n(X\x02\0\0\0O8tR.",
        b"c_codecs\nencode\n(X\x01\0\0\0aX\x05\0\0\0utf-7tR.",
        b"]" * 100 + b".",
    ],
)
def test_everything_but_data_is_refused(data: bytes) -> None:
    with pytest.raises(PickleRefused):
        read_pickle(data, NUMPY)


def test_a_small_file_that_unfolds_into_billions_is_refused() -> None:
    value: list[object] = [0] * 1000
    for _ in range(3):
        value = [value] * 1000
    with pytest.raises(PickleRefused, match="more than any avatar needs"):
        read_pickle(pickle.dumps(value), NUMPY)


def test_written_boxes_are_what_python_reads() -> None:
    boxes = [(1, -2, 70_000, 4), (0, 0, 0, 0)]
    assert pickle.loads(write_boxes(boxes)) == boxes  # noqa: S301 - our own bytes
    assert read_pickle(write_boxes(boxes), NUMPY) == boxes


def test_tensors_come_back_as_they_were() -> None:
    values = latents(3)
    found = read_tensors(write_tensors(values))
    assert [tensor.shape for tensor in found] == [(1, 8, 32, 32)] * 3
    assert np.array_equal(np.concatenate(found), values.astype(np.float32))


def _archive(entries: dict[str, bytes], packing: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def _of_size(size: str) -> bytes:
    good = write_tensors(latents(1))
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        text = archive.read("latents/data.pkl")
        entries = {name: archive.read(name) for name in archive.namelist()}
    entries["latents/data.pkl"] = text.replace(
        (32).to_bytes(8, "little"), int(size).to_bytes(8, "little", signed=True)
    )
    return _archive(entries)


@pytest.mark.parametrize(
    "make",
    [
        lambda: b"",
        lambda: b"PK\3\4",
        lambda: _archive({}),
        lambda: _archive({"a/data.pkl": b"]."}, zipfile.ZIP_DEFLATED),
        lambda: _archive({"a/data.pkl": b"].", "b/data.pkl": b"]."}),
        lambda: write_tensors(latents(1))[:-900],
        lambda: _of_size(str(2**40)),
        lambda: _of_size("-5"),
        lambda: _of_size("33"),
        lambda: _archive({"a/data.pkl": b"(I1\nI2\nl."}),
    ],
    ids=[
        "nothing",
        "a mark",
        "empty",
        "packed",
        "two",
        "cut off",
        "endless",
        "negative",
        "beyond",
        "numbers",
    ],
)
def test_other_tensor_files_are_refused(make: Callable[[], bytes]) -> None:
    with pytest.raises(PickleRefused):
        read_tensors(make())


def test_a_payload_among_tensors_never_runs(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    with pytest.raises(PickleRefused, match="system"):
        read_tensors(_archive({"a/data.pkl": pickle.dumps([Planted(mark)], 2), "a/version": b"3\n"}))
    assert not mark.exists()


@pytest.mark.parametrize("mirrored", [True, False])
@pytest.mark.parametrize("tensors", ["latents.pt", "latent.pt"])
def test_both_conventions_become_one(tmp_path: Path, mirrored: bool, tensors: str) -> None:
    folder = write_folder(tmp_path / "a", grey(9), mirrored=mirrored, tensors=tensors)
    found = read_official(folder)
    assert len(found.files) == 9
    assert found.boxes[:, 0].tolist() == [60 + frame % 7 for frame in range(9)]
    assert found.latents is not None
    assert np.array_equal(found.latents, latents(9))
    assert [int(picture[0, 0, 0]) for picture in found.pictures()] == [3 * frame for frame in range(9)]


def _spoil(folder: Path, how: str, tmp_path: Path) -> str:
    """Break a folder; returns what the refusal has to speak of."""
    if how == "fewer boxes":
        (folder / "coords.pkl").write_bytes(write_boxes([(1, 1, 5, 5)] * 8))
        return "8 frames"
    if how == "fewer latents":
        (folder / "latents.pt").write_bytes(write_tensors(latents(4)))
        return "4 frames"
    if how == "another shape":
        (folder / "latents.pt").write_bytes(write_tensors(np.zeros((9, 8, 32, 30), np.float16)))
        return "shape"
    if how == "no numbers":
        (folder / "latents.pt").write_bytes(write_tensors(np.full((9, 8, 32, 32), np.nan, np.float16)))
        return "numbers"
    if how == "boxes turned over":
        (folder / "coords.pkl").write_bytes(write_boxes([(5, 5, 1, 1)] * 9))
        return "boxes"
    if how == "boxes of words":
        (folder / "coords.pkl").write_bytes(pickle.dumps([("a", "b", "c", "d")] * 9))
        return "boxes"
    if how == "a link":
        (tmp_path / "secret.png").write_bytes((folder / "full_imgs" / "00000000.png").read_bytes())
        (folder / "full_imgs" / "00000000.png").unlink()
        (folder / "full_imgs" / "00000000.png").symlink_to(tmp_path / "secret.png")
        return "link"
    if how == "names":
        (folder / "full_imgs" / "00000000.png").rename(folder / "full_imgs" / "first.png")
        return "numbered"
    if how == "planted":
        (folder / "coords.pkl").write_bytes(pickle.dumps([Planted(tmp_path / "ran")]))
        return "system"
    (folder / how).unlink()
    return "missing"


@pytest.mark.parametrize(
    "how",
    [
        "fewer boxes",
        "fewer latents",
        "another shape",
        "no numbers",
        "boxes turned over",
        "boxes of words",
        "a link",
        "names",
        "planted",
        "coords.pkl",
    ],
)
def test_a_folder_that_does_not_fit_is_refused_with_the_reason(tmp_path: Path, how: str) -> None:
    folder = write_folder(tmp_path / "a", grey(9), mirrored=False)
    expected = _spoil(folder, how, tmp_path)
    with pytest.raises(OfficialRefused, match=expected):
        read_official(folder)
    assert not (tmp_path / "ran").exists()


def test_a_folder_is_imported_exported_and_read_again(
    head: Picture,
    sway: Callable[[Picture, int], Iterator[Picture]],
    store: AvatarStore,
    face_models: FaceModels,
    tmp_path: Path,
) -> None:
    folder = write_folder(tmp_path / "theirs", list(sway(head, FRAMES)), mirrored=True)
    manifest = build_avatar(folder, "lee", store, face_models, lambda _: None, official=True)
    assert manifest.kind == "video"
    assert OFFICIAL_FILE in {file.name for file in manifest.files}
    avatar = store.get("lee")
    frames = export_official(avatar, tmp_path / "ours", mirrored=False)
    kept = read_latents(avatar.package / OFFICIAL_FILE, frames)
    assert any(np.array_equal(kept.latents, latents(FRAMES)[at : at + frames]) for at in range(FRAMES)), (
        "the latents are those of the frames that were kept"
    )
    again = read_official(tmp_path / "ours")
    assert again.latents is not None
    assert np.array_equal(again.latents, kept.latents)
    assert np.abs(again.boxes - kept.boxes).max() <= 0.5
    assert len(list((tmp_path / "ours" / "mask").iterdir())) == frames
    assert export_official(avatar, tmp_path / "doubled") == frames
    assert len(list((tmp_path / "doubled" / "full_imgs").iterdir())) == 2 * frames
    with pytest.raises(NotExported, match="not empty"):
        export_official(avatar, tmp_path / "ours")


def test_a_planted_folder_leaves_nothing(store: AvatarStore, face_models: FaceModels, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "theirs", grey(9), mirrored=False)
    (folder / "coords.pkl").write_bytes(pickle.dumps([Planted(tmp_path / "ran")]))
    with pytest.raises(AvatarRefused, match="it wants to run"):
        build_avatar(folder, "evil", store, face_models, lambda _: None, official=True)
    assert not (tmp_path / "ran").exists()
    assert store.list() == []
    assert list(store.drafts.iterdir()) == []
