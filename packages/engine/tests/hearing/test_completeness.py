import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor_engine.hearing.completeness import Completeness, completeness

C, U, D = Completeness.COMPLETE, Completeness.UNCLEAR, Completeness.DANGLING


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", U),
        ("what is photosynthesis", C),
        ("why do plants need sunlight", C),
        ("tell me about the roots", C),
        ("so what is that made of", C),
        ("what is sugar made of", C),
        ("where does the energy come from", C),
        ("what is", D),
        ("what is the", D),
        ("why do plants need the", D),
        ("i think the answer is", D),
        ("photosynthesis", U),
        ("carbon dioxide", U),
        ("because the leaves and", D),
        ("um", D),
        ("The difference between a leaf, and a root?", U),
    ],
)
def test_english(text: str, expected: Completeness) -> None:
    assert completeness(text, "en") is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", U),
        ("什么是光合作用", C),
        ("植物需要阳光吗", C),
        ("为什么叶子是绿色的？", C),
        ("请解释一下", C),
        ("我觉得因为", D),
        ("光合作用", U),
        ("叶子的", D),
    ],
)
def test_chinese(text: str, expected: Completeness) -> None:
    assert completeness(text, "zh") is expected


@given(st.text(max_size=200), st.sampled_from(["en", "zh", "xx"]))
def test_any_text_is_judged(text: str, language: str) -> None:
    assert completeness(text, language) in Completeness
