import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest
from packages.engine.tests.answering.model_server import ModelServer

from tutor_engine.answering.extractive import Extractive
from tutor_engine.answering.ollama import Ollama
from tutor_engine.answering.openai import OpenAICompatible
from tutor_engine.answering.port import Alert, AnswerEnd, AnswererFailed, Question
from tutor_engine.answering.speculation import Speculation
from tutor_engine.answering.stage import Answering, Patience

from .conftest import FakeAnswerer, MakePassage, MakeQuestion, collect, until_failure


async def test_the_first_that_is_available_answers(make_question: MakeQuestion) -> None:
    away, here, behind = FakeAnswerer("A", up=False), FakeAnswerer("B"), FakeAnswerer("C")
    stage = Answering([away, here, behind])
    assert (await collect(stage.answer(make_question("?")))).text == "B"
    here.up = False
    assert (await collect(stage.answer(make_question("?")))).text == "C"


async def test_a_failure_before_the_first_word_is_tried_again(make_question: MakeQuestion) -> None:
    failing = FakeAnswerer("A", fails_after=0, failures=1)
    answer = await collect(Answering([failing, FakeAnswerer("B")]).answer(make_question("?")))
    assert answer.text == "A"
    assert failing.left == 2


async def test_two_failures_before_the_first_word_become_an_honest_answer(
    make_passage: MakePassage, make_question: MakeQuestion
) -> None:
    now = [0.0]
    failing = FakeAnswerer("A", fails_after=0)
    stage = Answering([failing, Extractive()], clock=lambda: now[0])
    question = make_question("What is a star?", make_passage("A star is a ball of gas."))
    answer = await collect(stage.answer(question))
    assert answer.text.startswith(
        "I cannot think of my own words just now, so I read from the course material. "
        "From Star Book: A star is a ball of gas."
    )
    assert failing.left == 2
    # It rests; nobody waits for it and nobody is told again.
    again = await collect(stage.answer(question))
    assert again.text.startswith("From Star Book")
    assert failing.left == 2
    assert "failed or was too slow" in (await stage.current()).reason
    now[0] = 60.0
    told = make_question("x?", *question.passages, history=[("user", "q"), ("assistant", answer.text)])
    assert (await collect(stage.answer(told))).text.startswith("From Star Book")
    assert failing.left == 4


async def test_a_failure_after_the_first_word_is_told(make_question: MakeQuestion) -> None:
    stage = Answering([FakeAnswerer("A", "B", fails_after=1), FakeAnswerer("C")])
    said, why = await until_failure(stage.answer(make_question("?")))
    assert said == "A Sorry, I lost my train of thought. Please ask me again."
    assert why == "told to"
    said, _ = await until_failure(stage.answer(make_question("?", language="zh")))
    assert said == "A对不起，我刚才断了思路，请再问我一次。"


async def test_a_first_word_that_does_not_come_is_not_waited_for(make_question: MakeQuestion) -> None:
    patience = Patience(first_word_s=0.01)
    silent = FakeAnswerer("A", "B", hangs_after=0)
    answer = await collect(Answering([silent, FakeAnswerer("B")], patience).answer(make_question("?")))
    assert answer.text.endswith("course material. B")
    assert silent.left == 1


async def test_a_stall_in_the_middle_is_a_failure_that_is_told(make_question: MakeQuestion) -> None:
    stage = Answering([FakeAnswerer("A", "B", hangs_after=1), FakeAnswerer()], Patience(stall_s=0.01))
    said, why = await until_failure(stage.answer(make_question("?")))
    assert said.startswith("A Sorry")
    assert "no word within" in why


async def test_more_than_fit_are_read_to_and_those_who_fit_are_told_how_long_they_waited(
    make_question: MakeQuestion,
) -> None:
    patience = Patience(queue_s=0.01, at_once=1)
    stage = Answering([FakeAnswerer("A", "B"), FakeAnswerer("C", name="last")], patience)
    first = stage.answer(make_question("?"))
    await anext(first)
    assert (stage.turnstile.inside, stage.turnstile.waiting) == (1, 0)
    crowded = await collect(stage.answer(make_question("?")))
    assert crowded.text == "Many students are asking at this moment, so I read from the course material. C"
    rest = [event async for event in first]
    assert isinstance(rest[-1], AnswerEnd)
    assert rest[-1].timings_ms["queue"] >= 0
    # Being crowded is no failure: the next one is served as usual.
    assert (await collect(stage.answer(make_question("?")))).text == "AB"


async def test_words_that_need_an_adult_reach_no_model(make_question: MakeQuestion) -> None:
    alerts: list[Alert] = []
    model = FakeAnswerer("A")
    question = make_question("I want to kill myself", on_alert=alerts.append)
    answer = await collect(Answering([model]).answer(question))
    assert "an adult you trust" in " ".join(answer.text.replace("another adult", "an adult").split())
    assert alerts == [Alert("self_harm", "student", "I want to kill myself")]
    assert model.left == 0


