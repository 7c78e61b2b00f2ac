"""Does the announced address lead to a media worker? Asked by the reachability probe of the media port.

A media worker answers a STUN request without a user name as a STUN server would. From inside, silence proves
nothing: many routers do not let a machine reach its own public address.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from aioice import stun

from tutor_engine.doctor.findings import Finding, error, note, ok
from tutor_engine.doctor.turn_probe import Address, binding_request, is_of_worker
from tutor_engine.doctor.words import network as say
from tutor_engine.media.turn import addresses, parse_turn_url

PROBE_TIMEOUT_S = 1.0
_TRIES = 2


@dataclass(frozen=True, slots=True)
class StunSeen:
    """An answer to a STUN request."""

    mapped: Address
    """How the server saw us."""
    worker: bool
    """It came from a media worker, which tells nothing else."""


@dataclass(frozen=True, slots=True)
class MapSeen:
    """Who answered."""

    public: Address
    through_map: StunSeen | None
    """At the public address; None: silence."""
    at_home: bool
    """A media worker answers at its local address."""


class _Answer(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.seen: asyncio.Future[StunSeen | None] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: Address) -> None:
        with suppress(ValueError):
            attributes = stun.parse_message(data).attributes
            mapped = attributes.get("XOR-MAPPED-ADDRESS")
            if mapped is not None:
                self._settle(StunSeen(mapped, is_of_worker(data, mapped)))

    def error_received(self, exc: Exception) -> None:
        """The machine there says that nobody has the port."""
        self._settle(None)

    def _settle(self, seen: StunSeen | None) -> None:
        if not self.seen.done():
            self.seen.set_result(seen)


async def probe_stun(address: Address, *, timeout_s: float = PROBE_TIMEOUT_S) -> StunSeen | None:
    """Ask a STUN server, or a media worker, how it sees us; None when nobody answers."""
    loop = asyncio.get_running_loop()
    host, port = address[0].strip("[]"), address[1]
    try:
        transport, protocol = await loop.create_datagram_endpoint(_Answer, remote_addr=(host, port))
    except OSError:
        return None
    try:
        for _ in range(_TRIES):
            transport.sendto(binding_request())
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout_s / _TRIES):
                    return await asyncio.shield(protocol.seen)
        return None
    finally:
        transport.close()
        protocol.seen.cancel()


async def check_port_map(public_ip: str | None, ports: Sequence[int]) -> list[Finding]:
    """Ask each media port through the public address."""
    if public_ip is None:
        return []
    return list(await asyncio.gather(*(_check_port(public_ip, port) for port in ports)))


async def _check_port(public_ip: str, port: int) -> Finding:
    through, home = await asyncio.gather(probe_stun((public_ip, port)), probe_stun(("127.0.0.1", port)))
    return judge_port_map(MapSeen((public_ip, port), through, home is not None and home.worker))


def judge_port_map(seen: MapSeen) -> Finding:
    """What the answers tell about the map in front of this machine."""
    host, port = seen.public
    if seen.through_map is not None and seen.through_map.worker:
        us = seen.through_map.mapped[0]
        return ok("port_map", say.MAP_LEADS_HERE, host=host, port=port, us=us)
    if seen.through_map is not None:
        return error("port_map", say.MAP_LEADS_ELSEWHERE, host=host, port=port)
    if seen.at_home:
        return note("port_map", say.MAP_UNKNOWN, host=host, port=port)
    return note("port_map", say.MAP_SILENT, host=host, port=port)


def judge_stun_server(stun_servers: str | None, public: Sequence[Address]) -> list[Finding]:
    """A STUN server at our own media port keeps Chromium from ever connecting.

    libwebrtc takes every packet from the address of a configured STUN server for an answer of that server,
    before it looks at connections.
    """
    findings: list[Finding] = []
    for text in addresses(stun_servers):
        url = parse_turn_url(text.removeprefix("stuns:").removeprefix("stun:"))
        if (url.host, url.port) in public:
            findings.append(error("stun_server", say.STUN_AT_MEDIA_PORT, host=url.host, port=url.port))
    return findings
