"""`tutor-engine avatar`: a face from a file, and why not."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from typer.testing import CliRunner

from tutor_engine.cli import EXIT_REFUSED, app
from tutor_engine.showing.puppet.mesh import FaceModels

Image = npt.NDArray[np.uint8]


@pytest.fixture
def data(tmp_path: Path, face_models: FaceModels, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own with the installed models."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "models").symlink_to(face_models.detector.parents[1])
    monkeypatch.setenv("TUTOR_DATA_DIR", str(folder))
    monkeypatch.delenv("AVATARS_DIR", raising=False)
    return folder


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["avatar", *arguments], env={"COLUMNS": "200"})
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def test_a_photo_becomes_an_avatar_that_is_listed(data: Path, tmp_path: Path, portrait: Image) -> None:
    photo = tmp_path / "eileen.png"
    cv2.imwrite(str(photo), cv2.cvtColor(portrait, cv2.COLOR_RGB2BGR))
    code, output = run("build", str(photo), "--id", "eileen")
    assert code == 0, output
    assert "eileen" in output
    assert "eileen" in run("list")[1]
    assert any((data / "avatars").rglob("eileen*"))


def test_a_picture_without_a_face_is_refused_with_a_reason(data: Path, tmp_path: Path) -> None:
    wall = tmp_path / "wall.png"
    cv2.imwrite(str(wall), np.full((512, 512, 3), 180, np.uint8))
    code, output = run("build", str(wall), "--id", "wall")
    assert code == EXIT_REFUSED
    assert "face" in output.lower()
    assert "wall" not in run("list")[1]


def test_a_name_that_leaves_the_folder_is_refused(data: Path, tmp_path: Path, portrait: Image) -> None:
    photo = tmp_path / "photo.png"
    cv2.imwrite(str(photo), portrait)
    assert run("build", str(photo), "--id", "../outside")[0] == EXIT_REFUSED
    assert not (data / "outside").exists()


def test_without_the_face_models_it_says_how_to_get_them(
    tmp_path: Path, portrait: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUTOR_DATA_DIR", str(tmp_path / "empty"))
    photo = tmp_path / "photo.png"
    cv2.imwrite(str(photo), portrait)
    code, output = run("build", str(photo), "--id", "eileen")
    assert code == EXIT_REFUSED
    assert "tutor-engine models install" in output
