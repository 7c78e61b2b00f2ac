"""The example of the documentation for other developers, as they would run it, against a real engine."""

import os
import subprocess
import sys
import time

import pytest
from bench.house import ROOT, House

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]

EXAMPLE = ROOT / "docs" / "examples" / "ask_the_engine.py"


def seats_are_free(house: House) -> bool:
    """Soon: a session ends when its socket's end has been noticed."""
    given_up_s = time.monotonic() + 15
    while time.monotonic() < given_up_s:
        _, sessions = house.engine("GET", "/v1/sessions")
        if not sessions["sessions"]:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("mode", ["user", "session"])
def test_the_example_asks_and_is_answered(house: House, mode: str) -> None:
    settings = {
        "ENGINE_URL": house.engine_url,
        "ENGINE_API_KEY": house.api_key,
        "KNOWLEDGE_BASE": "en",
        "PYTHONPATH": "",
    }
    done = subprocess.run(
        [sys.executable, str(EXAMPLE), mode, "What is nuclear fusion?"],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "fusion" in done.stdout.lower()
    assert "[1]" in done.stdout, "the answer cites nothing"
    assert seats_are_free(house), "a seat was not given back"


def test_the_example_needs_nothing_of_ours() -> None:
    text = EXAMPLE.read_text("utf-8")
    assert "tutor_" not in text.replace("tutor_id", "")
    page = (ROOT / "docs" / "calling-the-engine.md").read_text("utf-8")
    assert EXAMPLE.name in page
