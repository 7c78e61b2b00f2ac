"""A lesson over scripted stages: questions by keyboard and voice, sound, interruption, failures."""

import asyncio
import base64
import io
import wave
from typing import Any

import pytest
from packages.engine.tests.session.scene import Events, Scene

from tutor_engine.answering.port import Alert, TeachingState
from tutor_engine.hearing import port as hp
from tutor_engine.media import messages as mm
from tutor_engine.showing import messages as sm
from tutor_protocol import client as cm


async def on_stage(scene: Scene, **tutor: Any) -> tuple[Any, Events, str]:
    lesson = scene.enrol(**tutor)
    audience = scene.audience()
    events = Events()
    audience.enter(events)
    offer = cm.WebRTCOffer(sdp="v=0", user_id="7", engine_session_id=lesson.session_id)
    await audience.take(offer, events)
    await events.kind("webrtc_answer")
    return audience, events, lesson.session_id


async def settle() -> None:
    for _ in range(30):
        await asyncio.sleep(0)


def ask(session: str, text: str = "Why do apples fall?", **more: Any) -> cm.TextWebRTC:
    return cm.TextWebRTC(content=text, user_id="7", engine_session_id=session, **more)


async def test_a_typed_question_is_spoken_face_and_sound_alike(scene: Scene) -> None:
    audience, events, session = await on_stage(scene)
    await audience.take(ask(session), events)
    text = await events.kind("text")
    assert text.content == "Because of gravity, which pulls."
    await settle()
    played, fed = scene.plane.played(), scene.plane.fed()
    assert [(p.turn, p.start_ms) for p in played] == [(f.turn, f.start_ms) for f in fed]
    assert b"".join(p.pcm for p in played) == b"".join(f.pcm for f in fed)
    assert scene.plane.media.of(mm.EndAudio)
    assert scene.plane.face_child.of(sm.EndTurn)
    audience.on_playback_started(1, 100.4)
    await events.kind("turn", state="speaking")
    audience.on_playback_ended(1, 5000.0)
    end = await events.kind("turn", state="idle")
    assert end.heard == "Because of gravity, which pulls."
    latency = await events.kind("latency")
    assert latency.stages["played_first"] == pytest.approx(400.0)
    assert scene.latencies == [latency.stages]


async def test_a_spoken_question_shows_partials_and_is_answered(scene: Scene) -> None:
    audience, events, _ = await on_stage(scene)
    audience.on_microphone(b"\0" * 640)
    await settle()
    audience.on_microphone(b"\0" * 640)
    assert scene.hearing.ear.fed == 640
    ear = scene.hearing.ear.queue
    for event in (
        hp.SpeechStarted(),
        hp.PartialWords("why do", stable_chars=3),
        hp.FinalWords(hp.Transcript("why do apples fall", "en"), 99.0, 99.3, 99.4),
    ):
        ear.put_nowait(event)
    final = await events.kind("transcription", final=True)
    assert (final.content, final.source) == ("why do apples fall", "voice")
    partial = await events.kind("transcription", final=False)
    assert (partial.content, partial.stable_chars) == ("why do", 3)
    await events.kind("text")
    assert scene.answers.asked[0].text == "why do apples fall"


async def test_interruption_silences_at_once_and_keeps_what_was_heard(scene: Scene) -> None:
    scene.answers.gate = asyncio.Event()
    scene.answers.script = ["Because of strong gravity, ", "which pulls. "]
    audience, events, session = await on_stage(scene)
    await audience.take(ask(session), events)
    await settle()
    audience.on_playback_started(1, 100.2)
    audience.on_playback_at(1, 450.0)
    await events.kind("caption")
    await audience.take(cm.Interrupt(engine_session_id=session), events)
    cut = await events.kind("turn", state="interrupted")
    assert cut.heard == "Because of"
    assert scene.plane.media.of(mm.FlushAudio) == [mm.FlushAudio(1, 1)]
    assert scene.plane.face_child.of(sm.FlushFace) == [sm.FlushFace(1, 1)]
    await settle()
    assert scene.answers.cancelled == 1
    count = len(scene.plane.played())
    audience.on_playback_at(1, 2000.0)
    await settle()
    assert len(scene.plane.played()) == count
    assert [e.content for e in events if e.type == "caption"] == ["Because of strong"]


