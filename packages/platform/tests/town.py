"""Two schools in one database, a fake engine and a served platform: what most tests stand on."""

import asyncio
import hashlib
import json
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
from fastapi import FastAPI
from packages.platform.tests.fake_engine import FakeEngine
from packages.platform.tests.serving import free_port, served
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import exists, select
from websockets.asyncio.client import ClientConnection, connect

from tutor_platform.accounts.models import Person
from tutor_platform.app import create_app
from tutor_platform.authz.subject import Role
from tutor_platform.cli import MAX_SOCKET_BYTES
from tutor_platform.jobs.models import Job
from tutor_platform.kit.db import Database
from tutor_platform.kit.ids import new_id
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.knowledge.models import Document, Kind, Library
from tutor_platform.settings import Settings
from tutor_platform.tenants.models import Tenant
from tutor_platform.tutors.models import Tutor, TutorLibrary

PASSWORD = "correct horse"
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Nothing here speaks TLS, and reading the machine's certificates takes 30 ms a client."""
CHEAP_HASHER = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
"""The tests are not about how slow argon2 is."""
CHEAP_HASH = CHEAP_HASHER.hash(PASSWORD)
MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MARKDOWN = "# Planets\n\nMars has two moons.\n"
PDF = b"%PDF-1.4\n%fake\n"


@dataclass
class School:
    """The identifiers of one tenant's rows."""

    id: str
    tutor_id: str
    avatar_id: str
    markdown_id: str
    pdf_id: str
    people: dict[Role, str]
    library_id: str = field(default_factory=new_id)


@dataclass
class Visitor:
    """One browser: its HTTP client and, once signed in, its person."""

    http: httpx2.AsyncClient
    base: str
    person_id: str = ""

    async def sign_in(self, username: str, password: str = PASSWORD) -> httpx2.Response:
        body = {"username": username, "password": password}
        response = await self.http.post("/api/auth/sign-in", json=body)
        if response.status_code == 200:
            self.person_id = response.json()["person"]["id"]
        return response

    @property
    def token(self) -> str:
        return self.http.cookies["tutor_session"]

    async def begin_lesson(self, tutor_id: str) -> dict[str, Any]:
        response = await self.http.post("/api/lessons", json={"tutor_id": tutor_id})
        assert response.status_code == 201, response.text
        return response.json()["lesson"]

    async def turns(self, lesson_id: str) -> list[dict[str, Any]]:
        return (await self.http.get(f"/api/lessons/{lesson_id}")).json()["lesson"]["turns"]

    @asynccontextmanager
    async def socket(self, person_id: str | None = None, **options: Any) -> AsyncGenerator["Wire"]:
        address = f"ws{self.base.removeprefix('http')}/api/ws/proxy/user/{person_id or self.person_id}"
        headers = options.pop("additional_headers", {"cookie": f"tutor_session={self.token}"})
        async with connect(address, additional_headers=headers, proxy=None, **options) as connection:
            yield Wire(connection, self.person_id)


