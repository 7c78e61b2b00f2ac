"""Limits hold, also for requests at the same moment; use is counted; refusals say what to do."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from packages.platform.tests.town import Town

from tutor_platform.accounts.models import Person
from tutor_platform.kit.db import Database
from tutor_platform.kit.errors import QuotaReached
from tutor_platform.kit.ids import new_id
from tutor_platform.lessons.models import Lesson
from tutor_platform.quotas import repository, service
from tutor_platform.quotas.models import Quota
from tutor_platform.quotas.schemas import QUOTA_KINDS
from tutor_platform.quotas.service import Ceilings
from tutor_platform.tenants.models import Tenant
from tutor_platform.tutors.models import Tutor

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


async def school(database: Database, **limits: int) -> str:
    tenant = Tenant(id=new_id(), name="s", created_at=NOW)
    async with database.writing() as db:
        db.add(tenant)
        await db.flush()
        db.add(Quota(tenant_id=tenant.id, **limits))
    return tenant.id


async def lesson(database: Database, tenant_id: str, started: datetime = NOW) -> None:
    async with database.writing() as db:
        person = Person(
            id=new_id(), tenant_id=tenant_id, username=new_id(), name="n", role="student", language="en",
            password_hash="", created_at=NOW,
        )  # fmt: skip
        tutor = Tutor(
            id=new_id(), tenant_id=tenant_id, name=new_id(), language="en", subject="", summary="",
            persona="", greeting="", voice="", avatar_id="", created_at=NOW,
        )  # fmt: skip
        db.add_all([person, tutor])
        await db.flush()
        db.add(
            Lesson(
                id=new_id(), tenant_id=tenant_id, person_id=person.id, tutor_id=tutor.id,
                started_at=started, engine_session_id=new_id(), engine_token="t",
            )
        )  # fmt: skip


async def at_once(count: int, attempt: Callable[[], Awaitable[object]]) -> int:
    """How many of so many attempts at the same moment are let through."""
    done = await asyncio.gather(*(attempt() for _ in range(count)), return_exceptions=True)
    refused = [result for result in done if isinstance(result, QuotaReached)]
    assert len(refused) + sum(not isinstance(result, BaseException) for result in done) == count
    return count - len(refused)


async def test_lessons_at_once_are_counted_with_those_that_are_about_to_be(database: Database) -> None:
    tenant_id = await school(database, lessons_at_once=4)
    await lesson(database, tenant_id)
    await lesson(database, tenant_id, NOW - timedelta(hours=3))

    async def claim() -> str:
        async with database.writing() as db:
            return await service.claim_lesson(db, tenant_id, Ceilings(), NOW)

    assert await at_once(9, claim) == 3
    later = NOW + timedelta(minutes=1)
    async with database.writing() as db:
        kept = await service.claim_lesson(db, tenant_id, Ceilings(), later)
        await service.settle_lesson(db, kept)
        assert await repository.lessons_at_once(db, tenant_id, NOW - timedelta(hours=1), later) == 1


async def test_builds_and_storage_are_never_exceeded(database: Database) -> None:
    tenant_id = await school(database, avatar_builds_per_month=2, storage_bytes=100)

    async def build() -> None:
        async with database.writing() as db:
            await service.take_avatar_build(db, tenant_id, Ceilings(), NOW)

    async def store() -> None:
        from tutor_platform.knowledge.models import Document, Library

        async with database.writing() as db:
            await service.check_storage(db, tenant_id, Ceilings(), 40)
            library = Library(id=new_id(), tenant_id=tenant_id, name="l", language="en", created_at=NOW)
            db.add(library)
            await db.flush()
            db.add(
                Document(
                    id=new_id(), tenant_id=tenant_id, library_id=library.id, title="", kind="md",
                    file_name="a.md", sha256="", size_bytes=40, created_at=NOW,
                )
            )  # fmt: skip

    assert await at_once(6, build) == 2
    assert await at_once(6, store) == 2
    async with database.reading() as db:
        assert await repository.storage_bytes(db, tenant_id) == 80
    next_month = NOW + timedelta(days=31)
    async with database.writing() as db:
        await service.take_avatar_build(db, tenant_id, Ceilings(), next_month)


async def test_the_operators_ceiling_holds_below_the_schools_own_limit(database: Database) -> None:
    tenant_id = await school(database, lessons_at_once=50)
    async with database.writing() as db:
        await service.claim_lesson(db, tenant_id, Ceilings(lessons_at_once=1), NOW)
        with pytest.raises(QuotaReached):
            await service.claim_lesson(db, tenant_id, Ceilings(lessons_at_once=1), NOW)


async def test_time_is_counted_once_however_many_processes_read_the_meter(database: Database) -> None:
    tenant_id = await school(database, minutes_per_month=1)
    await lesson(database, tenant_id)

    async def read(at: datetime) -> None:
        async with database.writing() as db:
            await service.read_meter(db, at)

    await read(NOW)
    await asyncio.gather(*(read(NOW + timedelta(seconds=60)) for _ in range(4)))
    async with database.writing() as db:
        assert await repository.used(db, tenant_id, "2026-03", "lesson_seconds") == 60
        with pytest.raises(QuotaReached) as refused:
            await service.claim_lesson(db, tenant_id, Ceilings(), NOW)
    assert refused.value.code == "quota_minutes_per_month"
    # A night in which the platform was down, and a clock that was set back, count for little or nothing.
    await read(NOW + timedelta(hours=8))
    await read(NOW - timedelta(hours=1))
    async with database.reading() as db:
        assert await repository.used(db, tenant_id, "2026-03", "lesson_seconds") <= 60 + 180


async def test_administrators_see_and_set_limits(town: Town) -> None:
    admin = await town.signed_in("admin@here")
    seen = (await admin.http.get("/api/admin/quotas")).json()
    assert {use["kind"]: use["limit"] for use in seen["uses"]}["lessons_at_once"] is None
    wish = {
        "lessons_at_once": 0, "minutes_per_month": None, "avatar_builds_per_month": 3, "storage_bytes": 10,
    }  # fmt: skip
    changed = await admin.http.put("/api/admin/quotas", json=wish)
    assert changed.status_code == 200
    assert {use["kind"]: use["own"] for use in changed.json()["uses"]} == wish
    for wrong in ({**wish, "storage_bytes": -1}, {**wish, "more": 1}, {}):
        assert (await admin.http.put("/api/admin/quotas", json=wrong)).status_code == 422
    elsewhere = await town.signed_in("admin@there")
    other = (await elsewhere.http.get("/api/admin/quotas")).json()
    assert {use["own"] for use in other["uses"]} == {None}


@pytest.mark.parametrize(("language", "word"), [("en", "ask your administrator"), ("zh", "管理员")])
async def test_a_refusal_says_what_to_do(town: Town, language: str, word: str) -> None:
    from tutor_platform.kit.errors import explain

    for kind in QUOTA_KINDS:
        assert explain(QuotaReached(kind).code, language) != explain("internal", language)  # pyright: ignore[reportArgumentType]
    assert word in explain("quota_lessons_at_once", language).lower()  # pyright: ignore[reportArgumentType]
