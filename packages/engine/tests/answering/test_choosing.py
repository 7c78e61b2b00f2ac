# ruff: noqa: E501 - the cases are a table
"""Replies to a question with choices, as students type and say them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor_engine.answering.choosing import picked

PLANETS = ("Mars", "Venus", "Jupiter", "Saturn")
TOOLS = ("算筹", "日晷", "浑仪")

ENGLISH: dict[int | None, tuple[str, ...]] = {
    0: ("A", "a.", "(a)", "A)", "A: Mars", "Mars", "mars!", "option A", "Option a please", "the first one", "1", "1.",
        "number one", "no. 1", "#1", "I choose A", "My answer is A", "I think it's Mars", "I'd go with A", "let's say Mars",
        "answer: A", "A is right", "probably the first", "not sure, maybe A", "A for apple", "alpha", "A A", "Is it Mars?",
        "the first choice", "take A", "final answer A", "marz", "Ａ", "选A", "第一个", "um, well, I guess the 1st one"),
    1: ("B", "be", "bee", "second", "2", "two", "to", "number two", "b) venus", "②", "I would say Venus, please"),
    2: ("C", "see", "sea", "third", "three", "the third one"),
    3: ("D", "dee", "the last one", "the very last one", "4", "four", "fourth", "saturn"),
    None: ("", "…", "not A", "not Mars", "I don't think it is Mars", "not the first", "I don't know", "A or B", "Mars or Venus",
           "none of them", "a planet", "why", "E", "5", "the fifth", "the middle one", "x" * 500),
}  # fmt: skip

CHINESE: dict[int | None, tuple[str, ...]] = {
    0: ("A", "选A", "我选A吧", "A。", "算筹", "我觉得是算筹", "应该是算筹吧", "第一个", "第一", "一", "1", "选一", "第一个吧",
        "第1个", "第一项", "第一种", "答案是A", "我的答案是A", "我选择A", "选项A", "A选项", "应该选A", "肯定是A", "诶", "我猜A",
        "是不是A", "A对吗", "是A吗？", "不确定，可能是A", "算愁", "算酬"),
    1: ("B", "第二个", "二", "日晷", "日鬼", "选B吧", "必", "中间那个", "两", "the second one"),
    2: ("C", "最后一个", "最后那个", "第三个", "3", "浑仪", "西", "我选最后一个"),
    None: ("不是A", "不是算筹", "不知道", "A还是B", "都不是", "第四个", "D", "为什么", "不是第一个", "算筹或者日晷"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("reply", "place"), [(reply, place) for place, replies in ENGLISH.items() for reply in replies]
)
def test_english_replies(reply: str, place: int | None) -> None:
    assert picked(PLANETS, reply) == place


@pytest.mark.parametrize(
    ("reply", "place"), [(reply, place) for place, replies in CHINESE.items() for reply in replies]
)
def test_chinese_replies(reply: str, place: int | None) -> None:
    assert picked(TOOLS, reply) == place


def test_words_of_a_choice_are_not_taken_for_places_or_denials() -> None:
    laws = ("comet", "photosynthesis", "the second law")
    assert picked(laws, "the second law") == 2
    assert picked(laws, "second") == 1
    assert picked(laws, "foto synthesis") == 1
    assert picked(("not a number", "zero", "one"), "not a number") == 0
    assert picked(("3.14", "2.72", "1.62"), "2.72") == 1
    assert picked(("solar wind", "soil", "soap"), "so soler wind") == 0
    assert picked((), "A") is None
    assert picked(("Mars",), "mas") == 0


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=4, unique=True), st.text(max_size=60))
def test_any_reply_names_an_offered_choice_or_none(choices: list[str], reply: str) -> None:
    assert picked(choices, reply) in {None, *range(len(choices))}
