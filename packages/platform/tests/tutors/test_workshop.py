"""The tutor builder: drafts nobody meets, publication, versions, sharing, previews."""

from typing import Any

import pytest
from packages.platform.tests.town import Town
from packages.platform.tests.tutors.workbench import Bench, bench_of

from tutor_platform.tutors import repository


@pytest.fixture
async def bench(town: Town) -> Bench:
    return await bench_of(town)


async def test_a_new_tutor_is_met_by_nobody_until_it_is_published(bench: Bench) -> None:
    draft = await bench.create("Grace")
    assert (draft["state"], draft["version"], draft["mine"]) == ("draft", 0, True)
    assert draft["content"]["greeting"].startswith("Hello, I'm Grace")
    student = bench.student
    assert (await student.http.get(f"/api/tutors/{draft['id']}")).status_code == 404
    assert draft["id"] not in (await student.http.get("/api/tutors")).text
    begun = await student.http.post("/api/lessons", json={"tutor_id": draft["id"]})
    assert begun.status_code == 404
    published = await bench.publish(draft)
    assert (published["state"], published["version"], published["changed"]) == ("published", 1, False)
    assert (await student.begin_lesson(draft["id"]))["tutor"]["name"] == "Grace"


async def test_a_chinese_tutor_begins_in_chinese(bench: Bench) -> None:
    draft = await bench.create("顾老师", language="zh")
    assert draft["content"]["avatar_id"] == "lin"
    assert "顾老师" in draft["content"]["persona"]


async def test_students_meet_what_is_published_and_not_what_is_being_written(bench: Bench) -> None:
    draft = await bench.publish(await bench.create("Grace"))
    saved = await bench.save(draft, greeting="Hi there!", library_ids=[bench.town.here.library_id])
    assert (saved["changed"], saved["published"]["greeting"]) == (True, draft["content"]["greeting"])
    address = f"/api/tutors/{draft['id']}"
    assert (await bench.student.http.get(address)).json()["greeting"] == draft["content"]["greeting"]
    await bench.publish(saved)
    seen = (await bench.student.http.get(address)).json()
    assert (seen["greeting"], len(seen["documents"])) == ("Hi there!", 2)


async def test_saving_on_top_of_somebody_else_is_refused_and_changes_nothing(bench: Bench) -> None:
    draft = await bench.create("Grace")
    await bench.save(draft, subject="Theirs")
    late = await bench.put(draft, subject="Mine")
    assert (late.status_code, late.json()["error"]["code"]) == (409, "draft_moved")
    assert (await bench.one(draft["id"]))["content"]["subject"] == "Theirs"
    for step in ("publish", "discard"):
        body = {"revision": draft["revision"]}
        answer = await bench.teacher.http.post(f"{bench.path(draft)}/{step}", json=body)
        assert answer.json()["error"]["code"] == "draft_moved"


async def test_a_lesson_keeps_the_version_it_began_with(bench: Bench) -> None:
    draft = await bench.publish(await bench.create("Grace"))
    first = await bench.student.begin_lesson(draft["id"])
    saved = await bench.save(await bench.one(draft["id"]), persona="You shout.")
    await bench.publish(saved)
    bench.town.engine.sessions.clear()
    await bench.student.http.post(f"/api/lessons/{first['id']}/resume")
    (kept,) = [s.request.tutor.persona for s in bench.town.engine.sessions.values()]
    assert "You shout." not in kept
    await bench.student.begin_lesson(draft["id"])
    assert [s.request.tutor.persona for s in bench.town.engine.sessions.values()][1] == "You shout."


