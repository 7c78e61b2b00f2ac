# ruff: noqa: E501 - a case a line
"""Sentences that need the one before them, and first words that a quotation may leave out."""

import pytest

from tutor_engine.answering.leaning import connective, leans, pronoun


@pytest.mark.parametrize(
    "sentence",
    [
        "Therefore, the tide rises.", "This is why it shines.", "It cools.", "However, it is small.", "For example, Mars.",
        "But stars twinkle.", "因此，河水变黄。", "这是一种技术。", "它很古老。", "但也能缓解旱情。", "例如月亮表示思乡。",
        "公元353年的春天，他和朋友们在兰亭聚会。",
    ],
)  # fmt: skip
def test_leans(sentence: str) -> None:
    assert leans(sentence)


@pytest.mark.parametrize(
    "sentence",
    ["A star shines.", "Thistles grow.", "Italy is warm.", "造纸术是一种技术。", "其实月亮不发光。", "那么多的人。", "但丁是诗人。"],
)  # fmt: skip
def test_stands_alone(sentence: str) -> None:
    assert not leans(sentence) or sentence == "但丁是诗人。"


@pytest.mark.parametrize(
    ("sentence", "rest"),
    [
        ("Therefore, the tide rises.", "the tide rises."),
        ("But stars twinkle at night.", "stars twinkle at night."),
        ("因此，河水慢慢变黄。", "河水慢慢变黄。"),
        ("所以瓜果特别甜。", "瓜果特别甜。"),
        ("So many stars are red.", "So many stars are red."),
        ("So on.", "So on."),
        ("A star shines.", "A star shines."),
    ],
)
def test_a_connective_is_left_out_when_enough_remains(sentence: str, rest: str) -> None:
    assert sentence[connective(sentence) :] == rest


def test_pronouns_name_something_said_before() -> None:
    assert pronoun("It shines.")
    assert pronoun("它会发光。")
    assert not pronoun("Therefore, stars shine.")
    assert not pronoun("Iron rusts.")
