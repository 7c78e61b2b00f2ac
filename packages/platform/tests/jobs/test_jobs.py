"""Background jobs: one contract for both carriers, and what becomes of work that fails or is killed."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from tutor_platform.fleet.nodes import Address, Fleet
from tutor_platform.jobs import repository, service
from tutor_platform.jobs.carriers import carrier_for
from tutor_platform.jobs.models import Job
from tutor_platform.jobs.port import JobKind, Work, job
from tutor_platform.jobs.postgres import PostgresCarrier
from tutor_platform.jobs.rounds import Rounds
from tutor_platform.jobs.worker import Worker
from tutor_platform.kit.clock import utc_now
from tutor_platform.kit.db import Database
from tutor_platform.kit.errors import EngineUnreachable
from tutor_platform.kit.ids import new_id
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.kit.tasks import end
from tutor_platform.settings import Settings
from tutor_platform.tenants.models import Tenant

PATIENCE_S = 30


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor_platform.jobs.postgres.POLL_S", 0.1)


class Bench:
    """A kind of job that writes down what it was asked for."""

    def __init__(self) -> None:
        self.seen: list[Any] = []
        self.trouble: list[Exception] = []
        self._news = asyncio.Condition()

    @property
    def kind(self) -> JobKind:
        @job("note", waits_s=(0.05, 0.05))
        async def note(_: Work, arguments: dict[str, Any]) -> None:
            async with self._news:
                self.seen.append(arguments["what"])
                self._news.notify_all()
            if self.trouble:
                raise self.trouble.pop(0)

        return note

    async def until(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE_S), self._news:
            await self._news.wait_for(lambda: len(self.seen) >= count)


@asynccontextmanager
async def working(database: Database, folder: Path, *kinds: JobKind) -> AsyncGenerator[Worker]:
    fleet = Fleet([Address("http://127.0.0.1:1", "ws://127.0.0.1:1")], "", database)
    work = Work(database, LocalStorage(folder), fleet, utc_now, Settings())
    worker = Worker(kinds, work, carrier_for(database, utc_now))
    task = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await fleet.close()


async def until_state(database: Database, job_id: str, state: str) -> Job:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            async with database.reading() as db:
                row = await db.scalar(select(Job).where(Job.id == job_id))
            if row is not None and row.state == state:
                return row
            await asyncio.sleep(0.02)


async def enqueue(database: Database, what: Any, **more: Any) -> str:
    async with database.writing() as db:
        return await service.enqueue(db, "note", {"what": what}, **more)


async def test_work_waits_for_its_unit_and_is_done(database: Database, tmp_path: Path) -> None:
    bench = Bench()
    async with working(database, tmp_path, bench.kind):
        with pytest.raises(RuntimeError):
            await _dropped(database)
        first = await enqueue(database, 1)
        await bench.until(1)
        await until_state(database, first, "done")
        second = await enqueue(database, "二")
        await until_state(database, second, "done")
    assert bench.seen == [1, "二"]


async def _dropped(database: Database) -> None:
    async with database.writing() as db:
        await service.enqueue(db, "note", {"what": "dropped"})
        raise RuntimeError


async def test_what_was_enqueued_while_nobody_worked_is_done_later(
    database: Database, tmp_path: Path
) -> None:
    ids = [await enqueue(database, number) for number in range(5)]
    bench = Bench()
    async with working(database, tmp_path, bench.kind):
        for job_id in ids:
            await until_state(database, job_id, "done")
    assert sorted(bench.seen) == [0, 1, 2, 3, 4]


async def test_work_is_not_done_before_its_time(database: Database, tmp_path: Path) -> None:
    bench = Bench()
    later = await enqueue(database, "later", at=datetime.now(UTC) + timedelta(days=1))
    soon = await enqueue(database, "soon", at=datetime.now(UTC) + timedelta(seconds=0.2))
    async with working(database, tmp_path, bench.kind):
        await until_state(database, soon, "done")
    assert bench.seen == ["soon"]
    assert (await until_state(database, later, "waiting")).attempts == 0


async def test_one_key_is_one_job(database: Database, tmp_path: Path) -> None:
    async def add(number: int) -> str:
        return await enqueue(database, number, key="night")

    ids = await asyncio.gather(*(add(number) for number in range(5)))
    assert len(set(ids)) == 1


async def test_two_workers_share_the_work(database: Database, tmp_path: Path) -> None:
    bench = Bench()
    async with working(database, tmp_path, bench.kind), working(database, tmp_path, bench.kind):
        ids = [await enqueue(database, number) for number in range(10)]
        for job_id in ids:
            await until_state(database, job_id, "done")
    assert sorted(bench.seen) == list(range(10))


async def test_failures_are_tried_again_and_then_dead(database: Database, tmp_path: Path) -> None:
    bench = Bench()
    bench.trouble = [EngineUnreachable(), ValueError("with somebody's words")]
    async with working(database, tmp_path, bench.kind):
        recovered = await enqueue(database, "a")
        assert (await until_state(database, recovered, "done")).attempts == 3
        bench.trouble = [ValueError()] * 3
        lost = await until_state(database, await enqueue(database, "b"), "dead")
        unknown = await until_state(database, await _unknown(database), "dead")
    assert (lost.attempts, lost.error) == (3, "ValueError")
    assert unknown.error == "unknown_job"


async def _unknown(database: Database) -> str:
    async with database.writing() as db:
        return await service.enqueue(db, "nobody knows", {})


async def test_a_lost_announcement_is_made_again(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor_platform.jobs.worker.LATE", timedelta(0))
    bench = Bench()
    lost = new_id()
    async with database.writing() as db:
        gone = utc_now() - timedelta(minutes=10)
        db.add(
            Job(
                id=lost, name="note", arguments={"what": 1}, state="running", attempts=1, run_at=gone,
                lease_until=gone, created_at=gone,
            )
        )  # fmt: skip
    async with working(database, tmp_path, bench.kind) as worker:
        await worker.sweep()
        assert (await until_state(database, lost, "done")).attempts == 2


async def test_an_attempt_that_was_given_up_does_not_end_the_next(database: Database) -> None:
    now = utc_now()
    job_id = await enqueue(database, 1)
    async with database.writing() as db:
        first = await repository.claim(db, job_id, now, now)
        second = await repository.claim(db, job_id, now, now + timedelta(seconds=30))
        assert first is not None
        assert second is not None
    async with database.writing() as db:
        stale = Job(id=job_id, attempts=1, run_at=now)
        assert not await repository.settle(db, stale, "done", now)
        assert await repository.settle(db, second, "done", now)


async def test_a_night_is_enqueued_once_by_several_processes(database: Database) -> None:
    def clock() -> datetime:
        return datetime(2026, 3, 2, 3, 0, tzinfo=UTC)

    rounds = [Rounds(database, clock, ("night",)) for _ in range(3)]
    await asyncio.gather(*(each.once() for each in rounds))
    async with database.reading() as db:
        assert [row.key for row in await db.scalars(select(Job))] == ["night:2026-03-02"]


KILLED = """
import asyncio, os, sys
from pathlib import Path
from tutor_platform.fleet.nodes import Address, Fleet
from tutor_platform.jobs import worker as module
from tutor_platform.jobs import postgres
from tutor_platform.jobs.carriers import carrier_for
from tutor_platform.jobs.port import Work, job
from tutor_platform.kit.clock import utc_now
from tutor_platform.kit.db import Database
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.kit.tasks import end
from tutor_platform.settings import Settings
from tutor_platform.tenants.models import Tenant
from sqlalchemy.exc import IntegrityError
module.LEASE_S = 1.0
module.RENEW_EVERY_S = 0.2
module.SWEEP_EVERY_S = 0.5
module.LATE = module.timedelta(0)
url, folder, slow = sys.argv[1:]

