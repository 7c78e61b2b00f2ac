"""Secrets lie in files that only their owner reads."""

import stat
from pathlib import Path

import pytest

from tutor_engine.deploy.files import kept_secret, write_private


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_private_also_when_it_was_not(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "turnserver.conf"
    write_private(path, "one")
    assert (path.read_text(), mode(path)) == ("one", 0o600)
    path.chmod(0o644)
    write_private(path, "two")
    assert (path.read_text(), mode(path)) == ("two", 0o600)
    assert [entry.name for entry in path.parent.iterdir()] == ["turnserver.conf"]


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(IsADirectoryError):
        write_private(tmp_path / "taken", "text")
    assert [entry.name for entry in tmp_path.iterdir()] == ["taken"]


def test_the_quicker_of_two_keeps_its_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret"
    write_private(path, "theirs\n")
    monkeypatch.setattr(Path, "exists", lambda _: False)
    assert kept_secret(path) == "theirs"
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret"]


def test_a_secret_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "turn" / "secret"
    secret = kept_secret(path)
    assert len(secret) >= 40
    assert kept_secret(path) == secret
    assert mode(path) == 0o600
