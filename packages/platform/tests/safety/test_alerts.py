"""Alerts: kept as the engine raises them, seen by those who may help, answered for by name."""

import pytest
from packages.platform.tests.classes.room import Room, add_lesson, audited, listening, make_room
from packages.platform.tests.town import Town
from sqlalchemy import select

from tutor_platform.classes.wall import stream
from tutor_platform.lessons.models import Lesson, Turn
from tutor_platform.safety import repository, service
from tutor_platform.safety.models import Alert, Flag, Letter, level_of
from tutor_protocol import server


async def raise_alert(
    town: Town,
    lesson_id: str,
    kind: server.AlertKind = "violence",
    excerpt: str = "the words",
    **fields: object,
) -> None:
    """As the gateway does."""
    alert = server.Alert.model_validate({"kind": kind, "source": "student", "excerpt": excerpt, **fields})
    async with town.database.writing() as db:
        lesson = await db.get(Lesson, lesson_id)
        assert lesson is not None
        await service.keep(db, lesson, alert)


async def lesson_in(room: Room) -> str:
    turns = [("user", "I want to hurt him", []), ("assistant", "Talk to somebody you trust.", [])]
    return (await add_lesson(room.town, room.student.person_id, turns))[0]


def test_two_levels() -> None:
    kinds: list[server.AlertKind] = ["self_harm", "abuse", "sexual", "violence", "personal_data"]
    assert [level_of(kind) for kind in kinds] == ["urgent", "urgent", "notice", "notice", "notice"]


async def test_an_alert_reaches_the_teachers_of_the_class(town: Town) -> None:
    room = await make_room(town)
    lesson_id = await lesson_in(room)
    await raise_alert(town, lesson_id)
    await raise_alert(town, lesson_id)
    shown = (await room.teacher.http.get("/api/alerts")).json()["alerts"]
    assert len(shown) == 1
    assert (shown[0]["level"], shown[0]["kind"], shown[0]["excerpt"]) == ("notice", "violence", "the words")
    assert (shown[0]["student"]["name"], shown[0]["classes"]) == ("Student", ["7b"])
    assert (await room.student.http.get("/api/alerts")).status_code == 403
    for username in ("teacher@there", "admin@there"):
        there = await town.signed_in(username)
        assert (await there.http.get("/api/alerts")).json()["alerts"] == []
        refused = await there.http.post(f"/api/alerts/{shown[0]['id']}/acknowledge", json={})
        assert refused.status_code == 404
    admin = await town.signed_in("admin@here")
    assert len((await admin.http.get("/api/alerts")).json()["alerts"]) == 1


async def test_whoever_acknowledges_first_stays(town: Town) -> None:
    room = await make_room(town)
    await raise_alert(town, await lesson_in(room))
    alert_id = (await room.teacher.http.get("/api/alerts")).json()["alerts"][0]["id"]
    address = f"/api/alerts/{alert_id}/acknowledge"
    first = (await room.teacher.http.post(address, json={"note": "We talked."})).json()
    assert (first["acknowledged_by"], first["note"]) == ("Teacher", "We talked.")
    admin = await town.signed_in("admin@here")
    again = (await admin.http.post(address, json={"note": "me too"})).json()
    assert (again["acknowledged_by"], again["note"]) == ("Teacher", "We talked.")
    assert (await room.teacher.http.get("/api/alerts")).json()["alerts"] == []
    done = (await room.teacher.http.get("/api/alerts", params={"acknowledged": True})).json()["alerts"]
    assert [alert["id"] for alert in done] == [alert_id]
    assert (await audited(town)).count("alert.acknowledged") == 1


async def test_alerts_are_told_to_open_pages_at_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LOOK_S", 0.02)
    room = await make_room(town)
    lesson_id = await lesson_in(room)
    async with listening(room.teacher) as page:
        assert await page.next("alerts") == {"notice": 0, "urgent": 0}
        await raise_alert(town, lesson_id, "self_harm")
        assert await page.next("alerts") == {"notice": 0, "urgent": 1}
        alert_id = (await room.teacher.http.get("/api/alerts")).json()["alerts"][0]["id"]
        await room.teacher.http.post(f"/api/alerts/{alert_id}/acknowledge", json={})
        assert await page.next("alerts") == {"notice": 0, "urgent": 0}


