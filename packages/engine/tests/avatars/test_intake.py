import subprocess
import sys
from pathlib import Path

import msgspec

from tutor_engine.avatars.intake import Done, Intake, Refused, Report, Step, make_package
from tutor_engine.showing.puppet.mesh import FaceModels


def _intake(source: Path, folder: Path, models: FaceModels) -> Intake:
    return Intake(str(source), str(folder), str(models.detector), str(models.mesh), "a test")


def test_the_package_holds_what_its_manifest_names(
    photo_file: Path, tmp_path: Path, face_models: FaceModels
) -> None:
    told: list[Report] = []
    make_package(_intake(photo_file, tmp_path, face_models), told.append)
    assert isinstance(told[-1], Done)
    assert all(isinstance(report, Step) for report in told[:-1])
    assert {path.name for path in tmp_path.iterdir()} == {
        "avatar.json",
        "photo.png",
        "track.npz",
        "poster.png",
    }


def test_a_refusal_leaves_no_manifest(tmp_path: Path, face_models: FaceModels) -> None:
    told: list[Report] = []
    source = tmp_path / "upload"
    source.write_bytes(b"nothing")
    make_package(_intake(source, tmp_path, face_models), told.append)
    assert isinstance(told[-1], Refused)
    assert not (tmp_path / "avatar.json").exists()


def test_the_process_cannot_take_more_memory_than_it_is_given() -> None:
    """After `_limit` an allocation beyond the bound fails instead of starving the machine."""
    script = (
        "from tutor_engine.avatars import intake\n"
        "intake._limit()\n"
        "try:\n    bytearray(6 * 2**30)\nexcept MemoryError:\n    raise SystemExit(42)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], check=False, timeout=60)
    assert ended.returncode == 42


def test_the_same_photo_makes_the_same_package(
    photo_file: Path, tmp_path: Path, face_models: FaceModels
) -> None:
    manifests: list[bytes] = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        make_package(_intake(photo_file, folder, face_models), lambda report: None)
        manifests.append((folder / "avatar.json").read_bytes())
    assert manifests[0] == manifests[1]


def test_messages_survive_the_pipe() -> None:
    for report in (Step("face", 0.5), Done(), Refused([])):
        assert msgspec.json.decode(msgspec.json.encode(report), type=Report) == report
