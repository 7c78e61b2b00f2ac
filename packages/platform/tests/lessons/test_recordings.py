"""Recording: only while school, teacher and student all agree; no at any time deletes it."""

from typing import Any

import httpx2
import pytest
from packages.platform.tests.town import Town, Visitor
from sqlalchemy import select

from tutor_platform.audit.models import AuditEntry
from tutor_platform.lessons.recordings.models import Recording


class Studio:
    """The people of a recording."""

    def __init__(self, town: Town, admin: Visitor, teacher: Visitor, student: Visitor, lesson: str) -> None:
        self.town, self.admin, self.teacher, self.student = town, admin, teacher, student
        self.lesson = f"/api/lessons/{lesson}/recording"

    async def allow(self, *, allowed: bool = True) -> httpx2.Response:
        return await self.admin.http.put("/api/recording-policy", json={"allowed": allowed})

    async def ask(self, *, asked: bool = True, who: Visitor | None = None) -> httpx2.Response:
        address = f"/api/tutors/{self.town.here.tutor_id}/recording-wish"
        return await (who or self.teacher).http.put(address, json={"asked": asked})

    async def say(self, *, consent: bool) -> httpx2.Response:
        return await self.student.http.put(self.lesson, json={"consent": consent})

    async def state(self) -> str:
        return (await self.student.http.get(self.lesson)).json()["state"]

    async def begin(self) -> httpx2.Response:
        return await self.student.http.post(f"{self.lesson}/sounds", json={"media_type": "audio/webm"})

    async def agreed(self) -> str:
        await self.allow()
        await self.ask()
        await self.say(consent=True)
        return (await self.begin()).json()["id"]

    async def chunk(
        self, recording: str, number: int, data: bytes = b"sound", who: Visitor | None = None
    ) -> int:
        address = f"/api/recordings/{recording}/chunks/{number}"
        sent = await (who or self.student).http.put(address, files={"chunk": ("c", data)})
        return sent.status_code

    def files(self) -> list[str]:
        folder = self.town.settings.tutor_data_dir / "recordings"
        return sorted(path.name for path in folder.rglob("*") if path.is_file()) if folder.exists() else []


@pytest.fixture
async def studio(town: Town) -> Studio:
    admin, teacher, student = [
        await town.signed_in(f"{name}@here") for name in ("admin", "teacher", "student")
    ]
    lesson = await student.begin_lesson(town.here.tutor_id)
    return Studio(town, admin, teacher, student, lesson["id"])


async def test_nothing_is_recorded_unless_all_three_agree(studio: Studio) -> None:
    assert await studio.state() == "off"
    assert (await studio.say(consent=True)).status_code == 409
    assert (await studio.ask()).status_code == 409
    assert (await studio.begin()).status_code == 409
    await studio.allow()
    assert await studio.state() == "off"
    assert (await studio.ask()).status_code == 200
    assert await studio.state() == "asked"
    assert (await studio.begin()).status_code == 409
    assert (await studio.say(consent=False)).json()["state"] == "refused"
    assert (await studio.begin()).status_code == 409
    assert (await studio.say(consent=True)).json()["state"] == "granted"
    assert (await studio.begin()).status_code == 201


async def test_who_may_allow_and_who_may_ask(studio: Studio) -> None:
    for visitor in (studio.teacher, studio.student):
        body = {"allowed": True}
        assert (await visitor.http.put("/api/recording-policy", json=body)).status_code == 403
    await studio.allow()
    assert (await studio.ask(who=studio.student)).status_code == 403
    assert (await studio.student.http.get("/api/recording-wishes")).status_code == 403
    assert (await studio.student.http.get("/api/recordings")).status_code == 403
    await studio.ask()
    (wish,) = (await studio.teacher.http.get("/api/recording-wishes")).json()["wishes"]
    assert (wish["tutor_id"], wish["asked_by"]) == (studio.town.here.tutor_id, "Teacher")


