"""The first lesson as a student lives it: the whole house, a real browser, a recorded voice as microphone."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bench.house import ROOT, House
from bench.student import MIC_RATE_HZ
from bench.voice import record, save_wav

pytestmark = [pytest.mark.system, pytest.mark.timeout(480)]

LEAD_S = 20
"""Silence before the recorded question: the tutor greets and falls silent in that time."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with House(platform=True, data=tmp_path_factory.mktemp("house")) as house:
        house.wait_for_faces()
        house.wait_for_library()
        yield house


def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert found, "Chromium is not installed; type: make system"
    return found


def walk(house: House, out: Path, **options: Any) -> dict[str, Any]:
    """Run the journey; returns what was seen."""
    accounts = json.loads((house.data / "demo-accounts.json").read_text())["accounts"]
    password = next(a["password"] for a in accounts if a["username"] == "student")
    arguments = {
        "url": house.platform_url,
        "username": "student",
        "password": password,
        "chromium": chromium(),
        "out": str(out),
        **options,
    }
    done = subprocess.run(
        ["node", str(ROOT / "tests/browser/lesson.mjs"), json.dumps(arguments)],
        capture_output=True,
        text=True,
        timeout=450,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert "error" not in facts, facts["error"]
    return facts


def column(moments: list[dict[str, float]], name: str) -> Any:
    return np.array([moment[name] for moment in moments])


def movement(moments: list[dict[str, float]]) -> float:
    """How much the mouth changes from picture to picture; a busy machine repeats some, which says nothing."""
    changes = column(moments, "change")
    return float(np.median(changes[changes > 0])) if (changes > 0).any() else 0.0


def check_picture_and_sound(facts: dict[str, Any]) -> None:
    """The mouth moves with the sound and is still in silence; stop is silence."""
    assert facts["moved"], "the face stood still before the lesson"
    silence, answering, after = facts["silence"], facts["answering"], facts["afterStop"]
    assert column(silence, "rms").max() < 0.002
    assert column(after, "rms").max() < 0.002, "the tutor went on speaking after stop"
    loud = [m for m in answering if m["rms"] > 0.02]
    assert len(loud) > 20, "the answer was not heard"
    if facts["level"] == "still":
        return  # this machine is too busy for moving pictures, and the page told the student
    assert movement(loud) > 2 * movement(silence)
    assert movement(loud) > 2 * movement(after)


def check_record(facts: dict[str, Any]) -> None:
    """What was cut off is not in the record, before and after a reload."""
    heard = facts["cut"]["heard"].strip()
    assert heard
    assert facts["record"]["heard"].strip() == heard
    assert len(heard) < len(facts["cut"]["whole"]) - 20


def check_pages(facts: dict[str, Any]) -> None:
    """Nothing on any page keeps somebody out, and nothing went wrong unseen."""
    assert facts["axe"] == []
    unexpected = [line for line in facts["console"] if "401" not in line]
    assert unexpected == [], "errors in the browser's console"


def test_an_english_lesson_by_voice_and_keyboard(house: House, tmp_path: Path) -> None:
    voice = np.concatenate(
        [
            np.zeros(MIC_RATE_HZ * LEAD_S, np.int16),
            record("What is nuclear fusion?"),
            np.zeros(MIC_RATE_HZ * 90, np.int16),
        ]
    )
    save_wav(tmp_path / "microphone.wav", voice)
    facts = walk(
        house,
        tmp_path / "shots",
        tutor="Ada",
        question="What is a star made of?",
        wav=str(tmp_path / "microphone.wav"),
    )
    check_picture_and_sound(facts)
    check_record(facts)
    assert "fusion" in facts["heard"]
    assert facts["citations"] >= 1
    assert facts["lit"], "no citation lit up while its sentence was spoken"
    assert facts["passage"].strip() in facts["caption"] + facts["passage"]
    assert "nuclei" in facts["passage"]
    speaking = [m for m in facts["speaking"] if m["rms"] > 0.02]
    assert len(speaking) > 20
    assert "token" not in facts["address"] + facts["stored"]
    check_pages(facts)


def test_a_chinese_lesson_by_keyboard_on_a_phone(house: House, tmp_path: Path) -> None:
    facts = walk(
        house,
        tmp_path / "shots",
        tutor="林老师",
        question="指南针是什么？",
        wav="",
        check=True,
        locale="zh-CN",
        viewport={"width": 390, "height": 844},
    )
    check_picture_and_sound(facts)
    check_record(facts)
    check_pages(facts)
    # A browser that may use the microphone binds to its network card and cannot ask its own machine.
    udp = {"udp_ok", "udp_local"}
    assert facts["verdict"] == "ready", facts["check"]
    assert {"microphone_ok", "speaker_ok", "socket_ok", "loop_skipped"} < set(facts["check"])
    assert udp & set(facts["check"])
    assert any("\u4e00" <= letter <= "\u9fff" for letter in facts["cut"]["heard"])
