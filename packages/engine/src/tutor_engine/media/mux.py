"""One UDP port for all peers: datagrams find their peer by ICE user name, then by verified source address.

A source address belongs to a peer only after it answered for a check whose MESSAGE-INTEGRITY was right, and
what comes from any other address never reaches DTLS. ICE is passive: candidates are announced, none are
checked unasked. The demultiplexer does no I/O of its own; `bind_sockets` gives it real sockets.
"""

import asyncio
import socket
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from aioice import Candidate, ice, stun
from aioice.candidate import candidate_foundation, candidate_priority
from aioice.utils import random_string

from tutor_engine.media import internals
from tutor_engine.media.addresses import Address
from tutor_engine.media.pacing import Pacer

MAX_ADDRESSES = 32
"""Verified source addresses per peer: a phone that changes networks all lesson long stays below it."""
MAX_UNREAD = 512
"""Datagrams a peer may have waiting before DTLS reads them; a handshake needs about ten."""
USERNAME_CHARS = 8
"""aiortc's user names have 4 characters, too few to share a port."""
PROBES_PER_S = 20.0
PROBE_BURST = 40.0
"""Answers to reachability probes, all sources together: enough for page loads, no use as a reflector."""
MOVED_S = 1.5
"""A nominated address silent for so long while another of the same peer speaks: the peer is there now."""
_LAST_STUN_BYTE = 3
"""First bytes 0 to 3 are STUN, the rest DTLS, SRTP and SRTCP (RFC 7983)."""

Clock = Callable[[], float]


class TokenBucket:
    """Allows `rate_per_s` events on average and `burst` at once."""

    def __init__(self, rate_per_s: float, burst: float, clock: Clock) -> None:
        self._rate_per_s = rate_per_s
        self._burst = burst
        self._clock = clock
        self._tokens = burst
        self._filled_s = clock()

    def allow(self) -> bool:
        """Take one token if there is one."""
        now_s = self._clock()
        self._tokens = min(self._burst, self._tokens + (now_s - self._filled_s) * self._rate_per_s)
        self._filled_s = now_s
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class MuxProtocol(ice.StunProtocol):
    """One peer's end of the shared port, in the shape aioice expects of a socket of its own."""

    def __init__(self, agent: ice.Connection, mux: "UdpMux") -> None:
        super().__init__(agent)
        self.mux = mux
        self.counters: Counter[str] = Counter()
        self.addresses: set[Address] = set()
        loop = asyncio.get_running_loop()
        self.pacer = Pacer(mux.send, loop.call_later, loop.time)
        self.datagrams = 0
        """DTLS and media that arrived."""
        self.last_received_s: float | None = None
        self.heard_s: dict[Address, float] = {}
        """When each verified address was last heard."""

    def heard(self, addr: Address, now_s: float) -> None:
        """Something came from a verified address."""
        self.last_received_s = self.heard_s[addr] = now_s

    def destination(self, addr: Address, now_s: float) -> Address:
        """Where media and checks go: to the latest verified address once the nominated one is silent.

        After a NAT gave a peer another port only libwebrtc nominates the new pair; others go on checking.
        """
        if not self.heard_s or now_s - self.heard_s.get(addr, now_s) <= MOVED_S:
            return addr
        latest = max(self.heard_s, key=self.heard_s.__getitem__)
        return latest if now_s - self.heard_s[latest] < now_s - self.heard_s[addr] - MOVED_S else addr

    def send_stun(self, message: stun.Message, addr: Address) -> None:
        """Send, and learn from what is sent: a success response is only sent to a verified address."""
        if message.message_class is stun.Class.RESPONSE:
            self.mux.claim(addr, self)
            self.counters["stun_ok"] += 1
        elif message.message_class is stun.Class.ERROR:
            self.counters[f"stun_rejected_{message.error_code}"] += 1
        elif message.message_class is stun.Class.REQUEST:
            self.mux.expect(message.transaction_id, self)
            self.counters["checks_sent"] += 1
        super().send_stun(message, addr)

    async def request(
        self,
        request: stun.Message,
        addr: Address,
        integrity_key: bytes | None = None,
        retransmissions: int | None = None,
    ) -> tuple[stun.Message, Address]:
        """Run a STUN transaction whose answer finds its way back by its id.

        Checks go where media goes: of a peer that moved, the nominated address would let the consent expire.
        """
        addr = self.mux.destination(self, addr)
        try:
            answer = await super().request(request, addr, integrity_key, retransmissions)
        finally:
            self.mux.forget(request.transaction_id)
        self.counters["checks_answered"] += 1
        return answer