async def test_both_sides_hear_it_and_nobody_else(studio: Studio) -> None:
    recording = await studio.agreed()
    for number, data in enumerate((b"one ", b"two ", b"three")):
        assert await studio.chunk(recording, number, data) == 204
    # A piece that is sent twice is kept once; one that does not fit is refused.
    assert [await studio.chunk(recording, number) for number in (0, 2, 5)] == [204, 204, 409]
    ended = (await studio.student.http.post(f"/api/recordings/{recording}/end")).json()
    assert (ended["size_bytes"], ended["ended_at"] is not None) == (13, True)
    assert await studio.chunk(recording, 3) == 409
    for visitor in (studio.student, studio.teacher):
        heard = await visitor.http.get(f"/api/recordings/{recording}/sound")
        assert (heard.content, heard.headers["content-type"]) == (b"one two three", "audio/webm")
        assert "no-store" in heard.headers["cache-control"]
    (granted,) = (await studio.teacher.http.get("/api/recordings")).json()["recordings"]
    assert (granted["id"], granted["student"], granted["tutor"]) == (recording, "Student", "Ada")
    for name in ("other@here", "admin@here", "teacher@there", "student@there"):
        visitor = await studio.town.signed_in(name)
        assert (await visitor.http.get(f"/api/recordings/{recording}/sound")).status_code == 404
        assert await studio.chunk(recording, 3, who=visitor) == 404
        assert (await visitor.http.delete(f"/api/recordings/{recording}")).status_code == 404
    assert (await studio.teacher.http.delete(f"/api/recordings/{recording}")).status_code == 404
    async with studio.town.database.reading() as db:
        heard_by = await db.scalars(
            select(AuditEntry.person_id).where(AuditEntry.action == "recording.heard")
        )
        assert heard_by.all() == [studio.teacher.person_id]


@pytest.mark.parametrize("how", ["revoked", "refused", "erased"])
async def test_no_stops_it_and_deletes_it(studio: Studio, how: str) -> None:
    recording = await studio.agreed()
    await studio.chunk(recording, 0)
    assert studio.files() == ["000000"]
    if how == "erased":
        assert (await studio.student.http.delete(f"/api/recordings/{recording}")).status_code == 204
    else:
        assert (await studio.say(consent=False)).json()["state"] == "revoked"
    assert studio.files() == []
    assert await studio.chunk(recording, 1) == 404
    for visitor in (studio.student, studio.teacher):
        assert (await visitor.http.get(f"/api/recordings/{recording}/sound")).status_code == 404
    async with studio.town.database.reading() as db:
        assert (await db.scalars(select(Recording))).all() == []
    lesson = studio.lesson.removesuffix("/recording")
    # The lesson itself goes on the same.
    assert (await studio.student.http.post(f"{lesson}/resume")).status_code == 200


@pytest.mark.parametrize("who", ["school", "teacher"])
async def test_it_stops_when_another_side_withdraws(studio: Studio, who: str) -> None:
    recording = await studio.agreed()
    assert await studio.chunk(recording, 0) == 204
    await (studio.allow(allowed=False) if who == "school" else studio.ask(asked=False))
    assert await studio.chunk(recording, 1) == 409
    assert await studio.state() in ("off", "asked")
    # What was granted stays the student's to hear and to delete.
    assert (await studio.student.http.get(f"/api/recordings/{recording}/sound")).content == b"sound"
    await studio.say(consent=False)
    assert studio.files() == []


@pytest.mark.parametrize("body", [{"media_type": "text/html"}, {}])
async def test_only_sound_is_taken(studio: Studio, body: dict[str, Any]) -> None:
    recording = await studio.agreed()
    assert (await studio.student.http.post(f"{studio.lesson}/sounds", json=body)).status_code == 422
    assert await studio.chunk(recording, 0, b"") == 422
    assert await studio.chunk(recording, 0, b"x" * (512 * 1024 + 1)) == 422
    assert studio.files() == []
