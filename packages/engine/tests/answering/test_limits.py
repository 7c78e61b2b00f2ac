"""What a teacher lets a tutor talk about holds, whoever answers."""

import pytest

from tutor_engine.answering.extractive import Extractive
from tutor_engine.answering.limits import Limits, mentioned
from tutor_engine.answering.port import TeachingState
from tutor_engine.answering.stage import Answering

from .conftest import FakeAnswerer, MakePassage, MakeQuestion, collect


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        ("war", "Why did the First World War begin?"),
        ("video games", "Which games are a video hit?"),
        ("Stars", "what is a star"),
        ("AI", "Will AI take my job?"),
        ("战争", "第一次世界大战争是怎么开始的？"),
        ("性", "什么是性？"),
    ],
)
def test_a_topic_is_known_by_its_words(topic: str, text: str) -> None:
    assert mentioned([topic], text)


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        ("war", "What is a warm front?"),
        ("video games", "How is a video compressed?"),
        ("AI", "Why does it rain in Spain?"),
        ("战争", "怎样战胜困难？"),
        (" ", "Anything"),
    ],
)
def test_what_only_looks_like_it_is_another(topic: str, text: str) -> None:
    assert not mentioned([topic], text)


async def test_a_declined_topic_reaches_no_answerer(make_question: MakeQuestion) -> None:
    model = FakeAnswerer("A")
    question = make_question("Tell me about the war.", topics_declined=["war"])
    answer = await collect(Answering([model]).answer(question))
    assert answer.text.startswith("That is not something for this lesson.")
    assert (
        await collect(Answering([model]).answer(make_question("Hi", topics_declined=["war"])))
    ).text == "A"
    chinese = make_question("战争是什么？", language="zh", topics_declined=["战争"])
    assert (await collect(Answering([model]).answer(chinese))).text.startswith("这个问题不属于这节课")


async def test_who_needs_an_adult_gets_one_whatever_the_topics(make_question: MakeQuestion) -> None:
    question = make_question("I want to kill myself", topics_declined=["kill"], topics_allowed=["stars"])
    answer = await collect(Answering([FakeAnswerer("A")]).answer(question))
    assert answer.text.startswith("I am really glad that you told me.")


async def test_the_library_is_not_quoted_on_a_declined_topic(
    make_passage: MakePassage, make_question: MakeQuestion
) -> None:
    passage = make_passage("In 1914 many men had to go.", heading="The Great War")
    asked = make_question("What happened in 1914?", passage, headings=["The Great War", "Stars"])
    assert (await collect(Answering([Extractive()]).answer(asked))).citations
    limited = make_question(
        "What happened in 1914?", passage, headings=["The Great War", "Stars"], topics_declined=["war"]
    )
    answer = await collect(Answering([Extractive()]).answer(limited))
    assert not answer.citations
    assert "Stars" in answer.text
    assert "War" not in answer.text


async def test_only_allowed_topics_are_opened(make_passage: MakePassage, make_question: MakeQuestion) -> None:
    model = FakeAnswerer("A")
    stage = Answering([model])

    async def said(text: str, *passages: object, **more: object) -> str:
        question = make_question(text, *passages, topics_allowed=["fractions", "decimals"], **more)
        return (await collect(stage.answer(question))).text

    assert await said("Who won the football cup?") == (
        "That is outside this lesson. Here we talk about fractions and decimals. "
        "What would you like to know about that?"
    )
    for fine in (
        "What is a fraction?",
        "Thank you",
        "yes",
        "Can you give me an example?",
        "I think it is 3/4",
    ):
        assert await said(fine) == "A", fine
    # The library says that it belongs to the topic.
    numerator = make_passage("The numerator counts parts.", heading="Fractions")
    assert await said("Why is the numerator on top?", numerator) == "A"
    doubtful = make_passage("The cup is on top.", heading="Fractions", score=0.2)
    assert (await said("Why is the cup on top?", doubtful)).startswith("That is outside")


def test_an_answer_to_the_tutors_own_choices_is_no_new_subject(make_question: MakeQuestion) -> None:
    class Asked(TeachingState):
        @property
        def offered(self) -> tuple[str, ...]:
            return ("the moon", "the sun")

    question = make_question("What about the moon?", teaching=Asked())
    assert Limits(allowed=("fractions",)).reply(question) is None