async def test_the_next_question_knows_only_what_was_heard(scene: Scene) -> None:
    audience, events, session = await on_stage(scene)
    await audience.take(ask(session), events)
    await settle()
    audience.on_playback_started(1, 100.2)
    audience.on_playback_at(1, 250.0)
    await audience.take(ask(session, "And why does it rain?"), events)
    await settle()
    history = [(e.role, e.content) for e in scene.answers.asked[1].history]
    assert history == [("user", "Why do apples fall?"), ("assistant", "Because")]


async def test_sound_is_never_far_ahead_of_the_listener(scene: Scene) -> None:
    scene.answers.script = ["word " * 100]
    audience, events, session = await on_stage(scene)
    await audience.take(ask(session), events)
    await settle()
    assert max(p.start_ms for p in scene.plane.played()) <= 6_200
    audience.on_playback_started(1, 100.2)
    audience.on_playback_at(1, 5_000.0)
    await settle()
    assert 6_200 < max(p.start_ms for p in scene.plane.played()) <= 11_200


async def test_text_without_media_carries_its_sound(scene: Scene) -> None:
    lesson = scene.enrol()
    audience, events = scene.audience(), Events()
    audience.enter(events)
    await audience.take(cm.Text(content="Why?", engine_session_id=lesson.session_id), events)
    text = await events.kind("text")
    with wave.open(io.BytesIO(base64.b64decode(text.audio))) as wav:
        assert wav.getframerate() == 16_000
        assert wav.getnframes() >= 5 * 3_200
    assert (await events.kind("turn", state="idle")).heard == "Because of gravity, which pulls."


async def test_a_question_without_a_connection_is_answered_in_text(scene: Scene) -> None:
    lesson = scene.enrol()
    audience, events = scene.audience(), Events()
    audience.enter(events)
    await audience.take(ask(lesson.session_id), events)
    assert (await events.kind("text")).audio is None
    assert (await events.kind("turn", state="idle")).heard == "Because of gravity, which pulls."


async def test_an_answerer_that_dies_mid_sentence_leaves_an_honest_sentence(scene: Scene) -> None:
    scene.answers.fail_after = 1
    audience, events, session = await on_stage(scene)
    await audience.take(ask(session), events)
    error = await events.kind("error")
    assert error.code == "answer_failed"
    await settle()
    assert scene.plane.played(), "what was generated is still spoken"
    audience.on_playback_ended(1, 900.0)
    assert (await events.kind("turn", state="idle")).heard == "Because of gravity,"


async def test_a_third_language_is_refused_and_the_lesson_goes_on(scene: Scene) -> None:
    audience, events, session = await on_stage(scene)
    await audience.take(ask(session, "Pourquoi est-ce que les pommes tombent par terre ?"), events)
    assert (await events.kind("error")).code == "language_not_spoken"
    await audience.take(ask(session), events)
    await events.kind("text")


async def test_the_tutor_greets_once_and_not_in_a_resumed_lesson(scene: Scene) -> None:
    audience, events, session = await on_stage(scene, name="Ada")
    for _ in range(2):
        await audience.take(cm.Greet(engine_session_id=session), events)
    await settle()
    assert [e.content for e in events if e.type == "text"] == ["Hello from Ada."]


async def test_chats_of_one_lesson_do_not_mix(scene: Scene) -> None:
    audience, events, session = await on_stage(scene)
    for chat, question in ((1, "One?"), (2, "Two?"), (1, "Three?")):
        await audience.take(ask(session, question, session_id=chat), events)
        await settle()
        audience.on_playback_ended(len(scene.answers.asked), 9_000.0)
        await settle()
    histories = [[e.content for e in asked.history if e.role == "user"] for asked in scene.answers.asked]
    assert histories == [[], [], ["One?"]]
    assert {e.session_id for e in events if e.type == "text"} == {1, 2}


async def test_what_a_teaching_mode_remembers_comes_with_the_next_question_of_its_chat(scene: Scene) -> None:
    audience, events, session = await on_stage(scene)
    scene.answers.teaching = TeachingState()

    async def teaching(chat: int, turn: int) -> TeachingState | None:
        await audience.take(ask(session, session_id=chat), events)
        await events.kind("text", turn_id=turn)
        return scene.answers.asked[-1].teaching

    assert await teaching(chat=1, turn=1) is None
    assert await teaching(chat=1, turn=2) is scene.answers.teaching
    assert await teaching(chat=2, turn=3) is None
    assert await teaching(chat=1, turn=4) is scene.answers.teaching


