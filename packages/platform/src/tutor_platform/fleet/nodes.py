"""Several engine nodes as one engine.

A lesson goes to the node with the most free seats, and to the node that serves the person already, because a
person has one socket and one connection. A node that is full or away is passed over; the engine itself counts
its seats, so that nothing here can give one away twice. One node behaves exactly as an `EngineClient`.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import structlog

from tutor_platform.fleet import repository
from tutor_platform.kit.clock import Clock, utc_now
from tutor_platform.kit.db import Database
from tutor_platform.kit.engine import RETRY_FULL_S, RETRY_UNREACHABLE_S, EngineClient
from tutor_platform.kit.errors import EngineUnreachable, NoSeat, PlatformError
from tutor_protocol.http import Health, SessionCreated, SessionRequest

log = structlog.get_logger(__name__)

NodeState = Literal["serving", "draining", "away"]
FRESH_S = 2.0
"""So long what a node said of its seats is believed when a lesson is placed."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a node is."""

    http: str
    socket: str


@dataclass(frozen=True, slots=True)
class Node:
    """A node as it was when it was looked at."""

    address: Address
    state: NodeState = "away"
    health: Health | None = None

    @property
    def free(self) -> float:
        """Share of free seats, 0 to 1."""
        seats = self.health.sessions if self.health else None
        return 0.0 if seats is None or seats.max == 0 else (seats.max - seats.active) / seats.max


class Fleet(EngineClient):
    """All nodes. What concerns no lesson is asked of the first."""

    def __init__(
        self,
        addresses: Sequence[Address],
        api_key: str,
        database: Database,
        clock: Clock = utc_now,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(addresses[0].http, api_key)
        self._database = database
        self._clock = clock
        self._now_s = now_s
        self._addresses = {address.http: address for address in addresses}
        self._clients = {address.http: EngineClient(address.http, api_key) for address in addresses}
        self._seen: tuple[float, list[Node]] = (float("-inf"), [])

    @property
    def nodes(self) -> tuple[EngineClient, ...]:
        """A client for each node."""
        return tuple(self._clients.values())

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Where the nodes are, in the order of the settings."""
        return tuple(self._addresses.values())

    async def close(self) -> None:
        """Give all connections back."""
        await super().close()
        for client in self._clients.values():
            await client.close()

    async def look(self) -> list[Node]:
        """How the nodes are now."""
        async with self._database.reading() as db:
            drained = await repository.drained(db)
        found = await asyncio.gather(*(self._look_at(address) for address in self.addresses))
        nodes = [
            replace(node, state="draining")
            if node.state == "serving" and node.address.http in drained
            else node
            for node in found
        ]
        self._seen = (self._now_s(), nodes)
        return nodes

    async def _look_at(self, address: Address) -> Node:
        try:
            return Node(address, "serving", await self._clients[address.http].health())
        except PlatformError:
            return Node(address)

    # Lessons -------------------------------------------------------------------------------------------

    async def create_session(self, request: SessionRequest) -> SessionCreated:
        """Take a seat, where the person is already or where most are free.

        Raises:
            NoSeat: every node that serves is full.
            EngineUnreachable: no node answers.
        """
        if len(self._clients) == 1 and not await self._is_drained():
            return await super().create_session(request)
        candidates = await self._candidates(str(request.user_id or request.student_id))
        trouble: PlatformError = EngineUnreachable("no node answers", retry_after_s=RETRY_UNREACHABLE_S)
        if any(node.state == "draining" for node in self._seen[1]):
            trouble = NoSeat("nodes are being emptied", retry_after_s=RETRY_FULL_S)
        for url in candidates:
            try:
                created = await self._clients[url].create_session(request)
            except (NoSeat, EngineUnreachable) as error:
                trouble = error if isinstance(error, NoSeat) or not isinstance(trouble, NoSeat) else trouble
                continue
            async with self._database.writing() as db:
                await repository.place(db, created.session_id, url, self._clock())
            self._seen = (float("-inf"), [])
            return created
        raise trouble

    async def _is_drained(self) -> bool:
        async with self._database.reading() as db:
            return bool(await repository.drained(db) & set(self._clients))

    async def _candidates(self, person_id: str) -> list[str]:
        at_s, nodes = self._seen
        if self._now_s() - at_s > FRESH_S:
            nodes = await self.look()
        serving = sorted((node for node in nodes if node.state == "serving"), key=lambda node: -node.free)
        urls = [node.address.http for node in serving]
        async with self._database.reading() as db:
            home = await repository.node_of_person(db, person_id)
        # Somebody whose node is full waits for a seat there: half a lesson on another node is none.
        return [home] if home in urls else urls

    async def has_session(self, session_id: str) -> bool:
        """Whether the node of this session still holds it; one that is away does not, where another serves.

        Raises:
            EngineUnreachable: no node answers.
        """
        client = await self._client_of(session_id)
        if client is None:
            return await super().has_session(session_id)
        try:
            return await client.has_session(session_id)
        except EngineUnreachable:
            if not any(node.state == "serving" for node in await self.look()):
                raise
            return False

    async def delete_session(self, session_id: str) -> None:
        """Give a seat back, wherever it is."""
        client = await self._client_of(session_id)
        if client is None:
            await super().delete_session(session_id)
            return
        await client.delete_session(session_id)
        async with self._database.writing() as db:
            await repository.forget(db, session_id)

    async def socket_of(self, session_id: str) -> str:
        """The address before `/ws/…` of the node that holds this session."""
        url = await self._url_of(session_id)
        return self._addresses.get(url or "", self.addresses[0]).socket

    async def _client_of(self, session_id: str) -> EngineClient | None:
        return self._clients.get(await self._url_of(session_id) or "")

    async def _url_of(self, session_id: str) -> str | None:
        if len(self._clients) == 1:
            return None
        async with self._database.reading() as db:
            return await repository.node_of(db, session_id)
