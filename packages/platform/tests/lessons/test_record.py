"""The record: every turn once, in order, whatever is told twice or at the same time."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from packages.platform.tests.town import MORNING, build_school

from tutor_platform.authz.subject import Subject
from tutor_platform.kit.db import Database
from tutor_platform.kit.errors import NotFound
from tutor_platform.kit.ids import new_id
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.lessons import repository
from tutor_platform.lessons.joined import goes_on
from tutor_platform.lessons.models import Lesson, Turn
from tutor_platform.lessons.record import EngineTurn, LessonRecord
from tutor_protocol import Citation


@pytest.fixture
async def lesson(database: Database, tmp_path: Path) -> Lesson:
    school = await build_school(database, LocalStorage(tmp_path), "here", "ada")
    made = Lesson(
        id=new_id(), tenant_id=school.id, person_id=school.people["student"], tutor_id=school.tutor_id,
        started_at=MORNING, engine_session_id="e1", engine_token="t",
    )  # fmt: skip
    async with database.writing() as db:
        db.add(made)
    return made


@pytest.fixture
def record(database: Database) -> LessonRecord:
    return LessonRecord(database, lambda: MORNING + timedelta(minutes=1))


async def turns(database: Database, lesson: Lesson) -> list[Turn]:
    async with database.reading() as db:
        return await repository.turns_of(db, lesson)


async def test_an_echo_confirms_the_typed_question(
    database: Database, record: LessonRecord, lesson: Lesson
) -> None:
    typed = await record.typed(lesson.id, "Why? ")
    assert await record.said(EngineTurn(lesson.id, "e1", 1), "Why?", "text") == typed
    assert await record.said(EngineTurn(lesson.id, "e1", 1), "Why?", "text") == typed
    (turn,) = await turns(database, lesson)
    assert (turn.content, turn.engine_turn, turn.created_at) == ("Why? ", 1, MORNING + timedelta(minutes=1))


async def test_an_echo_is_stored_with_what_comes_next(
    database: Database, record: LessonRecord, lesson: Lesson
) -> None:
    typed, at = await record.typed(lesson.id, "Why?"), EngineTurn(lesson.id, "e1", 1)
    record.echoed(at, typed)
    assert [turn.engine_turn for turn in await turns(database, lesson)] == [None]
    await record.answered(at, "Because.", [])
    found = await turns(database, lesson)
    assert [(turn.role, turn.engine_turn) for turn in found] == [("user", 1), ("assistant", 1)]
    assert await record.said(at, "Why?", "text") == typed
    assert len(await turns(database, lesson)) == 2


async def test_an_echo_that_another_process_stored_is_left_alone(
    database: Database, record: LessonRecord, lesson: Lesson
) -> None:
    at, elsewhere = EngineTurn(lesson.id, "e1", 1), LessonRecord(database, lambda: MORNING)
    first, second = await record.typed(lesson.id, "Why?"), await record.typed(lesson.id, "Why?")
    assert await elsewhere.said(at, "Why?", "text") == second
    record.echoed(at, first)
    await record.place(lesson.id)
    await record.place(lesson.id)
    assert [turn.engine_turn for turn in await turns(database, lesson)] == [None, 1]


async def test_a_question_goes_only_where_the_session_serves_its_lesson(
    database: Database, record: LessonRecord, lesson: Lesson
) -> None:
    def somebody(person_id: str) -> Subject:
        return Subject(person_id, lesson.tenant_id, "student", "en", "s")

    student = somebody(lesson.person_id)
    typed = await record.asked(student, lesson.id, "e1", "Why?")
    record.echoed(EngineTurn(lesson.id, "e1", 1), typed)
    for subject, session in ((student, "e0"), (somebody("p"), "e1")):
        with pytest.raises(NotFound):
            await record.asked(subject, lesson.id, session, "Who?")
    # What is refused takes nothing with it that waited to be stored.
    await record.place(lesson.id)
    async with database.writing() as db:
        (await db.get_one(Lesson, lesson.id)).ended_at = MORNING
    with pytest.raises(NotFound):
        await record.asked(student, lesson.id, "e1", "Late?")
    (turn,) = await turns(database, lesson)
    assert (turn.id, turn.seq, turn.content, turn.engine_turn) == (typed, 1, "Why?", 1)


async def test_the_same_question_twice_is_two_turns(
    database: Database, record: LessonRecord, lesson: Lesson
) -> None:
    for number in (1, 2):
        await record.typed(lesson.id, "Why?")
        await record.said(EngineTurn(lesson.id, "e1", number), "Why?", "text")
    assert [turn.engine_turn for turn in await turns(database, lesson)] == [1, 2]


async def test_a_question_typed_elsewhere_is_stored_by_its_echo(
    database: Database, record: LessonRecord, lesson: Lesson
) -> None:
    await record.said(EngineTurn(lesson.id, "e1", 1), "From another server", "text")
    (turn,) = await turns(database, lesson)
    assert (turn.source, turn.role) == ("text", "user")


async def test_everything_told_twice_is_stored_once(
    database: Database, record: LessonRecord, lesson: Lesson
) -> None:
    at = EngineTurn(lesson.id, "e1", 1)
    cited = [Citation(n=1, document="d", title="T", page=2, quote="q", start=0, end=1)]
    for _ in range(2):
        await record.said(at, "Why?", "voice")
        await record.answered(at, "Because.", cited)
        await record.heard(at, "Because.", interrupted=False)
    assert [turn.role for turn in await turns(database, lesson)] == ["user", "assistant"]
    # The numbers begin again in a new engine session.
    await record.said(EngineTurn(lesson.id, "e2", 1), "Why else?", "voice")
    assert len(await turns(database, lesson)) == 3


async def test_hearing_may_be_told_before_the_text(
    database: Database, record: LessonRecord, lesson: Lesson
) -> None:
    at = EngineTurn(lesson.id, "e1", 4)
    await record.heard(at, "Bec", interrupted=True)
    await record.answered(at, "Because.", [])
    (turn,) = await turns(database, lesson)
    assert (turn.content, turn.heard, turn.interrupted) == ("Because.", "Bec", True)


async def test_turns_written_at_the_same_moment_get_their_own_places(
    database: Database, record: LessonRecord, lesson: Lesson
) -> None:
    await asyncio.gather(*(record.typed(lesson.id, f"question {number}") for number in range(12)))
    found = await turns(database, lesson)
    assert [turn.seq for turn in found] == list(range(1, 13))
    assert len({turn.content for turn in found}) == 12


PART, WHOLE = "Why do planets", "Why do planets go round the sun?"


async def test_a_question_that_went_on_is_one_question(
    database: Database, record: LessonRecord, lesson: Lesson
) -> None:
    first, second = EngineTurn(lesson.id, "e1", 1), EngineTurn(lesson.id, "e1", 2)
    for _ in range(2):
        # Told twice, the second time after the whole: another process reads the same socket, more slowly.
        await record.said(first, PART, "voice")
        await record.answered(first, "Planets are round.", [])
        await record.heard(first, "", interrupted=True)
        await record.said(second, WHOLE, "voice")
    await record.answered(second, "Because of gravity.", [])
    found = await turns(database, lesson)
    assert [turn.content for turn in found] == [WHOLE, "Because of gravity."]
    async with database.reading() as db:
        assert await repository.turn_counts(db, [lesson]) == {lesson.id: 2}
        assert await repository.first_questions(db, [lesson]) == {lesson.id: WHOLE}


async def test_a_question_told_again_under_its_number_is_one_question(
    database: Database, record: LessonRecord, lesson: Lesson
) -> None:
    first = EngineTurn(lesson.id, "e1", 1)
    await record.said(first, PART, "voice")
    await record.answered(first, "Planets are round.", [])
    await record.heard(first, "", interrupted=True)
    await record.said(first, WHOLE, "voice")
    assert [turn.content for turn in await turns(database, lesson)] == [WHOLE]
    second = EngineTurn(lesson.id, "e1", 2)
    await record.answered(second, "Because of gravity.", [])
    await record.heard(second, "Because", interrupted=True)
    await record.said(first, WHOLE + " Really?", "voice")
    assert [turn.content for turn in await turns(database, lesson)] == [
        WHOLE + " Really?",
        "Because of gravity.",
    ]


async def test_an_answer_that_nobody_heard_gives_its_place_to_the_next(
    database: Database, record: LessonRecord, lesson: Lesson
) -> None:
    await record.said(EngineTurn(lesson.id, "e1", 1), WHOLE, "voice")
    for number in (1, 2, 3):
        at = EngineTurn(lesson.id, "e1", number)
        await record.answered(at, f"Answer {number}.", [])
        if number < 3:
            await record.heard(at, "", interrupted=True)
    assert [turn.content for turn in await turns(database, lesson)] == [WHOLE, "Answer 3."]


async def test_an_answer_told_late_goes_with_its_question(
    database: Database, record: LessonRecord, lesson: Lesson
) -> None:
    first = EngineTurn(lesson.id, "e1", 1)
    await record.said(first, PART, "voice")
    await record.said(EngineTurn(lesson.id, "e1", 2), WHOLE, "voice")
    await record.answered(first, "Planets are round.", [])
    assert [turn.content for turn in await turns(database, lesson)] == [WHOLE]


async def test_a_question_of_which_an_answer_was_heard_stays(
    database: Database, record: LessonRecord, lesson: Lesson
) -> None:
    first = EngineTurn(lesson.id, "e1", 1)
    await record.said(first, PART, "voice")
    await record.answered(first, "Planets are round.", [])
    await record.heard(first, "Planets", interrupted=True)
    await record.said(EngineTurn(lesson.id, "e1", 2), WHOLE, "voice")
    assert [turn.content for turn in await turns(database, lesson)] == [PART, "Planets are round.", WHOLE]


async def test_only_spoken_words_of_one_session_are_joined(
    database: Database, record: LessonRecord, lesson: Lesson
) -> None:
    await record.said(EngineTurn(lesson.id, "e1", 1), PART, "voice")
    await record.said(EngineTurn(lesson.id, "e2", 1), WHOLE, "voice")
    await record.typed(lesson.id, "And why")
    await record.said(EngineTurn(lesson.id, "e2", 2), "And why", "text")
    await record.said(EngineTurn(lesson.id, "e2", 3), "And why not?", "voice")
    assert len(await turns(database, lesson)) == 4


@pytest.mark.parametrize(
    ("part", "whole", "joined"),
    [
        ("Why do planets", "why do planets, go round?", True),
        ("地球为什么", "地球为什么绕着太阳转？", True),
        ("Why?", "Why?", False),
        ("", "Why?", False),
        ("…", "Why?", False),
        ("Why do planets", "Why do stars shine?", False),
    ],
)
def test_words_go_on_when_they_repeat_all_and_have_more(part: str, whole: str, *, joined: bool) -> None:
    assert goes_on(part, whole) is joined


async def test_offered_answers_are_kept(database: Database, record: LessonRecord, lesson: Lesson) -> None:
    at = EngineTurn(lesson.id, "e1", 1)
    await record.answered(at, "Which one is a star?", [], ["Mars", "the Sun"])
    await record.answered(at, "Which one is a star?", [], ["Mars", "the Sun"])
    (turn,) = await turns(database, lesson)
    assert turn.choices == ["Mars", "the Sun"]