async def test_the_mode_s_memory_goes_with_the_end_of_the_answer(
    make_passage: MakePassage, make_question: MakeQuestion
) -> None:
    stage = Answering([Extractive()])
    passage = make_passage("A star is a ball of hot gas.")
    first = await collect(stage.answer(make_question("What is a star?", passage, mode="socratic")))
    assert "what do you already know" in first.text
    reply = make_question("a ball of gas", mode="socratic", teaching=first.end.teaching)
    assert (await collect(stage.answer(reply))).text.startswith("Yes, you have it!")


@pytest.mark.parametrize("prepared", [False, True])
async def test_the_choices_of_a_quiz_are_told_whoever_asks_it(
    make_passage: MakePassage, make_question: MakeQuestion, prepared: bool
) -> None:
    stage = Answering([FakeAnswerer("Fill in the blank.")])
    names = ("comet", "nebula", "galaxy")
    passages = [
        make_passage(f"A {name} is a thing that is far away from us.", start=100 * n, heading=name)
        for n, name in enumerate(names)
    ]
    question = make_question("Quiz me", *passages, mode="quiz")

    async def retrieve() -> Question:
        return question

    async with asyncio.TaskGroup() as group:
        speculation = Speculation(stage.answer, group.create_task)
        if prepared:
            speculation.prepare("quiz me", retrieve)
        held = speculation.confirm("Quiz me")
        assert (held is not None) is prepared
        answer = await collect(stage.answer(question) if held is None else held.events())
    assert set(answer.end.choices) == set(names)


async def test_there_is_no_room_for_guesses_while_somebody_waits_or_all_places_are_taken(
    make_question: MakeQuestion,
) -> None:
    stage = Answering([FakeAnswerer("A", "B"), FakeAnswerer("C")], Patience(at_once=2))
    assert stage.has_room
    events = [stage.answer(make_question("?")) for _ in range(2)]
    await anext(events[0])
    assert stage.has_room
    await anext(events[1])
    assert not stage.has_room
    for each in events:
        assert isinstance(each, AsyncGenerator)
        await each.aclose()
    assert stage.has_room


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


async def test_a_model_is_told_what_its_mode_wants(
    openai_server: ModelServer, make_passage: MakePassage, make_question: MakeQuestion
) -> None:
    openai_server.script.pieces = ["Fill in the blank: …"]
    stage = Answering([OpenAICompatible(openai_server.url), Extractive()])
    passage = make_passage("A comet is a ball of ice and dust that grows a tail.")
    first = await collect(stage.answer(make_question("Quiz me", passage, mode="quiz")))
    await collect(stage.answer(make_question("a comet", mode="quiz", teaching=first.end.teaching)))
    asked, marked = (request["messages"] for request in openai_server.script.requests)
    assert "Ask one question at a time" in asked[0]["content"]
    assert (
        "Ask exactly this question and nothing else: Fill in the blank: Question 1." in asked[-1]["content"]
    )
    assert "The quiz is over with 1 of 1 right" in marked[-1]["content"]
    assert "A comet is a ball of ice" in marked[-1]["content"]
    await stage.aclose()


async def test_a_model_that_is_down_in_the_middle_of_a_lesson_is_bridged(
    ollama_server: ModelServer, make_passage: MakePassage, make_question: MakeQuestion
) -> None:
    stage = Answering([Ollama(ollama_server.url), Extractive()])
    question = make_question("What is a star?", make_passage("A star is a ball of hot gas."))
    assert (await collect(stage.answer(question))).text.startswith("A star is a ball of")
    ollama_server.script.status = 500
    bridged = await collect(stage.answer(question))
    assert "so I read from the course material. From Star Book: A star is" in bridged.text
    assert bridged.citations
    await stage.aclose()


@pytest.mark.parametrize("text", ["What is a star?", "Quiz me", "Make flash cards", "什么是恒星？"])
@pytest.mark.parametrize("mode", ["explain", "socratic", "quiz", "practice"])
async def test_a_library_that_is_away_is_said_to_be_so(
    text: str, mode: str, make_question: MakeQuestion
) -> None:
    language = "en" if text.isascii() else "zh"
    question = replace(make_question(text, language=language, mode=mode), library_away=True)
    answer = await collect(Answering([Extractive()]).answer(replace(question, topics_allowed=("planets",))))
    assert "cannot reach our course library" in answer.text or "连不上课程资料库" in answer.text
    assert not answer.end.known
    hello = await collect(
        Answering([Extractive()]).answer(replace(question, text="Thank you", language="en"))
    )
    assert "library" not in hello.text
