"""Looks at a TURN server as a browser would: allocate, ask for peers, give back. Judges nothing.

An allocation holds one relay port until it is given back, and coturn frees that one within three seconds.
"""

import asyncio
import secrets
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from aioice import stun
from aioice.turn import TurnClientTcpProtocol, TurnClientUdpProtocol

from tutor_engine.media.turn import TurnUrl

Address = tuple[str, int]
Outcome = Literal["ok", "timeout", "unresolved", "unreachable", "untrusted", "refused", "unsupported"]

PROBE_TIMEOUT_S = 3.0
"""aioice itself would repeat its question for half a minute."""
_PEER_TIMEOUT_S = 2.0
_ANSWER_TIMEOUT_S = 1.0
_LIFETIME_S = 60
_FIRST_CHANNEL = 0x4000
_HEADER_BYTES, _V4_BYTES, _V6_BYTES, _FINGERPRINT_BYTES = 20, 12, 24, 8


@dataclass(frozen=True, slots=True)
class PeerSeen:
    """What came of asking the relay to send to a peer."""

    address: Address
    code: int | None
    """None: allowed. 0: no answer. Else the error code of the server."""
    answered: bool = False
    """A media worker there answered a STUN request through the relay."""


@dataclass(frozen=True, slots=True)
class TurnSeen:
    """What came of an allocation."""

    url: TurnUrl
    outcome: Outcome
    code: int = 0
    """STUN error code when the outcome is `refused`."""
    detail: str = ""
    username: str | None = None
    relayed: Address | None = None
    mapped: Address | None = None
    peers: tuple[PeerSeen, ...] = ()


class _Answers(asyncio.DatagramProtocol):
    """Notes which media workers answered through the relay."""

    def __init__(self, expected: Sequence[Address]) -> None:
        self.heard = {address: asyncio.Event() for address in expected}

    def datagram_received(self, data: bytes, addr: Address) -> None:
        heard = self.heard.get(addr)
        with suppress(ValueError):
            mapped = stun.parse_message(data).attributes.get("XOR-MAPPED-ADDRESS")
            if heard is not None and mapped is not None and is_of_worker(data, mapped):
                heard.set()


async def probe_turn(
    url: TurnUrl,
    username: str | None,
    password: str | None,
    *,
    peers: Sequence[Address] = (),
    answering: Sequence[Address] = (),
    timeout_s: float = PROBE_TIMEOUT_S,
) -> TurnSeen:
    """Allocate at `url`, ask for each of `peers`, and ask those in `answering` through the relay.

    Promises an answer within the timeout, plus two seconds when there are peers.
    """
    if url.scheme == "turns" and url.transport == "udp":
        return TurnSeen(url, "unsupported", detail="DTLS")
    client: TurnClientUdpProtocol | TurnClientTcpProtocol | None = None
    try:
        async with asyncio.timeout(timeout_s):
            client = await _connect(url, username, password)
            relayed = await client.connect()
        mapped = client.mapped_address
        answers = _Answers(answering)
        client.receiver = answers
        asked = [_ask_peer(client, number, peer, answers) for number, peer in enumerate(peers)]
        seen = await asyncio.gather(*asked)
        return TurnSeen(url, "ok", username=username, relayed=relayed, mapped=mapped, peers=tuple(seen))
    except (TimeoutError, stun.TransactionTimeout):
        return TurnSeen(url, "timeout", username=username)
    except stun.TransactionFailed as failure:
        code, reason = failure.response.attributes.get("ERROR-CODE", (0, ""))
        return TurnSeen(url, "refused", code, reason, username)
    except ssl.SSLError as failure:
        return TurnSeen(url, "untrusted", detail=_words(failure))
    except _Unresolved as failure:
        return TurnSeen(url, "unresolved", detail=str(failure))
    except OSError as failure:
        return TurnSeen(url, "unreachable", detail=_words(failure))
    finally:
        if client is not None:
            await _give_back(client)


class _Unresolved(Exception):
    """The host name is nobody's."""


async def _connect(
    url: TurnUrl, username: str | None, password: str | None
) -> TurnClientUdpProtocol | TurnClientTcpProtocol:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(url.host, url.port)
    except OSError as failure:
        raise _Unresolved(failure.strerror or str(failure)) from failure
    server: Address = (str(found[0][4][0]), url.port)
    if url.transport == "tcp":
        secure = ssl.create_default_context() if url.scheme == "turns" else None
        _, client = await loop.create_connection(
            lambda: TurnClientTcpProtocol(server, username, password, _LIFETIME_S, _LIFETIME_S),
            url.host,
            url.port,
            ssl=secure,
        )
        return client
    _, datagrams = await loop.create_datagram_endpoint(
        lambda: TurnClientUdpProtocol(server, username, password, _LIFETIME_S, _LIFETIME_S),
        remote_addr=server,
    )
    return datagrams


async def _ask_peer(
    client: TurnClientUdpProtocol | TurnClientTcpProtocol, number: int, peer: Address, answers: _Answers
) -> PeerSeen:
    channel = _FIRST_CHANNEL + number
    try:
        async with asyncio.timeout(_PEER_TIMEOUT_S):
            await client.channel_bind(channel, peer)
    except stun.TransactionFailed as failure:
        return PeerSeen(peer, failure.response.error_code)
    except (TimeoutError, stun.TransactionTimeout):
        return PeerSeen(peer, 0)
    heard = answers.heard.get(peer)
    return PeerSeen(peer, None, heard is not None and await _answers(client, channel, peer, heard))


async def _answers(
    client: TurnClientUdpProtocol | TurnClientTcpProtocol, channel: int, peer: Address, heard: asyncio.Event
) -> bool:
    """Whether a STUN request through the bound channel comes back answered."""
    client.channel_to_peer[channel] = peer
    client.peer_to_channel[peer] = channel
    client.channel_refresh_at[channel] = float("inf")
    await client.send_data(binding_request(), peer)
    try:
        async with asyncio.timeout(_ANSWER_TIMEOUT_S):
            await heard.wait()
    except TimeoutError:
        return False
    return True


def binding_request() -> bytes:
    """A STUN request without a user name, as any STUN client sends it."""
    request = stun.Message(
        message_method=stun.Method.BINDING,
        message_class=stun.Class.REQUEST,
        transaction_id=secrets.token_bytes(12),
    )
    request.add_fingerprint()
    return bytes(request)


def is_of_worker(answer: bytes, mapped: Address) -> bool:
    """Other STUN servers add who they are; a media worker tells the address and a fingerprint."""
    return len(answer) == _HEADER_BYTES + (_V6_BYTES if ":" in mapped[0] else _V4_BYTES) + _FINGERPRINT_BYTES


async def _give_back(client: TurnClientUdpProtocol | TurnClientTcpProtocol) -> None:
    """End the allocation politely; a server that does not answer is left."""
    if client.relayed_address is None:
        client.transport.close()
        return
    with suppress(TimeoutError, stun.TransactionError, OSError):
        async with asyncio.timeout(1.0):
            await client.delete()
    client.transport.close()


def _words(failure: OSError) -> str:
    return failure.strerror or str(failure) or type(failure).__name__
