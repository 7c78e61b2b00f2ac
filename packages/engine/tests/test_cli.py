"""The command line: what is printed, written, refused, and with which exit code."""

import json
import logging
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from packages.engine.tests.doctor.conftest import free_ports
from packages.engine.tests.doctor.test_ports import free_tcp_port
from typer.testing import CliRunner

from tutor_engine.cli import EXIT_ERROR, EXIT_REFUSED, EXIT_SETTINGS, app

runner = CliRunner()


@pytest.fixture(autouse=True)
def _machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    """Settings that touch no network and no port of anybody."""
    first, last = free_ports(2)
    values = {
        "TUTOR_DATA_DIR": str(tmp_path / "data"),
        "ENABLE_TTS": "false",
        "ENABLE_LLM": "false",
        "MANAGEMENT_API_PORT": str(free_tcp_port()),
        "WEBSOCKET_PORT": str(free_tcp_port()),
        "WEBRTC_PORT_MIN": str(first),
        "WEBRTC_PORT_MAX": str(last),
        "COLUMNS": "200",
        "LC_ALL": "C.UTF-8",
    }
    monkeypatch.chdir(tmp_path)
    for name, value in values.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True)
def _quiet_again() -> Iterator[None]:  # pyright: ignore[reportUnusedFunction]
    """A command sets the logs of its process, which here is that of all tests."""
    configured, root = structlog.get_config(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.configure(**configured)
    root.handlers[:] = handlers
    root.setLevel(level)


def run(*arguments: str, code: int = 0) -> str:
    result = runner.invoke(app, arguments)
    assert result.exit_code == code, result.output
    return result.output


def private(path: Path) -> str:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return path.read_text()


def test_the_doctor_finds_what_is_missing_and_how_to_get_it() -> None:
    output = run("doctor")
    assert "tutor-engine models install minilm" in output
    assert "4 warnings" in output or "5 warnings" in output


def test_the_doctor_speaks_json() -> None:
    report = json.loads(run("doctor", "--json"))
    assert report["status"] == "warning"
    assert {"check", "status", "seen", "why", "mend"} == set(report["findings"][0])


def test_the_doctor_speaks_the_language_of_the_terminal_or_the_one_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    output = run("doctor")
    assert "没有配置 TURN 服务器" in output
    assert "个警告" in output
    assert "no TURN server is configured" in run("doctor", "--language", "en")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    told = [
        finding["seen"] for finding in json.loads(run("doctor", "--language", "zh", "--json"))["findings"]
    ]
    assert "没有配置 TURN 服务器" in told


def test_an_error_is_exit_code_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBRTC_PUBLIC_IP", "127.0.0.1")
    assert "means nothing to other machines" in run("doctor", code=EXIT_ERROR)
    assert json.loads(run("doctor", "--json", code=EXIT_ERROR))["status"] == "error"


def test_a_secret_of_another_user_is_exit_code_3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data/turn/secret").mkdir(parents=True)  # as unreadable as a file can be for root
    monkeypatch.setenv("WEBRTC_TURN_SERVER", "turn.example")
    assert "Run the doctor as the user of the engine" in run("doctor", code=EXIT_REFUSED)
    assert "请用运行引擎的用户" in run("doctor", "--language", "zh", code=EXIT_REFUSED)


def test_settings_that_cannot_be_read_are_exit_code_2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAX_SESSIONS", "many")
    assert "MAX_SESSIONS" in run("doctor", code=EXIT_SETTINGS)


def test_coturn_is_deployed_without_telling_its_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBRTC_PUBLIC_IP", "203.0.113.10")
    output = run("deploy", "coturn")
    text = private(Path("deploy/coturn/turnserver.conf"))
    secret = private(Path("data/turn/secret")).strip()
    assert f"static-auth-secret={secret}" in text
    assert secret not in output
    urls = "turn:203.0.113.10:3478?transport=udp,turn:203.0.113.10:3478?transport=tcp"
    assert f"WEBRTC_TURN_SERVER={urls}" in output
    assert run("deploy", "coturn", "--out", "-").strip() == text.strip()


def test_coturn_with_the_old_user_and_a_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBRTC_TURN_USERNAME", "tutor")
    monkeypatch.setenv("WEBRTC_TURN_PASSWORD", "word")
    run("deploy", "coturn", "--out", "t.conf", "--cert", "c.pem", "--key", "k.pem")
    text = private(Path("t.conf"))
    assert "user=tutor:word" in text
    assert f"cert={Path('c.pem').resolve()}" in text
    assert not Path("data/turn").exists()


def test_what_coturn_cannot_be_told_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBRTC_TURN_SECRET", '"quoted"')
    output = run("deploy", "coturn", code=EXIT_REFUSED)
    assert "quotes" in output
    assert "quoted" not in output
    Path("taken").mkdir()
    monkeypatch.setenv("WEBRTC_TURN_SECRET", "plain")
    assert "cannot be written" in run("deploy", "coturn", "--out", "taken", code=EXIT_REFUSED)


def test_frp_is_deployed_with_a_kept_token_or_a_given_one() -> None:
    output = run("deploy", "frp", "web.example")
    client = tomllib.loads(private(Path("deploy/frp/frpc.toml")))
    server = tomllib.loads(private(Path("deploy/frp/frps.toml")))
    token = private(Path("data/frp-token")).strip()
    assert client["auth"]["token"] == server["auth"]["token"] == token
    assert token not in output
    run("deploy", "frp", "web.example", "--token", "mine", "--server-port", "7001", "--out", "here")
    client = tomllib.loads(private(Path("here/frpc.toml")))
    assert (client["auth"]["token"], client["serverPort"]) == ("mine", 7001)
