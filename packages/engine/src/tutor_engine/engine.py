"""The parts of a running engine, as its edge sees them. Made by `app.py`; knows no adapter."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import structlog

from tutor_engine import __version__
from tutor_engine.avatars.store import AvatarStore
from tutor_engine.doctor.examine import Doctor
from tutor_engine.jobs import JobBoard, Maker
from tutor_engine.knowledge.service import Knowledge
from tutor_engine.media.turn import IceSettings, ice_servers
from tutor_engine.session.lesson import Lesson
from tutor_engine.session.plane import FaceRef, OfferRefused, Plane
from tutor_engine.session.registry import Registry
from tutor_engine.session.rehearsal import Rehearsals
from tutor_engine.speaking.stage import Speaking
from tutor_engine.telemetry.metrics import Metrics
from tutor_protocol.client import Id
from tutor_protocol.http import EngineStatus, Health, IceServer, SeatCount, WebRTCConfig

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reach:
    """How others reach this node."""

    websocket_url: str
    api_key: str | None
    ice: IceSettings
    ice_policy: Literal["all", "relay"]
    public_ip: str | None
    port_min: int
    port_max: int


@dataclass(slots=True)
class Engine:
    """Everything the edge needs."""

    registry: Registry
    plane: Plane
    jobs: JobBoard
    knowledge: Knowledge
    avatars: AvatarStore
    metrics: Metrics
    reach: Reach
    import_folder: Path
    find_face: Callable[[Id | None], Awaitable[FaceRef]]
    avatar_work: Maker
    """How the work of an avatar job is made from its recipe and its upload."""
    stage_health: Callable[[], Awaitable[Mapping[str, EngineStatus]]]
    doctor: Doctor
    rehearsals: Rehearsals
    heard_languages: Callable[[], frozenset[str]]
    speaking: Speaking
    _preparing: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    def capabilities(self) -> dict[str, object]:
        """What `hello` tells a browser."""
        return {"hears": sorted(self.heard_languages()), "speaks": ["en", "zh"], "version": __version__}

    async def forget_avatar(self, avatar_id: str) -> None:
        """Delete a face with everything that was made of it.

        Raises:
            AvatarMissing, AvatarNameRefused: see `AvatarStore.delete`.
        """
        loop = (await self.find_face(avatar_id)).loop
        await asyncio.to_thread(self.avatars.delete, avatar_id)
        others = [avatar.avatar_id for avatar in await asyncio.to_thread(self.avatars.list)]
        # Two names of one package share its loop.
        if loop not in [(await self.find_face(other)).loop for other in others]:
            await asyncio.to_thread(self.plane.loops.forget, loop)

    def prepare(self, lesson: Lesson) -> None:
        """Begin to load what a new lesson needs, so that it is there when the browser comes."""
        task = asyncio.create_task(self._prepare(lesson))
        self._preparing.add(task)
        task.add_done_callback(self._preparing.discard)

    async def _prepare(self, lesson: Lesson) -> None:
        request = lesson.request
        bases = request.bases()
        if bases:
            await self.knowledge.library(str(request.tenant_id or ""), bases).warm()
        try:
            await self.plane.prepare(await self.find_face(request.tutor.avatar_id))
        except OfferRefused as error:
            log.warning("face_not_prepared", avatar=request.tutor.avatar_id, detail=str(error))

    async def health(self) -> Health:
        """State of the node and of each stage."""
        engines = dict(await self.stage_health())
        degraded = any(status.status == "degraded" for status in engines.values())
        seats = SeatCount(active=self.registry.active, max=self.registry.seats)
        return Health(
            status="degraded" if degraded else "ok", version=__version__, sessions=seats, engines=engines
        )

    def webrtc_config(self) -> WebRTCConfig:
        """What a browser needs for its RTCPeerConnection.

        TURN credentials are of a new user each time: quotas count by user, and one for all would be shared.
        """
        entries = ice_servers(self.reach.ice, secrets.token_hex(6), time.time())
        servers = [
            IceServer(urls=list(entry.urls), username=entry.username, credential=entry.credential)
            for entry in entries
        ]
        return WebRTCConfig(
            iceServers=servers,
            iceTransportPolicy=self.reach.ice_policy,
            public_ip=self.reach.public_ip,
            port_min=self.reach.port_min,
            port_max=self.reach.port_max,
        )
