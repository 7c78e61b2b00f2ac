# ruff: noqa: E501 - a case a line
"""Every mode, played as a lesson with the embedded tutor, and told to a model."""

from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packages.engine.tests.answering.conftest import Answer, MakePassage, MakeQuestion, collect
from packages.engine.tests.answering.quoting import rests_on

from tutor_engine.answering.extractive import Extractive
from tutor_engine.answering.port import Exchange, Passage, Question, TeachingState
from tutor_engine.answering.prompt import chat_messages
from tutor_engine.answering.stage import Answering
from tutor_engine.answering.teaching import MODES, taught


class Lesson:
    """A student and the embedded tutor in one mode; what is said becomes history."""

    def __init__(self, mode: str, *passages: Passage, language: Literal["en", "zh"] = "en") -> None:
        self.mode, self.passages = mode, passages
        self.language: Literal["en", "zh"] = language
        self.teaching: TeachingState | None = None
        self.history: list[Exchange] = []
        self.answer: Answer | None = None

    def question(self, text: str, **more: Any) -> Question:
        return Question(text, self.language, self.passages, tuple(self.history), mode=self.mode,
                        teaching=self.teaching, headings=("Stars",), **more)  # fmt: skip

    async def say(self, text: str) -> str:
        self.answer = await collect(Answering([Extractive()]).answer(self.question(text)))
        assert all(rests_on(event.citation, self.passages) for event in self.answer.citations)
        self.teaching = self.answer.end.teaching
        self.history += [Exchange("user", text), Exchange("assistant", self.answer.text)]
        return self.answer.text

    def guidance(self, text: str) -> str:
        move = taught(self.question(text))[1]
        return "" if move is None else move.guidance


@pytest.fixture
def star(make_passage: MakePassage) -> Passage:
    return make_passage("A star is a ball of hot gas held together by gravity.", "It shines by fusion.")


# Explaining ---------------------------------------------------------------------------------------


async def test_explaining_again_is_simpler(star: Passage) -> None:
    lesson = Lesson("explain", star)
    assert lesson.guidance("I don't understand") == ""
    await lesson.say("What is a star?")
    assert "simpler words" in lesson.guidance("I don't understand that")
    assert "simpler words" in lesson.guidance("It is too hard for me")
    assert lesson.guidance("Why does it shine?") == ""
    chinese = Lesson("explain", star, language="zh")
    chinese.history = list(lesson.history)
    for text in ("我没听懂", "还是不明白", "太难了", "能简单一点吗"):
        assert "更简单" in chinese.guidance(text)


# Socratic questions ----------------------------------------------------------------------------------


async def test_the_ladder_leads_to_the_answer_after_attempts(star: Passage) -> None:
    lesson = Lesson("socratic", star)
    assert await lesson.say("What is a star?") == (
        "Good question. Before I tell you: what do you already know about it?"
    )
    first = await lesson.say("Something in the sky")
    assert first.startswith("Thank you for trying. Let us get closer. Complete this sentence: ")
    assert "blank" in first
    assert "ball of hot gas held together by gravity" not in first
    second = await lesson.say("I don't know")
    assert "Here is a hint from Star Book" in second
    assert "…" in second
    assert "gravity" not in second
    third = await lesson.say("just tell me")
    assert third.startswith("Here is the answer: A star is a ball of hot gas held together by gravity.")
    assert third.endswith("Can you think of an example?")
    assert lesson.teaching is None


async def test_the_answer_is_not_given_before_an_attempt(star: Passage) -> None:
    lesson = Lesson("socratic", star)
    await lesson.say("What is a star?")
    told = await lesson.say("Just tell me the answer")
    assert told.startswith("Try once first")
    assert "held together by gravity" not in told


@pytest.mark.parametrize(
    "reply", ["a ball of hot gas", "it's gas that is hot and held by gravity", "Is it a hot gas ball?"]
)
async def test_who_finds_it_is_told_so(star: Passage, reply: str) -> None:
    lesson = Lesson("socratic", star)
    await lesson.say("What is a star?")
    found = await lesson.say(reply)
    assert found.startswith("Yes, you have it!")
    assert lesson.answer is not None
    assert lesson.answer.citations
    assert lesson.teaching is None


