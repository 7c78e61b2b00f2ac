"""Counts: from turns to facts, flags for answers that rest on nothing, and who sees which number."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from packages.platform.tests.classes.room import CITATION, add_lesson, add_student, audited, make_room
from packages.platform.tests.town import MORNING, Town, Visitor
from sqlalchemy import select

from tutor_platform.analytics import digest as digests
from tutor_platform.analytics.digest import Digest
from tutor_platform.analytics.models import AnswerFact, LessonFact
from tutor_platform.classes.wall.board import LiveWall
from tutor_platform.kit.ids import new_id
from tutor_platform.lessons.models import Lesson, ProblemReport
from tutor_platform.safety.models import Flag

LATER = MORNING + timedelta(hours=3)
DAYS = {"since": "2026-03-01", "until": "2026-03-03"}
SPOKEN = [
    ("user", "How many moons has Mars?", []),
    ("assistant", "Mars has two moons.", [CITATION]),
    ("user", "Who discovered the telescope?", []),
    ("assistant", "I did not find that in our course material.", []),
    ("user", "Thank you!", []),
    ("assistant", "You are welcome.", []),
]


@pytest.fixture(autouse=True)
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform's own digest rests: here it is run at moments of the test's choice."""

    async def rest(_: Digest) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Digest, "keep", rest)


def digest_of(town: Town, board: LiveWall | None = None, at: datetime = LATER) -> Digest:
    return Digest(town.database, board or LiveWall(), lambda: at)


async def counted(visitor: Visitor, **params: str) -> dict[str, Any]:
    answer = await visitor.http.get("/api/analytics", params=DAYS | params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_turns_become_facts_once(town: Town) -> None:
    room = await make_room(town)
    lesson_id, turns = await add_lesson(town, room.student.person_id, SPOKEN)
    for _ in range(2):
        await digest_of(town).catch_up()
    async with town.database.reading() as db:
        fact = (await db.scalars(select(LessonFact))).one()
        answers = list(await db.scalars(select(AnswerFact).order_by(AnswerFact.turn_id)))
        flags = list(await db.scalars(select(Flag)))
    assert (fact.lesson_id, fact.questions, fact.seconds, fact.trouble) == (lesson_id, 3, 60, "")
    assert [(answer.kind, answer.topic) for answer in answers] == [
        ("cited", "moon"),
        ("not_in_library", "telescope"),
    ]
    assert [answer.question_id for answer in answers] == [turns[0], turns[2]]
    assert [(flag.turn_id, flag.reason) for flag in flags] == [(turns[3], "not_in_library")]


async def test_a_tutor_without_a_library_flags_nothing_uncited(town: Town) -> None:
    room = await make_room(town)
    uncited = [("user", "Why is grass green?", []), ("assistant", "Because of chlorophyll.", [])]
    await add_lesson(town, room.student.person_id, uncited)
    await digest_of(town).catch_up()
    async with town.database.reading() as db:
        assert list(await db.scalars(select(Flag.id))) == []
    await add_lesson(town, room.student.person_id, SPOKEN)
    _, turns = await add_lesson(town, room.student.person_id, uncited)
    await digest_of(town).catch_up()
    async with town.database.reading() as db:
        flagged = await db.scalars(select(Flag.turn_id).where(Flag.reason == "uncited"))
        assert list(flagged) == [turns[1]]


async def test_fresh_turns_wait_and_batches_lose_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "TURNS_AT_ONCE", 2)
    room = await make_room(town)
    for _ in range(3):
        await add_lesson(town, room.student.person_id, SPOKEN)
    early = digest_of(town, at=MORNING + timedelta(seconds=5))
    await early.catch_up()
    async with town.database.reading() as db:
        assert list(await db.scalars(select(AnswerFact.turn_id))) == []
    await digest_of(town).batch()
    await digest_of(town).catch_up()
    async with town.database.reading() as db:
        assert len(list(await db.scalars(select(AnswerFact.turn_id)))) == 6
        assert len(list(await db.scalars(select(LessonFact.lesson_id)))) == 3


async def test_lessons_without_a_question_and_lessons_of_staff(town: Town) -> None:
    room = await make_room(town)
    await add_lesson(town, room.student.person_id, [])
    await add_lesson(town, room.teacher.person_id, SPOKEN)
    await digest_of(town).catch_up()
    async with town.database.reading() as db:
        assert [fact.questions for fact in await db.scalars(select(LessonFact))] == [0]


