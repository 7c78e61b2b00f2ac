"""The socket as a browser meets it: who gets in, what passes, what is stored before it passes."""

import asyncio
import json
from contextlib import AsyncExitStack

import pytest
from packages.platform.tests.town import Town
from websockets.exceptions import InvalidStatus

from tutor_protocol.client import MAX_MESSAGE_BYTES
from tutor_protocol.server import TextOut, Transcription, Turn


async def test_a_typed_question_is_answered_and_recorded_once(town: Town) -> None:
    student = await town.signed_in("student@here")
    lesson = await student.begin_lesson(town.here.tutor_id)
    async with student.socket() as wire:
        assert (await wire.next())["type"] == "hello"
        await wire.ask(lesson["engine_session_id"], " What is Mars? ")
        await wire.until("turn", state="idle")
    assert [event["type"] for event in wire.seen] == ["hello", "transcription", "turn", "text", "turn"]
    question, answer = await student.turns(lesson["id"])
    assert (question["role"], question["source"], question["content"]) == ("user", "text", " What is Mars? ")
    assert answer["role"] == "assistant"
    assert answer["heard"] == answer["content"] == "An answer to:  What is Mars? "
    assert answer["citations"][0]["title"] == "T"
    assert not answer["interrupted"]
    assert [question["seq"], answer["seq"]] == [1, 2]


async def test_a_question_is_stored_before_the_engine_sees_it(town: Town) -> None:
    student = await town.signed_in("student@here")
    lesson = await student.begin_lesson(town.here.tutor_id)
    at_the_engine: list[int] = []

    async def look(_: str) -> None:
        at_the_engine.append(len(await student.turns(lesson["id"])))

    town.engine.before_echo = look
    async with student.socket() as wire:
        await wire.until("hello")
        await wire.ask(lesson["engine_session_id"], "What is Mars?")
        await wire.until("turn", state="idle")
    assert at_the_engine == [1]


async def test_what_the_engine_says_is_stored_before_the_browser_sees_it(town: Town) -> None:
    student = await town.signed_in("student@here")
    lesson = await student.begin_lesson(town.here.tutor_id)
    session = lesson["engine_session_id"]
    async with student.socket() as wire:
        await wire.until("hello")
        await town.engine.emit(session, Transcription(content="What", final=False, turn_id=1))
        await wire.until("transcription")
        assert await student.turns(lesson["id"]) == []
        await town.engine.emit(session, Transcription(content="What is Mars?", final=True, turn_id=1))
        await wire.until("transcription", final=True)
        assert [(t["content"], t["source"]) for t in await student.turns(lesson["id"])] == [
            ("What is Mars?", "voice")
        ]
        await town.engine.emit(session, TextOut(content="A planet, and red.", turn_id=1))
        await wire.until("text")
        assert (await student.turns(lesson["id"]))[1]["heard"] is None
        await town.engine.emit(session, Turn(state="interrupted", heard="A planet,", turn_id=1))
        await wire.until("turn")
        answer = (await student.turns(lesson["id"]))[1]
    assert (answer["content"], answer["heard"], answer["interrupted"]) == (
        "A planet, and red.",
        "A planet,",
        True,
    )


async def test_an_answer_cut_off_before_it_was_complete_is_what_was_heard(town: Town) -> None:
    student = await town.signed_in("student@here")
    lesson = await student.begin_lesson(town.here.tutor_id)
    async with student.socket() as wire:
        await wire.until("hello")
        for heard in ("", "Mars is"):
            await town.engine.emit(
                lesson["engine_session_id"], Turn(state="interrupted", heard=heard, turn_id=len(heard))
            )
            await wire.until("turn")
    (turn,) = await student.turns(lesson["id"])
    assert (turn["content"], turn["heard"], turn["interrupted"]) == ("Mars is", "Mars is", True)


async def test_two_tabs_see_the_same_lesson_and_store_it_once(town: Town) -> None:
    student = await town.signed_in("student@here")
    lesson = await student.begin_lesson(town.here.tutor_id)
    async with student.socket() as one, student.socket() as two:
        await one.until("hello")
        await two.until("hello")
        await one.say("webrtc_offer", sdp="v=0", user_id=student.person_id)
        await one.until("webrtc_answer")
        await one.ask(lesson["engine_session_id"], "Why?")
        await one.until("turn", state="idle")
        await two.until("turn", state="idle")
        assert town.engine.open_sockets == 1
    assert "webrtc_answer" not in [event["type"] for event in two.seen]
    assert len(await student.turns(lesson["id"])) == 2