async def test_another_question_starts_another_ladder(star: Passage, make_passage: MakePassage) -> None:
    lesson = Lesson("socratic", star)
    await lesson.say("What is a star?")
    lesson.passages = (make_passage("Mars is a red planet with two moons.", heading="Mars"),)
    assert "already know about it" in await lesson.say("What is Mars?")
    assert (await lesson.say("a red planet with moons")).startswith("Yes, you have it!")


async def test_a_socratic_tutor_that_does_not_know_says_so(make_passage: MakePassage) -> None:
    lesson = Lesson("socratic", make_passage("Salt is white.", score=0.05))
    assert (await lesson.say("What is a cake?")).startswith("I did not find that")
    assert lesson.teaching is None
    assert (await lesson.say("hello")).startswith("Hello")


async def test_the_ladder_in_chinese(make_passage: MakePassage) -> None:
    lesson = Lesson(
        "socratic", make_passage("算筹是古人用来计算的小棍，多用竹子制成。", heading="算筹"), language="zh"
    )
    assert "关于算筹" in await lesson.say("什么是算筹？")
    assert "提示" in await lesson.say("不知道")
    assert (await lesson.say("是用竹子制成的计算小棍")).startswith("对，你说出来了！")


def test_a_model_is_told_each_rung(star: Passage) -> None:
    lesson = Lesson("socratic", star)
    state, move = taught(lesson.question("What is a star?"))
    assert move is not None
    assert "Do not answer yet" in chat_messages(lesson.question("What is a star?", move=move))[-1]["content"]
    lesson.teaching = state
    assert "The key sentence of passage [1] is" in lesson.guidance("Something bright")
    assert "student has found it" in lesson.guidance("a ball of hot gas")


# Quiz ------------------------------------------------------------------------------------------------


@pytest.fixture
def planets(make_passage: MakePassage) -> tuple[Passage, ...]:
    return (
        make_passage("A comet is a ball of ice and dust that grows a tail.", heading="Small bodies › Comets"),
        make_passage("A nebula is a cloud of gas where new stars are born.", heading="Nebulae", start=200),
        make_passage("A galaxy is a system of many stars and much gas.", heading="Galaxies", start=400),
    )


async def test_a_quiz_with_choices_is_marked_and_counted(planets: tuple[Passage, ...]) -> None:
    lesson = Lesson("quiz", *planets)
    first = await lesson.say("Quiz me, please")
    assert first.startswith("Fill in the blank: Question 1. A blank is a ball of ice and dust")
    assert "Is it A, " in first
    assert "; or C, " in first
    letter = next(sign for sign in "ABC" if f"{sign}, comet" in first)
    second = await lesson.say(f"I think it's {letter}")
    assert second.startswith("That is right! A comet is a ball of ice")
    assert "Question 2. A blank is a cloud of gas" in second
    third = await lesson.say("a galaxy")
    assert third.startswith("Not quite. The word was nebula. A nebula is a cloud of gas")
    assert "Question 3." in third
    last = await lesson.say("galaxy")
    assert last.startswith("That is right!")
    assert "You answered 2 of 3 questions correctly." in last
    assert lesson.teaching is None


@pytest.mark.parametrize("reply", ["comet", "The comet!", "um, a comet", "comment", "comets"])
async def test_spoken_answers_are_understood(planets: tuple[Passage, ...], reply: str) -> None:
    lesson = Lesson("quiz", *planets)
    await lesson.say("Quiz me")
    assert (await lesson.say(reply)).startswith("That is right!")


async def test_letters_and_places(planets: tuple[Passage, ...]) -> None:
    for place, replies in enumerate(
        [
            ("a", "A.", "first", "the first one", "option one"),
            ("b", "bee", "number 2"),
            ("c", "see", "the last one", "third"),
        ]
    ):
        for reply in replies:
            lesson = Lesson("quiz", *planets)
            asked = await lesson.say("Quiz me")
            right = f"{'ABC'[place]}, comet" in asked
            assert (await lesson.say(reply)).startswith("That is right!" if right else "Not quite."), reply


async def test_what_is_offered_is_told_until_the_quiz_is_over(planets: tuple[Passage, ...]) -> None:
    lesson = Lesson("quiz", *planets)

    async def offered(text: str) -> tuple[str, ...]:
        said = await lesson.say(text)
        assert lesson.answer is not None
        choices = lesson.answer.end.choices
        assert all(f"{letter}, {choice}" in said for letter, choice in zip("ABC", choices, strict=False))
        return choices

    first = await offered("Quiz me")
    assert set(first) == {"comet", "nebula", "galaxy"}
    for aside in ("Give me a hint", "Say that again", "banana", "What is a galaxy?"):
        assert await offered(aside) == first
    second = await offered(first[0])
    assert second != first
    assert len(second) == 3
    assert await offered("stop") == ()
    assert await offered("hello") == ()


