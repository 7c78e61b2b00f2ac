from collections.abc import AsyncGenerator

import pytest

from tutor_engine.answering.extractive import Extractive
from tutor_engine.answering.port import AnswererFailed
from tutor_engine.answering.stage import Answering

from .conftest import FakeAnswerer, MakePassage, MakeQuestion, collect, until_failure


async def test_the_first_that_is_available_answers(make_question: MakeQuestion) -> None:
    away, here, behind = FakeAnswerer("A", up=False), FakeAnswerer("B"), FakeAnswerer("C")
    stage = Answering([away, here, behind])
    assert (await collect(stage.answer(make_question("?")))).text == "B"
    here.up = False
    assert (await collect(stage.answer(make_question("?")))).text == "C"


async def test_a_failure_before_the_first_word_is_not_heard(
    make_passage: MakePassage, make_question: MakeQuestion
) -> None:
    failing = FakeAnswerer("A", fails_after=0)
    stage = Answering([failing, Extractive()])
    answer = await collect(
        stage.answer(make_question("What is a star?", make_passage("A star is a ball of gas.")))
    )
    assert answer.text.startswith("From Star Book: A star is a ball of gas.")
    assert failing.left == 1


async def test_a_failure_after_the_first_word_is_told(make_question: MakeQuestion) -> None:
    stage = Answering([FakeAnswerer("A", "B", fails_after=1), FakeAnswerer("C")])
    assert await until_failure(stage.answer(make_question("?"))) == ("A", "told to")


async def test_the_last_one_has_nobody_behind_it(make_question: MakeQuestion) -> None:
    with pytest.raises(AnswererFailed):
        await collect(Answering([FakeAnswerer(fails_after=0, up=False)]).answer(make_question("?")))
    with pytest.raises(ValueError, match="at least one"):
        Answering([])


async def test_leaving_the_stage_leaves_the_answerer(make_question: MakeQuestion) -> None:
    fake = FakeAnswerer("A", "B")
    events = Answering([fake]).answer(make_question("?"))
    assert isinstance(events, AsyncGenerator)
    await anext(events)
    await events.aclose()
    assert fake.left == 1


async def test_current_says_who_serves_and_why() -> None:
    away = FakeAnswerer(up=False, name="ollama")
    stage = Answering([away, Extractive()])
    serving = await stage.current()
    assert serving.capabilities.name == "extractive"
    assert serving.reason == "ollama: for tests"
    away.up = True
    assert (await stage.current()).capabilities.name == "ollama"


async def test_warm_and_close_reach_the_answerers() -> None:
    here, away = FakeAnswerer(), FakeAnswerer(up=False)
    stage = Answering([here, away])
    await stage.warm("m")
    await stage.aclose()
    await stage.aclose()
    assert (here.warmed, away.warmed) == (["m"], [])
    assert (here.closed, away.closed) == (2, 2)