class _SharedTransport(asyncio.DatagramTransport):
    """What aioice takes for its own UDP socket."""

    def __init__(self, mux: "UdpMux", protocol: MuxProtocol) -> None:
        super().__init__()
        self._mux = mux
        self._protocol = protocol
        self._closed = False

    def sendto(self, data: Any, addr: Any = None) -> None:
        datagram = bytes(data)
        if datagram[0] > _LAST_STUN_BYTE:
            addr = self._mux.destination(self._protocol, addr)
        self._protocol.pacer.send(datagram, addr)

    def is_closing(self) -> bool:
        return self._closed

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._protocol.pacer.close()
            self._mux.release(self._protocol)
            asyncio.get_running_loop().call_soon(self._protocol.connection_lost, None)


class UdpMux:
    """Routes datagrams between one or two sockets and many ICE agents."""

    def __init__(
        self, send: Callable[[bytes, Address], None], announced: Sequence[Address], clock: Clock
    ) -> None:
        self._send = send
        self._clock = clock
        self._by_username: dict[str, MuxProtocol | None] = {}
        self._by_address: dict[Address, MuxProtocol] = {}
        self._by_transaction: dict[bytes, MuxProtocol] = {}
        self._probes = TokenBucket(PROBES_PER_S, PROBE_BURST, clock)
        self.announced = list(announced)
        self.counters: Counter[str] = Counter()

    @property
    def peers(self) -> int:
        """User names in use."""
        return len(self._by_username)

    @property
    def verified(self) -> frozenset[Address]:
        """Source addresses whose datagrams reach a peer."""
        return frozenset(self._by_address)

    def attach(self, agent: ice.Connection) -> None:
        """Make an ICE agent use the shared port; before its answer is written."""
        username = random_string(USERNAME_CHARS)
        while username in self._by_username:
            username = random_string(USERNAME_CHARS)
        internals.set_username(agent, username)
        self._by_username[username] = None
        internals.set_gathering(agent, partial(self._gather, agent))

    def detach(self, agent: ice.Connection) -> None:
        """Forget an agent that was attached and never gathered. Idempotent."""
        if self._by_username.get(agent.local_username, self) is None:
            del self._by_username[agent.local_username]

    def protocol_of(self, agent: ice.Connection) -> MuxProtocol | None:
        """The agent's end of the port, with its counters."""
        return self._by_username.get(agent.local_username)

    async def _gather(
        self, agent: ice.Connection, component: int, addresses: list[str], timeout: int = 5
    ) -> list[Candidate]:
        """Stands in for opening sockets: the announced addresses become the host candidates."""
        protocol = MuxProtocol(agent, self)
        protocol.connection_made(_SharedTransport(self, protocol))
        candidates = [
            Candidate(
                foundation=candidate_foundation("host", "udp", host),
                component=component,
                transport="udp",
                priority=candidate_priority(component, "host", 65535 - position),
                host=host,
                port=port,
                type="host",
            )
            for position, (host, port) in enumerate(self.announced)
        ]
        protocol.local_candidate = candidates[0]
        internals.add_protocol(agent, protocol)
        self._by_username[agent.local_username] = protocol
        return candidates

    def claim(self, addr: Address, protocol: MuxProtocol) -> None:
        """An address has proved that it speaks for a peer."""
        former = self._by_address.get(addr)
        if former is protocol:
            return
        if former is not None:
            former.addresses.discard(addr)
            former.heard_s.pop(addr, None)
            self.counters["address_moved"] += 1
        self._by_address[addr] = protocol
        protocol.addresses.add(addr)
        protocol.heard_s[addr] = self._clock()

    def expect(self, transaction: bytes, protocol: MuxProtocol) -> None:
        """The answer to this transaction is for that peer."""
        self._by_transaction[transaction] = protocol

    def forget(self, transaction: bytes) -> None:
        """A transaction is over."""
        self._by_transaction.pop(transaction, None)

    def release(self, protocol: MuxProtocol) -> None:
        """A peer has gone: nothing reaches it any more."""
        for addr in protocol.addresses:
            if self._by_address.get(addr) is protocol:
                del self._by_address[addr]
        protocol.addresses.clear()
        username = protocol.receiver.local_username
        if self._by_username.get(username) is protocol:
            del self._by_username[username]

    def send(self, data: bytes, addr: Address) -> None:
        """Send one datagram."""
        self._send(data, addr)

    def destination(self, protocol: MuxProtocol, addr: Address) -> Address:
        """Where what is meant for a peer's address goes now."""
        return protocol.destination(addr, self._clock())

    def receive(self, data: bytes, addr: Address) -> None:
        """Route one datagram; whatever it holds, it raises nothing."""
        if not data:
            return
        if data[0] <= _LAST_STUN_BYTE:
            self._receive_stun(data, addr)
            return
        protocol = self._by_address.get(addr)
        if protocol is None:
            self.counters["media_unknown_address"] += 1
        elif internals.unread_datagrams(protocol.receiver) >= MAX_UNREAD:
            self.counters["media_dropped_full"] += 1
        else:
            protocol.heard(addr, self._clock())
            protocol.datagrams += 1
            protocol.receiver.data_received(data, protocol.local_candidate.component)

    def _receive_stun(self, data: bytes, addr: Address) -> None:
        try:
            message = stun.parse_message(data)
        except Exception:
            # struct, text and address errors have no common base, and none of them may end the worker
            self.counters["stun_malformed"] += 1
            return
        if message.message_class is stun.Class.REQUEST:
            protocol = self._peer_of_request(message, addr)
        else:
            protocol = self._by_transaction.get(message.transaction_id)
            if protocol is None:
                self.counters["stun_unexpected_response"] += 1
        if protocol is not None:
            if addr in protocol.addresses:
                protocol.heard(addr, self._clock())
            protocol.datagram_received(data, addr)

    def _peer_of_request(self, message: stun.Message, addr: Address) -> MuxProtocol | None:
        """A request is always routed by user name, even from an address that belongs to somebody."""
        username = message.attributes.get("USERNAME")
        if username is None:
            self._answer_probe(message, addr)
            return None
        protocol = self._by_username.get(username.partition(":")[0])
        if protocol is None:
            self.counters["stun_unknown_username"] += 1
            return None
        if "PRIORITY" not in message.attributes:
            # RFC 8445 demands it, and aioice reads it unchecked
            self.counters["stun_without_priority"] += 1
            return None
        if addr not in protocol.addresses and len(protocol.addresses) >= MAX_ADDRESSES:
            self.counters["stun_too_many_addresses"] += 1
            return None
        protocol.counters["stun_seen"] += 1
        return protocol

    def _answer_probe(self, request: stun.Message, addr: Address) -> None:
        """Tell a page how we see it, as a STUN server does: the check that this port is reachable."""
        if request.message_method is not stun.Method.BINDING or not self._probes.allow():
            self.counters["probe_refused"] += 1
            return
        response = stun.Message(
            message_method=stun.Method.BINDING,
            message_class=stun.Class.RESPONSE,
            transaction_id=request.transaction_id,
        )
        response.attributes["XOR-MAPPED-ADDRESS"] = addr
        response.add_fingerprint()
        self.counters["probe_answered"] += 1
        self._send(bytes(response), addr)