async def test_an_alert_flags_the_turn_it_is_about(town: Town) -> None:
    room = await make_room(town)
    lesson_id, (asked, _) = await add_lesson(
        town, room.student.person_id, [("user", "I hate myself", []), ("assistant", "I am here.", [])]
    )
    async with town.database.writing() as db:
        turn = await db.get(Turn, asked)
        assert turn is not None
        turn.engine_session_id, turn.engine_turn = "engine-1", 4
    place = {"engine_session_id": "engine-1", "turn_id": 4}
    await raise_alert(town, lesson_id, "self_harm", "I hate myself", **place)
    await raise_alert(town, lesson_id, "abuse", "I hate myself", **place)
    async with town.database.reading() as db:
        assert list(await db.scalars(select(Alert.turn_id))) == [asked, asked]
        assert list(await db.scalars(select(Flag.turn_id))) == [asked]


async def test_an_excerpt_is_cut_and_goes_with_its_lesson(town: Town) -> None:
    room = await make_room(town)
    lesson_id = await lesson_in(room)
    await raise_alert(town, lesson_id, "abuse", "x" * 900)
    async with town.database.reading() as db:
        assert len((await db.scalars(select(Alert.excerpt))).one()) == 200
    async with town.database.writing() as db:
        await db.delete(await db.get(Lesson, lesson_id))
    async with town.database.reading() as db:
        assert list(await db.scalars(select(Alert.id))) == []
        assert list(await db.scalars(select(Flag.id))) == []


async def test_contacts_are_the_administrators_and_are_written_to(town: Town) -> None:
    room = await make_room(town)
    admin = await town.signed_in("admin@here")
    contact = {"name": "Nurse", "email": " Nurse@School.example "}
    assert (await room.teacher.http.post("/api/safety-contacts", json=contact)).status_code == 403
    assert (await room.teacher.http.get("/api/safety-contacts")).status_code == 403
    made = await admin.http.post("/api/safety-contacts", json=contact)
    assert (made.status_code, made.json()["email"]) == (201, "nurse@school.example")
    assert (await admin.http.post("/api/safety-contacts", json=contact)).status_code == 409
    for email in ("nobody", "a@b", "a@b.c\nBcc: x@y.z", "a b@c.de", "<a@b.cd>", "a@b.cd,e@f.gh"):
        refused = await admin.http.post("/api/safety-contacts", json={"name": "X", "email": email})
        assert (email, refused.status_code) == (email, 422)
    foreign = contact | {"email": "x@y.example", "person_id": town.there.people["teacher"]}
    assert (await admin.http.post("/api/safety-contacts", json=foreign)).status_code == 404
    lesson_id = await lesson_in(room)
    await raise_alert(town, lesson_id, "violence")
    await raise_alert(town, lesson_id, "self_harm", "other words")
    async with town.database.reading() as db:
        letters = list(await db.scalars(select(Letter)))
    assert [(letter.email, letter.tries, letter.sent_at) for letter in letters] == [
        ("nurse@school.example", 0, None)
    ]
    listed = (await admin.http.get("/api/safety-contacts")).json()
    assert (len(listed["contacts"]), listed["letters"]) == (1, False)
    there = await town.signed_in("admin@there")
    address = f"/api/safety-contacts/{made.json()['id']}"
    assert (await there.http.delete(address)).status_code == 404
    assert (await room.teacher.http.delete(address)).status_code == 403
    assert (await admin.http.delete(address)).status_code == 204
    async with town.database.reading() as db:
        assert await repository.contacts(db, town.here.id) == []


async def test_a_safety_contact_of_the_staff_sees_urgent_alerts_of_all_classes(town: Town) -> None:
    room = await make_room(town)
    admin = await town.signed_in("admin@here")
    wanted = {"person_ids": [admin.person_id]}
    await room.teacher.http.put(f"/api/classes/{room.id}/teachers", json=wanted)
    lesson_id = await lesson_in(room)
    await raise_alert(town, lesson_id, "violence")
    await raise_alert(town, lesson_id, "self_harm")
    assert (await room.teacher.http.get("/api/alerts")).json()["alerts"] == []
    contact = {"name": "T", "email": "t@school.example", "person_id": room.teacher.person_id}
    await admin.http.post("/api/safety-contacts", json=contact)
    seen = (await room.teacher.http.get("/api/alerts")).json()["alerts"]
    assert [alert["kind"] for alert in seen] == ["self_harm"]