async def test_an_alert_names_its_student(scene: Scene) -> None:
    audience, events, session = await on_stage(scene)
    await audience.take(ask(session), events)
    await events.kind("text")
    alert = Alert("abuse", "student", "…")
    scene.answers.asked[-1].on_alert(alert)
    assert scene.alerts == [("7", alert)]
    assert not [event for event in events if event.type == "alert"]


async def test_a_web_server_that_asks_for_alerts_is_told(scene: Scene) -> None:
    audience, events, session = await on_stage(scene, alerts=True)
    await audience.take(ask(session), events)
    await events.kind("text")
    scene.answers.asked[-1].on_alert(Alert("abuse", "student", "he hits me"))
    told = await events.kind("alert")
    assert (told.kind, told.source, told.excerpt) == ("abuse", "student", "he hits me")


async def test_keys_reach_the_ear_and_one_pressed_before_any_sound_opens_it(scene: Scene) -> None:
    audience, events, session = await on_stage(scene, pace=1.5, push_to_talk=True)
    await audience.take(cm.Hold(key="talk", held=True, engine_session_id=session), events)
    await settle()
    ear = scene.hearing.ear
    assert ear.keys == ["press"]
    await audience.take(cm.Hold(key="think", held=True, engine_session_id=session), events)
    await audience.take(cm.Hold(key="talk", held=False, engine_session_id=session), events)
    assert ear.keys == ["press", "think True", "release"]
    assert scene.hearing.patience == hp.Patience(pace=1.5, push_to_talk=True)


async def aloud(scene: Scene, audience: Any, *heard: hp.HearingEvent) -> None:
    """The student's voice, as the ear reports it."""
    if not scene.hearing.ear.fed:
        for _ in range(2):
            audience.on_microphone(b"\0" * 640)
            await settle()
    for event in heard:
        scene.hearing.ear.queue.put_nowait(event)
    await settle()


def final(text: str) -> hp.FinalWords:
    return hp.FinalWords(hp.Transcript(text, "en"), 99.0, 99.3, 99.4)


async def speaking(scene: Scene, audience: Any, events: Events, session: str, heard_ms: float) -> None:
    """The answer to a typed question is being played."""
    await audience.take(ask(session), events)
    await settle()
    audience.on_playback_started(1, 100.2)
    audience.on_playback_at(1, heard_ms)
    await settle()


async def test_a_voice_ducks_a_listening_noise_resumes_and_words_interrupt(scene: Scene) -> None:
    audience, events, session = await on_stage(scene)
    await speaking(scene, audience, events, session, 450.0)
    await aloud(scene, audience, hp.SpeechStarted(), hp.PartialWords("uh huh"))
    assert scene.plane.media.of(mm.SetGain) == [mm.SetGain(1, 1, 0.2)]
    await aloud(scene, audience, final("uh huh"))
    assert scene.plane.media.of(mm.SetGain)[1:] == [mm.SetGain(1, 1, 1.0)]
    assert not scene.plane.media.of(mm.FlushAudio)
    await aloud(scene, audience, hp.SpeechStarted(), hp.PartialWords("wait a moment"))
    assert scene.plane.media.of(mm.FlushAudio) == [mm.FlushAudio(1, 1)]
    assert (await events.kind("turn", state="interrupted")).heard == "Because of"
    said = [e.content for e in events if e.type == "transcription" and e.final]
    assert said == ["Why do apples fall?", "uh huh"]


async def test_final_words_alone_interrupt(scene: Scene) -> None:
    audience, events, session = await on_stage(scene)
    await speaking(scene, audience, events, session, 450.0)
    await aloud(scene, audience, hp.SpeechStarted(), final("what is gravity"))
    assert scene.plane.media.of(mm.FlushAudio) == [mm.FlushAudio(1, 1)]
    assert [question.text for question in scene.answers.asked] == ["Why do apples fall?", "what is gravity"]


