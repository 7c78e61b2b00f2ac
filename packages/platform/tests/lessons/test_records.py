"""What people do with the record: search, summary, files, problem reports."""

from datetime import timedelta
from typing import Any

import pytest
from packages.platform.tests.conftest import ON_SQLITE
from packages.platform.tests.town import MORNING, School, Town, Visitor
from sqlalchemy import select

from tutor_platform.authz.subject import Subject
from tutor_platform.kit.ids import new_id
from tutor_platform.learning.models import Evidence
from tutor_platform.lessons import records
from tutor_platform.lessons.models import Lesson, ProblemReport, Turn

CITED = {"n": 1, "document": "d", "title": "Sky", "page": 3, "quote": "water vapour", "start": 0, "end": 9}


async def stored(town: Town, person_id: str, *turns: dict[str, Any], school: School | None = None) -> Lesson:
    """A lesson of the past."""
    place = school or town.here
    made = Lesson(
        id=new_id(), tenant_id=place.id, person_id=person_id, tutor_id=place.tutor_id, mode="quiz",
        started_at=MORNING, ended_at=MORNING, learned_seq=0,
    )  # fmt: skip
    async with town.database.writing() as db:
        db.add(made)
        await db.flush()
        for seq, turn in enumerate(turns, start=1):
            usual = {"role": "user", "heard": None, "interrupted": False, "withdrawn": False}
            lists: dict[str, Any] = {"citations": [], "choices": []}
            at = MORNING + timedelta(minutes=seq)
            db.add(Turn(id=new_id(), lesson_id=made.id, seq=seq, created_at=at, **(usual | lists | turn)))
    return made


async def found(visitor: Visitor, **query: Any) -> list[str]:
    response = await visitor.http.get("/api/lessons/search", params=query)
    assert response.status_code == 200, response.text
    return ["".join(piece["text"] for piece in hit["snippet"]) for hit in response.json()["hits"]]


async def test_own_words_are_found_in_both_languages(town: Town) -> None:
    student = await town.signed_in("student@here")
    await stored(town, student.person_id, {"content": "Why is Mars red?"}, {"content": "为什么云会下雨？"})
    await stored(town, student.person_id, {"content": "Tell me of Mars.", "withdrawn": True})
    assert await found(student, q="mars") == ["Why is Mars red?"]
    assert await found(student, q="MARS red") == ["Why is Mars red?"]
    assert await found(student, q="red Venus") == []
    assert await found(student, q="下雨") == ["为什么云会下雨？"]
    assert await found(student, q="%") == await found(student, q="_") == []
    (hit,) = (await student.http.get("/api/lessons/search", params={"q": "red"})).json()["hits"]
    assert [piece["text"] for piece in hit["snippet"] if piece["hit"]] == ["red"]
    assert (hit["role"], hit["tutor"]["name"]) == ("user", "Ada")


async def test_nobody_finds_the_words_of_others(town: Town) -> None:
    student = await town.signed_in("student@here")
    await stored(town, student.person_id, {"content": "My secret"})
    for name in ("other@here", "teacher@here", "admin@here", "student@there"):
        assert await found(await town.signed_in(name), q="secret") == []


async def test_a_search_can_be_narrowed_and_goes_on(town: Town) -> None:
    student = await town.signed_in("student@here")
    contents = [f"Star {number}" for number in range(5)]
    await stored(town, student.person_id, *({"content": content} for content in contents))
    assert await found(student, q="star", limit=2) == ["Star 4", "Star 3"]
    page = (await student.http.get("/api/lessons/search", params={"q": "star", "limit": 2})).json()["hits"]
    assert await found(student, q="star", limit=9, before=page[-1]["turn_id"]) == [
        "Star 2",
        "Star 1",
        "Star 0",
    ]
    assert await found(student, q="star", tutor_id="none") == []
    since, until = ((MORNING + timedelta(minutes=m)).isoformat() for m in (2, 4))
    assert await found(student, q="star", since=since, until=until) == ["Star 2", "Star 1"]


@ON_SQLITE
@pytest.mark.parametrize(
    "query",
    [{}, {"q": ""}, {"q": "x" * 201}, {"q": "a", "since": "2026-01-01T00:00:00"}, {"q": "a", "limit": 0}],
)
async def test_a_search_that_makes_no_sense_is_refused(town: Town, query: dict[str, Any]) -> None:
    student = await town.signed_in("student@here")
    assert (await student.http.get("/api/lessons/search", params=query)).status_code == 422


