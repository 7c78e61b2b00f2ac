from pathlib import Path

import msgspec
import numpy as np
import pytest

from tutor_engine.avatars.package import PHOTO_FILE, POSTER_FILE, TRACK_FILE, VIDEO_FILE, AvatarManifest
from tutor_engine.avatars.writer import write_manifest, write_picture, write_track, write_video
from tutor_engine.showing.port import AvatarUnusable
from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.footage import VideoBody
from tutor_engine.showing.puppet.mesh import Points
from tutor_engine.showing.puppet.opening import open_body
from tutor_engine.showing.puppet.photo import PhotoBody
from tutor_engine.showing.puppet.pose import Pose


@pytest.fixture
def photo(tmp_path: Path, sitter_picture: Picture, sitter_points: Points) -> Path:
    write_picture(tmp_path / PHOTO_FILE, sitter_picture)
    write_picture(tmp_path / POSTER_FILE, sitter_picture)
    write_track(tmp_path / TRACK_FILE, sitter_points[None], np.zeros(1, np.int32))
    write_manifest(tmp_path, "photo", 512, "a test")
    return tmp_path


@pytest.fixture
def video(tmp_path: Path, sitter_picture: Picture, sitter_points: Points) -> Path:
    write_video(tmp_path / VIDEO_FILE, [sitter_picture] * 5)
    write_picture(tmp_path / POSTER_FILE, sitter_picture)
    order = np.array([0, 1, 2, 3, 4] * 5, np.int32)
    write_track(tmp_path / TRACK_FILE, np.stack([sitter_points] * 5), order)
    write_manifest(tmp_path, "video", 512, "a test")
    return tmp_path


def test_a_photo_opens(photo: Path, sitter_body: PhotoBody) -> None:
    body = open_body(photo)
    assert isinstance(body, PhotoBody)
    assert (body.render(Pose(), 0) == sitter_body.render(Pose(), 0)).all()


def test_a_video_opens_and_looks_as_it_was_written(video: Path, sitter_picture: Picture) -> None:
    body = open_body(video)
    assert isinstance(body, VideoBody)
    assert body.loop_frames == 25
    top = body.render(Pose(), 0)[:200].astype(float)
    assert np.abs(top - sitter_picture[:200]).mean() < 3


@pytest.mark.parametrize("name", [PHOTO_FILE, TRACK_FILE])
def test_a_changed_file_is_refused(photo: Path, name: str) -> None:
    path = photo / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(AvatarUnusable, match="damaged"):
        open_body(photo)


def test_a_missing_file_is_refused(photo: Path) -> None:
    (photo / PHOTO_FILE).unlink()
    with pytest.raises(AvatarUnusable, match=r"photo\.png"):
        open_body(photo)


def test_a_folder_without_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AvatarUnusable):
        open_body(tmp_path)


def test_a_drawn_avatar_has_no_pictures(tmp_path: Path) -> None:
    manifest = AvatarManifest(1, "drawn", 512, 512, 25, drawing="ada")
    (tmp_path / "avatar.json").write_bytes(msgspec.json.encode(manifest))
    with pytest.raises(AvatarUnusable, match="no pictures"):
        open_body(tmp_path)


@pytest.mark.parametrize(
    ("shape", "order"),
    [((1, 467, 3), [0]), ((1, 468, 2), [0]), ((0, 468, 3), []), ((1, 468, 3), [1]), ((1, 468, 3), [-1])],
)
def test_a_track_of_something_else_is_refused(
    photo: Path, shape: tuple[int, int, int], order: list[int]
) -> None:
    write_track(photo / TRACK_FILE, np.zeros(shape, np.float32), np.array(order, np.int32))
    write_manifest(photo, "photo", 512, "a test")
    with pytest.raises(AvatarUnusable, match="no track of a face"):
        open_body(photo)


def test_a_pickled_track_is_never_unpickled(photo: Path) -> None:
    np.savez(photo / TRACK_FILE, points=np.array([{"a": 1}], object), order=np.zeros(1, np.int32))
    write_manifest(photo, "photo", 512, "a test")
    with pytest.raises(AvatarUnusable, match="pickle"):
        open_body(photo)


def test_fewer_pictures_than_meshes_are_refused(video: Path, sitter_picture: Picture) -> None:
    write_video(video / VIDEO_FILE, [sitter_picture] * 4)
    write_manifest(video, "video", 512, "a test")
    with pytest.raises(AvatarUnusable, match="4 frames, 5 expected"):
        open_body(video)


def test_a_file_named_outside_the_folder_is_refused(photo: Path) -> None:
    text = (photo / "avatar.json").read_text().replace("poster.png", "../poster.png")
    (photo / "avatar.json").write_text(text)
    with pytest.raises(AvatarUnusable, match="plain file name"):
        open_body(photo)