class UdpSockets:
    """The sockets of a port (IPv4, IPv6 or both), read by the running event loop."""

    BATCH = 64
    """Datagrams read per wake-up, so that a flood cannot hold the loop."""
    BUFFER_BYTES = 4 << 20
    """Kernel buffers: a key frame to 100 peers at once is 3 MB."""

    def __init__(self, hosts: Sequence[str], port: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._sockets: dict[socket.AddressFamily, socket.socket] = {}
        self.counters: Counter[str] = Counter()
        self.on_datagram: Callable[[bytes, Address], None] | None = None
        try:
            for host in hosts:
                family = socket.AF_INET6 if ":" in host else socket.AF_INET
                sock = socket.socket(family, socket.SOCK_DGRAM)
                self._sockets[family] = sock
                sock.setblocking(False)
                for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
                    sock.setsockopt(socket.SOL_SOCKET, option, self.BUFFER_BYTES)
                if family is socket.AF_INET6:
                    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                sock.bind((host, port))
                port = sock.getsockname()[1]
        except OSError:
            self.close()
            raise
        self.port = port
        for sock in self._sockets.values():
            self._loop.add_reader(sock.fileno(), self._readable, sock)

    def send(self, data: bytes, addr: Address) -> None:
        """Send now or drop: RTX repairs what matters, and waiting would delay everybody."""
        sock = self._sockets.get(socket.AF_INET6 if ":" in addr[0] else socket.AF_INET)
        if sock is None:
            self.counters["sent_no_socket"] += 1
            return
        try:
            sock.sendto(data, addr)
        except (BlockingIOError, InterruptedError):
            self.counters["sent_dropped_full"] += 1
        except OSError as error:
            self.counters[f"sent_error_{error.errno}"] += 1

    def close(self) -> None:
        """Close; idempotent."""
        for sock in self._sockets.values():
            if sock.fileno() >= 0:
                self._loop.remove_reader(sock.fileno())
            sock.close()
        self._sockets.clear()

    def _readable(self, sock: socket.socket) -> None:
        for _ in range(self.BATCH):
            try:
                data, addr = sock.recvfrom(2048)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                self.counters[f"received_error_{error.errno}"] += 1
                return
            if self.on_datagram is not None:
                self.on_datagram(data, (addr[0], addr[1]))
