from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from tutor_engine.models import HubSource
from tutor_engine.models.catalogue import SETS
from tutor_engine.models.cli import models_app

if TYPE_CHECKING:
    from conftest import WebServer

runner = CliRunner()


@pytest.fixture(autouse=True)
def _index(web: "WebServer", monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setenv("UV_DEFAULT_INDEX", f"{web.url}/simple")
    monkeypatch.setenv("HF_ENDPOINT", web.url)
    monkeypatch.delenv("TUTOR_WHEELS", raising=False)


def run(data: Path, *arguments: str) -> tuple[int, str]:
    result = runner.invoke(models_app, [*arguments, "--data-dir", str(data)], env={"COLUMNS": "200"})
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def add_whisper(web: "WebServer") -> None:
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt"):
        page = ("application/octet-stream", name.encode())
        web.pages[f"/Systran/faster-whisper-tiny/resolve/main/{name}"] = page


def test_list_shows_licence_source_and_state(tmp_path: Path) -> None:
    code, output = run(tmp_path, "list")
    assert code == 0
    assert "– face-mesh" in output
    assert "Apache-2.0, mediapipe 0.10.21 (Python wheel), embedded set" in output
    assert "about 78 MB, MIT, huggingface.co/Systran/faster-whisper-tiny" in output


def test_install_verify_and_damage(tmp_path: Path, web: "WebServer") -> None:
    add_whisper(web)
    code, output = run(tmp_path, "install", "whisper-tiny")
    assert code == 0
    assert "✓ Whisper tiny" in output
    code, output = run(tmp_path, "install", "whisper-tiny")
    assert (code, "is installed" in output) == (0, True)
    assert run(tmp_path, "verify")[0] == 0
    (tmp_path / "models/whisper-tiny/model.bin").write_bytes(b"other.bin")
    code, output = run(tmp_path, "verify")
    assert code == 1
    assert "✗ whisper-tiny" in output


def test_the_embedded_set_says_what_is_lost_when_it_cannot_be_fetched(tmp_path: Path) -> None:
    code, output = run(tmp_path, "install")
    assert code == 1
    assert output.count("✗") == 4
    assert "without it only the drawn tutors work" in output
    assert "Traceback" not in output


def test_an_unknown_model(tmp_path: Path) -> None:
    code, output = run(tmp_path, "install", "nonsense")
    assert code == 1
    assert "There is no model called nonsense" in output


def test_a_set_is_installed_by_one_name(tmp_path: Path, web: "WebServer") -> None:
    for asset in SETS["musetalk"]:
        assert isinstance(asset.source, HubSource)
        for file in asset.files:
            page = ("application/octet-stream", file.path.encode())
            web.pages[f"/{asset.source.repository}/resolve/main/{file.path}"] = page
    code, output = run(tmp_path, "install", "musetalk")
    assert code == 0
    assert output.count("✓") == 3
    assert (tmp_path / "models/musetalk-unet/unet.pth").read_bytes() == b"musetalkV15/unet.pth"
    code, output = run(tmp_path, "install", "musetalks")
    assert (code, "known are musetalk, face-detector" in output) == (1, True)
