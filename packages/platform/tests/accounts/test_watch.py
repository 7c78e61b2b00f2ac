"""Sign-ins that end where this process does not see it."""

import asyncio
from datetime import timedelta

import pytest
from packages.platform.tests.town import PASSWORD, Town
from sqlalchemy import text

from tutor_platform.accounts.service import Accounts
from tutor_platform.accounts.watch import watch
from tutor_platform.kit.clock import utc_now
from tutor_platform.people.operator import Operator


async def test_what_ends_elsewhere_is_noticed_once(town: Town) -> None:
    now = utc_now()
    here = Accounts(town.database, lambda: now, sign_in_days=1)
    elsewhere = Accounts(town.database, lambda: now, sign_in_days=1)
    subjects = {
        name: await here.subject_of((await elsewhere.sign_in(f"{name}@here", PASSWORD, "1.1.1.1"))[1])
        for name in ("student", "teacher", "admin")
    }
    assert await here.ended() == []
    await elsewhere.sign_out(subjects["student"])
    await Operator(town.database, lambda: now).switch("teacher@here", disabled=True)
    assert set(await here.ended()) == {subjects["student"].sign_in_id, subjects["teacher"].sign_in_id}
    assert await here.ended() == []
    now += timedelta(days=2)
    assert await here.ended() == [subjects["admin"].sign_in_id]
    assert await elsewhere.ended() == []


async def test_watching_goes_on_while_the_database_is_away(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = Accounts(town.database, utc_now, sign_in_days=1)
    _, token = await accounts.sign_in("student@here", PASSWORD, "1.1.1.1")
    subject = await accounts.subject_of(token)
    hung_up: asyncio.Queue[str] = asyncio.Queue()
    ended, failures = accounts.ended, iter([OSError("away")])

    async def sometimes() -> list[str]:
        for failure in failures:
            raise failure
        return await ended()

    monkeypatch.setattr(accounts, "ended", sometimes)
    async with town.database.writing() as db:
        await db.execute(text("DELETE FROM sign_ins"))
    watching = asyncio.create_task(watch(accounts, hung_up.put_nowait, every_s=0.001))
    async with asyncio.timeout(30):
        assert await hung_up.get() == subject.sign_in_id
    watching.cancel()


async def test_what_has_expired_is_deleted_now_and_then(town: Town) -> None:
    now = utc_now()
    accounts = Accounts(town.database, lambda: now, sign_in_days=1)
    await accounts.sign_in("student@here", PASSWORD, "1.1.1.1")
    now += timedelta(days=2)
    watching = asyncio.create_task(watch(accounts, lambda _: None, every_s=0.0))
    async with asyncio.timeout(30):
        left = 1
        while left:
            async with town.database.reading() as db:
                left = await db.scalar(text("SELECT count(*) FROM sign_ins"))
    watching.cancel()