async def test_a_summary_is_made_of_the_record(town: Town) -> None:
    student = await town.signed_in("student@here")
    lesson = await stored(
        town,
        student.person_id,
        {"content": "Why do clouds form?"},
        {"content": "Clouds form from water vapour. It cools.", "role": "assistant", "citations": [CITED]},
        {"content": "Which?", "role": "assistant", "choices": ["dew", "rain"]},
        {"content": "dew"},
        {"content": "Unheard water vapour", "role": "assistant", "citations": [CITED | {"start": 5}],
         "interrupted": True, "heard": ""},
        {"content": "Heard. Then water vapour rises.", "role": "assistant",
         "citations": [CITED | {"start": 6}], "interrupted": True, "heard": "Heard. Then water vapour"},
        {"content": "In other words.", "role": "assistant", "citations": [CITED | {"start": 7}]},
    )  # fmt: skip
    async with town.database.writing() as db:
        turns = list(await db.scalars(select(Turn).where(Turn.lesson_id == lesson.id).order_by(Turn.seq)))
        for turn, concept, outcome in ((turns[2], "rain", "wrong"), (turns[4], "dew", "right")):
            db.add(
                Evidence(
                    id=new_id(), tenant_id=town.here.id, person_id=student.person_id, lesson_id=lesson.id,
                    turn_id=turn.id, concept=concept, source="Sky", kind="quiz", outcome=outcome,
                    created_at=MORNING,
                )
            )  # fmt: skip
    summary = (await student.http.get(f"/api/lessons/{lesson.id}/summary")).json()
    assert [asked["content"] for asked in summary["asked"]] == ["Why do clouds form?"]
    assert [(key["content"], key["citation"]["page"]) for key in summary["key_sentences"]] == [
        ("Clouds form from water vapour.", 3),
        ("water vapour", 3),
    ]
    assert [(one["concept"], one["source"]) for one in summary["practise"]] == [("rain", "Sky")]
    assert (summary["mastered"], summary["minutes"]) == (["dew"], 6)


@ON_SQLITE
@pytest.mark.parametrize(
    ("kind", "media"),
    [("md", "text/markdown"), ("txt", "text/plain"), ("json", "application/json"), ("vtt", "text/vtt")],
)
async def test_a_lesson_is_taken_home(town: Town, kind: str, media: str) -> None:
    student = await town.signed_in("student@here")
    lesson = await stored(town, student.person_id, {"content": "Why?"})
    response = await student.http.get(f"/api/lessons/{lesson.id}/transcript", params={"format": kind})
    assert response.headers["content-type"].split(";")[0] == media
    assert response.headers["content-disposition"] == f'attachment; filename="lesson-{lesson.id}.{kind}"'
    assert "AI tutor" in response.text
    assert "Why?" in response.text
    wrong = await student.http.get(f"/api/lessons/{lesson.id}/transcript", params={"format": "exe"})
    assert wrong.status_code == 422


async def test_a_problem_is_taken_down_with_figures(town: Town) -> None:
    student = await town.signed_in("student@here")
    lesson = await stored(town, student.person_id, {"content": "Why?"})
    body = {"category": "sound", "content": " It crackles. ", "facts": {"rtt_ms": 812.5, "reason": "loss"}}
    address = f"/api/lessons/{lesson.id}/problems"
    answer = await student.http.post(address, json=body)
    assert answer.status_code == 201
    admin = Subject("p", town.here.id, "admin", "en", "s")
    async with town.database.reading() as db:
        ((report, about),) = await records.problems(db, admin)
        assert await records.problems(db, admin, ["somebody else"]) == []
    assert (report.id, about.id) == (answer.json()["id"], lesson.id)
    assert (report.content, report.facts) == ("It crackles.", {"rtt_ms": 812.5, "reason": "loss"})


@ON_SQLITE
@pytest.mark.parametrize(
    "wrong",
    [
        {"category": "other", "turn_id": "of another lesson"},
        {"category": "boring"},
        {"category": "other", "content": "x" * 2_001},
        {"category": "other", "facts": {"Nested": {"a": 1}}},
        {"category": "other", "facts": {"what_was_said": "x" * 61}},
        {"category": "other", "facts": {f"f{number}": 1 for number in range(41)}},
    ],
)
async def test_a_report_is_no_place_for_anything_else(town: Town, wrong: dict[str, Any]) -> None:
    student = await town.signed_in("student@here")
    lesson = await stored(town, student.person_id, {"content": "Why?"})
    response = await student.http.post(f"/api/lessons/{lesson.id}/problems", json=wrong)
    assert response.status_code == 422
    async with town.database.reading() as db:
        assert (await db.scalars(select(ProblemReport))).all() == []
