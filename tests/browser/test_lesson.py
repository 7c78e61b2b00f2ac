"""The first lesson as a student lives it: the whole house, a real browser, a recorded voice as microphone."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bench.student import MIC_RATE_HZ
from bench.voice import record, save_wav
from tests.browser.conftest import Walk

pytestmark = [pytest.mark.system, pytest.mark.timeout(480)]

LEAD_S = 20
"""Silence before the recorded question: the tutor greets and falls silent in that time."""


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
    assert facts["cause"] in (None, "host"), "nothing is lost or slow within one machine"
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


def test_an_english_lesson_by_voice_and_keyboard(walk: Walk, tmp_path: Path) -> None:
    voice = np.concatenate(
        [
            np.zeros(MIC_RATE_HZ * LEAD_S, np.int16),
            record("What is nuclear fusion?"),
            np.zeros(MIC_RATE_HZ * 90, np.int16),
        ]
    )
    save_wav(tmp_path / "microphone.wav", voice)
    facts = walk(
        "lesson.mjs",
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


def test_a_chinese_lesson_by_keyboard_on_a_phone(walk: Walk) -> None:
    facts = walk(
        "lesson.mjs",
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
    measured = {"loop_ok", "loop_frames", "loop_jitter"} & set(facts["check"])
    assert measured, facts["check"]
    # on a machine that is too busy for smooth pictures the page rightly says so
    assert facts["verdict"] == ("ready" if "loop_ok" in measured else "weak"), facts["check"]
    assert {"microphone_ok", "speaker_ok", "socket_ok", "udp_live"} < set(facts["check"])
    assert any("\u4e00" <= letter <= "\u9fff" for letter in facts["cut"]["heard"])
