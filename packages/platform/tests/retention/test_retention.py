"""What is deleted is gone from the database, the files and the engine; what is old goes by itself."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from packages.platform.tests.town import Town, Visitor
from sqlalchemy import func, select, update

from tutor_platform.audit.models import AuditEntry
from tutor_platform.fleet.nodes import Address, Fleet
from tutor_platform.jobs.models import Job
from tutor_platform.jobs.port import Work
from tutor_platform.kit.db import Database
from tutor_platform.kit.errors import EngineUnreachable
from tutor_platform.kit.ids import new_id
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.lessons.models import Lesson, Turn
from tutor_platform.lessons.recordings.models import Recording
from tutor_platform.retention import jobs, repository
from tutor_platform.retention.models import Deletion, RetentionPolicy
from tutor_platform.safety.models import Alert

SAID = "zanzibarquokka"
"""A word that nobody else says."""


async def lesson_with_words(town: Town, visitor: Visitor, began: datetime | None = None) -> str:
    lesson_id = (await visitor.begin_lesson(town.here.tutor_id))["id"]
    moment = began or datetime.now(UTC)
    async with town.database.writing() as db:
        db.add(
            Turn(
                id=new_id(), lesson_id=lesson_id, seq=1, role="user", content=f"I am {SAID}",
                created_at=moment,
            )
        )  # fmt: skip
        recording = Recording(
            id=new_id(), tenant_id=town.here.id, lesson_id=lesson_id, media_type="audio/webm", chunks=1,
            size_bytes=5, started_at=moment,
        )  # fmt: skip
        db.add(recording)
        await db.execute(update(Lesson).where(Lesson.id == lesson_id).values(started_at=moment))
    storage = LocalStorage(town.settings.tutor_data_dir)
    await storage.put(recording.key(0), SAID.encode())
    return lesson_id


def files_with(folder: Path, word: str) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]


async def done(town: Town, deletion_id: str) -> dict[str, Any]:
    """The deletion once its job has ended."""
    async with town.database.reading() as db:
        row = await db.scalar(select(Deletion).where(Deletion.id == deletion_id))
    assert row is not None
    if row.state != "done":
        async with working(town) as work:
            await jobs.sweep(work, {"deletion_id": deletion_id})
        return await done(town, deletion_id)
    return {"state": row.state, "removed": row.removed}


class working:
    """What jobs work with, over the same database, files and engine as the served platform."""

    def __init__(self, town: Town, now: datetime | None = None) -> None:
        self._fleet = Fleet([Address(town.engine.url, "ws://x")], town.engine.key, town.database)
        moment = now or datetime.now(UTC)
        storage = LocalStorage(town.settings.tutor_data_dir)
        self._work = Work(town.database, storage, self._fleet, lambda: moment, town.settings)

    async def __aenter__(self) -> Work:
        return self._work

    async def __aexit__(self, *_: object) -> None:
        await self._fleet.close()


async def test_a_deleted_account_leaves_nothing(town: Town) -> None:
    student = await town.signed_in("student@here")
    other = await town.signed_in("other@here")
    lesson_id = await lesson_with_words(town, student)
    kept = (await other.begin_lesson(town.here.tutor_id))["id"]
    session = (await student.http.get(f"/api/lessons/{lesson_id}")).json()["lesson"]["engine_session_id"]
    data = town.settings.tutor_data_dir
    assert files_with(data, SAID)

    refused = await student.http.request("DELETE", "/api/me", json={"confirm": "yes"})
    assert refused.status_code == 422
    answer = await student.http.request("DELETE", "/api/me", json={"confirm": "delete"})
    assert answer.status_code == 202
    assert (await student.http.get("/api/auth/me")).status_code == 401

    assert (await done(town, answer.json()["deletion"]["id"]))["removed"] >= 2
    async with town.database.reading() as db:
        assert await repository.mentions(db, [SAID, "student@here"]) == []
        assert await db.scalar(select(func.count()).select_from(Lesson)) == 1
    assert (await town.visitor().sign_in("student@here")).status_code == 401
    assert files_with(data, SAID) == []
    assert session not in town.engine.sessions
    assert (await other.http.get(f"/api/lessons/{kept}")).status_code == 200


async def test_an_administrator_deletes_a_document_with_its_copies(town: Town) -> None:
    admin = await town.signed_in("admin@here")
    wish = {"target": "document", "target_id": town.here.markdown_id, "confirm": "delete"}
    foreign = {**wish, "target_id": town.there.markdown_id}
    assert (await admin.http.post("/api/admin/deletions", json=foreign)).status_code == 404
    for role in ("teacher", "student"):
        visitor = await town.signed_in(f"{role}@here")
        assert (await visitor.http.post("/api/admin/deletions", json=wish)).status_code == 403
    await town.engine.until(lambda: any(town.here.markdown_id in kb for kb in town.engine.documents.values()))
    answer = await admin.http.post("/api/admin/deletions", json=wish)
    assert answer.status_code == 202
    await done(town, answer.json()["deletion"]["id"])
    assert all(town.here.markdown_id not in kb for kb in town.engine.documents.values())
    assert not [
        path for path in town.settings.tutor_data_dir.rglob("*") if town.here.markdown_id in path.name
    ]
    # A double click finds nothing any more.
    assert (await admin.http.post("/api/admin/deletions", json=wish)).status_code == 404
    listed = (await admin.http.get("/api/admin/deletions")).json()["deletions"]
    assert [(row["target"], row["state"], row["left"]) for row in listed] == [("document", "done", 0)]


async def test_while_the_engine_is_away_the_rows_are_gone_and_the_copies_follow(town: Town) -> None:
    admin = await town.signed_in("admin@here")
    await town.engine.until(lambda: any(town.here.markdown_id in kb for kb in town.engine.documents.values()))
    await town.engine.stop()
    wish = {"target": "document", "target_id": town.here.markdown_id, "confirm": "delete"}
    deletion = (await admin.http.post("/api/admin/deletions", json=wish)).json()["deletion"]
    async with working(town) as work:
        with pytest.raises(EngineUnreachable):
            await jobs.sweep(work, {"deletion_id": deletion["id"]})
    assert not [
        path for path in town.settings.tutor_data_dir.rglob("*") if town.here.markdown_id in path.name
    ]
    left = (await admin.http.get("/api/admin/deletions")).json()["deletions"][0]
    assert (left["state"], left["left"]) == ("waiting", 1)
    await town.engine.start()
    await done(town, deletion["id"])
    assert all(town.here.markdown_id not in kb for kb in town.engine.documents.values())


async def test_a_school_goes_whole_and_its_neighbour_stays(town: Town) -> None:
    student = await town.signed_in("student@here")
    await lesson_with_words(town, student)
    admin = await town.signed_in("admin@here")
    elsewhere = {"target": "tenant", "target_id": town.there.id, "confirm": "delete"}
    assert (await admin.http.post("/api/admin/deletions", json=elsewhere)).status_code == 404
    wish = {**elsewhere, "target_id": town.here.id}
    answer = await admin.http.post("/api/admin/deletions", json=wish)
    assert answer.status_code == 202
    await done(town, answer.json()["deletion"]["id"])
    async with town.database.reading() as db:
        assert await repository.mentions(db, [SAID, "@here", town.here.id]) == []
    assert files_with(town.settings.tutor_data_dir, SAID) == []
    neighbour = await town.signed_in("student@there")
    assert (await neighbour.http.get(f"/api/tutors/{town.there.tutor_id}")).status_code == 200


async def test_the_last_administrator_stays(town: Town) -> None:
    admin = await town.signed_in("admin@here")
    answer = await admin.http.request("DELETE", "/api/me", json={"confirm": "delete"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "last_admin")
    myself = {"target": "person", "target_id": admin.person_id, "confirm": "delete"}
    assert (await admin.http.post("/api/admin/deletions", json=myself)).status_code == 409


async def test_each_night_deletes_what_has_become_too_old(town: Town) -> None:
    now = datetime.now(UTC)
    student = await town.signed_in("student@here")
    old = await lesson_with_words(town, student, now - timedelta(days=40))
    young = await lesson_with_words(town, student, now - timedelta(days=20))
    async with town.database.writing() as db:
        for age in (100, 1):
            db.add(
                AuditEntry(
                    id=new_id(), tenant_id=town.here.id, action="a.b", about="x", details={},
                    at=now - timedelta(days=age),
                )
            )  # fmt: skip
            db.add(
                Alert(
                    id=new_id(), tenant_id=town.here.id, lesson_id=young, person_id=student.person_id,
                    level="notice", kind="violence", source="student", excerpt="e",
                    created_at=now - timedelta(days=age),
                )
            )  # fmt: skip
    admin = await town.signed_in("admin@here")
    wish = {"transcript_days": 30, "recording_days": 10, "alert_days": 60, "audit_days": 60}
    assert (await admin.http.put("/api/admin/retention", json=wish)).json() == wish
    assert (await admin.http.get("/api/admin/retention")).json() == wish
    async with working(town, now) as work:
        await jobs.night(work, {})
        await jobs.night(work, {})
    assert (await student.http.get(f"/api/lessons/{old}")).status_code == 404
    assert (await student.http.get(f"/api/lessons/{young}")).status_code == 200
    async with town.database.reading() as db:
        assert await db.scalar(select(func.count()).select_from(Recording)) == 0
        assert await db.scalar(select(func.count()).select_from(Alert)) == 1
        ages = [now - at for at in await db.scalars(select(AuditEntry.at))]
        assert max(ages) < timedelta(days=60)
        waiting = list(await db.scalars(select(Deletion.id).where(Deletion.state == "waiting")))
    for deletion_id in waiting:
        await done(town, deletion_id)
    assert files_with(town.settings.tutor_data_dir, SAID) == []


async def test_nothing_is_deleted_by_itself_unless_the_school_says_so(town: Town) -> None:
    student = await town.signed_in("student@here")
    old = await lesson_with_words(town, student, datetime(2020, 1, 1, tzinfo=UTC))
    async with working(town) as work:
        await jobs.night(work, {})
    assert (await student.http.get(f"/api/lessons/{old}")).status_code == 200


async def test_finished_jobs_are_forgotten(town: Town) -> None:
    now = datetime.now(UTC)
    async with town.database.writing() as db:
        for days, state in ((30, "done"), (30, "dead"), (1, "done")):
            ended = now - timedelta(days=days)
            db.add(
                Job(
                    id=new_id(), name="x", arguments={}, state=state, attempts=1, run_at=ended,
                    created_at=ended, ended_at=ended,
                )
            )  # fmt: skip
    async with working(town, now) as work:
        await jobs.night(work, {})
    async with town.database.reading() as db:
        names = list(await db.scalars(select(Job.state).where(Job.name == "x").order_by(Job.state)))
    assert names == ["dead", "done"]


async def test_every_table_is_either_followed_or_named(database: Database) -> None:
    """A table that refers to a tenant or person without a rule would keep rows nobody can reach."""
    from tutor_platform.kit.db import Base

    for table in Base.metadata.sorted_tables:
        for constraint in table.foreign_key_constraints:
            assert constraint.ondelete in ("CASCADE", "SET NULL"), (table.name, constraint.name)
    assert RetentionPolicy.__tablename__ in Base.metadata.tables
