"""One person with two lessons turns from one to the other: the face follows, the connection stays."""

from packages.engine.tests.session.scene import Scene
from packages.engine.tests.session.test_lesson import on_stage, settle

from tutor_protocol import client as cm


async def test_turning_shows_the_other_tutor_and_says_nothing(scene: Scene) -> None:
    audience, events, first = await on_stage(scene, name="Ada")
    second = scene.enrol(name="Bo")
    await audience.take(cm.Greet(engine_session_id=second.session_id, silent=True), events)
    await settle()
    assert second.peer is not None
    assert audience.lessons[first].peer is None
    assert [event for event in events if event.type in ("text", "webrtc_answer")][1:] == []
    # It may still greet, aloud and once.
    await audience.take(cm.Greet(engine_session_id=second.session_id), events)
    await settle()
    assert [event.content for event in events if event.type == "text"] == ["Hello from Bo."]


async def test_who_is_spoken_to_with_the_key_hears_it(scene: Scene) -> None:
    audience, events, first = await on_stage(scene, name="Ada")
    second = scene.enrol(name="Bo")
    hold = cm.Hold(engine_session_id=second.session_id, key="talk", held=True)
    await audience.take(hold, events)
    assert second.peer is not None
    # Letting go of a key that the other tutor held takes nobody off the stage.
    await audience.take(cm.Hold(engine_session_id=first, key="talk", held=False), events)
    assert (second.peer is not None, audience.lessons[first].peer) == (True, None)
