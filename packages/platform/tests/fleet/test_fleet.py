"""Several nodes as one: placement, affinity, drain, loss; and one node as if there were no fleet."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from packages.platform.tests.conftest import OpenTown
from packages.platform.tests.fake_engine import FakeEngine
from packages.platform.tests.town import Town
from sqlalchemy import select

from tutor_platform.fleet import repository
from tutor_platform.fleet.models import Placement
from tutor_platform.fleet.nodes import Address, Fleet
from tutor_platform.kit.db import Database
from tutor_platform.kit.errors import EngineUnreachable, NoSeat
from tutor_platform.settings import Settings
from tutor_protocol.http import SessionRequest

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@asynccontextmanager
async def nodes(database: Database, *seats: int) -> AsyncGenerator[tuple[Fleet, list[FakeEngine]]]:
    engines = [FakeEngine(seats=count) for count in seats]
    for engine in engines:
        await engine.start()
    addresses = [Address(engine.url, f"ws://node-{number}") for number, engine in enumerate(engines)]
    fleet = Fleet(addresses, engines[0].key, database)
    try:
        yield fleet, engines
    finally:
        await fleet.close()
        for engine in engines:
            await engine.stop()


def asks(person: str) -> SessionRequest:
    return SessionRequest(tutor_id="t", student_id=person, user_id=person)


async def test_lessons_go_where_most_seats_are_free(database: Database) -> None:
    async with nodes(database, 1, 4) as (fleet, engines):
        made = [await fleet.create_session(asks(f"p{number}")) for number in range(5)]
        assert [len(engine.sessions) for engine in engines] == [1, 4]
        with pytest.raises(NoSeat):
            await fleet.create_session(asks("p9"))
        for session in made:
            assert await fleet.has_session(session.session_id)
            node = int((await fleet.socket_of(session.session_id))[-1])
            assert session.session_id in engines[node].sessions
            await fleet.delete_session(session.session_id)
        assert [len(engine.sessions) for engine in engines] == [0, 0]
        async with database.reading() as db:
            assert list(await db.scalars(select(Placement))) == []


async def test_a_drained_node_gets_no_lesson_and_keeps_those_it_has(database: Database) -> None:
    async with nodes(database, 4, 4) as (fleet, engines):
        first = await fleet.create_session(asks("a"))
        home = 0 if first.session_id in engines[0].sessions else 1
        async with database.writing() as db:
            await repository.drain(db, engines[home].url, NOW)
            await repository.drain(db, engines[home].url, NOW)
        assert [node.state for node in await fleet.look()].count("draining") == 1
        for number in range(3):
            await fleet.create_session(asks(f"b{number}"))
        assert len(engines[home].sessions) == 1
        assert await fleet.has_session(first.session_id)
        async with database.writing() as db:
            await repository.drain(db, engines[1 - home].url, NOW)
        await fleet.look()
        with pytest.raises(NoSeat):
            await fleet.create_session(asks("c"))


async def test_a_node_that_is_away_is_passed_over(database: Database) -> None:
    async with nodes(database, 4, 2) as (fleet, engines):
        await fleet.look()
        await engines[0].stop()
        created = await fleet.create_session(asks("a"))
        assert created.session_id in engines[1].sessions
        assert [node.state for node in await fleet.look()] == ["away", "serving"]
        await engines[1].stop()
        with pytest.raises(EngineUnreachable):
            await fleet.create_session(asks("b"))


async def test_one_node_is_asked_directly(database: Database) -> None:
    async with nodes(database, 1) as (fleet, engines):
        created = await fleet.create_session(asks("a"))
        async with database.reading() as db:
            assert list(await db.scalars(select(Placement))) == []
        assert await fleet.socket_of(created.session_id) == "ws://node-0"
        with pytest.raises(NoSeat) as full:
            await fleet.create_session(asks("b"))
        assert full.value.retry_after_s == 17
        async with database.writing() as db:
            await repository.drain(db, engines[0].url, NOW)
        await fleet.delete_session(created.session_id)
        await fleet.look()
        with pytest.raises(NoSeat):
            await fleet.create_session(asks("c"))


async def test_a_session_on_a_lost_node_is_held_by_nobody(database: Database) -> None:
    async with nodes(database, 4, 4) as (fleet, engines):
        created = await fleet.create_session(asks("a"))
        home = 0 if created.session_id in engines[0].sessions else 1
        await engines[home].stop()
        assert not await fleet.has_session(created.session_id)
        await engines[1 - home].stop()
        with pytest.raises(EngineUnreachable):
            await fleet.has_session(created.session_id)


async def test_a_lesson_goes_on_at_another_node_when_its_own_is_lost(town_with: OpenTown) -> None:
    engines = [FakeEngine(), FakeEngine()]
    for engine in engines:
        await engine.start()
    town = await town_with(engine_url=",".join(engine.url for engine in engines))
    student = await town.signed_in("student@here")
    lesson = await student.begin_lesson(town.here.tutor_id)
    session = lesson["engine_session_id"]
    home, other = engines if session in engines[0].sessions else reversed(engines)
    async with student.socket() as wire:
        await wire.until("hello")
        await wire.ask(session, "Here?")
        await wire.until("turn", state="idle")
        await home.stop()
        await wire.until("error", code="engine_unreachable")
        await wire.ask(session, "Where?")
        moved = await wire.until("session_replaced", old_engine_session_id=session)
        await wire.until("transcription", content="Where?")
        await wire.until("turn", state="idle")
    assert moved["engine_session_id"] in other.sessions
    past = [one.content for one in other.sessions[moved["engine_session_id"]].request.history]
    assert past == ["Here?", "An answer to: Here?"]
    heard = [turn["heard"] for turn in await student.turns(lesson["id"])]
    assert heard == [None, "An answer to: Here?", None, "An answer to: Where?"]
    await other.stop()


def test_addresses_come_from_the_settings() -> None:
    one = Settings(_env_file=None)  # pyright: ignore[reportCallIssue]
    assert one.engine_nodes == (("http://127.0.0.1:9000", "ws://127.0.0.1:9000"),)
    two = Settings(_env_file=None, engine_url="https://a/, http://b:1", engine_ws_url="wss://c/")  # pyright: ignore[reportCallIssue]
    assert two.engine_nodes == (("https://a", "wss://c"), ("http://b:1", "ws://b:1"))


async def test_administrators_see_how_things_run(town: Town) -> None:
    admin = await town.signed_in("admin@here")
    seen = (await admin.http.get("/api/admin/operation")).json()
    node = seen["nodes"][0]
    assert (node["state"], node["active"], node["seats"], node["name"]) == ("serving", 0, 10, "1")
    assert seen["storage_free_bytes"] > 0
    assert seen["operator"] is False
    drain = await admin.http.patch(f"/api/admin/nodes/{node['id']}", json={"draining": True})
    assert drain.status_code == 403
    assert (await (await town.signed_in("teacher@here")).http.get("/api/admin/operation")).status_code == 403


async def test_the_operators_school_drains_nodes(town_with: OpenTown) -> None:
    town = await town_with(operator_tenant="here")
    admin = await town.signed_in("admin@here")
    node = (await admin.http.get("/api/admin/operation")).json()["nodes"][0]
    assert node["name"] == town.engine.url
    address = f"/api/admin/nodes/{node['id']}"
    drained = await admin.http.patch(address, json={"draining": True})
    assert drained.json()["nodes"][0]["state"] == "draining"
    student = await town.signed_in("student@here")
    refused = await student.http.post("/api/lessons", json={"tutor_id": town.here.tutor_id})
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "no_seat")
    served = await admin.http.patch(address, json={"draining": False})
    assert served.json()["nodes"][0]["state"] == "serving"
    await student.begin_lesson(town.here.tutor_id)
    assert (await admin.http.patch("/api/admin/nodes/none", json={"draining": True})).status_code == 404
    neighbour = await town.signed_in("admin@there")
    assert (await neighbour.http.patch(address, json={"draining": True})).status_code == 403
