import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor_engine.hearing.choices import choice_of

PLANETS = ("Mars", "Venus", "Jupiter", "Mercury")
CELL = ("Mitochondria", "The nucleus", "Ribosome", "Cell wall")
LAWS = ("First law", "Second law")
NUMBERS = ("5", "9", "12")
INVENTIONS = ("火药", "指南针", "造纸术", "印刷术")


@pytest.mark.parametrize(
    ("said", "choices", "meant"),
    [
        ("Mars", PLANETS, 0),
        ("mas", PLANETS, 0),
        ("I think it's venice", PLANETS, 1),
        ("jew bitter", PLANETS, 2),
        ("murky ree", PLANETS, 3),
        ("the second one", PLANETS, 1),
        ("um the first", PLANETS, 0),
        ("the last one please", PLANETS, 3),
        ("number two", PLANETS, 1),
        ("option three", PLANETS, 2),
        ("B", PLANETS, 1),
        ("letter see", PLANETS, 2),
        ("mitch oakland real", CELL, 0),
        ("it's the nucleus of the cell", CELL, 1),
        ("new clear us", CELL, 1),
        ("rib assume", CELL, 2),
        ("sell wall", CELL, 3),
        ("second law", LAWS, 1),
        ("falls", ("True", "False"), 1),
        ("nine", NUMBERS, 1),
    ],
)
def test_english(said: str, choices: tuple[str, ...], meant: int) -> None:
    found = choice_of(said, choices, "en")
    assert found is not None
    assert found.index == meant
    assert 0.5 <= found.confidence <= 1.0


@pytest.mark.parametrize(
    ("said", "choices"),
    [
        ("", PLANETS),
        ("I don't know", PLANETS),
        ("not Mars", PLANETS),
        ("Mars or Venus", PLANETS),
        ("what does that mean", PLANETS),
        ("bananas are yellow", PLANETS),
        ("hello there", CELL),
        ("option six", PLANETS),
        ("E", PLANETS),
        ("law", LAWS),
        ("Mars", ()),
    ],
)
def test_no_clear_english_choice(said: str, choices: tuple[str, ...]) -> None:
    assert choice_of(said, choices, "en") is None


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("火药", 0),
        ("活跃", 0),
        ("指南真", 1),
        ("早知术", 2),
        ("我觉得是造纸术吧", 2),
        ("印刷书。", 3),
        ("第二个", 1),
        ("选B", 1),
        ("应该是C吧", 2),
        ("最后一个", 3),
        ("二", 1),
    ],
)
def test_chinese(said: str, meant: int) -> None:
    found = choice_of(said, INVENTIONS, "zh")
    assert found is not None
    assert found.index == meant


@pytest.mark.parametrize("said", ["", "不知道", "不是火药", "火药还是指南针", "天气很好", "第六个"])
def test_no_clear_chinese_choice(said: str) -> None:
    assert choice_of(said, INVENTIONS, "zh") is None


@given(st.text(max_size=60), st.lists(st.text(max_size=20), max_size=5), st.sampled_from(["en", "zh"]))
def test_any_text_is_some_choice_or_none(said: str, choices: list[str], language: str) -> None:
    found = choice_of(said, choices, language)
    assert found is None or (0 <= found.index < len(choices) and 0.0 <= found.confidence <= 1.0)


@pytest.mark.parametrize("choices", [PLANETS, CELL, LAWS])
def test_every_choice_said_as_written_is_itself(choices: tuple[str, ...]) -> None:
    for index, choice in enumerate(choices):
        found = choice_of(f"I think it is {choice}.", choices, "en")
        assert found is not None
        assert found.index == index
