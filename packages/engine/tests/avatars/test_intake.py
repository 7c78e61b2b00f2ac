import os
import subprocess
import sys
from pathlib import Path

import msgspec

from tutor_engine.avatars.making import make_package
from tutor_engine.avatars.reports import Done, Intake, Refused, Report, Step
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


CONFINED = """
import sys
from pathlib import Path
from tutor_engine.avatars.intake import confinement_of
from tutor_engine.avatars.reports import Intake
from tutor_engine.sandbox import confine
held = confine(confinement_of(Intake(sys.argv[1], sys.argv[2], sys.argv[1], sys.argv[1])))
Path(sys.argv[1]).read_bytes()
(Path(sys.argv[2]) / "mine").write_text("mine")
done = []
for name, path, how in (("read", "/etc/passwd", "rb"), ("write", sys.argv[3], "wb")):
    try:
        open(path, how).close()
    except OSError:
        continue
    done.append(name)
try:
    bytearray(6 * 2**30)
except MemoryError:
    print("no files" in held, done)
"""


def test_the_process_reads_the_upload_writes_its_folder_and_nothing_else(tmp_path: Path) -> None:
    source, folder = tmp_path / "upload", tmp_path / "draft"
    source.write_bytes(b"a")
    folder.mkdir()
    ended = subprocess.run(
        [sys.executable, "-c", CONFINED, str(source), str(folder), str(tmp_path / "other")],
        check=False, timeout=100, capture_output=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    assert ended.stdout.decode().strip() in ("True []", "False ['read', 'write']"), ended.stderr.decode()
    assert (folder / "mine").exists()


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
