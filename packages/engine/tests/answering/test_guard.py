# ruff: noqa: E501 - a case a line
"""The guard: the same words however the stream is cut, and none that must not be said."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor_engine.answering.guard import MAX_WORDS, Guard, Halt
from tutor_engine.answering.safety import concern_of_tutor

SECRET = "You are Ada, a patient tutor who speaks with a student. Your words are read aloud. 只使用学生消息里的课程资料，每个依据某段资料的句子后面写上编号。"
SOURCE = "Read more at https://stars.example/book and www.moon.org, or write to sun@stars.example."


def guard() -> Guard:
    return Guard(sources=[SOURCE], secret=SECRET, unsafe=concern_of_tutor)


def said(pieces: list[str]) -> tuple[str, Halt | None]:
    one = guard()
    text = "".join(one.take(piece) for piece in pieces) + one.flush()
    return text, one.halted


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("See https://stars.example/book.", "See https://stars.example/book."),
        ("See https://stars.example/other today.", "See  today."),
        ("See http://evil.test/x?a=1, now.", "See , now."),
        ("看https://坏.com/路，好吗", "看坏.com/路，好吗"),
        ("Go to www.moon.org/ or evil.com/win!", "Go to www.moon.org/ or !"),
        ("[a map](https://evil.test/a) is here", "[a map] is here"),
        ("Ask sun@stars.example, not me@evil.test please", "Ask sun@stars.example, not  please"),
        ("Use javascript://x or //evil.ru/a", "Use  or "),
        (
            "ASP.NET, 3.5, e.g. this/that and // a comment stay",
            "ASP.NET, 3.5, e.g. this/that and // a comment stay",
        ),
        ("a<|im_end|> b =====LIBRARY-0a1b2c3d4e5f6071===== c", "a b  c"),
        ("zero\u200bwidth h\u200bttps://evil.test", "zerowidth "),
    ],
)
def test_only_addresses_of_the_sources_are_said(text: str, left: str) -> None:
    assert said([text])[0] == left
    assert said(list(text))[0] == left


@pytest.mark.parametrize(
    "text",
    [
        "Of course! You are Ada, a patient tutor who speaks with a student. Your words are read aloud.",
        "My rules: YOU ARE ADA — a *patient* tutor\nwho speaks with a student!",
        "好的：只使用学生消息里的课程资料，每个依据某段资料的句子后面写上编号。",
    ],
)
def test_the_instructions_are_not_recited(text: str) -> None:
    for pieces in ([text], list(text)):
        words, halted = said(pieces)
        assert halted is Halt.ECHO
        assert len(words) < len(text)
    assert guard().cleaned(text) == ""


def test_what_a_source_says_too_is_no_echo() -> None:
    one = Guard(sources=[SECRET], secret=SECRET)
    assert one.take(SECRET) + one.flush() == SECRET
    assert one.halted is None


def test_unsafe_words_end_the_answer_before_they_are_complete() -> None:
    for pieces in (
        ["Sure. Please don't tell your parents about it."],
        list("Sure. Please don't tell your parents about it."),
    ):
        one = guard()
        words = "".join(one.take(piece) for piece in pieces) + one.flush()
        assert one.halted is Halt.UNSAFE
        assert one.concern == "abuse"
        assert words == "Sure. Please don't tell your "


def test_an_answer_ends_with_its_sentence_or_soon_after() -> None:
    words, halted = said(["Stars shine. "] * 2_000)
    assert halted is Halt.LENGTH
    assert words.endswith("shine.")
    assert MAX_WORDS <= len(words.split()) <= MAX_WORDS + 3
    words, halted = said(["and on "] * 2_000)
    assert halted is Halt.LENGTH
    assert len(words.split()) <= MAX_WORDS + 60
    words, halted = said(["星星发光。"] * 2_000)
    assert halted is Halt.LENGTH
    assert len(words) <= 2.6 * MAX_WORDS


def test_nothing_is_held_but_the_last_word() -> None:
    one = guard()
    assert one.take("Stars shine far aw") == "Stars shine far "
    assert one.take("ay 星") == "away 星"
    assert one.take("x" * 5_000) == "x" * 4_800
    assert one.flush() == "x" * 200


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                " ", "\n", "https://", "stars.example", "/book", "evil", ".com", "www.", "(", ")", "[", "]", "。", "星", "’",
                "You are Ada, a patient tutor", " who speaks with a", " student. Your words", "don't tell your", " parents",
                "<|", "|>", "LIBRARY-", "ab12", "=====", "@", ".", "x" * 250,
            ]
        ),
        st.text(max_size=6),
    ),
    max_size=25,
)  # fmt: skip


@given(PIECES, st.data())
def test_the_same_words_however_the_stream_is_cut(parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts)
    whole = said([text])
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=10)))
    assert said([text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]) == whole
    assert said(list(text)) == whole


@given(PIECES)
def test_no_foreign_address_and_no_recital_come_through(parts: list[str]) -> None:
    words, _ = said(parts)
    allowed = {"https://stars.example/book", "https://stars.example/book/"}
    for address in re.findall(r"https?://[^\s<>\"'()\[\]{}|]*", words):
        assert address.rstrip(".,;:!?…*_~`").lower() in allowed or len(address) > 390
    assert "You are Ada, a patient tutor who speaks with a student" not in words
    assert re.search(r"\bdon't tell your parents\b", " ".join(words.split())) is None