@pytest.mark.parametrize("mode", ["explain", "socratic", "practice"])
async def test_other_modes_offer_nothing_to_choose_from(planets: tuple[Passage, ...], mode: str) -> None:
    lesson = Lesson(mode, *planets)
    for text in ("What is a comet?", "ice and dust", "hint", "tell me"):
        await lesson.say(text)
        assert lesson.answer is not None
        assert lesson.answer.end.choices == ()


async def test_help_questions_and_the_end_of_a_quiz(planets: tuple[Passage, ...]) -> None:
    lesson = Lesson("quiz", *planets)
    asked = await lesson.say("Quiz me")
    hint = await lesson.say("Give me a hint")
    assert hint.startswith("It is not ")
    assert hint.endswith(asked)
    assert await lesson.say("Say that again") == asked
    assert (await lesson.say("banana")).startswith("I did not catch which one")
    aside = await lesson.say("What is a galaxy?")
    assert "A galaxy is a system of many stars" in aside
    assert aside.endswith(asked)
    assert (await lesson.say("stop")).startswith("You answered 0 of 0")
    assert lesson.teaching is None


async def test_a_quiz_without_choices_takes_the_word(make_passage: MakePassage) -> None:
    lesson = Lesson(
        "quiz", make_passage("A comet is a ball of ice and dust that grows a tail.", heading="Comet")
    )
    assert "Is it" not in await lesson.say("Quiz me")
    assert (await lesson.say("give me a hint")).startswith("The word begins with c.")
    assert (await lesson.say("a planet")).startswith("Not quite. The word was comet.")
    assert (await Lesson("quiz").say("Quiz me")).startswith("Gladly. Choose a topic")


async def test_a_chinese_quiz(make_passage: MakePassage) -> None:
    lesson = Lesson(
        "quiz",
        make_passage("算筹是古人用来计算的小棍，多用竹子制成。", heading="算筹"),
        make_passage("日晷是利用太阳影子测量时间的仪器。", heading="日晷", start=100),
        make_passage("浑仪是古人观测天体位置的仪器。", heading="浑仪", start=200),
        language="zh",
    )
    first = await lesson.say("考考我")
    assert first.startswith("请填空：第1题。某某是古人用来计算的小棍")
    letter = next(sign for sign in "ABC" if f"{sign}，算筹" in first)
    assert (await lesson.say(f"我选{letter}")).startswith("答对了！算筹是古人")
    assert (await lesson.say("第一个吧"))[:2] in ("答对", "还差")


def test_a_model_marks_as_the_machine_does(planets: tuple[Passage, ...]) -> None:
    lesson = Lesson("quiz", *planets)
    lesson.teaching, move = taught(lesson.question("Quiz me"))
    assert move is not None
    assert "Ask exactly this question" in move.guidance
    assert "answer is right: comet" in lesson.guidance("comet")
    assert "answer is wrong; right is: comet" in lesson.guidance("nebula")
    assert "without giving away" in lesson.guidance("Why is the sky dark?")


# Language practice -----------------------------------------------------------------------------------


async def test_sentences_are_said_repeated_and_helped_with(make_passage: MakePassage) -> None:
    lesson = Lesson("practice", make_passage("The Moon goes around the Earth.", "Stars shine at night."))
    assert await lesson.say("Let us practise") == "Listen and repeat: The Moon goes around the Earth."
    nearly = await lesson.say("the moon goes the earth")
    assert nearly == "Nearly. Listen to these words: around. Once more: The Moon goes around the Earth."
    again = await lesson.say("Can you say that again?")
    assert again.startswith("Listen and repeat: The Moon")
    well = await lesson.say("The moon goes around the earth")
    assert well == "Very well said! Listen and repeat: Stars shine at night."
    for _ in range(2):
        assert (await lesson.say("night")).startswith("Nearly. Listen to these words: Stars, shine and at.")
    end = await lesson.say("night")
    assert end.startswith("That was a hard one")
    assert "practised 1 sentences" in end
    assert lesson.teaching is None


