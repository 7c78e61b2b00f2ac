from pathlib import Path

from tutor_engine.models import ModelsFolder, catalogue, verify
from tutor_engine.models.install import find

MESH = find("face-mesh")


def test_the_folder_lies_below_the_data_folder() -> None:
    assert ModelsFolder.of({}).path == Path("var/models")
    assert ModelsFolder.of({"TUTOR_DATA_DIR": "/data"}).path == Path("/data/models")


def test_nothing_installed_is_one_line_per_asset(tmp_path: Path) -> None:
    states = verify(tmp_path)
    assert [state.asset for state in states] == list(catalogue())
    assert {state.status for state in states} == {"missing"}
    assert all(f"models install {state.asset.name}" in state.line for state in states)
    models = ModelsFolder(tmp_path)
    assert models.folder("face-mesh") is None
    assert models.file("face-mesh", "face_landmark.tflite") is None


def test_a_folder_without_record_is_incomplete(tmp_path: Path) -> None:
    (tmp_path / "face-mesh").mkdir()
    assert ModelsFolder(tmp_path).state(MESH, hashes=False).status == "incomplete"
    (tmp_path / "face-mesh/installed.json").write_text("{broken")
    assert ModelsFolder(tmp_path).state(MESH, hashes=False).status == "incomplete"


def test_states_of_a_recorded_asset(tmp_path: Path) -> None:
    folder = tmp_path / "face-mesh"
    folder.mkdir()
    record = '{"asset": "face-mesh", "source": "here", "files": [%s]}'
    models = ModelsFolder(tmp_path)
    (folder / "installed.json").write_text(record % "")
    assert models.state(MESH, hashes=False).status == "incomplete"
    entry = '{"name": "face_landmark.tflite", "sha256": "00", "size": 3}'
    (folder / "installed.json").write_text(record % entry)
    assert "is missing" in models.state(MESH, hashes=False).line
    (folder / "face_landmark.tflite").write_bytes(b"four")
    assert "another size" in models.state(MESH, hashes=False).line
    (folder / "face_landmark.tflite").write_bytes(b"abc")
    assert models.state(MESH, hashes=False).status == "installed"
    # The catalogue's hash counts, whatever the record says.
    assert models.state(MESH, hashes=True).status == "damaged"
    assert models.file("face-mesh", "face_landmark.tflite") == folder / "face_landmark.tflite"
    assert models.file("face-mesh", "other") is None
