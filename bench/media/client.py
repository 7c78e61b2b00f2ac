"""Students that cost little, so that many fit beside the worker that is measured.

aiortc negotiates and keeps the connection; the socket is our own. What arrives gets its time from the
kernel, is counted by its RTP header and thrown away unread, unless the client listens: then aiortc gets it
too. Once a second each client reports reception, and four times a second its bandwidth, as Chromium does.
"""

import asyncio
import itertools
import random
import socket
import struct
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import av
from aioice import Candidate, ice
from aioice.candidate import candidate_foundation, candidate_priority
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
    sdp,
)
from aiortc.rtp import (
    RTCP_PSFB_APP,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    pack_remb_fci,
)

from tutor_engine.media import internals
from tutor_engine.media.encode import BLOCK_SAMPLES, SOUND_RATE_HZ, OpusEncoder, VideoCodec

Answerer = Callable[[str], Awaitable[str]]
"""Takes an offer, gives the answer."""

HOST = "127.0.0.1"
CONNECT_TIMEOUT_S = 15.0
STILL_S = 0.5
"""A stream that brings nothing new for so long is seen or heard to stand still."""
FEEDBACK_S = 0.25
REPORT_EVERY = 4
BANDWIDTH_BPS = 1_300_000
"""What every client says fits through: the worker's best quality step, so that both send about the same."""

_SO_TIMESTAMPNS = 35
"""Linux: the kernel's own arrival time with each datagram; Python has no name for it before 3.14."""
_TIMESPEC = struct.Struct("@qq")
_MAX_DATAGRAM = 2048
_READ_AT_ONCE = 64
_RECEIVE_BUFFER_BYTES = 1 << 20
_RTP = struct.Struct("!BBHII")
_FIRST_RTP_BYTE, _RTCP_TYPES = 128, range(192, 224)


@dataclass(slots=True)
class Arrivals:
    """What came of one kind of media."""

    rate_hz: int
    packets: int = 0
    octets: int = 0
    ssrc: int = 0
    highest: int = 0
    """Sequence number of the last packet."""
    stood_still: int = 0
    """How often nothing new came for `STILL_S`."""
    longest_gap_s: float = 0.0
    timestamps: list[int] = field(default_factory=list[int])
    """RTP time of each frame, in order of arrival, when times are kept."""
    at_s: list[float] = field(default_factory=list[float])
    """When its first packet arrived."""
    _last: tuple[int, float] | None = None

    def add(self, datagram: bytes, at_s: float, *, keep: bool) -> None:
        """An RTP packet has come."""
        _, _, self.highest, timestamp, self.ssrc = _RTP.unpack_from(datagram)
        self.packets += 1
        self.octets += len(datagram)
        if self._last is not None and self._last[0] == timestamp:
            return
        gap_s = at_s - self._last[1] if self._last is not None else 0.0
        self._last = timestamp, at_s
        self.longest_gap_s = max(self.longest_gap_s, gap_s)
        self.stood_still += gap_s > STILL_S
        if keep:
            self.timestamps.append(timestamp)
            self.at_s.append(at_s)

    def forget(self) -> None:
        """Begin to count anew."""
        self.packets = self.octets = 0
        self.timestamps.clear()
        self.at_s.clear()


class _Line(asyncio.DatagramTransport):
    """The client's own UDP socket, in the shape aioice expects."""

    def __init__(self, receive: Callable[[bytes, Any, float], None], closed: Callable[[], None]) -> None:
        super().__init__()
        self._receive = receive
        self._closed = closed
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._socket.bind((HOST, 0))
        self.port = int(self._socket.getsockname()[1])
        asyncio.get_running_loop().add_reader(self._socket, self._read)

    def sendto(self, data: Any, addr: Any = None) -> None:
        if not self.is_closing():
            with suppress(BlockingIOError, ConnectionError):
                self._socket.sendto(data, addr)

    def is_closing(self) -> bool:
        return self._socket.fileno() < 0

    def close(self) -> None:
        if not self.is_closing():
            loop = asyncio.get_running_loop()
            loop.remove_reader(self._socket)
            self._socket.close()
            loop.call_soon(self._closed)

    def _read(self) -> None:
        for _ in range(_READ_AT_ONCE):
            try:
                data, extra, _, addr = self._socket.recvmsg(_MAX_DATAGRAM, 64)
            except (BlockingIOError, ConnectionError):
                return
            seconds, nanoseconds = _TIMESPEC.unpack_from(extra[0][2]) if extra else (time.time(), 0)
            self._receive(data, addr, seconds + nanoseconds / 1e9)
            if self.is_closing():
                return


