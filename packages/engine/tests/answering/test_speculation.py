"""Prepared answers are used when the words are the same, and otherwise never heard of again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor_engine.answering.extractive import Extractive
from tutor_engine.answering.port import Alert, AnswererFailed, AnswerEvent, AnswerText, Question
from tutor_engine.answering.speculation import Guesses, Speculation, same_question
from tutor_engine.answering.stage import Answering

from .conftest import FakeAnswerer, MakePassage, MakeQuestion, collect


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("What is a star?", "what is the star", True),
        ("um, what is a star", "What is a star?", True),
        ("什么是 引力", "什么是引力呢？", True),
        ("what's a star", "What’s a star?", True),
        ("What is a star?", "What is a planet?", False),
        ("What is a star", "What is a star made of", False),
        ("is it hot", "it is hot", False),
        ("A", "the", False),
        ("什么是引力", "什么是重力", False),
    ],
)
def test_same_questions(one: str, other: str, same: bool) -> None:
    assert same_question(one, other) is same
    assert same_question(other, one) is same


def test_partial_words_begin_few_answers() -> None:
    guesses = Guesses(most=2)
    assert guesses.prepare("what is")
    assert not guesses.prepare("What is…")
    assert guesses.prepare("what is a star")
    assert not guesses.prepare("what is a star made")
    assert guesses.held == "what is a star"
    assert not guesses.confirm("what is a star made of")
    assert guesses.prepare("why")
    assert guesses.confirm("Why?")
    assert not guesses.confirm("Why?")
    assert not guesses.prepare(" … ")


WORDS = st.sampled_from(["", "why", "Why?", "what is a star", "what is the star?", "how"])


@given(st.lists(st.tuples(st.sampled_from(["prepare", "confirm", "drop"]), WORDS), max_size=30))
def test_only_the_last_guess_of_the_same_words_is_used(steps: list[tuple[str, str]]) -> None:
    guesses = Guesses()
    last: str | None = None
    begun = 0
    for step, words in steps:
        if step == "prepare":
            if guesses.prepare(words):
                last, begun = words, begun + 1
            assert begun <= 4
        elif step == "confirm":
            assert guesses.confirm(words) == (last is not None and same_question(last, words))
            last, begun = None, 0
        else:
            guesses.drop()
            last, begun = None, 0
        assert guesses.held == last


def asking(question: Question) -> Callable[[], Awaitable[Question]]:
    async def retrieve() -> Question:
        return question

    return retrieve


async def settle() -> None:
    """Let everything run that can run."""
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.mark.parametrize("kind", ["model", "extractive"])
async def test_a_confirmed_answer_is_there_at_once(
    make_question: MakeQuestion, make_passage: MakePassage, kind: str
) -> None:
    stage = Answering([FakeAnswerer("It shines.") if kind == "model" else Extractive(), Extractive()])
    question = make_question("what is a star", make_passage("A star is a ball of hot gas."))
    async with asyncio.TaskGroup() as group:
        speculation = Speculation(stage.answer, group.create_task, clock=lambda: 7.0)
        assert speculation.prepare("what is a star", asking(question))
        await settle()
        prepared = speculation.confirm("What is a star?")
        assert prepared is not None
        assert prepared.retrieved_s == 7.0
        assert prepared.task is not None
        assert prepared.task.done()
        expected = await collect(stage.answer(question))
        assert (await collect(prepared.events())).text == expected.text


async def test_a_confirmed_answer_goes_on_where_it_is(make_question: MakeQuestion) -> None:
    gate = asyncio.Event()

    async def answer(question: Question) -> AsyncIterator[AnswerEvent]:
        yield AnswerText("One ")
        await gate.wait()
        yield AnswerText("two")

    async with asyncio.TaskGroup() as group:
        speculation = Speculation(answer, group.create_task)
        speculation.prepare("why", asking(make_question("why")))
        await settle()
        prepared = speculation.confirm("why")
        assert prepared is not None
        events = prepared.events()
        assert await anext(events) == AnswerText("One ")
        gate.set()
        assert await anext(events) == AnswerText("two")
        with pytest.raises(StopAsyncIteration):
            await anext(events)


@pytest.mark.parametrize("how", ["other words", "newer words", "drop", "close", "leave"])
async def test_what_is_not_wanted_ends_cleanly(make_question: MakeQuestion, how: str) -> None:
    hanging = FakeAnswerer("One ", "two", hangs_after=1)
    async with asyncio.TaskGroup() as group:
        speculation = Speculation(hanging.answer, group.create_task)
        speculation.prepare("why", asking(make_question("why")))
        await settle()
        assert hanging.left == 0
        match how:
            case "other words":
                assert speculation.confirm("why not") is None
            case "newer words":
                speculation.prepare("why not", asking(make_question("why not")))
                await settle()
                assert hanging.left == 1
                speculation.drop()
            case "drop":
                speculation.drop()
                speculation.drop()
            case "close":
                await speculation.aclose()
                assert hanging.left == 1
                await speculation.aclose()
            case _:
                prepared = speculation.confirm("why")
                assert prepared is not None
                events = prepared.events()
                await anext(events)
                await events.aclose()
                assert hanging.left == 1
        await settle()
        assert speculation.confirm("why") is None
    assert hanging.left == (2 if how == "newer words" else 1)


async def test_a_failure_waits_for_whoever_takes_the_answer(make_question: MakeQuestion) -> None:
    async def lost() -> Question:
        raise OSError("the library is gone")

    async with asyncio.TaskGroup() as group:
        speculation = Speculation(FakeAnswerer("A", fails_after=0).answer, group.create_task)
        speculation.prepare("why", asking(make_question("why")))
        await settle()
        prepared = speculation.confirm("why")
        assert prepared is not None
        with pytest.raises(AnswererFailed):
            await collect(prepared.events())
        speculation.prepare("why", lost)
        await settle()
        again = speculation.confirm("why")
        assert again is not None
        with pytest.raises(OSError, match="library"):
            await anext(again.events())


async def test_an_alert_counts_only_when_the_words_were_said(make_question: MakeQuestion) -> None:
    alerts: list[Alert] = []
    stage = Answering([Extractive()])
    question = make_question("I want to die", on_alert=alerts.append)
    async with asyncio.TaskGroup() as group:
        speculation = Speculation(stage.answer, group.create_task)
        speculation.prepare("I want to die", asking(question))
        await settle()
        assert speculation.confirm("I want to dye my hair") is None
        assert alerts == []
        speculation.prepare("I want to die", asking(question))
        await settle()
        assert speculation.confirm("I want to die.") is not None
        assert [alert.kind for alert in alerts] == ["self_harm"]
        speculation.prepare("I want to die", asking(question))
        late = speculation.confirm("I want to die")
        assert late is not None
        await collect(late.events())
        assert len(alerts) == 2


async def test_no_guess_takes_the_place_of_a_question(make_question: MakeQuestion) -> None:
    stage = Answering([FakeAnswerer("A", hangs_after=1), Extractive()])
    assert stage.has_room
    async with asyncio.TaskGroup() as group:
        speculation = Speculation(stage.answer, group.create_task, has_room=lambda: False)
        assert not speculation.prepare("why", asking(make_question("why")))
        assert speculation.confirm("why") is None
