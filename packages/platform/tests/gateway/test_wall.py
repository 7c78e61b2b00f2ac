from packages.platform.tests.classes.room import make_room
from packages.platform.tests.town import Town

from tutor_protocol.server import Alert, Quality


async def test_wall_end_to_end(town: Town) -> None:
    room = await make_room(town)
    lesson = await room.student.begin_lesson(town.here.tutor_id)
    session = lesson["engine_session_id"]
    async with room.student.socket() as wire:
        await wire.until("hello")
        await wire.ask(session, "Why is Mars red?")
        await wire.until("turn", state="idle")
        await town.engine.emit(session, Quality(level="still", reason="network", loss_out=0.1))
        await wire.until("quality")
        await town.engine.emit(session, Alert(kind="self_harm", source="student", excerpt="bad words"))
        await town.engine.emit(session, Quality(level="full"))
        await wire.until("quality")
        (card,) = (await room.teacher.http.get("/api/wall")).json()["lessons"]
        assert (card["last_words"], card["level"], card["state"]) == ("Why is Mars red?", "full", "waiting")
        (alert,) = (await room.teacher.http.get("/api/alerts")).json()["alerts"]
        assert (alert["level"], alert["excerpt"]) == ("urgent", "bad words")
    assert "bad words" not in str(wire.seen)
    assert town.app.state.wall.take_trouble() == {lesson["id"]: "network"}