async def test_practice_answers_questions_and_greets(make_passage: MakePassage) -> None:
    lesson = Lesson("practice", make_passage("The Moon goes around the Earth."))
    assert (await lesson.say("hello")).startswith("Hello")
    assert "From Star Book" in await lesson.say("What goes around the Earth?")
    assert "right form" in lesson.guidance("What does around mean?")
    await lesson.say("Let us practise")
    assert lesson.teaching is not None
    assert "words were missing or different: around" in lesson.guidance("the moon goes the earth")
    assert "Praise in a few words" not in lesson.guidance("moon")


async def test_practice_in_chinese(make_passage: MakePassage) -> None:
    lesson = Lesson("practice", make_passage("月亮绕着地球转。", "星星晚上发光。"), language="zh")
    assert await lesson.say("我们来练习") == "请听，然后跟我读：月亮绕着地球转。"
    assert (await lesson.say("月亮地球转")).startswith("差一点，注意这几个词：绕和着。")
    assert (await lesson.say("月亮绕着地球转")).startswith("说得很好！")


# All of them -------------------------------------------------------------------------------------------

WORDS = st.lists(
    st.sampled_from(
        ["hello", "What is a star?", "I don't know", "just tell me", "a ball of hot gas", "A", "the second one", "comet", "stop",
         "hint", "say that again", "quiz me", "yes", "no", "Why?", "不知道", "第一个", "考考我", "星星", "", "…", "x" * 300]
    ),
    max_size=12,
)  # fmt: skip


@given(st.sampled_from([*MODES, "unheard of"]), st.sampled_from(["en", "zh"]), WORDS, st.booleans())
async def test_no_words_of_a_student_break_a_mode(
    make_passage: MakePassage,
    make_question: MakeQuestion,
    mode: str,
    language: Literal["en", "zh"],
    words: list[str],
    library: bool,
) -> None:
    found = (
        make_passage("A star is a ball of hot gas.", "It shines by fusion.", "Stars shine at night."),
        make_passage("算筹是古人用来计算的小棍。", "月亮绕着地球转。", start=200),
    )
    lesson = Lesson(mode, *(found if library else ()), language=language)
    for text in words:
        assert await lesson.say(text)
        assert "{" not in lesson.guidance(text)


def test_the_memory_of_another_mode_is_forgotten(star: Passage) -> None:
    lesson = Lesson("socratic", star)
    lesson.teaching, _ = taught(lesson.question("What is a star?"))
    lesson.mode = "quiz"
    state, _ = taught(lesson.question("Quiz me"))
    assert type(state) is not type(lesson.teaching)


async def test_near_a_term_the_student_compares_and_judges(
    make_passage: MakePassage, make_question: MakeQuestion
) -> None:
    stage = Answering([Extractive()])
    passage = make_passage("A neuron is a cell that carries signals by electricity and chemicals.")
    asked = await collect(stage.answer(make_question("Quiz me", passage, mode="quiz")))
    assert not asked.end.choices
    for reply, right in (("yes", 1), ("no", 0)):
        near = await collect(
            stage.answer(make_question("a neutron", passage, mode="quiz", teaching=asked.end.teaching))
        )
        assert near.text.startswith("I am not sure that I understood you.")
        assert near.text.endswith("Did you mean the same, yes or no?")
        assert near.citations[0].citation.quote == passage.text
        judged = await collect(
            stage.answer(make_question(reply, passage, mode="quiz", teaching=near.end.teaching))
        )
        assert judged.text.startswith("All right. ")
        assert f"You answered {right} of 1 questions correctly." in judged.text


async def test_an_attempt_may_end_in_a_question_mark(
    make_passage: MakePassage, make_question: MakeQuestion
) -> None:
    stage = Answering([Extractive()])
    passage = make_passage("The Moon looks red because the air bends sunlight into the shadow.")
    first = await collect(stage.answer(make_question("Why is the Moon red?", passage, mode="socratic")))
    tried = await collect(
        stage.answer(make_question("oxygen?", passage, mode="socratic", teaching=first.end.teaching))
    )
    assert tried.text.startswith("Thank you for trying.")
    found = await collect(
        stage.answer(
            make_question("the air bends the sunlight", passage, mode="socratic", teaching=tried.end.teaching)
        )
    )
    assert found.text.startswith("Yes, you have it!")
