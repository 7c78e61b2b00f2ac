"""The engine goes away, forgets, fills up: browsers stay, questions wait, the record is whole."""

from packages.platform.tests.town import Town

from tutor_protocol.server import TextOut, Transcription, Turn


async def test_a_broken_socket_is_made_again_and_the_browser_stays(town: Town) -> None:
    student = await town.signed_in("student@here")
    lesson = await student.begin_lesson(town.here.tutor_id)
    async with student.socket() as wire:
        await wire.until("hello")
        await town.engine.drop_sockets()
        await wire.until("error", code="engine_unreachable")
        await wire.until("hello")
        await wire.ask(lesson["engine_session_id"], "Still there?")
        await wire.until("turn", state="idle")
    assert len(await student.turns(lesson["id"])) == 2
    assert "session_replaced" not in [event["type"] for event in wire.seen]


async def test_questions_asked_while_the_engine_is_away_are_stored_and_answered_later(town: Town) -> None:
    student = await town.signed_in("student@here")
    lesson = await student.begin_lesson(town.here.tutor_id)
    old = lesson["engine_session_id"]
    async with student.socket() as wire:
        await wire.until("hello")
        await wire.ask(old, "First?")
        await wire.until("turn", state="idle")
        await town.engine.stop()
        await wire.until("error", code="engine_unreachable")
        await wire.ask(old, "Second?")
        await wire.until("error", code="engine_unreachable")
        assert [t["content"] for t in await student.turns(lesson["id"])][-1] == "Second?"
        await wire.say("interrupt", engine_session_id=old)
        await wire.until("error", code="engine_unreachable")
        await town.engine.start()
        replaced = await wire.until("session_replaced")
        assert replaced["old_engine_session_id"] == old
        await wire.until("transcription", content="Second?")
        await wire.until("turn", state="idle")
        # A message that was on its way when the session was replaced still arrives.
        await wire.ask(old, "Third?")
        await wire.until("turn", state="idle")
    fresh = replaced["engine_session_id"]
    past = [(m.role, m.content) for m in town.engine.sessions[fresh].request.history]
    assert past == [("user", "First?"), ("assistant", "An answer to: First?")]
    assert [(t["role"], t["content"]) for t in await student.turns(lesson["id"])] == [
        ("user", "First?"),
        ("assistant", "An answer to: First?"),
        ("user", "Second?"),
        ("assistant", "An answer to: Second?"),
        ("user", "Third?"),
        ("assistant", "An answer to: Third?"),
    ]
    assert town.engine.said("interrupt") == []


async def test_a_question_that_was_lost_with_its_session_is_asked_again_once(town: Town) -> None:
    student = await town.signed_in("student@here")
    lesson = await student.begin_lesson(town.here.tutor_id)
    town.engine.hold = True
    async with student.socket() as wire:
        await wire.until("hello")
        await wire.ask(lesson["engine_session_id"], "Lost?")
        await town.engine.until_said("text_webrtc")
        town.engine.hold = False
        await town.engine.stop()
        await town.engine.start()
        replaced = await wire.until("session_replaced")
        # The browser, too, repeats what was never echoed.
        await wire.ask(replaced["engine_session_id"], "Lost?")
        await wire.until("turn", state="idle")
        await wire.ask(replaced["engine_session_id"], "Next?")
        await wire.until("turn", state="idle")
    assert [t["content"] for t in await student.turns(lesson["id"]) if t["role"] == "user"] == [
        "Lost?",
        "Next?",
    ]


async def test_a_session_that_timed_out_is_made_again_at_the_next_question(town: Town) -> None:
    student = await town.signed_in("student@here")
    lesson = await student.begin_lesson(town.here.tutor_id)
    async with student.socket() as wire:
        await wire.until("hello")
        town.engine.sessions.clear()
        await wire.ask(lesson["engine_session_id"], "Hello again?")
        await wire.until("session_replaced", old_engine_session_id=lesson["engine_session_id"])
        await wire.until("transcription", content="Hello again?")
        await wire.until("turn", state="idle")
    assert len(await student.turns(lesson["id"])) == 2
    shown = (await student.http.get(f"/api/lessons/{lesson['id']}")).json()["lesson"]
    assert shown["engine_session_id"] in town.engine.sessions