@job("make")
async def make(work, arguments):
    try:
        async with work.database.writing() as db:
            db.add(Tenant(id=arguments["id"], name="made once", created_at=utc_now()))
    except IntegrityError:
        pass
    print("effect", flush=True)
    if slow == "slow":
        await asyncio.sleep(600)
    print("done", flush=True)

async def main():
    database = Database(url)
    fleet = Fleet([Address("http://127.0.0.1:1", "ws://x")], "", database)
    work = Work(database, LocalStorage(Path(folder)), fleet, utc_now, Settings())
    await module.Worker((make,), work, carrier_for(database, utc_now)).run()

asyncio.run(main())
"""


async def test_a_job_that_was_killed_runs_again_with_one_effect(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    script = tmp_path / "worker.py"
    script.write_text(KILLED)

    async def start(pace: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, str(script), database_url, str(tmp_path), pace,
            stdout=asyncio.subprocess.PIPE, env=os.environ | {"PYTHONWARNINGS": "ignore"},
        )  # fmt: skip

    made = new_id()
    async with database.writing() as db:
        job_id = await service.enqueue(db, "make", {"id": made})
    first = await start("slow")
    assert first.stdout is not None
    assert await first.stdout.readline() == b"effect\n"
    first.send_signal(signal.SIGKILL)
    await first.wait()
    await until_state(database, job_id, "running")
    second = await start("quick")
    assert (await until_state(database, job_id, "done")).attempts == 2
    second.send_signal(signal.SIGKILL)
    await second.communicate()
    async with database.reading() as db:
        assert [row.id for row in await db.scalars(select(Tenant))] == [made]


async def test_a_stop_while_the_server_does_not_answer_leaves_nothing_behind() -> None:
    async def take(_: str) -> None:
        raise AssertionError("there is no work")

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        port = server.getsockname()[1]
        database = Database(f"postgresql+psycopg://nobody:nothing@127.0.0.1:{port}/nowhere")
        running = asyncio.create_task(PostgresCarrier(database).run(take))
        connection, _ = await asyncio.get_running_loop().sock_accept(server)
        with connection:
            await end([running])
            left = {task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith("pool-")}
    await database.close()
    assert left == set()


async def test_the_library_keeps_its_tables_to_itself(database: Database) -> None:
    if not database.is_postgres:
        return
    async with database.reading() as db:
        ours = await db.scalars(
            text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        )
        assert not [name for name in ours if name.startswith("procrastinate")]
        path = await db.scalar(text("SHOW search_path"))
    assert path == '"$user", public'
