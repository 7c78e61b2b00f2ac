"""Parts of a lesson that misbehave: the student is told, nothing grows without bound, the lesson goes on."""

import asyncio
from typing import Any

import pytest
from packages.engine.tests.session.scene import Events, Scene

from tutor_engine.answering.port import AnswerCitation
from tutor_engine.session.sinks import AHEAD_MS
from tutor_protocol import client as cm

SENTENCE_MS = 10 * 200.0
"""Of the scripted voice, in the long answer."""


async def on_stage(scene: Scene) -> tuple[Any, Events, str]:
    lesson = scene.enrol()
    audience, events = scene.audience(), Events()
    audience.enter(events)
    offer = cm.WebRTCOffer(sdp="v=0", user_id="7", engine_session_id=lesson.session_id)
    await audience.take(offer, events)
    await events.kind("webrtc_answer")
    return audience, events, lesson.session_id


async def settle(rounds: int = 30) -> None:
    for _ in range(rounds):
        await asyncio.sleep(0)


def ask(session: str) -> cm.TextWebRTC:
    return cm.TextWebRTC(content="Why do apples fall?", user_id="7", engine_session_id=session)


async def still_answers(scene: Scene, audience: Any, session: str) -> None:
    """A question asked now is answered and spoken."""
    scene.voice.hangs_after = scene.answers.fail_after = None
    scene.answers.script = ["Because of gravity."]
    before, events = len(scene.plane.played()), Events()
    audience.enter(events)
    await audience.take(ask(session), events)
    assert (await events.kind("text")).content == "Because of gravity."
    await settle()
    assert len(scene.plane.played()) > before


async def test_a_voice_that_never_begins_leaves_the_answer_as_text(scene: Scene) -> None:
    audience, events, session = await on_stage(scene)
    scene.voice.hangs_after = 0
    await audience.take(ask(session), events)
    assert (await events.kind("error")).code == "speech_failed"
    assert (await events.kind("text")).content == "Because of gravity, which pulls."
    assert (await events.kind("turn", state="idle")).heard == "Because of gravity, which pulls."
    assert scene.plane.played() == []
    await still_answers(scene, audience, session)


async def test_a_voice_that_hangs_in_the_middle_ends_the_sound_and_not_the_lesson(scene: Scene) -> None:
    audience, events, session = await on_stage(scene)
    scene.voice.hangs_after = 1
    await audience.take(ask(session), events)
    assert (await events.kind("error")).code == "speech_failed"
    await settle()
    assert scene.plane.played()
    audience.on_playback_started(1, 100.4)
    audience.on_playback_ended(1, 400.0)
    await events.kind("turn", state="idle")
    await still_answers(scene, audience, session)


@pytest.mark.parametrize("script", [["Because of gra"], ["Because of gravity, which pu"]])
async def test_a_model_that_stops_inside_a_word_is_owned_up_to(
    scene: Scene, script: list[str | AnswerCitation]
) -> None:
    audience, events, session = await on_stage(scene)
    scene.answers.script, scene.answers.fail_after = [*script, "never"], 1
    await audience.take(ask(session), events)
    assert (await events.kind("error")).code == "answer_failed"
    assert (await events.kind("text")).content == script[0]
    await settle()
    audience.on_playback_started(1, 100.4)
    audience.on_playback_ended(1, 900.0)
    assert (await events.kind("turn", state="idle")).heard == script[0]
    await still_answers(scene, audience, session)


async def test_an_answer_of_twenty_thousand_words_is_spoken_no_further_than_it_is_heard(scene: Scene) -> None:
    audience, events, session = await on_stage(scene)
    scene.answers.script = ["One two three four five six seven eight nine ten. "] * 2_000
    await audience.take(ask(session), events)
    await events.kind("text")
    await settle(20_000)
    sent_ms = max(piece.start_ms for piece in scene.plane.played())
    assert sent_ms <= AHEAD_MS + SENTENCE_MS
    audience.on_playback_started(1, 100.4)
    audience.on_playback_at(1, 2_100.0)
    await events.kind("caption")
    await audience.take(cm.Interrupt(engine_session_id=session), events)
    heard = (await events.kind("turn", state="interrupted")).heard
    assert 0 < len(heard.split()) <= 10, "what was not played is not on record"
    await still_answers(scene, audience, session)