async def test_a_token_that_ran_out_is_renewed(town: Town) -> None:
    student = await town.signed_in("student@here")
    lesson = await student.begin_lesson(town.here.tutor_id)
    town.engine.sessions[lesson["engine_session_id"]].token = "another"
    async with student.socket() as wire:
        await wire.until("session_replaced")
        await wire.until("hello")
    assert lesson["engine_session_id"] in town.engine.deleted
    assert [event["type"] for event in wire.seen] == ["session_replaced", "hello"]


async def test_only_the_lessons_in_use_take_seats_again(town: Town) -> None:
    student = await town.signed_in("student@here")
    older = await student.begin_lesson(town.here.tutor_id)
    newer = await student.begin_lesson(town.here.tutor_id)
    async with student.socket() as wire:
        await wire.until("hello")
        await town.engine.stop()
        await town.engine.start()
        await wire.until("session_replaced", old_engine_session_id=newer["engine_session_id"])
        await wire.until("hello")
    assert len(town.engine.sessions) == 1
    shown = (await student.http.get(f"/api/lessons/{older['id']}")).json()["lesson"]
    assert shown["engine_session_id"] is None
    assert shown["ended_at"] is None


async def test_a_full_engine_is_told_and_tried_again(town: Town) -> None:
    student = await town.signed_in("student@here")
    await student.begin_lesson(town.here.tutor_id)
    async with student.socket() as wire:
        await wire.until("hello")
        town.engine.seats = 0
        await town.engine.stop()
        await town.engine.start()
        assert (await wire.until("error", code="no_seat"))["retry_after"] == 17
        town.engine.seats = 1
        await wire.until("session_replaced")
        await wire.until("hello")


async def test_a_browser_that_comes_while_the_engine_is_away_is_told(town: Town) -> None:
    student = await town.signed_in("student@here")
    await student.begin_lesson(town.here.tutor_id)
    await town.engine.stop()
    async with student.socket() as wire:
        await wire.until("error", code="engine_unreachable")
        async with student.socket() as second:
            await second.until("error", code="engine_unreachable")
        await town.engine.start()
        await wire.until("hello")


async def test_a_person_who_comes_back_carries_on_with_the_same_engine_session(town: Town) -> None:
    student = await town.signed_in("student@here")
    lesson = await student.begin_lesson(town.here.tutor_id)
    session = lesson["engine_session_id"]
    async with student.socket() as wire:
        await wire.until("hello")
        await town.engine.emit(session, Transcription(content="One?", final=True, turn_id=1))
        await wire.until("transcription")
        # The same events read by two sockets of the engine are stored once.
        for _ in range(2):
            await town.engine.emit(session, TextOut(content="Two.", turn_id=1))
            await town.engine.emit(session, Turn(state="idle", heard="Two.", turn_id=1))
            await wire.until("turn")
    await town.engine.until_alone()
    async with student.socket() as wire:
        await wire.until("hello")
    assert "session_replaced" not in [event["type"] for event in wire.seen]
    assert [turn["content"] for turn in await student.turns(lesson["id"])] == ["One?", "Two."]


async def test_an_ended_lesson_takes_no_more_questions(town: Town) -> None:
    student = await town.signed_in("student@here")
    lesson = await student.begin_lesson(town.here.tutor_id)
    async with student.socket() as wire:
        await wire.until("hello")
        await student.http.post(f"/api/lessons/{lesson['id']}/end")
        await wire.ask(lesson["engine_session_id"], "One more?")
        assert (await wire.until("error"))["code"] == "unknown_session"
    assert await student.turns(lesson["id"]) == []
    assert town.engine.sessions == {}
