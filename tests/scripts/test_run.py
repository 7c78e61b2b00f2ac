"""What `make run` decides before and after it starts anything."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from scripts import run


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(run, "DATA", tmp_path)
    monkeypatch.setattr(run, "PID_FILE", tmp_path / "run.pid")
    for name in ("ENGINE_API_KEY", "PLATFORM_PORT", "MANAGEMENT_API_PORT", "WEBSOCKET_PORT", "ENGINE_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_the_key_is_made_once_and_only_its_owner_reads_it(data: Path) -> None:
    first = run.keys()
    assert len(first["ENGINE_API_KEY"]) >= 32
    assert run.keys() == first
    assert (data / "engine-api-key").stat().st_mode & 0o777 == 0o600


def test_a_key_of_the_environment_is_kept(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGINE_API_KEY", "given")
    assert run.keys() == {}
    assert not (data / "engine-api-key").exists()


def test_a_chosen_engine_port_is_told_to_the_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run.address() == {}
    monkeypatch.setenv("MANAGEMENT_API_PORT", "9055")
    assert run.address() == {"ENGINE_URL": "http://127.0.0.1:9055"}
    monkeypatch.setenv("ENGINE_URL", "http://engine.example:9000")
    assert run.address() == {}


def test_a_pid_file_of_a_dead_process_is_nobody(data: Path) -> None:
    assert run.running_pid() is None
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (data / "run.pid").write_text(str(dead.pid))
    assert run.running_pid() is None
    (data / "run.pid").write_text("nonsense")
    assert run.running_pid() is None
    (data / "run.pid").write_text(str(os.getpid()))
    assert run.running_pid() == os.getpid()


def test_a_taken_port_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("PLATFORM_PORT", str(port))
        assert not run.is_free(port)
        assert run.main() == 2
    assert f"Port {port}" in capsys.readouterr().out


def test_a_second_start_says_where_the_first_is(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data / "run.pid").write_text(str(os.getpid()))
    assert run.main() == 1
    assert "make stop" in capsys.readouterr().out


def test_whoever_dies_is_named_with_its_last_words(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data / "log").mkdir()
    (data / "log" / "engine.log").write_text("all is well\nthe disk is full\n")
    dead = subprocess.Popen([sys.executable, "-c", "raise SystemExit(7)"])
    dead.wait()
    alive = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert run.report_death([dead, alive]) == 1
    run.stop([dead, alive])
    assert alive.poll() is not None
    assert alive.stdin is not None
    alive.stdin.close()
    said = capsys.readouterr().out
    assert "engine ended with code 7" in said
    assert "the disk is full" in said
    assert "platform ended" not in said


def test_nobody_answers_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = str(probe.getsockname()[1])
    monkeypatch.setenv("PLATFORM_PORT", free)
    monkeypatch.setenv("MANAGEMENT_API_PORT", free)
    assert run.not_ready() == ["lesson engine", "web app"]
