from collections.abc import Sequence

import pytest

from tutor_engine.answering.followup import search_query
from tutor_engine.answering.port import Exchange
from tutor_engine.answering.texts import greeting, listed, say


def past(*questions: str, answer: str = "…") -> list[Exchange]:
    return [message for q in questions for message in (Exchange("user", q), Exchange("assistant", answer))]


@pytest.mark.parametrize(
    ("text", "questions", "query"),
    [
        ("Why is the sky blue?", [], "Why is the sky blue"),
        ("Why is the sky blue?", ["What is gravity?"], "Why is the sky blue"),
        ("why?", ["The sky is blue?"], "The sky is blue why"),
        ("And what about Saturn?", ["What is the mass of Jupiter?"], "What is the mass of Saturn?"),
        ("How often do they happen?", ["What causes the tides?"], "How often do they happen (tides)"),
        ("repeat that", ["What is a star?"], "What is a star"),
        ("Why?", ["What is a star?", "hello"], "What is a star Why"),
        ("Give me an example", ["What is a star?"], "What is a star"),
        ("an example of a comet", ["What is a star?"], "a comet"),
        ("quiz me about black holes", [], "black holes"),
        ("why?", [], "why"),
    ],
)
def test_english(text: str, questions: Sequence[str], query: str) -> None:
    assert search_query(text, past(*questions), "en") == query


@pytest.mark.parametrize(
    ("text", "questions", "query"),
    [
        ("那日晷呢？", ["圭表是做什么用的？"], "日晷是做什么用的"),
        ("它有什么作用？", ["都江堰是谁修的？"], "都江堰有什么作用"),
        ("为什么？", ["冬至白天最短"], "冬至白天最短 为什么"),
        ("再说一遍", ["司南是什么？"], "司南是什么"),
        ("举个例子", ["什么是节气？"], "什么是节气"),
        ("考考我圆周率", [], "圆周率"),
    ],
)
def test_chinese(text: str, questions: Sequence[str], query: str) -> None:
    assert search_query(text, past(*questions), "zh") == query


def test_yes_takes_up_the_offer() -> None:
    assert search_query(
        "yes please", past("tides?", answer="Tides. Shall I go on with “Tidal locking”?"), "en"
    ) == ("Tidal locking")
    assert search_query("好的", past("潮汐？", answer="潮汐。要我接着讲“都江堰”吗？"), "zh") == "都江堰"


def test_a_quiz_reply_looks_for_the_question() -> None:
    history = past("quiz me", answer="Fill in the blank: A blank is a cloud of gas.")
    assert search_query("nebula", history, "en") == "A   is a cloud of gas."


def test_long_chains_of_leaning_questions_end() -> None:
    assert search_query("why?", past(*["why?"] * 50), "en")
    assert search_query("那它呢？", past(*["那它呢？"] * 50), "zh")


@pytest.mark.parametrize("key", ["about", "unknown_topics", "quiz_topic"])
def test_a_topic_that_was_offered_is_chosen_by_its_place(key: str) -> None:
    english = [Exchange("assistant", f"Well. {say(key, 'en', topics='Stars, The Moon and Black holes')}")]
    chinese = [Exchange("assistant", say(key, "zh", topics="日晷、司南和都江堰"))]
    assert search_query("The first one, please.", english, "en") == "Stars"
    assert search_query("the last", english, "en") == "Black holes"
    assert search_query("第二个", chinese, "zh") == "司南"
    assert search_query("How far is the Moon?", english, "en") == "How far is the Moon"
    assert search_query("the fourth one", english, "en") == "the fourth one"


def test_a_topic_of_the_greeting_is_chosen_by_its_place() -> None:
    opened = [Exchange("assistant", greeting("Ada", "en", ["Stars", "The Moon"]))]
    assert search_query("the second one", opened, "en") == "The Moon"
    opened = [Exchange("assistant", greeting("林老师", "zh", ["日晷", "司南"]))]
    assert search_query("第一个吧", opened, "zh") == "日晷"


def test_a_topic_of_several_parts_is_one_topic() -> None:
    told = say("unknown_topics", "en", topics=listed(["The Moon", "Stars and Galaxies", "Comets"], "en"))
    assert "“The Moon”, “Stars and Galaxies” and “Comets”." in told
    assert search_query("the second one", [Exchange("assistant", told)], "en") == "Stars and Galaxies"
    told = say("unknown_topics", "zh", topics=listed(["日晷", "二十四节气和农业"], "zh"))
    assert search_query("第二个", [Exchange("assistant", told)], "zh") == "二十四节气和农业"
