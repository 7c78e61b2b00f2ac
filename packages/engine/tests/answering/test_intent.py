# ruff: noqa: E501 - a case a line
import pytest

from tutor_engine.answering.intent import Intent, classify, normalised
from tutor_engine.answering.port import Exchange


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Hello!", Intent.GREET), ("你好，老师", Intent.GREET), ("Thanks a lot", Intent.THANKS),
        ("谢谢老师", Intent.THANKS), ("OK", Intent.THANKS), ("Who are you?", Intent.WHO), ("你是谁？", Intent.WHO),
        ("Are you a robot?", Intent.WHO), ("yes, please", Intent.YES), ("好的", Intent.YES), ("no thanks", Intent.NO),
        ("不用了", Intent.NO), ("stop the quiz", Intent.NO), ("结束测验", Intent.NO), ("Why did it end?", Intent.WHY),
        ("Can you repeat that?", Intent.REPEAT), ("Sorry, could you say that again please?",
        Intent.REPEAT), ("再说一遍", Intent.REPEAT), ("Give me a hint", Intent.HINT), ("给我一点提示", Intent.HINT),
        ("Quiz me on tides", Intent.QUIZ), ("考考我", Intent.QUIZ), ("Give me an example", Intent.EXAMPLE),
        ("举个例子", Intent.EXAMPLE), ("why?", Intent.WHY), ("为什么天是蓝的", Intent.WHY),
        ("What is gravity?", Intent.DEFINE), ("什么是引力？", Intent.DEFINE), ("引力是什么", Intent.DEFINE),
        ("How fast is light?", Intent.ASK), ("谁发明了活字？", Intent.ASK), ("High tides happen when?", Intent.ASK),
        ("um, well, what is a star", Intent.DEFINE),
        ("Slower please", Intent.SLOWER), ("That was too fast, can you speak more slowly?", Intent.SLOWER),
        ("说慢一点", Intent.SLOWER), ("你说得太快了", Intent.SLOWER), ("How fast do planets move slowly?", Intent.ASK),
        ("Just tell me the answer", Intent.ANSWER), ("我放弃了", Intent.ANSWER), ("直接告诉我答案吧", Intent.ANSWER),
        ("Make me some flash cards", Intent.CARDS), ("做几张闪卡", Intent.CARDS),
        ("What is the difference between mass and weight?", Intent.COMPARE), ("浑仪和浑象有什么不同？", Intent.COMPARE),
        ("Compare Mars with Venus", Intent.COMPARE), ("How do stars shine?", Intent.HOW), ("纸是怎么做的？", Intent.HOW),
        ("How to find the North Star", Intent.HOW),
    ],
)  # fmt: skip
def test_classified(text: str, intent: Intent) -> None:
    assert classify(text) is intent


def test_normalised_drops_hesitation() -> None:
    assert normalised(" Um, well,  why is it so?? ") == "why is it so"
    assert normalised("嗯，请问 什么是引力？") == "什么是引力"


def test_a_reply_to_a_quiz_is_a_reply_unless_it_asks() -> None:
    quiz = [Exchange("assistant", "Fill in the blank: A blank is a cloud of gas.")]
    assert classify("a nebula", quiz) is Intent.QUIZ_REPLY
    assert classify("What is a nebula?", quiz) is Intent.DEFINE
    assert classify("hint please", quiz) is Intent.HINT
    again = [Exchange("assistant", "That is right! … Would you like another question?")]
    assert classify("yes", again) is Intent.QUIZ
