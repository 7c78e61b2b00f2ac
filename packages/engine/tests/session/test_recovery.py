"""A connection that breaks while the tutor speaks: what was not heard is said again, or becomes text."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from packages.engine.tests.session.scene import Events, Scene

from tutor_engine.hearing import port as hp
from tutor_engine.media import messages as mm
from tutor_engine.showing import messages as sm
from tutor_protocol import client as cm

LOST = [
    mm.PeerState(1, "gone", "silent: nothing arrived for 8 s", "media_failed", silent_s=8.0),
    mm.PeerState(1, "stalled", silent_s=3.0),
    mm.PeerState(1, "failed", "nothing_arrives: no UDP", "media_blocked"),
]


async def on_stage(scene: Scene) -> tuple[Any, Events, str]:
    lesson = scene.enrol()
    audience, events = scene.audience(), Events()
    audience.enter(events)
    await offer(audience, events, lesson.session_id)
    return audience, events, lesson.session_id


async def offer(audience: Any, events: Events, session: str) -> None:
    await audience.take(cm.WebRTCOffer(sdp="v=0", user_id="7", engine_session_id=session), events)
    await settle()


async def settle() -> None:
    for _ in range(30):
        await asyncio.sleep(0)


async def speak(scene: Scene, audience: Any, events: Events, session: str, heard_ms: float) -> None:
    """The answer is underway and so much of it has been heard: words last 200 ms."""
    question = cm.TextWebRTC(content="Why do apples fall?", user_id="7", engine_session_id=session)
    await audience.take(question, events)
    await settle()
    audience.on_playback_started(1, 100.2)
    audience.on_playback_at(1, heard_ms)
    await settle()


def played(scene: Scene, turn: int) -> Sequence[mm.PlayAudio]:
    return [sound for sound in scene.plane.played() if sound.turn == turn]


def length_ms(sounds: Sequence[mm.PlayAudio]) -> float:
    return sum(len(sound.pcm) / 2 * 1000 / sound.rate_hz for sound in sounds)


async def test_after_a_worker_died_the_answer_goes_on_where_it_was_heard(scene: Scene) -> None:
    audience, events, session = await on_stage(scene)
    await speak(scene, audience, events, session, heard_ms=450.0)
    scene.plane.peers[1].on_worker_lost()
    error = await events.kind("error")
    assert (error.code, error.retry_after) == ("media_failed", 0.5)
    before = len(scene.plane.played())
    await settle()
    assert len(scene.plane.played()) == before, "nobody is spoken to meanwhile"
    await offer(audience, events, session)
    again = played(scene, 2)
    assert again[0].start_ms == 0.0
    assert length_ms(again) == pytest.approx(length_ms(played(scene, 1)) - 450.0, abs=1)
    assert scene.plane.media.of(mm.EndAudio)[-1] == mm.EndAudio(1, 2)
    fed = [f for f in scene.plane.fed() if f.turn == 2]
    assert b"".join(f.pcm for f in fed) == b"".join(p.pcm for p in again), "the face comes along"
    audience.on_playback_ended(1, 450.0)
    await settle()
    assert not [e for e in events if e.type == "turn" and e.state == "idle"], "of the former connection"
    audience.on_playback_at(2, 100.0)
    audience.on_playback_ended(2, 600.0)
    end = await events.kind("turn", state="idle")
    assert end.heard == "Because of gravity, which pulls."
    captions = [e.content for e in events if e.type == "caption"]
    assert " ".join(captions) == "Because of gravity, which pulls."


async def test_an_answer_that_was_ducked_comes_back_as_softly(scene: Scene) -> None:
    audience, events, session = await on_stage(scene)
    await speak(scene, audience, events, session, heard_ms=450.0)
    for _ in range(2):
        audience.on_microphone(b"\0" * 640)
        await settle()
    scene.hearing.ear.queue.put_nowait(hp.SpeechStarted())
    await settle()
    scene.plane.peers[1].on_worker_lost()
    await offer(audience, events, session)
    assert scene.plane.media.of(mm.SetGain) == [mm.SetGain(1, 1, 0.2), mm.SetGain(1, 2, 0.2)]
    scene.hearing.ear.queue.put_nowait(hp.NothingUnderstood())
    await settle()
    assert scene.plane.media.of(mm.SetGain)[-1] == mm.SetGain(1, 2, 1.0)


@pytest.mark.parametrize("report", LOST, ids=lambda report: report.state)
async def test_what_was_said_to_nobody_is_said_again(scene: Scene, report: mm.PeerState) -> None:
    audience, events, session = await on_stage(scene)
    await speak(scene, audience, events, session, heard_ms=900.0)
    scene.plane.peers[1].take(report)
    assert scene.plane.media.of(mm.FlushAudio) == [mm.FlushAudio(1, 1)]
    assert scene.plane.face_child.of(sm.FlushFace) == [sm.FlushFace(1, 1)]
    scene.plane.peers[1].take(mm.PlaybackEnded(1, 1, 900.0, True))
    scene.plane.peers[1].take(mm.PeerState(1, "connecting"))
    await settle()
    assert not played(scene, 2)
    scene.plane.peers[1].take(mm.PeerState(1, "connected"))
    expected = length_ms(played(scene, 1)) - (0.0 if report.silent_s else 900.0)
    assert length_ms(played(scene, 2)) == pytest.approx(expected, abs=1)
    codes = [e.code for e in events if e.type == "error"]
    assert codes == ([report.code] if report.code else [])


async def test_a_listener_who_stays_away_finds_the_rest_as_text(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor_engine.session.playing.RETURN_S", 0.0)
    scene.answers.gate = asyncio.Event()
    audience, events, session = await on_stage(scene)
    await speak(scene, audience, events, session, heard_ms=450.0)
    scene.plane.peers[1].take(LOST[0])
    await settle()
    assert not [e for e in events if e.type == "text"], "the answer is still being written"
    scene.answers.gate.set()
    assert (await events.kind("text")).content == "Because of gravity, which pulls."
    await events.kind("turn", state="idle")
    scene.plane.peers[1].take(mm.PeerState(1, "connected"))
    assert not played(scene, 2)


async def test_a_question_ahead_of_its_connection_is_answered_aloud_as_soon_as_that_stands(
    scene: Scene,
) -> None:
    audience, events, session = await on_stage(scene)
    scene.plane.peers[1].take(mm.PeerState(1, "connecting"))
    await audience.take(cm.Greet(engine_session_id=session), events)
    await settle()
    assert not scene.plane.played(), "nobody is spoken to before"
    scene.plane.peers[1].take(mm.PeerState(1, "connected"))
    await settle()
    assert length_ms(played(scene, 2)) >= 600.0, "from its first word on"
    audience.on_playback_started(2, 100.2)
    await events.kind("turn", state="speaking")


async def test_what_waits_for_a_connection_that_never_comes_is_text(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor_engine.session.playing.COMING_S", 0.0)
    audience, events, session = await on_stage(scene)
    scene.plane.peers[1].take(mm.PeerState(1, "connecting"))
    await audience.take(cm.Greet(engine_session_id=session), events)
    assert (await events.kind("turn", state="idle")).heard == "Hello from Tutor."
    scene.plane.peers[1].take(mm.PeerState(1, "connected"))
    await settle()
    assert not scene.plane.played()


async def test_a_student_who_types_meanwhile_is_answered_at_once(scene: Scene) -> None:
    audience, events, session = await on_stage(scene)
    await speak(scene, audience, events, session, heard_ms=450.0)
    scene.plane.peers[1].take(LOST[0])
    await audience.take(cm.TextWebRTC(content="And rain?", user_id="7", engine_session_id=session), events)
    cut = await events.kind("turn", state="interrupted")
    assert cut.heard == "Because of"
    await events.wait(lambda e: e.type == "turn" and e.state == "idle" and e.turn_id == 2)
    assert not played(scene, 2), "nobody listens: the second answer is text"


async def test_quality_is_told_and_a_weak_connection_gets_text_until_it_recovers(scene: Scene) -> None:
    audience, events, session = await on_stage(scene)
    peer = scene.plane.peers[1]
    await speak(scene, audience, events, session, heard_ms=450.0)
    peer.take(mm.PeerQuality(1, "text", "network", loss_out=0.6, loss_in=0.1, rtt_ms=120.0, late_ms=2.0))
    told = await events.kind("quality")
    assert (told.level, told.reason, told.loss_out, told.engine_session_id) == (
        "text",
        "network",
        0.6,
        session,
    )
    assert (await events.kind("turn", state="idle")).heard == "Because of gravity, which pulls."
    assert scene.plane.media.of(mm.FlushAudio) == [mm.FlushAudio(1, 1)]
    question = cm.TextWebRTC(content="And rain?", user_id="7", engine_session_id=session)
    await audience.take(question, events)
    await events.wait(lambda e: e.type == "turn" and e.state == "idle" and e.turn_id == 2)
    assert not played(scene, 2)
    peer.take(mm.PeerQuality(1, "still", "network"))
    await audience.take(question, events)
    await settle()
    assert played(scene, 2)
    assert not [sound for sound in played(scene, 2) if sound.with_face], "a still picture needs no lips"
    assert not [f for f in scene.plane.fed() if f.turn == 2]