async def test_an_answer_is_recorded_after_the_browser_has_gone(town: Town) -> None:
    student = await town.signed_in("student@here")
    lesson = await student.begin_lesson(town.here.tutor_id)
    async with student.socket() as wire:
        await wire.until("hello")
    await town.engine.emit(lesson["engine_session_id"], TextOut(content="Late.", turn_id=1))
    async with student.socket() as wire:
        await wire.until("hello")
        await town.engine.emit(lesson["engine_session_id"], Turn(state="idle", heard="Late.", turn_id=1))
        await wire.until("turn")
    assert [turn["content"] for turn in await student.turns(lesson["id"])] == ["Late."]


async def test_a_socket_opened_before_the_lesson_is_greeted_when_it_begins(town: Town) -> None:
    student = await town.signed_in("student@here")
    async with student.socket() as wire:
        await wire.say("webrtc_offer", sdp="v=0", user_id=student.person_id)
        assert (await wire.next())["code"] == "missing_session"
        await student.begin_lesson(town.here.tutor_id)
        await wire.until("hello")


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("{", "bad_json"),
        ("[]", "bad_message"),
        ('{"type": "dance"}', "unknown_type"),
        ('{"type": "text", "content": "a"}', "missing_session"),
        ('{"type": "text_webrtc", "content": "a", "engine_session_id": "%s"}', "missing_user"),
        ('{"type": "text", "content": "a", "engine_session_id": "foreign"}', "unknown_session"),
        ('{"type": "text_webrtc", "content": "a", "user_id": 7, "engine_session_id": "%s"}', "foreign_user"),
        ('{"type": "webrtc_offer", "sdp": "v=0", "user_id": "%u", "avatar_id": "bob"}', "not_found"),
        ('{"type": "text", "content": "", "engine_session_id": "%s"}', "bad_message"),
    ],
)
async def test_refusals_leave_the_socket_open(edge_town: Town, message: str, code: str) -> None:
    student = await edge_town.signed_in("student@here")
    lesson = await student.begin_lesson(edge_town.here.tutor_id)
    async with student.socket() as wire:
        await wire.until("hello")
        filled = message.replace("%s", lesson["engine_session_id"]).replace("%u", student.person_id)
        await wire.connection.send(filled)
        refusal = await wire.next()
        assert (refusal["type"], refusal["code"]) == ("error", code)
        await wire.say("ping")
        await wire.until("pong")
    assert edge_town.engine.received == []
    assert await student.turns(lesson["id"]) == []


async def test_nobody_speaks_in_another_persons_session(town: Town) -> None:
    victim = await town.signed_in("other@here")
    theirs = await victim.begin_lesson(town.here.tutor_id)
    student = await town.signed_in("student@here")
    await student.begin_lesson(town.here.tutor_id)
    async with student.socket() as wire:
        await wire.until("hello")
        await wire.ask(theirs["engine_session_id"], "Who are you?")
        assert (await wire.next())["code"] == "unknown_session"
        await wire.say("interrupt", engine_session_id=theirs["engine_session_id"])
        assert (await wire.next())["code"] == "unknown_session"
    assert town.engine.received == []
    assert await victim.turns(theirs["id"]) == []


async def test_a_browser_cannot_choose_another_library_face_or_tutor(edge_town: Town) -> None:
    student = await edge_town.signed_in("student@here")
    lesson = await student.begin_lesson(edge_town.here.tutor_id)
    async with student.socket() as wire:
        await wire.until("hello")
        stolen = {
            "kb_id": f"tutor-{edge_town.there.tutor_id}",
            "tutor_id": edge_town.there.tutor_id,
            "avatar_id": "bob",
        }
        await wire.ask(lesson["engine_session_id"], "Hm?", **stolen)
        await wire.until("turn", state="idle")
        await wire.say("webrtc_offer", sdp="v=0", user_id=student.person_id, avatar_id="ada")
        await wire.until("webrtc_answer")
    (question,) = edge_town.engine.said("text_webrtc")
    assert (question["kb_id"], question["tutor_id"], question["avatar_id"]) == (None, None, None)


async def test_oversize_messages_are_refused(edge_town: Town) -> None:
    student = await edge_town.signed_in("student@here")
    await student.begin_lesson(edge_town.here.tutor_id)
    async with student.socket() as wire:
        await wire.until("hello")
        await wire.connection.send('"' + "x" * MAX_MESSAGE_BYTES + '"')
        assert (await wire.next())["code"] == "message_too_large"
        await wire.connection.send("x" * (MAX_MESSAGE_BYTES + 1024 * 1024))
        assert await wire.closed() == 1009


async def test_too_many_messages_are_refused_and_the_socket_stays(edge_town: Town) -> None:
    student = await edge_town.signed_in("student@here")
    async with student.socket() as wire:
        for _ in range(80):
            await wire.say("ping")
        kinds = [(await wire.next()).get("code", "pong") for _ in range(80)]
    assert kinds[:60] == ["pong"] * 60
    assert kinds.count("too_fast") >= 15


