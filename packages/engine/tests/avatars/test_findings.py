from typing import get_args

import pytest

from tutor_engine.avatars.findings import Finding, FindingCode


@pytest.mark.parametrize("code", get_args(FindingCode))
def test_every_finding_is_a_sentence_in_both_languages(code: FindingCode) -> None:
    english, chinese = Finding(code).sentence("en"), Finding(code).sentence("zh")
    assert english.endswith(".")
    assert chinese.endswith("。")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)


def test_no_two_findings_say_the_same() -> None:
    sentences = [
        Finding(code).sentence(language) for code in get_args(FindingCode) for language in ("en", "zh")
    ]
    assert len(set(sentences)) == len(sentences)


def test_the_second_is_told() -> None:
    assert (
        Finding("face_turned", 3.24).sentence() == "At 3.2 s: The face is turned away. Look into the camera."
    )
    assert Finding("face_turned", 3.24).sentence("zh") == "第 3.2 秒：脸转开了，请正视镜头。"
