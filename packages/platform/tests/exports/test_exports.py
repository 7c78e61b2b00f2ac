"""An export holds everything of one person and nothing of another, opens nothing, and runs out."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

from packages.platform.tests.retention.test_retention import working
from packages.platform.tests.town import Town, Visitor
from sqlalchemy import select

from tutor_platform.exports import jobs
from tutor_platform.exports.archive import Conversation, Said, as_html, as_markdown
from tutor_platform.exports.models import Export
from tutor_platform.kit.ids import new_id
from tutor_platform.learning.models import LearnerFact
from tutor_platform.lessons.models import Turn

NASTY = "<script>alert(1)</script>\n# Not a heading"


async def say(town: Town, visitor: Visitor, words: str) -> None:
    lesson = await visitor.begin_lesson(town.here.tutor_id)
    async with town.database.writing() as db:
        db.add(
            Turn(
                id=new_id(), lesson_id=lesson["id"], seq=1, role="user", content=words,
                created_at=datetime.now(UTC),
            )
        )  # fmt: skip
        db.add(
            LearnerFact(
                id=new_id(), tenant_id=town.here.id, person_id=visitor.person_id, lesson_id=lesson["id"],
                kind="likes", content=f"likes {words}"[:160], created_at=datetime.now(UTC),
            )
        )  # fmt: skip


async def made(town: Town, export_id: str) -> None:
    """By the platform itself; made once more it changes nothing."""
    await town.idle()
    async with working(town) as work:
        await jobs.make(work, {"export_id": export_id})


async def fetched(visitor: Visitor, export_id: str) -> zipfile.ZipFile:
    response = await visitor.http.get(f"/api/exports/{export_id}/file")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(response.content))


async def test_a_student_takes_everything_away(town: Town) -> None:
    student = await town.signed_in("student@here")
    await say(town, student, NASTY)
    await say(town, await town.signed_in("other@here"), "somebody else's words")
    assert (await student.http.get("/api/me/export")).json() == {"export": None}
    asked = (await student.http.post("/api/me/export")).json()["export"]
    again = (await student.http.post("/api/me/export")).json()["export"]
    assert again["id"] == asked["id"] or again["state"] == "ready"
    await made(town, asked["id"])
    assert (await student.http.get("/api/me/export")).json()["export"]["state"] == "ready"
    archive = await fetched(student, asked["id"])
    whole = "\n".join(archive.read(name).decode() for name in archive.namelist())
    assert "Not a heading" in whole
    assert "somebody else" not in whole
    for opens in ("password_hash", "token_hash", "engine_token", "argon2"):
        assert opens not in whole
    assert "<script>" not in archive.read("index.html").decode()
    people = json.loads(archive.read("data/people.json"))
    assert [row["username"] for row in people] == ["student@here"]
    assert {"data/lessons.json", "data/turns.json", "data/learner_facts.json"} <= set(archive.namelist())
    other = await town.signed_in("other@here")
    admin = await town.signed_in("admin@here")
    for visitor in (other, admin):
        assert (await visitor.http.get(f"/api/exports/{asked['id']}/file")).status_code == 404


async def test_an_administrator_takes_the_school_away(town: Town) -> None:
    await say(town, await town.signed_in("student@here"), "of the first")
    await say(town, await town.signed_in("other@here"), "of the second")
    teacher = await town.signed_in("teacher@here")
    assert (await teacher.http.post("/api/admin/exports", json={})).status_code == 403
    admin = await town.signed_in("admin@here")
    foreign = {"person_id": town.there.people["student"]}
    assert (await admin.http.post("/api/admin/exports", json=foreign)).status_code == 404
    asked = (await admin.http.post("/api/admin/exports", json={})).json()["export"]
    await made(town, asked["id"])
    archive = await fetched(admin, asked["id"])
    whole = "\n".join(archive.read(name).decode() for name in archive.namelist())
    assert "of the first" in whole
    assert "of the second" in whole
    assert "@there" not in whole
    assert "password_hash" not in whole


async def test_an_export_runs_out(town: Town) -> None:
    student = await town.signed_in("student@here")
    asked = (await student.http.post("/api/me/export")).json()["export"]
    await made(town, asked["id"])
    path = town.settings.tutor_data_dir / "exports" / f"{asked['id']}.zip"
    assert path.exists()
    async with working(town, datetime.now(UTC) + timedelta(days=8)) as work:
        await jobs.tidy(work, {})
    assert not path.exists()
    assert (await student.http.get(f"/api/exports/{asked['id']}/file")).status_code == 404
    async with town.database.reading() as db:
        assert list(await db.scalars(select(Export))) == []


async def test_an_export_of_somebody_who_is_gone_leaves_no_file(town: Town) -> None:
    student = await town.signed_in("student@here")
    asked = (await student.http.post("/api/me/export")).json()["export"]
    await student.http.request("DELETE", "/api/me", json={"confirm": "delete"})
    await made(town, asked["id"])
    assert not (town.settings.tutor_data_dir / "exports" / f"{asked['id']}.zip").exists()


def test_what_was_said_cannot_pretend_to_be_the_page() -> None:
    at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    lesson = Conversation("l1", NASTY, "S", at, [Said("S", NASTY, at), Said("T", "All of it", at, "All")])
    markdown = as_markdown(lesson, "zh")
    assert "\n# Not" not in markdown
    assert "> # Not a heading" in markdown
    assert "听到此处: All" in markdown
    html = as_html(NASTY, at, [lesson], ["people"], "en")
    assert "<script" not in html
    assert 'lang="en"' in html
