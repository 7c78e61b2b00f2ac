"""A running house and a real browser that walks through it."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from bench.house import ROOT, House


class Walk(Protocol):
    """Runs a journey of this folder as the demo student; returns what was seen."""

    def __call__(self, journey: str, **options: Any) -> dict[str, Any]: ...


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with House(platform=True, data=tmp_path_factory.mktemp("house")) as house:
        house.wait_for_faces()
        house.wait_for_library()
        yield house


def password_of(house: House, username: str) -> str:
    accounts = json.loads((house.data / "demo-accounts.json").read_text())["accounts"]
    return next(a["password"] for a in accounts if a["username"] == username)


def _chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert found, "Chromium is not installed; type: make system"
    return found


@pytest.fixture
def teacher_password(house: House) -> str:
    return password_of(house, "teacher")


@pytest.fixture
def walk(house: House, tmp_path: Path) -> Walk:
    def run(journey: str, **options: Any) -> dict[str, Any]:
        arguments = {
            "url": house.platform_url,
            "username": "student",
            "password": password_of(house, "student"),
            "chromium": _chromium(),
            "out": str(tmp_path / "shots"),
            **options,
        }
        done = subprocess.run(
            ["node", str(ROOT / "tests/browser" / journey), json.dumps(arguments)],
            capture_output=True,
            text=True,
            timeout=450,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        facts = json.loads(done.stdout)
        assert "error" not in facts, facts["error"]
        return facts

    return run
