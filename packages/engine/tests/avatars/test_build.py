"""The whole way of an upload, through the real sandboxed process."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from tutor_engine.avatars import build
from tutor_engine.avatars.build import AvatarRefused, BuildCancelled, Progress, build_avatar
from tutor_engine.avatars.store import AvatarNameRefused, AvatarStore
from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.mesh import FaceMesh, FaceModelMissing, FaceModels, mouth_opening
from tutor_engine.showing.puppet.opening import open_body, open_footage
from tutor_engine.showing.puppet.photo import PhotoBody
from tutor_engine.showing.puppet.pose import Mouth, Pose

Clip = Callable[..., Path]
Sway = Callable[[Picture, int], Iterator[Picture]]


def _ignore(progress: Progress) -> None:
    del progress


def test_a_photo_becomes_an_avatar(
    photo_file: Path, store: AvatarStore, face_models: FaceModels, face_mesh: FaceMesh
) -> None:
    seen: list[Progress] = []
    manifest = build_avatar(photo_file, "eileen", store, face_models, seen.append, described="NASA portrait")
    assert (manifest.kind, manifest.width, manifest.height) == ("photo", 512, 512)
    assert manifest.source == "NASA portrait"
    shares = [progress.progress for progress in seen]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
    avatar = store.get("eileen")
    assert avatar.poster is not None
    poster = np.asarray(cv2.imread(str(avatar.poster), cv2.IMREAD_COLOR_RGB), np.uint8)
    points = face_mesh.find(poster)
    assert points is not None
    assert mouth_opening(points) < 0.06, "the poster shows the face at rest"
    assert open_body(avatar.package).loop_frames is None
    assert list(store.drafts.iterdir()) == []


def test_a_video_becomes_an_avatar(
    head: Picture, clip: Clip, sway: Sway, store: AvatarStore, face_models: FaceModels, face_mesh: FaceMesh
) -> None:
    path = clip(sway(head, 84))
    manifest = build_avatar(path, "moving", store, face_models, _ignore)
    assert manifest.kind == "video"
    body = open_body(store.get("moving").package)
    assert body.loop_frames is not None
    assert body.loop_frames % 25 == 0
    for index in (0, 30):
        closed, opened = (face_mesh.find(body.render(Pose(mouth=Mouth(open=o)), index)) for o in (0, 0.8))
        assert closed is not None
        assert opened is not None
        assert mouth_opening(closed) < 0.06 < 0.12 < mouth_opening(opened)


def test_what_is_said_after_the_quiet_seconds_shows_the_inside_of_the_mouth(
    head: Picture, clip: Clip, sway: Sway, store: AvatarStore, face_models: FaceModels, face_mesh: FaceMesh
) -> None:
    points = face_mesh.find(head)
    assert points is not None
    quiet = PhotoBody(head, points)
    rest = quiet.render(Pose(), 0)
    talking = [quiet.render(Pose(mouth=Mouth(open=0.9 * abs(np.sin(k / 4)))), 0) for k in range(40)]
    path = clip([*sway(rest, 175), *talking])
    build_avatar(path, "talker", store, face_models, _ignore)
    footage = open_footage(store.get("talker").package)
    looped = int(footage.order.max()) + 1
    shown = [mouth_opening(one) for one in footage.points]
    assert max(shown[:looped]) < 0.06, "the loop listens"
    assert 6 < len(shown) - looped <= 20
    assert max(shown[looped:]) > 0.15


def test_the_offending_second_is_told(
    head: Picture, clip: Clip, sway: Sway, store: AvatarStore, face_models: FaceModels
) -> None:
    pictures = list(sway(head, 60))
    wall = np.full_like(head, 128)
    path = clip([*pictures, *[wall] * 20])
    with pytest.raises(AvatarRefused) as refused:
        build_avatar(path, "gone", store, face_models, _ignore)
    (finding,) = refused.value.findings
    assert finding.code == "no_face"
    assert finding.second == pytest.approx(2.4, abs=0.1)
    assert finding.picture == 0
    frame = store.finding("gone", 0)
    assert frame is not None
    shown = cv2.imread(str(frame))
    assert shown is not None
    assert abs(float(shown.mean()) - 128) < 3, "the frame shows the wall"
    assert store.finding("gone", 1) is None
    store.forget_findings("gone")
    assert store.finding("gone", 0) is None
    assert store.list() == []
    assert list(store.drafts.iterdir()) == []


def test_a_fault_that_leaves_enough_is_only_a_remark(
    head: Picture, clip: Clip, sway: Sway, store: AvatarStore, face_models: FaceModels
) -> None:
    seen: list[Progress] = []
    path = clip([*[np.full_like(head, 128)] * 8, *sway(head, 80)])
    build_avatar(path, "late", store, face_models, seen.append)
    remarks = [progress.remark for progress in seen if progress.remark is not None]
    assert [(remark.code, remark.second) for remark in remarks] == [("no_face", 0.0)]


def test_too_little_footage_is_refused(
    head: Picture, clip: Clip, sway: Sway, store: AvatarStore, face_models: FaceModels
) -> None:
    with pytest.raises(AvatarRefused, match="fewer than 3 seconds"):
        build_avatar(clip(sway(head, 40)), "short", store, face_models, _ignore)


def test_a_picture_without_a_face_is_refused(
    tmp_path: Path, store: AvatarStore, face_models: FaceModels
) -> None:
    path = tmp_path / "wall.png"
    path.write_bytes(cv2.imencode(".png", np.full((300, 300, 3), 90, np.uint8))[1].tobytes())
    with pytest.raises(AvatarRefused, match="No face was found"):
        build_avatar(path, "wall", store, face_models, _ignore)


@pytest.mark.parametrize(
    "content", [b"no picture", b"\x89PNG\r\n\x1a\n" + bytes(200), b"\x00\x00\x00\x18ftypmp42" * 9]
)
def test_a_damaged_file_is_refused(
    tmp_path: Path, store: AvatarStore, face_models: FaceModels, content: bytes
) -> None:
    path = tmp_path / "upload.bin"
    path.write_bytes(content)
    with pytest.raises(AvatarRefused) as refused:
        build_avatar(path, "broken", store, face_models, _ignore)
    assert [finding.code for finding in refused.value.findings] == ["unreadable"]


def test_a_build_can_be_cancelled(
    head: Picture, clip: Clip, sway: Sway, store: AvatarStore, face_models: FaceModels
) -> None:
    steps: list[str] = []
    with pytest.raises(BuildCancelled):
        build_avatar(
            clip(sway(head, 80)), "never", store, face_models,
            lambda progress: steps.append(progress.step), cancelled=lambda: "face" in steps,
        )  # fmt: skip
    assert store.list() == []
    assert list(store.drafts.iterdir()) == []


def test_a_build_that_takes_too_long_is_ended(
    photo_file: Path, store: AvatarStore, face_models: FaceModels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "_MAX_WALL_S", 0.0)
    began = time.monotonic()
    with pytest.raises(AvatarRefused, match="took too long"):
        build_avatar(photo_file, "slow", store, face_models, _ignore)
    assert time.monotonic() - began < 10


def test_a_missing_model_is_told_before_anything_starts(
    photo_file: Path, store: AvatarStore, tmp_path: Path
) -> None:
    with pytest.raises(FaceModelMissing):
        build_avatar(photo_file, "any", store, FaceModels.in_folder(tmp_path), _ignore)


def test_a_bad_name_is_told_before_anything_starts(
    photo_file: Path, store: AvatarStore, face_models: FaceModels
) -> None:
    with pytest.raises(AvatarNameRefused):
        build_avatar(photo_file, "../up", store, face_models, _ignore)


def test_the_sandbox_is_given_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGINE_API_KEY", "secret")
    assert "ENGINE_API_KEY" not in build._environment()  # pyright: ignore[reportPrivateUsage]
    assert os.environ["PATH"] == build._environment()["PATH"]  # pyright: ignore[reportPrivateUsage]
