"""Lessons over HTTP: begun, listed, resumed, ended; seats taken and given back."""

import asyncio

from packages.platform.tests.conftest import OpenTown
from packages.platform.tests.town import Town

from tutor_platform.lessons.models import Turn
from tutor_platform.lessons.service import past_messages


async def test_beginning_a_lesson_tells_the_engine_what_it_needs(town: Town) -> None:
    student = await town.signed_in("student@here")
    lesson = await student.begin_lesson(town.here.tutor_id)
    request = town.engine.sessions[lesson["engine_session_id"]].request
    assert request.user_id == request.student_id == student.person_id
    assert (request.tenant_id, request.alerts) == (town.here.id, True)
    assert (request.kb_id, request.kb_ids) == (f"library-{town.here.library_id}", [])
    assert (request.tutor.persona, request.tutor.avatar_id) == ("secret persona", "ada")
    assert request.history == []
    assert (lesson["ended_at"], lesson["turns"]) == (None, [])
    assert lesson["tutor"]["documents"]
    assert "secret" not in str(lesson)


async def test_a_lesson_is_taught_as_the_tutor_does_unless_the_student_chooses(town: Town) -> None:
    teacher = await town.signed_in("teacher@here")
    wanted = {"mode": "socratic", "pace": 1.5, "push_to_talk": True}
    await teacher.http.patch(f"/api/tutors/{town.here.tutor_id}", json=wanted)
    student = await town.signed_in("student@here")
    usual = await student.begin_lesson(town.here.tutor_id)
    told = town.engine.sessions[usual["engine_session_id"]].request.tutor
    assert (usual["mode"], told.mode, told.pace) == ("socratic", "socratic", 1.5)
    # The page begins with the key to hold; an engine that insisted on it would be deaf to who talks freely.
    assert (usual["tutor"]["push_to_talk"], told.push_to_talk) == (True, False)
    body = {"tutor_id": town.here.tutor_id, "mode": "quiz"}
    chosen = (await student.http.post("/api/lessons", json=body)).json()["lesson"]
    assert town.engine.sessions[chosen["engine_session_id"]].request.tutor.mode == "quiz"
    town.engine.sessions.clear()
    again = (await student.http.post(f"/api/lessons/{chosen['id']}/resume")).json()["lesson"]
    assert town.engine.sessions[again["engine_session_id"]].request.tutor.mode == "quiz"
    modes = [lesson["mode"] for lesson in (await student.http.get("/api/lessons")).json()["lessons"]]
    assert modes == ["quiz", "socratic"]
    refused = await student.http.post("/api/lessons", json=body | {"mode": "sleep"})
    assert refused.status_code == 422


async def test_a_lesson_under_way_is_taught_differently_with_its_history(town: Town) -> None:
    student = await town.signed_in("student@here")
    lesson = await student.begin_lesson(town.here.tutor_id)
    address, old = f"/api/lessons/{lesson['id']}", lesson["engine_session_id"]
    async with student.socket() as wire:
        await wire.until("hello")
        await wire.ask(old, "Why?")
        await wire.until("turn", state="idle")
        same = await student.http.patch(address, json={"mode": "explain"})
        assert same.json()["lesson"]["engine_session_id"] == old
        changed = (await student.http.patch(address, json={"mode": "quiz"})).json()["lesson"]
        replaced = await wire.until("session_replaced", old_engine_session_id=old)
        assert replaced["engine_session_id"] == changed["engine_session_id"] != old
        # What was on its way when it changed still arrives.
        await wire.ask(old, "Ask me.")
        await wire.until("turn", state="idle")
    assert list(town.engine.sessions) == [changed["engine_session_id"]]
    request = town.engine.sessions[changed["engine_session_id"]].request
    assert (request.tutor.mode, [m.content for m in request.history]) == (
        "quiz",
        ["Why?", "An answer to: Why?"],
    )
    assert [turn["content"] for turn in await student.turns(lesson["id"])][2:] == [
        "Ask me.",
        "An answer to: Ask me.",
    ]