async def test_versions_tell_what_changed_and_can_come_back(bench: Bench) -> None:
    draft = await bench.publish(await bench.create("Grace"))
    second = await bench.publish(await bench.save(draft, pace=1.5, topics_allowed=["Stars"]))
    versions = (await bench.teacher.http.get(f"{bench.path(draft)}/versions")).json()["versions"]
    assert [(v["number"], v["current"], v["author"]) for v in versions] == [
        (2, True, "Teacher"),
        (1, False, "Teacher"),
    ]
    assert [(c["field"], c["before"], c["after"]) for c in versions[0]["changes"]] == [
        ("pace", "1.0", "1.5"),
        ("topics_allowed", "[]", '["Stars"]'),
    ]
    body = {"revision": second["revision"]}
    back = (await bench.teacher.http.post(f"{bench.path(draft)}/versions/1/restore", json=body)).json()
    assert (back["content"]["pace"], back["changed"], back["version"]) == (1.0, True, 2)
    none = await bench.teacher.http.post(
        f"{bench.path(draft)}/versions/9/restore", json={"revision": back["revision"]}
    )
    assert none.status_code == 409


async def test_a_tutor_from_before_there_were_versions_has_its_first_one(bench: Bench) -> None:
    tutor_id = bench.town.here.tutor_id
    changed = await bench.teacher.http.patch(f"/api/tutors/{tutor_id}", json={"mode": "quiz"})
    assert changed.json()["mode"] == "quiz"
    found = (await bench.teacher.http.get(f"/api/workshop/tutors/{tutor_id}/versions")).json()["versions"]
    assert [(v["number"], v["content"]["mode"]) for v in found] == [(2, "quiz"), (1, "explain")]


async def test_changing_how_a_tutor_teaches_leaves_the_draft_alone(bench: Bench) -> None:
    draft = await bench.publish(await bench.create("Grace"))
    await bench.save(draft, greeting="Not yet")
    await bench.teacher.http.patch(f"/api/tutors/{draft['id']}", json={"pace": 2.0})
    now = await bench.one(draft["id"])
    assert (now["content"]["greeting"], now["content"]["pace"]) == ("Not yet", 2.0)
    assert (now["published"]["greeting"], now["published"]["pace"]) == (draft["content"]["greeting"], 2.0)


async def test_back_to_what_is_published(bench: Bench) -> None:
    draft = await bench.publish(await bench.create("Grace"))
    saved = await bench.save(draft, greeting="Never mind")
    answer = await bench.step(saved, "discard")
    assert (answer["changed"], answer["content"]["greeting"]) == (False, draft["content"]["greeting"])


async def test_names_are_told_apart_within_a_school_only(bench: Bench) -> None:
    grace = await bench.create("Grace")
    twin = await bench.teacher.http.post("/api/workshop/tutors", json={"name": " Grace ", "language": "en"})
    assert (twin.status_code, twin.json()["error"]["code"]) == (409, "name_taken")
    there = await bench.town.signed_in("teacher@there")
    elsewhere = await there.http.post("/api/workshop/tutors", json={"name": "Grace", "language": "en"})
    assert elsewhere.status_code == 201
    other = await bench.create("Hopper")
    renamed = await bench.put(other, name="Grace")
    assert renamed.json()["error"]["code"] == "name_taken"
    copied = (await bench.teacher.http.post(f"{bench.path(grace)}/copy")).json()
    assert (copied["name"], copied["version"]) == ("Grace (2)", 0)


async def test_an_archived_tutor_begins_no_lesson_and_keeps_its_history(bench: Bench) -> None:
    draft = await bench.publish(await bench.create("Grace"))
    lesson = await bench.student.begin_lesson(draft["id"])
    archived = (await bench.teacher.http.post(f"{bench.path(draft)}/archive")).json()
    assert archived["state"] == "archived"
    assert draft["id"] not in (await bench.student.http.get("/api/tutors")).text
    refused = await bench.student.http.post("/api/lessons", json={"tutor_id": draft["id"]})
    assert refused.status_code == 404
    kept = (await bench.student.http.get(f"/api/lessons/{lesson['id']}")).json()["lesson"]
    assert kept["tutor"]["name"] == "Grace"
    back = (await bench.teacher.http.post(f"{bench.path(draft)}/unarchive")).json()
    assert back["state"] == "published"


