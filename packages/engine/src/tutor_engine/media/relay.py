"""Reaching browsers through the engine's own TURN allocation, as deployments from before the shared port do.

Both ends are relayed by one TURN server, so each connection takes two of its ports. Only relayed candidates
of the browser are used: no other could pass, and names of local networks need not be looked up.
"""

import time
from contextlib import suppress

from aioice import ice
from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCIceCandidate,
    RTCIceServer,
    RTCIceTransport,
    RTCIceTransportPolicy,
)
from aiortc.sdp import candidate_from_sdp

from tutor_engine.media import internals
from tutor_engine.media.messages import RelayServer
from tutor_engine.media.turn import parse_turn_url

GATHER_S = 2.0
"""The engine's TURN server answers within milliseconds; aioice would go on asking for half a minute, and no
other command of the worker is obeyed meanwhile."""

MAX_CANDIDATES = 16
"""A browser has one for each TURN server and address family; each makes us send to an address it names."""


def relay_configuration(server: RelayServer) -> RTCConfiguration:
    """A connection that is relayed and nothing else.

    Raises:
        TurnUrlInvalid: the address of the server.
    """
    url = str(parse_turn_url(server.url))
    return RTCConfiguration(
        iceServers=[RTCIceServer(urls=url, username=server.username, credential=server.password)],
        bundlePolicy=RTCBundlePolicy.MAX_BUNDLE,
        iceTransportPolicy=RTCIceTransportPolicy.RELAY,
    )


class RelayedPath:
    """The browser's candidates on the way in, and when something last came from it."""

    def __init__(self, transport: RTCIceTransport) -> None:
        self._transport = transport
        self.last_received_s: float | None = None
        self.datagrams = 0
        self.candidates = 0
        """Relayed candidates of the browser."""
        agent: ice.Connection = internals.ice_agent(transport)
        internals.on_data(agent, self._received)

    async def add(self, line: str | None) -> None:
        """One line of candidates, with or without its `a=`; None ends them. Useless ones are left out."""
        if line is None or not line.strip():
            await self._transport.addRemoteCandidate(None)
        elif self.candidates < MAX_CANDIDATES and (candidate := _relayed(line)) is not None:
            self.candidates += 1
            with suppress(ValueError):  # no IP address
                await self._transport.addRemoteCandidate(candidate)

    def _received(self) -> None:
        self.last_received_s = time.monotonic()
        self.datagrams += 1


def _relayed(line: str) -> RTCIceCandidate | None:
    text = line.strip().removeprefix("a=").removeprefix("candidate:")
    with suppress(ValueError, IndexError, AssertionError, KeyError):
        candidate = candidate_from_sdp(text)
        if candidate.type == "relay" and candidate.protocol.lower() == "udp":
            candidate.sdpMLineIndex = 0
            return candidate
    return None
