"""The environment names of the contract, and what a wrong value says."""

from pathlib import Path

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from tutor_engine.app import _answerers  # pyright: ignore[reportPrivateUsage]
from tutor_engine.cli import EXIT_SETTINGS, app
from tutor_engine.settings import Settings

CONTRACT = [
    "MANAGEMENT_API_HOST",
    "MANAGEMENT_API_PORT",
    "WEBSOCKET_HOST",
    "WEBSOCKET_PORT",
    "WEBSOCKET_URL",
    "MAX_SESSIONS",
    "SESSION_TIMEOUT_SECONDS",
    "ENABLE_LLM",
    "OLLAMA_BASE_URL",
    "DEFAULT_LLM_MODEL",
    "LLM_TEMPERATURE",
    "ENABLE_ASR",
    "ASR_MODEL",
    "ASR_DEVICE",
    "ASR_LANGUAGE",
    "ENABLE_TTS",
    "TTS_VOICE",
    "WEBRTC_PUBLIC_IP",
    "WEBRTC_PORT_MIN",
    "WEBRTC_PORT_MAX",
    "WEBRTC_STUN_SERVER",
    "WEBRTC_TURN_SERVER",
    "WEBRTC_TURN_SERVER_LOCAL",
    "WEBRTC_TURN_USERNAME",
    "WEBRTC_TURN_PASSWORD",
    "WEBRTC_TURN_SECRET",
    "ENABLE_AVATAR",
    "AVATARS_DIR",
    "MUSETALK_BASE",
    "MUSETALK_CONDA_ENV",
    "FFMPEG_PATH",
    "ENGINE_API_KEY",
]
"""Older than the code; deployments have them in their files."""


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No `.env` of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_every_name_of_the_contract_is_read() -> None:
    assert not {name.lower() for name in CONTRACT} - set(Settings.model_fields)


def test_the_defaults_are_those_of_the_contract() -> None:
    settings = Settings()  # pyright: ignore[reportCallIssue]
    assert (settings.management_api_port, settings.websocket_port) == (9000, 9001)
    assert (settings.webrtc_port_min, settings.webrtc_port_max) == (10110, 10115)
    assert (settings.max_sessions, settings.session_timeout_seconds) == (10, 3600)
    assert settings.llm_temperature == 0.4
    assert settings.tts_voice == "zh-CN-XiaoxiaoNeural"


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("MAX_SESSIONS=3\nWEBRTC_PUBLIC_IP=203.0.113.10\nSOMETHING_ELSE=1\n")
    monkeypatch.setenv("MAX_SESSIONS", "4")
    settings = Settings()  # pyright: ignore[reportCallIssue]
    assert settings.max_sessions == 4
    assert settings.webrtc_public_ip == "203.0.113.10"


def test_an_openai_compatible_server_is_asked_before_ollama() -> None:
    names = [type(answerer).__name__ for answerer in _answerers(Settings())]  # pyright: ignore[reportCallIssue]
    assert names == ["Ollama", "Extractive"]
    given = Settings(openai_base_url="http://127.0.0.1:1/v1")  # pyright: ignore[reportCallIssue]
    assert [type(answerer).__name__ for answerer in _answerers(given)] == [
        "OpenAICompatible",
        "Ollama",
        "Extractive",
    ]
    off = Settings(openai_base_url="http://127.0.0.1:1/v1", enable_llm=False)  # pyright: ignore[reportCallIssue]
    assert [type(answerer).__name__ for answerer in _answerers(off)] == ["Extractive"]


def test_folders_lie_below_the_data_folder_unless_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_DATA_DIR", "/data")
    assert Settings().avatars_folder == Path("/data/avatars")  # pyright: ignore[reportCallIssue]
    monkeypatch.setenv("AVATARS_DIR", "/faces")
    assert Settings().avatars_folder == Path("/faces")  # pyright: ignore[reportCallIssue]


@pytest.mark.parametrize(
    ("name", "value"), [("MAX_SESSIONS", "0"), ("WEBRTC_PORT_MIN", "ten"), ("ENABLE_TTS", "?")]
)
def test_a_wrong_value_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError):
        Settings()  # pyright: ignore[reportCallIssue]
    result = CliRunner().invoke(app, ["settings"])
    assert result.exit_code == EXIT_SETTINGS
    assert name in result.output


def test_secrets_are_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGINE_API_KEY", "very-secret")
    monkeypatch.setenv("WEBRTC_TURN_PASSWORD", "also-secret")
    result = CliRunner().invoke(app, ["settings"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    assert "ENGINE_API_KEY" in result.output
    assert "very-secret" not in result.output
    assert "also-secret" not in result.output
