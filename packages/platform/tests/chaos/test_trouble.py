"""A full disk, a clock that jumps, double clicks, a database that restarts: refused clearly, nothing lost."""

import asyncio
import errno
import os
import sqlite3
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from packages.platform.tests import postgres
from packages.platform.tests.conftest import OpenTown
from packages.platform.tests.retention.test_retention import working
from packages.platform.tests.town import Town, open_town
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from tutor_platform.exports import jobs as exports
from tutor_platform.jobs import service as jobs
from tutor_platform.jobs.models import Job
from tutor_platform.kit.db import no_room
from tutor_platform.kit.errors import StorageFull
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.lessons.models import Lesson


def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever writes a file finds no room, as the system says it."""

    def no_room(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", no_room)
    monkeypatch.setattr("tempfile.mkstemp", no_room)


def files_in(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


async def test_a_full_disk_is_a_refusal_and_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = LocalStorage(tmp_path)
    await storage.put("a/b", b"before")

    async def chunks() -> AsyncGenerator[bytes]:
        yield b"x"

    with monkeypatch.context() as full:
        full_disk(full)
        with pytest.raises(StorageFull):
            await storage.put("a/b", b"after")
        with pytest.raises(StorageFull):
            await storage.receive(chunks(), 10)
    assert await storage.get("a/b") == b"before"
    assert files_in(tmp_path) == ["b"]


async def test_an_export_waits_for_room(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    student = await town.signed_in("student@here")
    with monkeypatch.context() as full:
        full_disk(full)
        asked = (await student.http.post("/api/me/export")).json()["export"]
        async with working(town) as work:
            with pytest.raises(StorageFull):
                await exports.make(work, {"export_id": asked["id"]})
        # Everything that needs no file still works.
        assert (await student.http.get("/api/auth/me")).status_code == 200
        await student.begin_lesson(town.here.tutor_id)
    async with working(town) as work:
        await exports.make(work, {"export_id": asked["id"]})
    assert (await student.http.get(f"/api/exports/{asked['id']}/file")).status_code == 200


async def test_double_clicks_do_things_once(town: Town) -> None:
    admin = await town.signed_in("admin@here")

    async def ten_times(method: str, path: str, body: object = None) -> list[int]:
        calls = (admin.http.request(method, path, json=body) for _ in range(10))
        return sorted(answer.status_code for answer in await asyncio.gather(*calls))

    limits = {
        "lessons_at_once": 5, "minutes_per_month": None, "avatar_builds_per_month": None,
        "storage_bytes": None,
    }  # fmt: skip
    assert set(await ten_times("PUT", "/api/admin/quotas", limits)) == {200}
    days = {"transcript_days": 30, "recording_days": None, "alert_days": None, "audit_days": None}
    assert set(await ten_times("PUT", "/api/admin/retention", days)) <= {200, 409}
    wish = {"target": "document", "target_id": town.here.pdf_id, "confirm": "delete"}
    deleted = await ten_times("POST", "/api/admin/deletions", wish)
    assert deleted.count(202) == 1
    assert set(deleted) <= {202, 404}


async def test_clocks_that_disagree_stop_no_work(database_url: str, tmp_path: Path) -> None:
    """A platform whose clock is a day ahead enqueues; one that is a day behind works."""
    behind = datetime.now(UTC) - timedelta(days=1)
    async with open_town(database_url, tmp_path) as town:
        ahead = datetime.now(UTC) + timedelta(hours=1)
        async with town.database.writing() as db:
            job_id = await jobs.enqueue(db, "exports.tidy", {}, at=datetime.now(UTC), now=ahead)
        await town.idle()
        async with town.database.reading() as db:
            assert await db.scalar(select(Job.state).where(Job.id == job_id)) == "done"
        async with working(town, behind) as work:
            await exports.tidy(work, {})


async def test_the_database_restarts_in_the_middle(
    pg_cluster: postgres.Cluster, pg_template: str, tmp_path: Path
) -> None:
    url = pg_cluster.url(pg_cluster.create(pg_template))
    async with open_town(url, tmp_path) as town:
        student = await town.signed_in("student@here")
        first = await student.begin_lesson(town.here.tutor_id)
        await asyncio.to_thread(pg_cluster.restart)
        begin = {"tutor_id": town.here.tutor_id}
        answers: list[int] = []
        while 201 not in answers and len(answers) < 10:
            answers.append((await student.http.post("/api/lessons", json=begin)).status_code)
        assert 201 in answers
        assert (await student.http.get(f"/api/lessons/{first['id']}")).status_code == 200
        async with town.database.writing() as db:
            job_id = await jobs.enqueue(db, "exports.tidy", {})
        await town.idle()
        async with town.database.reading() as db:
            assert await db.scalar(select(Job.state).where(Job.id == job_id)) == "done"
            assert await db.scalar(select(func.count()).select_from(Lesson)) == 2


async def test_an_unknown_size_is_cut_off_where_the_limit_is(town_with: OpenTown) -> None:
    town = await town_with(max_body_bytes=2048)
    admin = await town.signed_in("admin@here")

    async def endless() -> AsyncGenerator[bytes]:
        for _ in range(100):
            yield b"x" * 1000

    answer = await admin.http.put("/api/admin/quotas", content=endless())
    assert answer.status_code in (400, 413, 422)


def full_database() -> OperationalError:
    """What SQLite says when its file may not grow."""
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA max_page_count=2")
    connection.execute("CREATE TABLE t (c)")
    try:
        connection.execute("INSERT INTO t VALUES (zeroblob(100000))")
    except sqlite3.OperationalError as error:
        return OperationalError("INSERT", {}, error)
    finally:
        connection.close()
    raise AssertionError("there was room")


async def test_a_database_without_room_says_so(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    assert no_room(full_database())
    assert not no_room(OperationalError("SELECT", {}, sqlite3.OperationalError("locked")))
    student = await town.signed_in("student@here")
    lesson = await student.begin_lesson(town.here.tutor_id)

    async def refuse(*_: object) -> None:
        raise full_database()

    async with student.socket() as wire:
        await wire.until("hello")
        with monkeypatch.context() as full:
            full.setattr("tutor_platform.lessons.repository.add_question", refuse)
            full.setattr("tutor_platform.lessons.repository.same_problem", refuse)
            await wire.ask(lesson["engine_session_id"], "Is there room?")
            told = await wire.until("error", code="storage_full")
            assert "no room" in told["content"]
            path = f"/api/lessons/{lesson['id']}/problems"
            refused = await student.http.post(path, json={"category": "other", "content": "x", "facts": {}})
            assert (refused.status_code, refused.json()["error"]["code"]) == (507, "storage_full")
        # With room again the same question is asked and answered.
        await wire.ask(lesson["engine_session_id"], "Is there room?")
        await wire.until("turn", state="idle")
    assert len(await student.turns(lesson["id"])) == 2