async def test_only_the_person_of_the_path_gets_in(edge_town: Town) -> None:
    student = await edge_town.signed_in("student@here")
    for person, options in (
        (edge_town.here.people["teacher"], {}),
        (student.person_id, {"additional_headers": {}}),
        (student.person_id, {"additional_headers": {"cookie": "tutor_session=forged"}}),
    ):
        async with student.socket(person, **options) as wire:
            assert await wire.closed() == 4401


async def test_the_token_may_be_in_the_query(edge_town: Town) -> None:
    student = await edge_town.signed_in("student@here")
    path = f"{student.person_id}?token={student.token}"
    async with student.socket(path, additional_headers={}) as wire:
        await wire.say("ping")
        await wire.until("pong")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "file://"])
async def test_pages_of_other_sites_are_refused(edge_town: Town, origin: str) -> None:
    student = await edge_town.signed_in("student@here")
    with pytest.raises(InvalidStatus):
        async with student.socket(origin=origin):
            pass


async def test_signing_out_closes_the_sockets_of_that_browser_only(edge_town: Town) -> None:
    here = await edge_town.signed_in("student@here")
    elsewhere = await edge_town.signed_in("student@here")
    async with here.socket() as wire, elsewhere.socket() as other:
        await wire.say("ping")
        await wire.until("pong")
        assert (await here.http.post("/api/auth/sign-out")).status_code == 204
        assert await wire.closed() == 4401
        await other.say("ping")
        await other.until("pong")


async def test_a_person_has_eight_sockets(edge_town: Town) -> None:
    student = await edge_town.signed_in("student@here")
    async with AsyncExitStack() as stack:
        wires = [await stack.enter_async_context(student.socket()) for _ in range(9)]
        closing = [asyncio.create_task(wire.closed()) for wire in wires]
        done, waiting = await asyncio.wait(closing, return_when=asyncio.FIRST_COMPLETED)
        assert [task.result() for task in done] == [4429]
        assert len(waiting) == 8
        for task in waiting:
            task.cancel()


async def test_unknown_fields_and_unknown_events_pass_in_both_directions(edge_town: Town) -> None:
    student = await edge_town.signed_in("student@here")
    lesson = await student.begin_lesson(edge_town.here.tutor_id)

    class Newer(Turn):
        mood: str = "calm"

    async with student.socket(subprotocols=["tutor.v1"]) as wire:
        await wire.until("hello")
        assert wire.connection.subprotocol == "tutor.v1"
        await edge_town.engine.emit(lesson["engine_session_id"], Newer(state="thinking", turn_id=1))
        assert (await wire.until("turn"))["mood"] == "calm"
        await wire.connection.send(json.dumps({"type": "ping", "since": 3}))
        await wire.until("pong")


async def test_a_key_that_is_held_when_the_browser_goes_is_let_go(town: Town) -> None:
    student = await town.signed_in("student@here")
    lesson = await student.begin_lesson(town.here.tutor_id)
    session = lesson["engine_session_id"]
    async with student.socket() as staying, student.socket() as going:
        await staying.until("hello")
        await going.until("hello")
        await going.say("hold", engine_session_id=session, key="talk", held=True)
        await going.say("hold", engine_session_id=session, key="think", held=True)
        await going.say("hold", engine_session_id=session, key="think", held=False)
        await town.engine.until_said("hold", 3)
        await going.connection.close()
        told = await town.engine.until_said("hold", 4)
    assert [(message["key"], message["held"]) for message in told] == [
        ("talk", True),
        ("think", True),
        ("think", False),
        ("talk", False),
    ]
    assert told[-1]["engine_session_id"] == session


async def test_offered_answers_and_joined_questions_are_in_the_record(town: Town) -> None:
    student = await town.signed_in("student@here")
    lesson = await student.begin_lesson(town.here.tutor_id)
    session = lesson["engine_session_id"]
    async with student.socket() as wire:
        await wire.until("hello")
        for event in (
            Transcription(content="Quiz me", final=True, turn_id=1),
            Turn(state="interrupted", heard="", turn_id=1),
            Transcription(content="Quiz me, please", final=True, turn_id=2),
            TextOut(content="Which?", choices=["Mars", "Venus"], turn_id=2),
        ):
            await town.engine.emit(session, event)
        assert (await wire.until("text"))["choices"] == ["Mars", "Venus"]
    question, answer = await student.turns(lesson["id"])
    assert (question["content"], answer["choices"]) == ("Quiz me, please", ["Mars", "Venus"])
