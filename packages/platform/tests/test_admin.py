"""`tutor-platform admin`: what it prints, once, and what it says when it cannot."""

import re
from collections.abc import Generator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from tutor_platform.cli import app


@pytest.fixture(autouse=True)
def fresh_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "TUTOR_DATA_DIR", "PLATFORM_PORT", "PLATFORM_PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)
    yield
    structlog.reset_defaults()


def admin(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["admin", *arguments])
    return result.exit_code, result.output


def password_in(output: str) -> str:
    found = re.search(r"^\S+  (\S+-\S+-\S+-\d\d)$", output, re.MULTILINE)
    assert found is not None, output
    return found[1]


def test_a_school_its_administrator_and_an_invitation() -> None:
    code, output = admin("create-school", "North High")
    assert code == 0
    assert "Next: tutor-platform admin create-admin" in output
    code, output = admin("create-admin", "Boss", "--name", "Ms Boss", "--language", "zh")
    assert code == 0
    secret = password_in(output)
    code, output = admin("list")
    assert code == 0
    assert "North High" in output
    assert re.search(r"admin +boss +Ms Boss +one-time password", output)
    assert secret not in output
    code, output = admin("invite", "--role", "teacher", "--days", "3")
    assert code == 0
    assert re.search(r"^http://localhost:8000/invitation#[\w-]{32}$", output, re.MULTILINE)


def test_ways_back_in_and_out() -> None:
    admin("create-school", "North High")
    first = password_in(admin("create-admin", "boss")[1])
    second = password_in(admin("reset-password", "BOSS")[1])
    assert first != second
    assert admin("disable", "boss") == (0, "boss is off.\n")
    assert " off" in admin("list")[1]
    assert admin("disable", "boss", "--enable") == (0, "boss is on.\n")
    assert admin("revoke-sessions", "boss") == (
        0, "boss was signed in 0 times and is signed out everywhere.\n",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (("create-admin", "boss"), "create-school"),
        (("list",), "create-school"),
        (("reset-password", "nobody"), "admin list"),
        (("disable", "nobody"), "admin list"),
        (("revoke-sessions", "nobody"), "admin list"),
        (("invite", "--school", "Nowhere"), "create-school"),
        (("create-school", "two\nlines"), "one line"),
    ],
)
def test_every_failure_says_what_to_do_next(arguments: tuple[str, ...], advice: str) -> None:
    code, output = admin(*arguments)
    assert code == 1
    assert advice in output
    assert "Traceback" not in output


def test_names_that_are_taken_or_unclear() -> None:
    admin("create-school", "North High")
    admin("create-admin", "boss")
    code, output = admin("create-school", "North High")
    assert (code, "already" in output) == (1, True)
    code, output = admin("create-admin", "boss")
    assert (code, "reset-password" in output) == (1, True)
    code, output = admin("create-admin", "with space")
    assert (code, "without spaces" in output) == (1, True)
    admin("create-school", "South High")
    code, output = admin("create-admin", "other")
    assert (code, "--school" in output) == (1, True)
    assert admin("create-admin", "other", "--school", "South High")[0] == 0


def test_a_database_that_cannot_be_used_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://nobody@/none?host={tmp_path}&connect_timeout=1")
    code, output = admin("list")
    assert code == 1
    assert "DATABASE_URL" in output
    assert "Traceback" not in output
