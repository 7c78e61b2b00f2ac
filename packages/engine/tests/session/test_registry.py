"""Seats, tokens, time-outs, and whose socket reaches which lesson."""

import asyncio

import pytest
from packages.engine.tests.session.scene import Events, Scene

from tutor_engine.session.registry import BadToken, NoSeat, NoSuchSession
from tutor_protocol import client as cm
from tutor_protocol.http import SessionRequest


async def test_seats_are_never_given_twice(scene: Scene) -> None:
    async def try_one(number: int) -> bool:
        await asyncio.sleep(0)
        try:
            scene.registry.create(SessionRequest(tutor_id=1, student_id=number))
        except NoSeat:
            return False
        return True

    taken = await asyncio.gather(*(try_one(number) for number in range(300)))
    assert sum(taken) == scene.registry.seats == scene.registry.active


async def test_a_seat_is_free_again_when_its_lesson_ends(scene: Scene) -> None:
    lessons = [scene.enrol(str(number)) for number in range(3)]
    await scene.registry.end(lessons[0].session_id)
    scene.enrol("9")
    with pytest.raises(NoSuchSession):
        await scene.registry.end(lessons[0].session_id)


async def test_tokens_open_only_their_own_person(scene: Scene) -> None:
    mine, theirs = scene.enrol("1"), scene.enrol("2")
    assert scene.registry.admit("user_1", scene.tokens["1"]).many
    assert not scene.registry.admit(mine.session_id, scene.tokens["1"]).many
    for connection, token in (
        ("user_1", scene.tokens["2"]),
        ("user_1", ""),
        ("user_3", scene.tokens["1"]),
        (theirs.session_id, scene.tokens["1"]),
    ):
        with pytest.raises(BadToken):
            scene.registry.admit(connection, token)
    with pytest.raises(NoSuchSession):
        scene.registry.admit("nothing", scene.tokens["1"])


async def test_a_silent_lesson_ends_and_a_lively_one_stays(scene: Scene) -> None:
    quiet, lively = scene.enrol("1"), scene.enrol("2")
    scene.now[0] += 59
    lively.touch()
    scene.now[0] += 2
    assert scene.registry.sweep() == [quiet.session_id]


async def test_somebody_else_s_lesson_does_not_exist_for_me(scene: Scene) -> None:
    scene.enrol("1")
    theirs = scene.enrol("2")
    audience, events = scene.audience("1"), Events()
    await audience.take(cm.TextWebRTC(content="hi", user_id="1", engine_session_id=theirs.session_id), events)
    assert [e.code for e in events if e.type == "error"] == ["unknown_session"]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (cm.Text(content="hi"), "missing_session"),
        (cm.Text(content="hi", engine_session_id="gone"), "unknown_session"),
        (cm.WebRTCOffer(sdp="v=0", user_id="8"), "foreign_user"),
        (cm.WebRTCOffer(sdp="v=0", user_id="7", engine_session_id="gone"), "unknown_session"),
        (cm.Interrupt(), "missing_session"),
        (cm.Audio(audio="%%%", engine_session_id="SESSION"), "bad_audio"),
    ],
)
async def test_refusals_of_the_user_socket(scene: Scene, message: cm.Conversational, code: str) -> None:
    lesson = scene.enrol()
    if message.engine_session_id == "SESSION":
        message = message.model_copy(update={"engine_session_id": lesson.session_id})
    events = Events()
    await scene.audience().take(message, events)  # type: ignore[arg-type]
    assert [e.code for e in events if e.type == "error"] == [code]


async def test_a_refused_offer_is_told_and_the_lesson_goes_on(scene: Scene) -> None:
    lesson = scene.enrol()
    scene.plane.refuse = "three audio sections"
    audience, events = scene.audience(), Events()
    audience.enter(events)
    offer = cm.WebRTCOffer(sdp="v=0 evil", user_id="7", engine_session_id=lesson.session_id)
    await audience.take(offer, events)
    assert (await events.kind("error")).code == "bad_sdp"
    await audience.take(cm.Text(content="still there?", engine_session_id=lesson.session_id), events)
    await events.kind("text")


async def test_closing_the_last_socket_releases_the_picture_and_keeps_the_lesson(scene: Scene) -> None:
    lesson = scene.enrol()
    audience, events = scene.audience(), Events()
    audience.enter(events)
    await audience.take(cm.WebRTCOffer(sdp="v=0", user_id="7"), events)
    assert scene.registry.connection_of(lesson) == "media"
    audience.leave(events)
    assert scene.plane.peers == {}
    assert scene.registry.connection_of(lesson) == "none"
    assert scene.registry.get(lesson.session_id) is lesson


async def test_two_lessons_share_one_connection_and_only_one_is_on_stage(scene: Scene) -> None:
    ada, lin = scene.enrol(avatar_id="ada"), scene.enrol(avatar_id="lin")
    audience, events = scene.audience(), Events()
    audience.enter(events)
    await audience.take(cm.WebRTCOffer(sdp="v=0", user_id="7", engine_session_id=ada.session_id), events)
    await audience.take(
        cm.TextWebRTC(content="Hello?", user_id="7", engine_session_id=lin.session_id), events
    )
    assert len(scene.plane.peers) == 1
    assert scene.plane.prepared == ["loop-ada", "loop-lin"]
    assert scene.registry.connection_of(ada) == "socket"
    assert scene.registry.connection_of(lin) == "media"


async def test_a_lost_worker_is_told_and_a_new_offer_is_asked_for(scene: Scene) -> None:
    lesson = scene.enrol()
    audience, events = scene.audience(), Events()
    audience.enter(events)
    await audience.take(cm.WebRTCOffer(sdp="v=0", user_id="7"), events)
    await audience.take(
        cm.TextWebRTC(content="Why?", user_id="7", engine_session_id=lesson.session_id), events
    )
    await events.kind("text")
    scene.plane.peers[1].on_worker_lost()
    error = await events.kind("error")
    assert (error.code, error.retry_after) == ("media_failed", 0.5)
    assert scene.registry.connection_of(lesson) == "connecting"