@dataclass
class Wire:
    """A browser's socket."""

    connection: ClientConnection
    person_id: str
    seen: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    async def say(self, kind: str, **fields: Any) -> None:
        await self.connection.send(json.dumps({"type": kind, **fields}))

    async def ask(self, session_id: str, content: str, **fields: Any) -> None:
        message = {"engine_session_id": session_id, "content": content, "user_id": self.person_id}
        await self.say("text_webrtc", **message | fields)

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(30):
            event = json.loads(await self.connection.recv())
        self.seen.append(event)
        return event

    async def until(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The next event of this type with these fields."""
        while True:
            event = await self.next()
            if event["type"] == kind and fields.items() <= event.items():
                return event

    async def closed(self) -> int | None:
        async with asyncio.timeout(30):
            await self.connection.wait_closed()
        return self.connection.close_code


@dataclass
class Town:
    """Everything at once."""

    settings: Settings
    database: Database
    engine: FakeEngine
    base: str
    here: School
    there: School
    app: FastAPI
    _clients: list[httpx2.AsyncClient] = field(default_factory=list[httpx2.AsyncClient])

    def visitor(self) -> Visitor:
        http = httpx2.AsyncClient(base_url=self.base, trust_env=False, verify=NO_CERTIFICATES)
        self._clients.append(http)
        return Visitor(http, self.base)

    async def signed_in(self, username: str) -> Visitor:
        visitor = self.visitor()
        assert (await visitor.sign_in(username)).status_code == 200
        return visitor

    async def idle(self) -> None:
        """Until the platform has done every job that is due."""
        due = (Job.state == "running") | ((Job.state == "waiting") & (Job.run_at <= datetime.now(UTC)))
        async with asyncio.timeout(60):
            while True:
                async with self.database.reading() as db:
                    if not await db.scalar(select(exists().where(due))):
                        return
                await asyncio.sleep(0.02)

    async def close(self) -> None:
        for http in self._clients:
            await http.aclose()


async def build_school(database: Database, storage: LocalStorage, name: str, avatar_id: str) -> School:
    """A tenant with people (`student@<name>` and so on), a tutor and two documents."""
    school = School(new_id(), new_id(), avatar_id, "", "", {})
    async with database.writing() as db:
        db.add(Tenant(id=school.id, name=name, created_at=MORNING))
        await db.flush()
        roles: list[tuple[str, Role]] = [
            ("admin", "admin"), ("teacher", "teacher"), ("student", "student"), ("other", "student"),
        ]  # fmt: skip
        for username, role in roles:
            person_id = new_id()
            school.people.setdefault(role, person_id)
            db.add(
                Person(
                    id=person_id, tenant_id=school.id, username=f"{username}@{name}", name=username.title(),
                    role=role, language="en", password_hash=CHEAP_HASH, created_at=MORNING,
                )
            )  # fmt: skip
        db.add(
            Tutor(
                id=school.tutor_id, tenant_id=school.id, name="Ada", language="en", subject="Space",
                summary="s", persona="secret persona", greeting="Hello", voice="ada", avatar_id=avatar_id,
                created_at=MORNING,
            )
        )  # fmt: skip
        db.add(
            Library(
                id=school.library_id, tenant_id=school.id, name="Space", language="en", created_at=MORNING
            )
        )
        await db.flush()
        db.add(TutorLibrary(tutor_id=school.tutor_id, library_id=school.library_id))
        school.markdown_id = await _document(db, storage, school, "planets.md", "md", MARKDOWN.encode())
        school.pdf_id = await _document(db, storage, school, "handout.pdf", "pdf", PDF)
    return school


async def _document(
    db: Any, storage: LocalStorage, school: School, name: str, kind: Kind, data: bytes
) -> str:
    document = Document(
        id=new_id(), tenant_id=school.id, library_id=school.library_id, title=name, kind=kind, file_name=name,
        sha256=hashlib.sha256(data).hexdigest(), pages=None, created_at=MORNING,
    )  # fmt: skip
    db.add(document)
    await storage.put(document.storage_key, data)
    return document.id


Schools = tuple[School, School]
"""The two of every town: here and there."""


async def build_schools(database_url: str, files: Path) -> Schools:
    """Both schools in a migrated database, and their files in a folder."""
    database, storage = Database(database_url), LocalStorage(files)
    try:
        return (
            await build_school(database, storage, "here", "ada"),
            await build_school(database, storage, "there", "bob"),
        )
    finally:
        await database.close()


@asynccontextmanager
async def open_town(
    database_url: str, folder: Path, schools: Schools | None = None, **settings: Any
) -> AsyncGenerator[Town]:
    """A served platform over a migrated database, before a started fake engine.

    The schools are built unless they are named: then they and their files in `folder / "data"` are there.
    """
    engine = FakeEngine()
    await engine.start()
    chosen = Settings(
        _env_file=None,  # pyright: ignore[reportCallIssue] - pydantic-settings takes it, its types do not say so
        **{
            "database_url": database_url,
            "tutor_data_dir": folder / "data",
            "platform_web_dir": folder / "dist",
            "platform_demo": False,
            "engine_url": engine.url,
            "engine_api_key": engine.key,
            "socket_linger_s": 0.05,
            **settings,
        },
    )
    here, there = schools or await build_schools(database_url, chosen.tutor_data_dir)
    database = Database(database_url)
    port = free_port()
    app = create_app(chosen, retry_s=(0.0, 0.02, 0.05))
    async with served(app, port, ws_max_size=MAX_SOCKET_BYTES):
        town = Town(chosen, database, engine, f"http://127.0.0.1:{port}", here, there, app)
        try:
            yield town
        finally:
            await town.close()
    await engine.stop()
    await database.close()