async def test_only_what_no_student_has_met_can_be_deleted(bench: Bench) -> None:
    draft = await bench.create("Grace")
    assert (await bench.teacher.http.delete(bench.path(draft))).status_code == 204
    assert (await bench.teacher.http.get(bench.path(draft))).status_code == 404
    published = await bench.publish(await bench.create("Hopper"))
    assert (await bench.teacher.http.delete(bench.path(published))).status_code == 409


async def test_a_tutor_is_its_owners_until_it_is_shared(bench: Bench) -> None:
    colleague = await bench.hire("colleague")
    draft = await bench.create("Grace")
    assert (await colleague.http.get(bench.path(draft))).status_code == 404
    found = (await bench.teacher.http.get("/api/workshop/colleagues")).json()["colleagues"]
    ids = {person["name"]: person["id"] for person in found}
    assert "Teacher" not in ids
    strangers = [ids["Colleague"], bench.town.there.people["teacher"], bench.student.person_id]
    shared = await bench.teacher.http.put(f"{bench.path(draft)}/teachers", json={"teacher_ids": strangers})
    assert [person["name"] for person in shared.json()["teachers"]] == ["Colleague"]
    theirs = (await colleague.http.get("/api/workshop/tutors")).json()["tutors"]
    assert [(t["name"], t["owner"], t["mine"]) for t in theirs if t["id"] == draft["id"]] == [
        ("Grace", "Teacher", False)
    ]
    admin = await bench.town.signed_in("admin@here")
    assert (await admin.http.get(bench.path(draft))).status_code == 200


async def test_students_do_not_enter_the_workshop(bench: Bench) -> None:
    draft = await bench.create("Grace")
    for path in ("/api/workshop/tutors", "/api/workshop/choices", "/api/libraries", "/api/faces"):
        assert (await bench.student.http.get(path)).status_code == 403
    assert (await bench.student.http.get(bench.path(draft))).status_code in (403, 404)


async def test_a_draft_is_tried_by_its_teacher_alone(bench: Bench) -> None:
    draft = await bench.publish(await bench.create("Grace"))
    await bench.save(draft, greeting="Trying", avatar_id="lin")
    tried = await bench.teacher.http.post(f"{bench.path(draft)}/try")
    assert tried.status_code == 201
    (session,) = bench.town.engine.sessions.values()
    assert (session.request.tutor.greeting, session.request.tutor.avatar_id) == ("Trying", "lin")
    lesson_id = tried.json()["lesson_id"]
    async with bench.town.database.reading() as db:
        assert await repository.previews(db, [lesson_id, "none"]) == {lesson_id}
    assert (await bench.student.http.post(f"{bench.path(draft)}/try")).status_code in (403, 404)


async def test_limits_become_part_of_what_the_engine_is_told(bench: Bench) -> None:
    draft = await bench.create("Grace")
    limits = {"topics_allowed": ["Stars", "Moons"], "topics_declined": ["Politics"], "age_band": "6-9"}
    saved = await bench.save(draft, **limits, library_ids=[bench.town.here.library_id], minutes_per_lesson=30)
    await bench.publish(saved)
    await bench.student.begin_lesson(draft["id"])
    (session,) = bench.town.engine.sessions.values()
    persona = session.request.tutor.persona
    assert session.request.tutor.topics_declined == ["Politics"]
    for words in ("Stars, Moons", "Do not talk about: Politics", "six to nine years old"):
        assert words in persona
    assert list(session.request.bases()) == [f"library-{bench.town.here.library_id}"]
    assert session.request.tenant_id == bench.town.here.id


