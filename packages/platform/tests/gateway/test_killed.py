"""Real processes are killed in the middle of a lesson: no acknowledged turn is lost, on either database.

A turn is acknowledged when the browser has been told of it: its echo for a question, its text for an answer.
"""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import pytest
from packages.platform.tests.serving import free_port
from packages.platform.tests.town import NO_CERTIFICATES, Visitor, Wire, build_school
from websockets.exceptions import ConnectionClosed

from tutor_platform.kit.db import Database
from tutor_platform.kit.storage import LocalStorage

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[4]
KEY = "engine-key"


@dataclass
class Program:
    """One process that can be killed and started again."""

    command: list[str]
    environment: dict[str, str]
    ready: Callable[[], Any]
    log: Path
    _running: asyncio.subprocess.Process | None = field(default=None)

    async def start(self) -> None:
        with self.log.open("ab") as log:
            self._running = await asyncio.create_subprocess_exec(
                *self.command, env=os.environ | self.environment, cwd=ROOT, stdout=log, stderr=log
            )
        async with asyncio.timeout(60):
            while not await self.ready():
                assert self._running.returncode is None, self.log.read_text()
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        """As the kernel does when memory runs out: no handler runs."""
        if self._running is not None and self._running.returncode is None:
            self._running.kill()
            await self._running.wait()
            self._running = None


async def answers(url: str) -> bool:
    async with httpx2.AsyncClient(trust_env=False, verify=NO_CERTIFICATES) as http:
        try:
            return (await http.get(url)).status_code == 200
        except httpx2.TransportError:
            return False


@dataclass
class House:
    """A platform and an engine as processes."""

    platform: Program
    engine: Program
    base: str
    tutor_id: str

    async def student(self) -> Visitor:
        http = httpx2.AsyncClient(base_url=self.base, trust_env=False, verify=NO_CERTIFICATES)
        visitor = Visitor(http, self.base)
        assert (await visitor.sign_in("student@here")).status_code == 200
        return visitor


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncGenerator[House]:
    data = tmp_path / "data"
    database = Database(database_url)
    school = await build_school(database, LocalStorage(data), "here", "ada")
    await database.close()
    engine_port, port = free_port(), free_port()
    engine_url, base = f"http://127.0.0.1:{engine_port}", f"http://127.0.0.1:{port}"
    path = os.pathsep.join(part for part in sys.path if part)
    engine = Program(
        [sys.executable, str(Path(__file__).with_name("engine_process.py")), str(engine_port), KEY],
        {"PYTHONPATH": os.pathsep.join((str(ROOT), path))},
        lambda: answers(f"{engine_url}/health"),
        tmp_path / "engine.log",
    )
    platform = Program(
        [sys.executable, "-c", "from tutor_platform.cli import main; main()", "serve"],
        {
            "PYTHONPATH": path, "PLATFORM_PORT": str(port), "TUTOR_DATA_DIR": str(data),
            "DATABASE_URL": database_url, "PLATFORM_DEMO": "false", "ENGINE_URL": engine_url,
            "ENGINE_API_KEY": KEY, "PLATFORM_WEB_DIR": str(tmp_path / "dist"),
        },
        lambda: answers(f"{base}/api/status"),
        tmp_path / "platform.log",
    )  # fmt: skip
    made = House(platform, engine, base, school.tutor_id)
    try:
        await asyncio.gather(engine.start(), platform.start())
        yield made
    finally:
        await platform.kill()
        await engine.kill()


@dataclass
class Acknowledged:
    """What one browser was told, over any number of sockets."""

    said: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, event: dict[str, Any]) -> None:
        if event["type"] == "transcription" and event["final"]:
            self.said.append(("user", event["content"]))
        elif event["type"] == "text":
            self.said.append(("assistant", event["content"]))
        self._news.set()

    async def until(self, turns: int) -> None:
        """Wait until so many turns were acknowledged."""
        async with asyncio.timeout(60):
            while len(self.said) < turns:
                self._news.clear()
                await self._news.wait()


async def talk(student: Visitor, session: str, heard: Acknowledged, words: Iterator[int]) -> None:
    """Ask one question after the other, as fast as they are answered, until the socket breaks."""
    with suppress(ConnectionClosed, OSError):
        async with student.socket() as wire:
            await wire.until("hello")
            while True:
                await wire.ask(session, f"Question {next(words)}?")
                while (event := await wire.next())["type"] != "turn" or event["state"] != "idle":
                    heard.hear(event)


async def kept(student: Visitor, lesson_id: str) -> list[tuple[str, str]]:
    return [(turn["role"], turn["content"]) for turn in await student.turns(lesson_id)]


def check(record: list[tuple[str, str]], heard: Acknowledged) -> None:
    """Everything acknowledged is there, once, each side in its order.

    A question that is asked while the answer to another is still spoken stands before that answer.
    """
    assert len(heard.said) > 4
    assert len(set(record)) == len(record)
    for role in ("user", "assistant"):
        places = [record.index(turn) for turn in heard.said if turn[0] == role]
        assert places == sorted(places)


async def test_a_killed_platform_loses_nothing_it_acknowledged(house: House) -> None:
    student = await house.student()
    lesson = await student.begin_lesson(house.tutor_id)
    heard, words = Acknowledged(), count(1)
    for answered in (3, 6):
        talking = asyncio.create_task(talk(student, lesson["engine_session_id"], heard, words))
        await heard.until(2 * answered)
        await house.platform.kill()
        await talking
        await house.platform.start()
        check(await kept(student, lesson["id"]), heard)
    # And the lesson goes on in the same session.
    async with student.socket() as wire:
        await wire.until("hello")
        await wire.ask(lesson["engine_session_id"], "Still there?")
        await wire.until("text", content="An answer to: Still there?")
    await student.http.aclose()


async def until_renewed(wire: Wire) -> str:
    return (await wire.until("session_replaced"))["engine_session_id"]


async def test_a_killed_engine_loses_nothing_that_was_acknowledged(house: House) -> None:
    student = await house.student()
    lesson = await student.begin_lesson(house.tutor_id)
    heard, session = Acknowledged(), lesson["engine_session_id"]
    async with student.socket() as wire:
        await wire.until("hello")
        for number in range(4):
            await wire.ask(session, f"Question {number}?")
            await wire.until("turn", state="idle")
        await house.engine.kill()
        await wire.until("error", code="engine_unreachable")
        # It is stored, and asked once somebody answers again.
        await wire.ask(session, "While nobody was there?")
        await house.engine.start()
        await until_renewed(wire)
        await wire.until("text", content="An answer to: While nobody was there?")
        for event in wire.seen:
            heard.hear(event)
    record = await kept(student, lesson["id"])
    check(record, heard)
    assert len(record) == 10
    await student.http.aclose()


async def test_a_lost_socket_loses_nothing(house: House) -> None:
    student = await house.student()
    lesson = await student.begin_lesson(house.tutor_id)
    heard, words = Acknowledged(), count(1)
    for _ in range(3):
        before = len(heard.said)
        talking = asyncio.create_task(talk(student, lesson["engine_session_id"], heard, words))
        await heard.until(before + 3)
        # The browser is gone from one moment to the next, in the middle of whatever was said.
        talking.cancel()
        with suppress(asyncio.CancelledError):
            await talking
    check(await kept(student, lesson["id"]), heard)
    await student.http.aclose()
