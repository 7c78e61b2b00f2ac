"""How little a message costs: a question is one unit of work, and what needs no storing asks nothing."""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from packages.platform.tests.town import Town, Visitor, Wire
from sqlalchemy import event

from tutor_protocol.server import Turn

RECORD = ("lessons", "turns")
"""Tables of the way of a message; what runs beside it (jobs, shelf) asks others."""


@contextmanager
def statements(town: Town) -> Generator[list[str]]:
    """The first words of everything that the platform asks about the record meanwhile."""
    engine, asked = town.app.state.database.engine.sync_engine, list[str]()

    def executed(_: Any, __: Any, statement: str, *___: Any) -> None:
        if any(f" {table}" in statement for table in RECORD):
            asked.append(statement.split()[0])

    event.listen(engine, "before_cursor_execute", executed)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", executed)


@asynccontextmanager
async def after_an_answer(town: Town) -> AsyncGenerator[tuple[Visitor, Wire, str]]:
    """A student, their socket and their engine session, in which one question has been answered."""
    student = await town.signed_in("student@here")
    lesson = await student.begin_lesson(town.here.tutor_id)
    session = lesson["engine_session_id"]
    async with student.socket() as wire:
        await wire.until("hello")
        await wire.ask(session, "How many moons has Mars?")
        await wire.until("turn", state="idle")
        # What follows a turn is over when the next event of the engine comes through.
        await town.engine.emit(session, Turn(state="listening"))
        await wire.until("turn", state="listening")
        yield student, wire, session


async def test_a_question_is_one_unit_of_two_statements(town: Town) -> None:
    async with after_an_answer(town) as (_, wire, session):
        town.engine.hold = True
        with statements(town) as asked:
            await wire.ask(session, "And Jupiter?")
            await town.engine.until_said("text_webrtc", 2)
            assert asked == ["SELECT", "INSERT"]


async def test_what_needs_no_storing_asks_nothing(town: Town) -> None:
    async with after_an_answer(town) as (student, wire, session):
        with statements(town) as asked:
            await wire.say("interrupt", engine_session_id=session)
            await wire.say("hold", engine_session_id=session, key="talk", held=True)
            await wire.say("hold", engine_session_id=session, key="talk", held=False)
            await wire.say("webrtc_ice_candidate", candidate=None, user_id=student.person_id)
            await town.engine.until_said("hold", 2)
            await wire.say("ping")
            await wire.until("pong")
            assert asked == []