async def test_a_teacher_sees_how_the_class_learns(town: Town) -> None:
    room = await make_room(town)
    await add_lesson(town, room.student.person_id, SPOKEN)
    await add_lesson(town, room.student.person_id, [])
    board = LiveWall()
    cut, _ = await add_lesson(town, room.student.person_id, SPOKEN[:2], ended=False)
    board.saw(cut, {"type": "quality", "level": "text", "reason": "network"})
    await digest_of(town, board).catch_up()
    await digest_of(town, board).batch()
    shown = await counted(room.teacher, class_id=room.id)
    assert (shown["inside"], shown["hidden"]) == (True, 0)
    assert (shown["lessons"], shown["people"], shown["questions"], shown["minutes"]) == (3, 1, 4, 1.3)
    assert shown["answers"] == {"cited": 2, "not_in_library": 1}
    assert [(line["name"], line["count"]) for line in shown["topics"]] == [("moon", 2)]
    assert [(line["name"], line["count"]) for line in shown["unanswered"]] == [("telescope", 1)]
    assert [(line["name"], line["count"]) for line in shown["days"]] == [("2026-03-02", 3)]
    assert [(line["name"], line["minutes"]) for line in shown["students"]] == [("Student", 1.3)]
    assert [(line["name"], line["count"]) for line in shown["tutors"]] == [("Ada", 3)]
    assert {(line["how"], line["trouble"], line["count"]) for line in shown["drop_offs"]} == {
        ("unasked", "", 1),
        ("cut_off", "network", 1),
    }
    whole = await counted(room.teacher)
    assert [(line["name"], line["people"]) for line in whole["classes"]] == [("7b", 1)]
    assert (await counted(room.teacher, tutor_id=town.here.tutor_id))["lessons"] == 3
    empty = await counted(room.teacher, since="2026-01-01", until="2026-01-31")
    assert (empty["lessons"], empty["topics"]) == (0, [])


async def test_small_groups_are_not_broken_out_to_others(town: Town) -> None:
    room = await make_room(town)
    admin = await town.signed_in("admin@here")
    await add_lesson(town, room.student.person_id, SPOKEN)
    await digest_of(town).catch_up()
    for params in ({"class_id": room.id}, {}):
        shown = await counted(admin, **params)
        assert (shown["inside"], shown["lessons"], shown["minutes"], shown["answers"]) == (
            False,
            None,
            None,
            {},
        )
        for part in ("days", "topics", "unanswered", "students", "classes", "tutors", "drop_offs"):
            assert (part, shown[part]) == (part, [])
        assert shown["hidden"] > 0
    for number in range(4):
        person_id = await add_student(town, room, f"pupil{number}@here")
        await add_lesson(town, person_id, SPOKEN)
    await digest_of(town).catch_up()
    shown = await counted(admin, class_id=room.id)
    assert (shown["lessons"], shown["people"], shown["students"]) == (5, 5, [])
    assert [(line["name"], line["people"]) for line in shown["topics"]] == [("moon", 5)]
    # A teacher of the class who is also an administrator is inside.
    await room.teacher.http.put(f"/api/classes/{room.id}/teachers", json={"person_ids": [admin.person_id]})
    assert len((await counted(admin, class_id=room.id))["students"]) == 5


async def test_somebody_who_comes_often_is_one_person_in_every_line(town: Town) -> None:
    room = await make_room(town)
    other = await make_room(town, "7c")
    second = await add_student(town, room, "pupil@here")
    tomorrow = MORNING + timedelta(days=1)
    for person_id, at in ((room.student.person_id, MORNING), (room.student.person_id, tomorrow)):
        await add_lesson(town, person_id, SPOKEN, at)
        await add_lesson(town, person_id, SPOKEN[:2], at)
    await add_lesson(town, second, SPOKEN, MORNING)
    await digest_of(town, at=tomorrow + timedelta(hours=3)).catch_up()
    shown = await counted(room.teacher)
    assert (shown["lessons"], shown["people"], shown["questions"], shown["minutes"]) == (5, 2, 11, 3.7)

    def lines(part: str) -> list[tuple[str, int, int, float]]:
        return [(line["name"], line["count"], line["people"], line["minutes"]) for line in shown[part]]

    assert lines("days") == [("2026-03-02", 3, 2, 2.3), ("2026-03-03", 2, 1, 1.3)]
    assert lines("tutors") == [("Ada", 5, 2, 3.7)]
    assert lines("students") == [("Student", 4, 1, 2.7), ("Pupil@Here", 1, 1, 1.0)]
    assert lines("classes") == [("7b", 5, 2, 3.7), ("7c", 4, 1, 2.7)]
    assert lines("topics") == [("moon", 5, 2, 0.0)]
    assert lines("unanswered") == [("telescope", 3, 2, 0.0)]
    assert shown["answers"] == {"cited": 5, "not_in_library": 3}
    assert [line["people"] for line in (await counted(other.teacher, class_id=other.id))["days"]] == [1, 1]


