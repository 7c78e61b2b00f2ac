"""The command line, and what importing the package costs."""

import json
import socket
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from tutor_platform.cli import app


@pytest.fixture(autouse=True)
def fresh_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "TUTOR_DATA_DIR", "PLATFORM_PORT", "ENGINE_URL"):
        monkeypatch.delenv(name, raising=False)
    yield
    structlog.reset_defaults()


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.output


def test_seed_prints_the_accounts_and_says_what_to_do_when_they_are_gone(tmp_path: Path) -> None:
    code, output = run("seed")
    assert code == 0
    lines = [line.split() for line in output.splitlines() if line.startswith(("admin", "teacher", "student"))]
    assert [line[0] for line in lines] == ["admin", "teacher", "student", "student2"]
    (tmp_path / "var" / "demo-accounts.json").unlink()
    code, output = run("seed")
    assert code == 1
    assert "--new-passwords" in output
    code, output = run("seed", "--new-passwords")
    assert code == 0
    assert lines[0][1] not in output


def test_migrate_goes_both_ways() -> None:
    assert run("migrate")[0] == 0
    assert run("migrate", "base") == (0, "The database is at base.\n")


def test_openapi_describes_every_answer() -> None:
    code, output = run("openapi")
    assert code == 0
    described = json.loads(output)
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            (success,) = [a for s, a in operation["responses"].items() if s.startswith("2")]
            if "content" not in success:
                assert "204" in operation["responses"], (path, method)
            for kind, body in success.get("content", {}).items():
                assert kind != "application/json" or body["schema"], (path, method)


def test_a_port_that_is_taken_is_said_plainly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("PLATFORM_PORT", str(taken.getsockname()[1]))
        code, output = run("serve")
    assert code == 1
    assert "PLATFORM_PORT" in output
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("workers", ["2", "0", "many"])
def test_several_processes_are_refused_plainly(monkeypatch: pytest.MonkeyPatch, workers: str) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", workers)
    code, output = run("serve")
    assert code == 2
    assert "one process" in output
    assert "Unset it" in output


def test_the_platform_needs_no_engine_and_no_media_package() -> None:
    """It installs on a small web host: nothing of the engine or of a model is ever imported."""
    heavy = (
        "tutor_engine aiortc aioice av cv2 numpy onnxruntime torch ctranslate2 faster_whisper pypdfium2 jieba"
    )
    program = (
        "import sys, tutor_platform.app, tutor_platform.cli, tutor_platform.kit.migrate\n"
        f"found = [name for name in {heavy.split()!r} if name in sys.modules]\n"
        "sys.exit(', '.join(found) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_importing_the_package_or_the_command_line_is_light() -> None:
    program = (
        "import sys, tutor_platform, tutor_platform.cli\n"
        "found = {'sqlalchemy', 'fastapi', 'alembic', 'uvicorn', 'httpx2'} & set(sys.modules)\n"
        "sys.exit(', '.join(found) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
