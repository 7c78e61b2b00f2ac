# ruff: noqa: E501 - a case a line
import pytest

from tutor_engine.conversation.joining import LONGEST_CHARS, joined, wants_silence


@pytest.mark.parametrize(
    ("first", "more", "whole"),
    [
        ("Why is the sky", "blue today?", "Why is the sky blue today?"),
        ("What is the difference between", "what is called mass and weight", "What is the difference between what is called mass and weight"),
        ("How does a plant.", "make its food", "How does a plant make its food"),
        ("How does it work?", "in winter", "How does it work in winter"),
        ("Why is there", "no air on the moon", "Why is there no air on the moon"),
        ("为什么天空", "是蓝色的", "为什么天空是蓝色的"),
        ("二加二。", "等于几", "二加二等于几"),
        ("Tell me about 光合作用", "please", "Tell me about 光合作用 please"),
        ("Why is the", "why is the sky blue", "why is the sky blue"),
        ("为什么天", "为什么天空是蓝的？", "为什么天空是蓝的？"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("heard", [False, True])
def test_the_rest_of_a_question_completes_it(first: str, more: str, whole: str, heard: bool) -> None:
    assert joined(first, more, heard=heard) == whole


@pytest.mark.parametrize(
    ("first", "more"),
    [
        ("Why is the sky blue", "what is gravity"),
        ("Where does it come from", "can you say it again"),
        ("为什么天空是蓝的", "什么是重力呢"),
    ],
)
def test_a_new_question_stands_alone_once_an_answer_sounds(first: str, more: str) -> None:
    assert joined(first, more, heard=True) is None
    assert joined(first, more, heard=False) is not None, "nobody has answered the first"


@pytest.mark.parametrize(
    "words",
    ["stop", "Wait!", "hold on a second", "No, no.", "never mind", "sorry", "停", "等一下", "不对", "算了"],
)
def test_words_that_want_silence_complete_nothing(words: str) -> None:
    assert wants_silence(words)
    assert joined("Why is the", words, heard=False) is None


@pytest.mark.parametrize("words", ["no air", "the stop sign", "别的", "等于", "notice it", ""])
def test_the_same_words_inside_a_question_do_not(words: str) -> None:
    assert not wants_silence(words)


def test_a_question_does_not_grow_without_end() -> None:
    first = "and then " * (LONGEST_CHARS // 9)
    assert joined(first[: LONGEST_CHARS - 10], "why is it", heard=False) is not None
    assert joined(first, "why is the sky blue", heard=False) is None