async def test_a_tutor_does_not_talk_softly_over_a_student_for_long(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor_engine.session.playing.DOUBT_S", 0.0)
    audience, events, session = await on_stage(scene)
    await speaking(scene, audience, events, session, 450.0)
    await aloud(scene, audience, hp.SpeechStarted())
    assert (await events.kind("turn", state="interrupted")).heard == "Because of"


async def test_a_long_voice_without_words_interrupts(scene: Scene) -> None:
    audience, events, session = await on_stage(scene)
    await speaking(scene, audience, events, session, 450.0)
    await aloud(scene, audience, hp.SpeechStarted(), hp.SpeechLasts())
    assert scene.plane.media.of(mm.FlushAudio) == [mm.FlushAudio(1, 1)]


async def test_the_key_to_talk_silences_the_tutor_at_once(scene: Scene) -> None:
    audience, events, session = await on_stage(scene)
    await speaking(scene, audience, events, session, 450.0)
    await audience.take(cm.Hold(key="talk", held=True, engine_session_id=session), events)
    await settle()
    assert scene.plane.media.of(mm.FlushAudio) == [mm.FlushAudio(1, 1)]


async def test_a_question_said_in_two_parts_is_one_on_record(scene: Scene) -> None:
    audience, events, _ = await on_stage(scene)
    await aloud(scene, audience, hp.SpeechStarted(), final("why is the sky"))
    audience.on_playback_started(1, 100.2)
    audience.on_playback_at(1, 450.0)
    await settle()
    await aloud(scene, audience, hp.SpeechStarted(), hp.PartialWords("blue today"), final("blue today"))
    said = {e.turn_id: e.content for e in events if e.type == "transcription" and e.final}
    assert said == {1: "why is the sky blue today"}
    assert [question.text for question in scene.answers.asked] == ["why is the sky", said[1]]
    assert not scene.answers.asked[1].history


@pytest.mark.parametrize(("said", "questions"), [("Why do apples fall?", 1), ("Why do pears fall?", 2)])
async def test_an_answer_is_prepared_while_the_student_pauses(
    scene: Scene, said: str, questions: int
) -> None:
    audience, events, _ = await on_stage(scene)
    scene.answers.gate = asyncio.Event()
    scene.now[0] = 98.5
    await aloud(scene, audience, hp.SpeechStarted(), hp.PartialWords("why do apples fall", 12))
    assert not scene.answers.asked, "the last words may still change"
    await aloud(scene, audience, hp.PartialWords("why do apples fall", 18))
    assert len(scene.answers.asked) == 1
    assert not [e for e in events if e.type == "text_delta"], "what is not confirmed is not said"
    scene.now[0] = 99.5
    await aloud(scene, audience, final(said))
    assert len(scene.answers.asked) == questions
    assert scene.answers.cancelled == questions - 1, "what nobody asked is not generated"
    scene.answers.gate.set()
    assert (await events.kind("text")).content == "Because of gravity, which pulls."
    await settle()
    audience.on_playback_started(1, 100.4)
    audience.on_playback_ended(1, 5_000.0)
    stages = (await events.kind("latency")).stages
    assert stages["words"] <= stages["retrieved"] <= stages["answer_first"], "measured when it was of use"


async def test_whoever_spoke_for_nothing_is_told_once_and_with_the_key_always(scene: Scene) -> None:
    audience, events, _ = await on_stage(scene)
    await aloud(scene, audience, hp.SpeechStarted(), hp.NothingUnderstood())
    assert not [e for e in events if e.type == "error"], "a cough wants no answer"
    for told, nothing in (
        (1, hp.NothingUnderstood(lasted=True)),
        (1, hp.NothingUnderstood(lasted=True)),
        (2, hp.NothingUnderstood(keyed=True)),
        (3, hp.NothingUnderstood(keyed=True)),
    ):
        await aloud(scene, audience, hp.SpeechStarted(), nothing)
        assert [e.code for e in events if e.type == "error"] == ["no_speech"] * told
    await aloud(scene, audience, hp.SpeechStarted(), final("why do apples fall"))
    await events.kind("text")
    await aloud(scene, audience, hp.SpeechStarted(), hp.NothingUnderstood(lasted=True))
    assert [e.code for e in events if e.type == "error"] == ["no_speech"] * 4


async def test_a_key_pressed_while_the_tutor_thinks_keeps_the_question(scene: Scene) -> None:
    audience, events, session = await on_stage(scene)
    scene.answers.gate = asyncio.Event()
    await aloud(scene, audience, hp.SpeechStarted(), final("why do apples fall"))
    await audience.take(cm.Hold(key="talk", held=True, engine_session_id=session), events)
    await aloud(scene, audience, hp.SpeechStarted())
    scene.answers.gate.set()
    await audience.take(cm.Hold(key="talk", held=False, engine_session_id=session), events)
    await aloud(scene, audience, hp.NothingUnderstood(keyed=True))
    assert (await events.kind("text", turn_id=2)).content == "Because of gravity, which pulls."


async def test_nobody_answers_while_the_student_speaks_again(scene: Scene) -> None:
    audience, events, _ = await on_stage(scene)
    first = hp.FinalWords(hp.Transcript("why is the sky", "en"), 99.0, 99.3, 99.4, goes_on=True)
    await aloud(scene, audience, hp.SpeechStarted(), hp.SpeechStarted(), first)
    assert not scene.answers.asked
    await aloud(scene, audience, final("blue at noon"))
    assert [question.text for question in scene.answers.asked] == ["why is the sky blue at noon"]
    await events.kind("text", turn_id=2)


@pytest.mark.parametrize("end", [hp.NothingUnderstood(), final("où est la bibliothèque ?")])
async def test_a_guess_dies_with_the_words_it_was_made_for(scene: Scene, end: hp.HearingEvent) -> None:
    audience, _, _ = await on_stage(scene)
    scene.answers.gate = asyncio.Event()
    await aloud(scene, audience, hp.SpeechStarted(), hp.PartialWords("why", 3))
    assert len(scene.answers.asked) == 1
    await aloud(scene, audience, end)
    assert scene.answers.cancelled == 1


async def test_a_guess_on_the_rest_of_a_question_is_on_the_whole(scene: Scene) -> None:
    audience, events, _ = await on_stage(scene)
    scene.answers.gate = asyncio.Event()
    await aloud(scene, audience, hp.SpeechStarted(), final("why is the sky"))
    await aloud(scene, audience, hp.SpeechStarted(), hp.PartialWords("blue", 4))
    await aloud(scene, audience, final("blue?"))
    assert [question.text for question in scene.answers.asked] == ["why is the sky", "why is the sky blue"]
    scene.answers.gate.set()
    await events.kind("text", turn_id=2)


async def test_without_room_nothing_is_guessed(scene: Scene) -> None:
    audience, _, _ = await on_stage(scene)
    scene.answers.has_room = False
    await aloud(scene, audience, hp.SpeechStarted(), hp.PartialWords("why", 3))
    assert not scene.answers.asked


async def test_a_confirmed_guess_that_is_interrupted_at_once_is_not_generated_on(scene: Scene) -> None:
    audience, events, session = await on_stage(scene)
    scene.answers.gate = asyncio.Event()
    await aloud(scene, audience, hp.SpeechStarted(), hp.PartialWords("why", 3))
    scene.hearing.ear.queue.put_nowait(final("why"))
    await asyncio.sleep(0)  # The words wait for the conversation, and the interruption behind them.
    await audience.take(cm.Interrupt(engine_session_id=session), events)
    await settle()
    assert [e.state for e in events if e.type == "turn"][-2:] == ["thinking", "interrupted"]
    assert scene.answers.cancelled == len(scene.answers.asked) == 1


async def test_offered_choices_reach_the_screen_and_the_ear(scene: Scene) -> None:
    audience, events, session = await on_stage(scene)
    scene.answers.choices = ("ice", "fire")
    await aloud(scene, audience)
    await audience.take(ask(session), events)
    assert (await events.kind("text")).choices == ["ice", "fire"]
    await settle()
    audience.on_playback_ended(1, 5_000.0)
    await settle()
    assert (scene.hearing.ear.patient[-1], scene.hearing.ear.choices) == (True, ("ice", "fire"))


async def test_the_ear_is_told_what_the_loudspeaker_plays(scene: Scene) -> None:
    audience, events, session = await on_stage(scene)
    await aloud(scene, audience)
    scene.now[0] = 100.2
    await speaking(scene, audience, events, session, 0.0)
    scene.now[0] = 101.2
    audience.on_microphone(b"\0" * 640)
    told = scene.hearing.ear.loudspeaker
    assert told, "as soon as it has sounded"
    assert told[0][1] == pytest.approx(100.2)