async def test_a_mode_that_cannot_be_had_now_changes_nothing(town: Town) -> None:
    student = await town.signed_in("student@here")
    lesson = await student.begin_lesson(town.here.tutor_id)
    address = f"/api/lessons/{lesson['id']}"
    town.engine.seats = 1
    full = await student.http.patch(address, json={"mode": "quiz"})
    assert (full.status_code, full.json()["error"]["code"]) == (503, "no_seat")
    after = (await student.http.get(address)).json()["lesson"]
    assert (after["mode"], after["engine_session_id"]) == ("explain", lesson["engine_session_id"])
    await student.http.post(f"{address}/end")
    ended = (await student.http.patch(address, json={"mode": "quiz"})).json()["lesson"]
    assert (ended["mode"], ended["engine_session_id"], town.engine.sessions) == ("quiz", None, {})


async def test_a_full_and_an_absent_engine_are_told_apart(town: Town) -> None:
    student = await town.signed_in("student@here")
    town.engine.seats = 0
    full = await student.http.post("/api/lessons", json={"tutor_id": town.here.tutor_id})
    assert (full.status_code, full.json()["error"]["code"]) == (503, "no_seat")
    assert full.headers["retry-after"] == "17"
    await town.engine.stop()
    absent = await student.http.post("/api/lessons", json={"tutor_id": town.here.tutor_id})
    assert (absent.status_code, absent.json()["error"]["code"]) == (503, "engine_unreachable")
    assert int(absent.headers["retry-after"]) > 0
    assert (await student.http.get("/api/lessons")).json()["lessons"] == []


async def test_a_refusing_engine_is_neither(town: Town) -> None:
    student = await town.signed_in("student@here")
    town.engine.key = "changed"
    refused = await student.http.post("/api/lessons", json={"tutor_id": town.here.tutor_id})
    assert (refused.status_code, refused.json()["error"]["code"]) == (502, "engine_refused")


async def test_a_person_holds_two_seats_and_the_oldest_is_given_back(town: Town) -> None:
    student = await town.signed_in("student@here")
    lessons = [await student.begin_lesson(town.here.tutor_id) for _ in range(4)]
    assert set(town.engine.sessions) == {lesson["engine_session_id"] for lesson in lessons[2:]}
    first = (await student.http.get(f"/api/lessons/{lessons[0]['id']}")).json()["lesson"]
    assert (first["engine_session_id"], first["ended_at"]) == (None, None)
    again = await student.http.post(f"/api/lessons/{first['id']}/resume")
    assert again.json()["lesson"]["engine_session_id"] in town.engine.sessions
    assert len(town.engine.sessions) == 2


async def test_resuming_keeps_a_session_that_lives_and_renews_one_that_does_not(town: Town) -> None:
    student = await town.signed_in("student@here")
    lesson = await student.begin_lesson(town.here.tutor_id)
    same = await student.http.post(f"/api/lessons/{lesson['id']}/resume")
    assert same.json()["lesson"]["engine_session_id"] == lesson["engine_session_id"]
    async with student.socket() as wire:
        await wire.until("hello")
        await wire.ask(lesson["engine_session_id"], "Why?")
        await wire.until("turn", state="idle")
    town.engine.sessions.clear()
    fresh = (await student.http.post(f"/api/lessons/{lesson['id']}/resume")).json()["lesson"]
    assert fresh["engine_session_id"] != lesson["engine_session_id"]
    history = town.engine.sessions[fresh["engine_session_id"]].request.history
    assert [message.content for message in history] == ["Why?", "An answer to: Why?"]
    assert len(fresh["turns"]) == 2


async def test_an_ended_lesson_gives_its_seat_back_and_can_go_on_later(town: Town) -> None:
    student = await town.signed_in("student@here")
    lesson = await student.begin_lesson(town.here.tutor_id)
    ended = (await student.http.post(f"/api/lessons/{lesson['id']}/end")).json()["lesson"]
    assert town.engine.sessions == {}
    twice = (await student.http.post(f"/api/lessons/{lesson['id']}/end")).json()["lesson"]
    assert ended["ended_at"] == twice["ended_at"] is not None
    assert town.engine.deleted == [lesson["engine_session_id"]]
    again = (await student.http.post(f"/api/lessons/{lesson['id']}/resume")).json()["lesson"]
    assert (again["ended_at"], again["engine_session_id"] in town.engine.sessions) == (None, True)