async def test_libraries_and_faces_of_others_do_not_stick(bench: Bench) -> None:
    draft = await bench.create("Grace")
    saved = await bench.save(draft, library_ids=[bench.town.there.library_id, "none"])
    assert saved["content"]["library_ids"] == []
    saved = await bench.save(saved, avatar_id="face-of-nobody")
    answer = await bench.teacher.http.post(
        f"{bench.path(draft)}/publish", json={"revision": saved["revision"]}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "face_missing")


async def test_pressing_publish_twice_publishes_once(bench: Bench) -> None:
    draft = await bench.create("Grace")
    again = await bench.step(await bench.publish(draft), "publish")
    assert again["version"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "\u202e\u0000 "},
        {"name": "n" * 101},
        {"language": "fr"},
        {"persona": "p" * 8001},
        {"pace": 9},
        {"pace": "NaN"},
        {"minutes_per_lesson": 1},
        {"topics_allowed": ["t"] * 21},
        {"topics_allowed": [""]},
        {"age_band": "0-99"},
        {"avatar_id": "../../etc"},
        {"library_ids": ["l"] * 17},
        {"mode": "shout"},
    ],
)
async def test_a_draft_without_measure_is_refused(edge_town: Town, wrong: dict[str, Any]) -> None:
    bench = await bench_of(edge_town)
    draft = await bench.create("Grace")
    answer = await bench.put(draft, **wrong)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "bad_request")


async def test_what_nobody_sees_is_taken_out_of_texts_and_markup_stays_text(edge_town: Town) -> None:
    bench = await bench_of(edge_town)
    hostile = "<img src=x onerror=alert(1)>"
    saved = await bench.save(
        await bench.create("Grace"), name=f"G\u202erace {hostile}", persona=f"a\u0007b\r\n{hostile}"
    )
    assert saved["content"]["name"] == f"Grace {hostile}"
    assert saved["content"]["persona"] == f"ab\n{hostile}"


async def test_the_builder_offers_faces_voices_and_the_model(edge_town: Town) -> None:
    bench = await bench_of(edge_town)
    found = (await bench.teacher.http.get("/api/workshop/choices")).json()
    assert [face["avatar_id"] for face in found["faces"]] == ["ada", "lin"]
    assert [voice["id"] for voice in found["voices"]] == ["ada"]
    assert found["models"] == ["extractive"]
    await edge_town.engine.stop()
    away = (await bench.teacher.http.get("/api/workshop/choices")).json()
    assert ({voice["language"] for voice in away["voices"]}, away["models"]) == ({"en", "zh"}, [])


async def test_a_voice_is_heard_a_few_times_in_a_row(edge_town: Town) -> None:
    bench = await bench_of(edge_town)
    body = {"voice": "ada", "language": "en", "text": "Hello."}
    answers = [await bench.teacher.http.post("/api/workshop/voices/preview", json=body) for _ in range(12)]
    assert answers[0].headers["content-type"] == "audio/wav"
    assert [answer.status_code for answer in answers].count(200) in (10, 11)
    assert answers[-1].json()["error"]["code"] == "too_many_attempts"
    long = await bench.teacher.http.post("/api/workshop/voices/preview", json={**body, "text": "a" * 201})
    assert long.status_code == 422


async def test_a_face_is_watched_as_it_speaks(bench: Bench) -> None:
    body = {"voice": "ada", "language": "en", "text": "Today we look at the moon."}
    film = await bench.teacher.http.post("/api/workshop/faces/ada/clip", json=body)
    assert (film.status_code, film.headers["content-type"]) == (200, "video/mp4")
    assert bench.town.engine.previews[-1].text == body["text"]
    assert (await bench.student.http.post("/api/workshop/faces/ada/clip", json=body)).status_code == 403
    for hidden in ("face-of-nobody", "..", "face-1"):
        answer = await bench.teacher.http.post(f"/api/workshop/faces/{hidden}/clip", json=body)
        assert answer.status_code in (404, 405), hidden
    empty = await bench.teacher.http.post("/api/workshop/faces/ada/clip", json={**body, "text": ""})
    assert empty.status_code == 422