async def test_tables_are_taken_away_as_csv(town: Town) -> None:
    room = await make_room(town)
    await add_lesson(town, room.student.person_id, SPOKEN)
    await digest_of(town).catch_up()
    parts = (
        "days",
        "topics",
        "unanswered",
        "sources",
        "students",
        "classes",
        "tutors",
        "drop_offs",
        "mastery",
    )
    for part in parts:
        params = DAYS | {"part": part, "class_id": room.id}
        answer = await room.teacher.http.get("/api/analytics/table", params=params)
        assert answer.status_code == 200
        assert answer.headers["content-disposition"] == f'attachment; filename="{part}.csv"'
        assert answer.text.startswith("\ufeff")
    params = DAYS | {"part": "topics", "class_id": room.id}
    text = (await room.teacher.http.get("/api/analytics/table", params=params)).text
    assert text == "\ufefftopics,count,people\r\nmoon,1,1\r\n"
    assert (await audited(town)).count("analytics.exported") == len(parts) + 1


async def test_the_turns_behind_a_number(town: Town) -> None:
    room = await make_room(town)
    await add_lesson(town, room.student.person_id, SPOKEN)
    await digest_of(town).catch_up()
    address = "/api/analytics/turns"
    unanswered = (await room.teacher.http.get(address, params=DAYS)).json()["turns"]
    assert [(turn["question"], turn["kind"]) for turn in unanswered] == [
        ("Who discovered the telescope?", "not_in_library")
    ]
    assert unanswered[0]["student"]["name"] == "Student"
    moons = DAYS | {"answered": "true", "topic": "moon"}
    assert len((await room.teacher.http.get(address, params=moons)).json()["turns"]) == 1
    assert (await room.teacher.http.get(address, params=moons | {"topic": "none"})).json()["turns"] == []
    admin = await town.signed_in("admin@here")
    await admin.http.put("/api/class-policy", json={"words_on_wall": True, "names_in_review": False})
    assert (await room.teacher.http.get(address, params=DAYS)).json()["turns"][0]["student"] is None
    assert "analytics.turns_opened" in await audited(town)


async def test_opened_sources_are_counted(town: Town) -> None:
    room = await make_room(town)
    today = datetime.now(UTC).date().isoformat()
    lesson_id, _ = await add_lesson(town, room.student.person_id, SPOKEN)
    address = f"/api/lessons/{lesson_id}/opened"
    for _ in range(2):
        opened = await room.student.http.post(address, json={"document": "doc", "page": 1})
        assert opened.status_code == 204
    assert (await room.student.http.post(address, json={"document": "x", "page": 1})).status_code == 404
    assert (await room.student.http.post(address, json={"document": "doc", "page": 0})).status_code == 422
    assert (await room.teacher.http.post(address, json={"document": "doc", "page": 1})).status_code == 404
    shown = await counted(room.teacher, class_id=room.id, since=today, until=today)
    assert [(line["name"], line["count"], line["people"]) for line in shown["sources"]] == [("Planets", 2, 1)]


async def test_who_may_count_what(town: Town) -> None:
    room = await make_room(town)
    for path in ("/api/analytics", "/api/analytics/turns", "/api/analytics/table?part=days"):
        assert (await room.student.http.get(path)).status_code == 403
        there = await town.signed_in("teacher@there")
        joined = "&" if "?" in path else "?"
        assert (await there.http.get(f"{path}{joined}class_id={room.id}")).status_code == 404
        assert (await there.http.get(f"{path}{joined}tutor_id={town.here.tutor_id}")).status_code == 404
        for days in ("since=2026-03-02&until=2026-03-01", "since=2020-01-01", "since=yesterday"):
            assert (await room.teacher.http.get(f"{path}{joined}{days}")).status_code == 422


async def test_what_students_report_is_flagged_once(town: Town) -> None:
    room = await make_room(town)
    lesson_id, turns = await add_lesson(town, room.student.person_id, SPOKEN)
    async with town.database.writing() as db:
        for number, turn_id in enumerate((turns[1], turns[1], None)):
            db.add(
                ProblemReport(
                    id=new_id(),
                    tenant_id=town.here.id,
                    lesson_id=lesson_id,
                    turn_id=turn_id,
                    category="wrong",
                    content=f"report {number}",
                    facts={},
                    created_at=MORNING,
                )
            )
    for _ in range(2):
        await digest_of(town).catch_up()
    shown = (await room.teacher.http.get("/api/review", params={"reason": "report"})).json()["flags"]
    assert [(flag["words"], flag["turn_id"]) for flag in shown] == [
        ("report 2", None),
        ("report 1", None),
        ("report 0", turns[1]),
    ]
    assert shown[2]["question"] == "How many moons has Mars?"


async def test_facts_go_with_their_lesson(town: Town) -> None:
    room = await make_room(town)
    lesson_id, _ = await add_lesson(town, room.student.person_id, SPOKEN)
    await room.student.http.post(f"/api/lessons/{lesson_id}/opened", json={"document": "doc", "page": 1})
    await digest_of(town).catch_up()
    async with town.database.writing() as db:
        await db.delete(await db.get(Lesson, lesson_id))
    async with town.database.reading() as db:
        for model in (LessonFact.lesson_id, AnswerFact.turn_id, Flag.id):
            assert list(await db.scalars(select(model))) == []
