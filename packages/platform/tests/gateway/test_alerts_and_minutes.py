"""Alerts are kept and never told to a browser; minutes are told and end the lesson gracefully."""

from datetime import timedelta

from packages.platform.tests.town import Town, Wire
from sqlalchemy import select, update

from tutor_platform.kit.clock import utc_now
from tutor_platform.kit.ids import new_id
from tutor_platform.lessons.models import Turn as Stored
from tutor_platform.safety.models import Alert as Kept
from tutor_platform.tutors.models import Tutor
from tutor_protocol.server import Alert, TextOut, Transcription, Turn


async def test_alerts_are_kept_and_no_browser_sees_them(town: Town) -> None:
    student = await town.signed_in("student@here")
    lesson = await student.begin_lesson(town.here.tutor_id)
    session = lesson["engine_session_id"]
    async with student.socket() as wire, student.socket() as second:
        await wire.until("hello")
        await second.until("hello")
        await town.engine.emit(session, Transcription(content="words", final=True, turn_id=1))
        alert = Alert(kind="self_harm", source="student", excerpt="words", turn_id=1)
        await town.engine.emit(session, alert)
        await town.engine.emit(session, alert.model_copy(update={"kind": "unheard of"}))
        await town.engine.emit("stray", alert) if "stray" in town.engine.sessions else None
        await town.engine.emit(session, TextOut(content="I am here.", turn_id=1))
        await town.engine.emit(session, Turn(state="idle", heard="I am here.", turn_id=1))
        for each in (wire, second):
            await each.until("turn", state="idle")
            assert "alert" not in [event["type"] for event in each.seen]
            assert "self_harm" not in str(each.seen)
    async with town.database.reading() as db:
        (kept,) = (await db.scalars(select(Kept))).all()
    assert (kept.lesson_id, kept.kind, kept.level) == (lesson["id"], "self_harm", "urgent")


async def set_minutes(town: Town, minutes: int) -> None:
    async with town.database.writing() as db:
        wanted = update(Tutor).where(Tutor.id == town.here.tutor_id)
        await db.execute(wanted.values(minutes_per_lesson=minutes))


async def used(town: Town, lesson_id: str, minutes: float) -> None:
    """The lesson has been in use for so long, up to now."""
    steps = int(minutes)
    async with town.database.writing() as db:
        for at in range(steps + 1):
            moment = utc_now() - timedelta(minutes=steps - at)
            db.add(
                Stored(
                    id=new_id(), lesson_id=lesson_id, seq=at + 1, role="user", content="…", heard=None,
                    interrupted=False, citations=[], choices=[], withdrawn=False, source="voice",
                    created_at=moment,
                )
            )  # fmt: skip


async def looked_at(town: Town, session: str, wire: Wire) -> None:
    """Wait until the time left has been looked at after the last turn, which is told before that.

    Events are taken one by one: when this one comes, everything that followed the turn is done.
    """
    await town.engine.emit(session, Transcription(content="and", final=False, turn_id=9))
    await wire.until("transcription", content="and")


async def test_the_end_is_told_once_and_comes_after_an_answer(town: Town) -> None:
    await set_minutes(town, 6)
    student = await town.signed_in("student@here")
    lesson = await student.begin_lesson(town.here.tutor_id)
    session = lesson["engine_session_id"]
    async with student.socket() as wire:
        await wire.until("hello")
        await wire.ask(session, "One?")
        await wire.until("turn", state="idle")
        await looked_at(town, session, wire)
        async with town.database.writing() as db:
            for turn in await db.scalars(select(Stored).where(Stored.lesson_id == lesson["id"])):
                turn.seq += 100
        await used(town, lesson["id"], 4)
        await wire.ask(session, "Two?")
        assert (await wire.until("error"))["code"] == "time_short"
        await wire.ask(session, "Three?")
        await wire.until("turn", state="idle")
        await looked_at(town, session, wire)
        async with town.database.writing() as db:
            for turn in await db.scalars(select(Stored).where(Stored.content == "…")):
                turn.created_at -= timedelta(minutes=2.5)
        await wire.ask(session, "Last?")
        # The answer is given to its end first.
        await wire.until("turn", state="idle")
        over = await wire.until("error")
        assert (over["code"], over["engine_session_id"]) == ("time_over", session)
        assert "time" in over["content"]
    assert [event["code"] for event in wire.seen if event["type"] == "error"] == ["time_short", "time_over"]
    shown = (await student.http.get(f"/api/lessons/{lesson['id']}")).json()["lesson"]
    assert shown["ended_at"] is not None
    assert shown["turns"][-1]["heard"] == "An answer to: Last?"
    assert session in town.engine.deleted
    refused = await student.http.post(f"/api/lessons/{lesson['id']}/resume")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "time_over")
    # Another lesson is another lesson.
    assert (await student.begin_lesson(town.here.tutor_id))["id"] != lesson["id"]


async def test_without_a_limit_nobody_is_hurried(town: Town) -> None:
    student = await town.signed_in("student@here")
    lesson = await student.begin_lesson(town.here.tutor_id)
    await used(town, lesson["id"], 50)
    async with student.socket() as wire:
        await wire.until("hello")
        await wire.ask(lesson["engine_session_id"], "Still?")
        await wire.until("turn", state="idle")
        await wire.ask(lesson["engine_session_id"], "Still there?")
        await wire.until("turn", state="idle")
    assert [event for event in wire.seen if event["type"] == "error"] == []
