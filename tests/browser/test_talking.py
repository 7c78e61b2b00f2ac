"""A quiz by a key that is held: the whole house, a real browser, somebody who speaks without pause."""

from pathlib import Path

import httpx2
import numpy as np
import pytest
from bench.house import House
from bench.student import MIC_RATE_HZ
from bench.voice import record, save_wav
from tests.browser.conftest import Walk

pytestmark = [pytest.mark.system, pytest.mark.timeout(480)]


def teach_by_key(house: House, password: str, tutor: str) -> None:
    """The teacher gives this tutor a key to hold."""
    with httpx2.Client(base_url=house.platform_url, trust_env=False) as teacher:
        body = {"username": "teacher", "password": password}
        teacher.post("/api/auth/sign-in", json=body).raise_for_status()
        found = teacher.get("/api/tutors").json()["tutors"]
        tutor_id = next(one["id"] for one in found if one["name"] == tutor)
        teacher.patch(f"/api/tutors/{tutor_id}", json={"push_to_talk": True}).raise_for_status()


def test_a_quiz_by_a_key_that_is_held(
    house: House, teacher_password: str, walk: Walk, tmp_path: Path
) -> None:
    teach_by_key(house, teacher_password, "Ada")
    voice = np.concatenate([record("What is nuclear fusion?"), np.zeros(MIC_RATE_HZ, np.int16)])
    save_wav(tmp_path / "microphone.wav", voice)
    facts = walk(
        "talking.mjs",
        tutor="Ada",
        topic="Quiz me about galaxies.",
        question="Tell me about the moon.",
        wav=str(tmp_path / "microphone.wav"),
        loop=True,
        justTalk="Just talk",
        holdToTalk="Hold to talk",
    )
    assert (facts["hold"], facts["unheard"]) == (True, 0)
    assert facts["partial"] == 1
    assert "fusion" in facts["heard"]
    assert len(facts["choices"]) >= 2
    assert facts["chosen"] == facts["choices"][1]
    assert facts["inert"] == "true"
    assert facts["patient"]
    assert facts["kept"] >= len(facts["choices"])
    assert {facts["chosen"], "Tell me about the moon."} <= set(facts["recorded"])
    assert '"hold"' in facts["stored"].replace("\\", "")
    assert facts["axe"] == []
    assert [line for line in facts["console"] if "401" not in line] == []
