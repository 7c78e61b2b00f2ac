"""Several engine nodes as one engine.

A lesson goes to the node with the most free seats, and to the node that serves the person already, because a
person has one socket and one connection. A node that is full or away is passed over; the engine itself counts
its seats, so that nothing here can give one away twice. One node behaves exactly as an `EngineClient`.

Uploads are made into something by the first node and copied from there (`copies`); what is deleted is deleted
on all of them. What concerns no lesson is answered by the first node that is there.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

import structlog

from tutor_platform.fleet import repository
from tutor_platform.kit.clock import Clock, utc_now
from tutor_platform.kit.db import Database
from tutor_platform.kit.engine import RETRY_FULL_S, RETRY_UNREACHABLE_S, EngineClient
from tutor_platform.kit.errors import EngineUnreachable, NoSeat, PlatformError
from tutor_protocol.http import (
    ConnectionCheck,
    ConnectionCheckAnswer,
    Health,
    PageInfo,
    PassageInfo,
    SessionCreated,
    SessionRequest,
    VoiceInfo,
    VoicePreview,
    WebRTCConfig,
)

log = structlog.get_logger(__name__)

Said = TypeVar("Said")

NodeState = Literal["serving", "draining", "away"]
FRESH_S = 2.0
"""So long what a node said of its seats is believed when a lesson is placed."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a node is."""

    http: str
    socket: str


@dataclass(frozen=True, slots=True)
class Removal:
    """A copy that a node must not have any more."""

    kind: Literal["document", "avatar"]
    name: str
    inside: str = ""
    """The knowledge base of a document."""
    tenant: str = ""


Later = Callable[[str, Removal], Awaitable[None]]
"""Has a removal from the node of this address done as soon as the node is there."""


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
    """All nodes."""

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
        self.remove_later: Later = self.remove_from

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

    # What every node can tell -----------------------------------------------------------------------------

    async def _any(self, ask: Callable[[EngineClient], Awaitable[Said]]) -> Said:
        """The answer of the first node that is there.

        Raises:
            EngineUnreachable: none is.
        """
        trouble: EngineUnreachable | None = None
        for node in self.nodes:
            try:
                return await ask(node)
            except EngineUnreachable as error:
                trouble = trouble or error
        raise trouble or EngineUnreachable("no node", retry_after_s=RETRY_UNREACHABLE_S)

    async def health(self) -> Health:
        """Which engine serves each stage."""
        return await self._any(lambda node: node.health())

    async def webrtc_config(self) -> WebRTCConfig:
        """How browsers reach the media ports; nodes share one configuration."""
        return await self._any(lambda node: node.webrtc_config())

    async def check_connection(self, check: ConnectionCheck) -> ConnectionCheckAnswer:
        """Answer a browser's offer that belongs to no lesson; NoSeat: others check right now."""
        return await self._any(lambda node: node.check_connection(check))

    async def poster(self, avatar_id: str) -> bytes | None:
        """The avatar's still picture as PNG, or None."""
        return await self._any(lambda node: node.poster(avatar_id))

    async def search(self, kb_id: str, tenant_id: str, query: str, limit: int) -> list[PassageInfo]:
        """Passages for a question."""
        return await self._any(lambda node: node.search(kb_id, tenant_id, query, limit))

    async def page(
        self, kb_id: str, tenant_id: str, document_id: str, page: int, query: Mapping[str, str | int]
    ) -> PageInfo | None:
        """The text of a page and where a passage on it lies; None when there is no such page."""
        return await self._any(lambda node: node.page(kb_id, tenant_id, document_id, page, query))

    async def voices(self) -> list[VoiceInfo]:
        """The voices that tutors can have."""
        return await self._any(lambda node: node.voices())

    async def say(self, preview: VoicePreview) -> bytes:
        """A short text in a voice, as WAV."""
        return await self._any(lambda node: node.say(preview))

    async def film(self, avatar_id: str, preview: VoicePreview) -> bytes | None:
        """A face that says a short text in a voice, as MP4; None: the engine has no such face."""
        return await self._any(lambda node: node.film(avatar_id, preview))

    # What must be gone everywhere -------------------------------------------------------------------------

    async def delete_document(self, kb_id: str, document_id: str, tenant_id: str = "") -> None:
        """Remove a document from every node, now or as soon as the node is there."""
        await self._remove(Removal("document", document_id, kb_id, tenant_id))

    async def delete_avatar(self, avatar_id: str) -> None:
        """Remove a face from every node, now or as soon as the node is there."""
        await self._remove(Removal("avatar", avatar_id))

    async def _remove(self, what: Removal) -> None:
        """The first node last: while it lists something, whoever compares asks again.

        Raises:
            EngineUnreachable: the first node is away.
        """
        for url in list(self._clients)[1:]:
            try:
                await self.remove_from(url, what)
            except PlatformError:
                # One node that is away must not keep the others, nor whoever waits for this.
                await self.remove_later(url, what)
        await self.remove_from(next(iter(self._clients)), what)

    async def remove_from(self, url: str, what: Removal) -> None:
        """Remove it from one node; from one that is not in the settings any more nothing can be removed."""
        client = self._clients.get(url)
        if client is None:
            log.warning("removal_without_node", node=url, copy=what.name)
        elif what.kind == "document":
            await client.delete_document(what.inside, what.name, what.tenant)
        else:
            await client.delete_avatar(what.name)
