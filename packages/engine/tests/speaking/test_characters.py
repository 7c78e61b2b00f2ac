import pytest

from tutor_engine.speaking.characters import base_language, edge_voice, espeak_voice, gender_of


@pytest.mark.parametrize(
    ("voice", "gender"),
    [
        (None, "female"), ("ada", "female"), ("lin", "female"), ("female", "female"), ("male", "male"),
        ("Adam", "male"), ("zh-CN-XiaoxiaoNeural", "female"), ("zh-CN-YunxiNeural", "male"),
        ("en-US-AndrewMultilingualNeural", "male"), ("en-GB-RyanNeural", "male"),
        ("nobody knows", "female"), ("", "female"),
        ("zh-CN-liaoning-XiaobeiNeural", "female"),
    ],
)  # fmt: skip
def test_gender(voice: str | None, gender: str) -> None:
    assert gender_of(voice) == gender


@pytest.mark.parametrize(
    ("language", "base"),
    [
        ("en", "en"),
        ("en-US", "en"),
        ("zh", "zh"),
        ("zh-CN", "zh"),
        ("zh_Hans", "zh"),
        ("cmn", "zh"),
        ("fr", "en"),
    ],
)
def test_base_language(language: str, base: str) -> None:
    assert base_language(language) == base


@pytest.mark.parametrize(
    ("voice", "language", "name"),
    [
        ("zh-CN-XiaoxiaoNeural", "zh", "zh-CN-XiaoxiaoNeural"),
        ("zh-CN-XiaoxiaoNeural", "en", "en-US-EmmaMultilingualNeural"),
        ("zh-CN-YunxiNeural", "en", "en-US-AndrewMultilingualNeural"),
        ("en-US-EmmaMultilingualNeural", "zh", "en-US-EmmaMultilingualNeural"),
        ("ada", "en", "en-US-EmmaMultilingualNeural"),
        ("male", "zh", "zh-CN-YunxiNeural"),
        (None, "zh", "zh-CN-XiaoxiaoNeural"),
    ],
)
def test_edge_names(voice: str | None, language: str, name: str) -> None:
    assert edge_voice(voice, language) == name


def test_espeak_names_differ_by_gender_and_language() -> None:
    names = {espeak_voice(v, lang) for v in ("female", "male") for lang in ("en", "zh")}
    assert len(names) == 4
    assert {name.split("+")[0] for name, _ in names} == {"en-us", "cmn"}