class Client:
    """One student's connection."""

    def __init__(
        self,
        codec: VideoCodec,
        *,
        microphone: MediaStreamTrack | None = None,
        listens: bool = False,
        keeps_times: bool = False,
    ) -> None:
        self.connection = RTCPeerConnection(
            RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        )
        self.sound = Arrivals(SOUND_RATE_HZ)
        self.picture = Arrivals(90_000)
        self.listens = listens
        self.keeps_times = keeps_times
        self._line: _Line | None = None
        self._protocol: ice.StunProtocol | None = None
        self._by_type: dict[int, Arrivals] = {}
        self._feedback: asyncio.Task[None] | None = None
        self.connection.addTransceiver(microphone or "audio", "sendrecv" if microphone else "recvonly")
        picture = self.connection.addTransceiver("video", "recvonly")
        capable = RTCRtpSender.getCapabilities("video").codecs
        picture.setCodecPreferences(
            [known for known in capable if known.mimeType.lower() in (f"video/{codec.lower()}", "video/rtx")]
        )
        agent = internals.ice_agent(internals.ice_transport(self.connection))
        internals.set_gathering(agent, lambda component, *_args, **_named: self._gather(agent, component))

    async def connect(self, answerer: Answerer) -> None:
        """Offer, take the answer and wait until media can flow."""
        await self.connection.setLocalDescription(await self.connection.createOffer())
        answer = await answerer(self.connection.localDescription.sdp)
        self._by_type = self._payload_types(answer)
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            while self.connection.connectionState != "connected":  # noqa: ASYNC110 - no event to wait for
                await asyncio.sleep(0.002)
        if not self.listens:
            self._feedback = asyncio.create_task(self._report())

    async def aclose(self) -> None:
        """Leave. Idempotent."""
        if self._feedback is not None:
            self._feedback.cancel()
            with suppress(asyncio.CancelledError):
                await self._feedback
            self._feedback = None
        await self.connection.close()

    def vanish(self) -> None:
        """Be gone without a word, like a closed laptop; `aclose` is still to be called."""
        if self._line is not None:
            self._line.close()

    def forget(self) -> None:
        """Begin to count anew."""
        self.sound.forget()
        self.picture.forget()

    # --- the wire

    async def _gather(self, agent: ice.Connection, component: int) -> list[Candidate]:
        """Stands in for aioice's opening of sockets."""
        protocol = self._protocol = ice.StunProtocol(agent)
        line = self._line = _Line(self._receive, lambda: protocol.connection_lost(None))
        protocol.connection_made(line)
        protocol.local_candidate = Candidate(
            foundation=candidate_foundation("host", "udp", HOST),
            component=component,
            transport="udp",
            priority=candidate_priority(component, "host"),
            host=HOST,
            port=line.port,
            type="host",
        )
        internals.add_protocol(agent, protocol)
        return [protocol.local_candidate]

    def _receive(self, data: bytes, addr: Any, at_s: float) -> None:
        assert self._protocol is not None
        if data and data[0] >= _FIRST_RTP_BYTE and data[1] not in _RTCP_TYPES:
            arrivals = self._by_type.get(data[1] & 0x7F)
            if arrivals is not None:
                arrivals.add(data, at_s, keep=self.keeps_times)
            if not self.listens:
                return
        self._protocol.datagram_received(data, addr)

    def _payload_types(self, answer: str) -> dict[int, Arrivals]:
        sections: list[Any] = sdp.SessionDescription.parse(answer).media
        return {
            codec.payloadType: self.sound if section.kind == "audio" else self.picture
            for section in sections
            for codec in section.rtp.codecs
            if codec.mimeType.lower() != "video/rtx"
        }

    async def _report(self) -> None:
        """Receiver reports and bandwidth estimates, at a phase of our own."""
        transport: Any = self.connection.getTransceivers()[0].receiver.transport
        own = random.getrandbits(32)
        await asyncio.sleep(random.random() * FEEDBACK_S)
        for count in itertools.count():
            fci = pack_remb_fci(BANDWIDTH_BPS, [self.picture.ssrc])
            packets = [bytes(RtcpPsfbPacket(fmt=RTCP_PSFB_APP, ssrc=own, media_ssrc=0, fci=fci))]
            if count % REPORT_EVERY == 0:
                infos = [
                    RtcpReceiverInfo(arrivals.ssrc, 0, 0, arrivals.highest, 0, 0, 0)
                    for arrivals in (self.sound, self.picture)
                ]
                packets.insert(0, bytes(RtcpRrPacket(ssrc=own, reports=infos)))
            try:
                for packet in packets:
                    await transport._send_rtp(packet)
            except ConnectionError:
                return
            await asyncio.sleep(FEEDBACK_S)


class Talker(MediaStreamTrack):
    """A microphone whose sound was encoded beforehand; 20 ms packets in real time, again and again."""

    kind = "audio"

    def __init__(self, packets: list[bytes]) -> None:
        super().__init__()
        self._packets = packets
        self._said = deque[bytes]()
        self._count = 0
        self._start_s = time.monotonic() + random.random() * 0.02

    def say(self, packets: list[bytes]) -> None:
        """Say this once, in the place of what is said otherwise."""
        self._said.extend(packets)

    async def recv(self) -> Any:
        """The next packet when it is due."""
        await asyncio.sleep(max(0.0, self._start_s + self._count * 0.02 - time.monotonic()))
        usual = self._packets[self._count % len(self._packets)]
        packet = av.Packet(self._said.popleft() if self._said else usual)
        packet.pts = self._count * BLOCK_SAMPLES
        packet.time_base = Fraction(1, SOUND_RATE_HZ)
        self._count += 1
        return packet


def opus_packets(pcm: bytes) -> list[bytes]:
    """48 kHz mono sound as Opus, a packet per 20 ms."""
    encoder, size = OpusEncoder(), BLOCK_SAMPLES * 2
    return [
        encoder.encode(pcm[start : start + size].ljust(size, b"\0")) for start in range(0, len(pcm), size)
    ]
