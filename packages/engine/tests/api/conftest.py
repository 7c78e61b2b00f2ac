"""A real server on a free port over scripted stages: real HTTP, real sockets, no models."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
import uvicorn
from packages.engine.tests.session.scene import Scene, ScriptedVoice, open_scene

from tutor_engine.api.application import create_application
from tutor_engine.avatars.store import AvatarStore
from tutor_engine.doctor.examine import Doctor
from tutor_engine.doctor.findings import Finding, note
from tutor_engine.doctor.words import network
from tutor_engine.engine import Engine, Reach
from tutor_engine.jobs import JobBoard, Progress, Recipe, Work
from tutor_engine.knowledge.service import Knowledge
from tutor_engine.media.turn import IceSettings
from tutor_engine.session.plane import FaceRef, Plane
from tutor_engine.session.rehearsal import Rehearsals
from tutor_engine.speaking.stage import Speaking
from tutor_engine.telemetry.metrics import Metrics
from tutor_protocol.http import EngineStatus

KEY = "test-key"


@dataclass
class Edge:
    """A running edge and a client for it."""

    url: str
    scene: Scene
    engine: Engine
    client: aiohttp.ClientSession
    built: list[str] = field(default_factory=list[str])

    async def call(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        """An HTTP call with the key; returns status and body."""
        headers = {"Authorization": f"Bearer {KEY}", **more.pop("headers", {})}
        async with self.client.request(method, f"{self.url}{path}", headers=headers, **more) as answer:
            body = await answer.json() if answer.content_type == "application/json" else await answer.text()
            return answer.status, body

    async def enrol(self, user: int = 7) -> dict[str, Any]:
        """A session."""
        status, body = await self.call("POST", "/v1/sessions", json={"tutor_id": 1, "student_id": user})
        assert status == 201, body
        return body

    async def socket(self, path: str, token: str, *, query: bool = False) -> aiohttp.ClientWebSocketResponse:
        """A socket, with its token as subprotocol or in the query."""
        url = self.url.replace("http", "ws", 1) + path
        if query:
            return await self.client.ws_connect(f"{url}?token={token}", max_msg_size=0)
        return await self.client.ws_connect(url, protocols=("tutor.v1", f"token.{token}"), max_msg_size=0)


def make_engine(scene: Scene, folder: Path, jobs: JobBoard, key: str | None, built: list[str]) -> Engine:
    async def find_face(avatar_id: object) -> FaceRef:
        return FaceRef(str(avatar_id), folder, f"loop-{avatar_id}")

    async def health() -> Mapping[str, EngineStatus]:
        return {"llm": EngineStatus(name="scripted", status="ok", detail="for tests")}

    async def examination() -> list[Finding]:
        return [note("clock", network.CLOCK_ALONE, when="noon")]

    def work(kept: Recipe, file: Path) -> Work:
        async def build(progress: Progress) -> None:
            progress.report("face", 0.5)
            built.append(f"{kept['avatar_id']}:{file.read_bytes().decode()}")  # noqa: ASYNC240 - a tiny file

        return build

    reach = Reach(
        websocket_url="ws://engine:9001",
        api_key=key,
        ice=IceSettings(turn="turn.example:3478", secret="s3cret"),
        ice_policy="all",
        public_ip="203.0.113.10",
        port_min=10110,
        port_max=10115,
    )
    return Engine(
        registry=scene.registry,
        plane=cast("Plane", scene.plane),
        jobs=jobs,
        knowledge=Knowledge(folder / "knowledge"),
        avatars=AvatarStore(folder / "avatars"),
        metrics=Metrics(),
        reach=reach,
        import_folder=folder / "import",
        find_face=find_face,
        avatar_work=work,
        stage_health=health,
        rehearsals=Rehearsals(cast("Plane", scene.plane), find_face, most=1),
        doctor=Doctor(examination),
        heard_languages=lambda: frozenset({"en"}),
        speaking=Speaking(ScriptedVoice()),
    )


@pytest.fixture
def key() -> str | None:
    """The engine's key; a test may override it with None."""
    return KEY


@pytest.fixture
async def edge(tmp_path: Path, key: str | None) -> AsyncIterator[Edge]:
    (tmp_path / "import").mkdir()
    built: list[str] = []
    async with open_scene() as scene, JobBoard() as jobs, aiohttp.ClientSession() as client:
        engine = make_engine(scene, tmp_path, jobs, key, built)
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            create_application(engine), lifespan="off", log_config=None, timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        yield Edge(url, scene, engine, client, built)
        await client.close()
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await serving
        await engine.knowledge.aclose()
