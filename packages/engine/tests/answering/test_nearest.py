# ruff: noqa: E501 - examples, a meaning a line
"""What is meant in words that no rule knows, by the real model; questions about the subject are left alone."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from tutor_engine.answering.extractive import Extractive
from tutor_engine.answering.nearest import NearestIntent
from tutor_engine.answering.port import Exchange
from tutor_engine.answering.stage import Answering
from tutor_engine.knowledge.meaning.embed import MiniLm

from .conftest import MakePassage, MakeQuestion, collect


@pytest.fixture(scope="module")
def nearest(model_file: Callable[[str, str], Path]) -> NearestIntent:
    return NearestIntent(MiniLm(model_file("minilm", "model.bin").parent).encode)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("I can't follow you that quickly", "slower please"),
        ("What would it look like in everyday life?", "give me an example"),
        ("Can you check what I have learned?", "quiz me"),
        ("Please point me in the right direction.", "give me a hint"),
        ("No more guessing please, say it!", "just tell me the answer"),
        ("That was so helpful", "thanks"),
    ],
)
def test_other_words_for_the_same(nearest: NearestIntent, text: str, meant: str) -> None:
    assert nearest.plainly(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "How does it work?", "What is it made of?", "How old are you?", "Tell me how it is made", "Which one is first?",
        "What are you going to do?", "How fast is light?", "why", "slower please", "我跟不上", "",
    ],
)  # fmt: skip
def test_questions_and_known_words_stay(nearest: NearestIntent, text: str) -> None:
    assert nearest.plainly(text) == text


def test_the_model_is_asked_only_about_words_that_steer_and_once() -> None:
    asked: list[Sequence[str]] = []

    def encode(texts: Sequence[str]) -> npt.NDArray[np.float32]:
        asked.append(texts)
        return np.eye(len(texts), 384, dtype=np.float32)

    intents = NearestIntent(encode)
    intents.plainly("How do volcanoes erupt?")
    assert asked == []
    intents.plainly("I cannot get what you said")
    intents.plainly("I cannot get what you said")
    assert len(asked) == 2


async def test_a_lesson_understands_them(
    nearest: NearestIntent, make_passage: MakePassage, make_question: MakeQuestion
) -> None:
    stage = Answering([Extractive()], plainly=nearest.plainly)
    history = (Exchange("user", "What is a star?"), Exchange("assistant", "A star is a ball of hot gas."))
    assert stage.search_query("I can't follow you that quickly", history, "en") == "What is a star"
    question = make_question(
        "I can't follow you that quickly",
        make_passage("A star is a ball of hot gas.", "It shines."),
        history=[(message.role, message.content) for message in history],
    )
    answer = await collect(stage.answer(question))
    assert answer.text.startswith("Slowly, one thought at a time.")
