"""What a question is about, and whether an answer says that the library does not have it."""

import pytest

from tutor_platform.analytics.tables import as_csv
from tutor_platform.analytics.topics import asks, refuses, term


@pytest.mark.parametrize(
    ("question", "quote", "expected"),
    [
        ("Why do comets have tails?", "", "comet"),
        ("What is a comet's tail made of?", "A comet is ice and dust.", "comet"),
        ("How do plants make food by photosynthesis?", "", "photosynthesis"),
        ("What is gravity?", "", "gravity"),
        ("Hello there, thanks!", "", ""),
        ("什么是光合作用？", "", "光合作用"),
        ("请问赵州桥是谁建造的？", "赵州桥由李春建造", "赵州桥"),
        ("为什么黄河的水是黄色的？", "", "黄河"),
        ("能量守恒定律是什么意思？", "", "能量守恒定律"),
        ("你好吗？", "", ""),
    ],
)  # fmt: skip
def test_the_word_a_question_turns_on(question: str, quote: str, expected: str) -> None:
    assert term(question, quote) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Why is the sky blue?", True),
        ("explain photosynthesis to me", True),
        ("Two moons.", False),
        ("Hi!", False),
        ("Yes?", False),
        ("光合作用是什么", True),
        ("谢谢老师", False),
    ],
)
def test_whether_somebody_asks(words: str, expected: bool) -> None:
    assert asks(words) is expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("I did not find that in our course material.", True),
        ("I couldn’t find anything about dragons in the library.", True),
        ("That is not covered by our material.", True),
        ("The documents do not mention Pluto's colour.", True),
        ("课程资料里没有找到这个内容。", True),
        ("教材中没有提到这一点。", True),
        ("Mars is not a star.", False),
        ("You did not finish the sum.", False),
        ("火星没有大气吗？有的，很薄。", False),
    ],
)
def test_whether_an_answer_refuses(answer: str, expected: bool) -> None:
    assert refuses(answer) is expected


def test_no_word_of_a_student_becomes_a_formula() -> None:
    hostile = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "  =1", 'a"b,c', "普通"]
    text = as_csv(("topic", "count"), [(words, 3) for words in hostile])
    assert text.startswith("\ufefftopic,count\r\n")
    assert '"a""b,c",3' in text
    assert "普通,3" in text
    for words in hostile[:9]:
        assert f"'{words}" in text
    assert as_csv(("n",), [(-5,)]).endswith("n\r\n-5\r\n")