async def test_a_lesson_ends_while_the_engine_is_away(town: Town) -> None:
    student = await town.signed_in("student@here")
    lesson = await student.begin_lesson(town.here.tutor_id)
    await town.engine.stop()
    ended = await student.http.post(f"/api/lessons/{lesson['id']}/end")
    assert ended.json()["lesson"]["ended_at"] is not None
    resumed = await student.http.post(f"/api/lessons/{lesson['id']}/resume")
    assert resumed.json()["error"]["code"] == "engine_unreachable"


async def test_the_list_is_newest_first_and_goes_on(town: Town) -> None:
    student = await town.signed_in("student@here")
    lessons = [await student.begin_lesson(town.here.tutor_id) for _ in range(3)]
    async with student.socket() as wire:
        await wire.until("hello")
        await wire.ask(lessons[2]["engine_session_id"], "First of all?")
        await wire.until("turn", state="idle")
    page = (await student.http.get("/api/lessons", params={"limit": 2})).json()["lessons"]
    assert [lesson["id"] for lesson in page] == [lessons[2]["id"], lessons[1]["id"]]
    assert [(lesson["turn_count"], lesson["first_question"]) for lesson in page] == [
        (2, "First of all?"),
        (0, None),
    ]
    rest = await student.http.get("/api/lessons", params={"before": page[-1]["id"]})
    assert [lesson["id"] for lesson in rest.json()["lessons"]] == [lessons[0]["id"]]
    assert (await student.http.get("/api/lessons", params={"limit": 0})).status_code == 422


def test_the_tutor_remembers_what_was_heard_of_it() -> None:
    turns = [
        Turn(role="user", content="Why?", heard=None),
        Turn(role="assistant", content="Because of many things.", heard="Because"),
        Turn(role="assistant", content="Never sounded.", heard=""),
        Turn(role="assistant", content="Not known.", heard=None),
    ]
    assert [(m.role, m.content) for m in past_messages(turns)] == [
        ("user", "Why?"),
        ("assistant", "Because"),
        ("assistant", "Not known."),
    ]
    assert len(past_messages([Turn(role="user", content="x" * 30_000)] * 99)) == 40
    assert len(past_messages([Turn(role="user", content="x" * 30_000)])[0].content) == 20_000


async def test_a_double_click_opens_one_lesson(town: Town) -> None:
    student = await town.signed_in("student@here")
    body = {"tutor_id": town.here.tutor_id}
    clicks = await asyncio.gather(*(student.http.post("/api/lessons", json=body) for _ in range(4)))
    assert [click.status_code for click in clicks] == [201] * 4
    assert len({click.json()["lesson"]["id"] for click in clicks}) == 1
    assert len(town.engine.sessions) == 1
    # Somebody who begins another one afterwards has another one.
    again = await student.begin_lesson(town.here.tutor_id)
    assert again["id"] != clicks[0].json()["lesson"]["id"]


async def test_a_double_click_without_a_seat_is_two_refusals(town_with: OpenTown) -> None:
    town = await town_with()
    town.engine.seats = 0
    student = await town.signed_in("student@here")
    body = {"tutor_id": town.here.tutor_id}
    clicks = await asyncio.gather(*(student.http.post("/api/lessons", json=body) for _ in range(2)))
    assert [click.status_code for click in clicks] == [503, 503]
    town.engine.seats = 1
    await student.begin_lesson(town.here.tutor_id)


async def test_the_same_trouble_told_twice_is_one_report(town: Town) -> None:
    student = await town.signed_in("student@here")
    lesson = await student.begin_lesson(town.here.tutor_id)
    path = f"/api/lessons/{lesson['id']}/problems"
    body = {"category": "sound", "content": "It crackles.", "facts": {}}
    clicks = await asyncio.gather(*(student.http.post(path, json=body) for _ in range(3)))
    assert {click.status_code for click in clicks} == {201}
    numbers = {click.json()["id"] for click in clicks}
    assert len(numbers) == 1
    other = await student.http.post(path, json=body | {"content": "And it stops."})
    assert other.json()["id"] not in numbers
