"""Every private name of aiortc 1.16 and aioice 0.13 that this package relies on, and nothing else.

All reaching into the two libraries happens here, on instances, never by patching a class. The versions are
pinned; a test names each thing that is missing when they change.
"""

# pyright: reportPrivateUsage=false

import struct
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, cast

from aioice import ice
from aiortc import RTCIceTransport, RTCPeerConnection, RTCRtpReceiver, RTCRtpSender, RTCRtpTransceiver
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.rtcrtpreceiver import StreamStatistics
from aiortc.rtp import HeaderExtensions, HeaderExtensionsMap, RtpPacket

from tutor_engine.media.outgoing import Format, RtpStream

CONNECTION_NAMES = (
    "_local_username",
    "_protocols",
    "_queue",
    "get_component_candidates",
    "data_received",
    "local_username",
)
"""Needed of `aioice.ice.Connection`."""

PROTOCOL_NAMES = ("connection_made", "connection_lost", "datagram_received", "request", "send_stun")
"""Needed of `aioice.ice.StunProtocol`, next to `local_candidate` which we set."""

SENDER_NAMES = (
    "_send_keyframe",
    "_handle_rtcp_packet",
    "_retransmit",
    "_ssrc",
    "_rtx_ssrc",
    "_RTCRtpSender__started",
    "_RTCRtpSender__mid",
    "_RTCRtpSender__rtx_payload_type",
    "_RTCRtpSender__rtp_header_extensions_map",
    "_RTCRtpSender__ntp_timestamp",
    "_RTCRtpSender__rtp_timestamp",
    "_RTCRtpSender__packet_count",
    "_RTCRtpSender__octet_count",
)
"""Needed of `aiortc.RTCRtpSender`."""

TRANSPORT_NAMES = ("_rtp_router", "_send_rtp")
"""Needed of `aiortc.RTCDtlsTransport`."""

RECEIVER_NAMES = ("_handle_rtp_packet", "_RTCRtpReceiver__remote_streams")
"""Needed of `aiortc.RTCRtpReceiver`."""

TRANSCEIVER_NAMES = ("_codecs", "_bundled")
"""Needed of `aiortc.RTCRtpTransceiver`."""

ICE_NAMES = ("_connection",)
"""Needed of `aiortc.RTCIceTransport`."""

ROUTER_NAMES = ("ssrc_table",)
"""Needed of the `_rtp_router` of `aiortc.RTCDtlsTransport`."""

Gather = Callable[..., Awaitable[list[Any]]]
OnRtp = Callable[[RtpPacket, int], None]
OnRtcp = Callable[[Any], None]

MAX_SOURCES = 4
"""Sources (SSRC) a receiver keeps statistics of; a browser uses one, and one more after a device change."""


def ice_transport(connection: RTCPeerConnection) -> RTCIceTransport:
    """The only ICE transport of a bundled connection."""
    return connection.getTransceivers()[0].receiver.transport.transport


def ice_agent(transport: RTCIceTransport) -> ice.Connection:
    """The aioice connection of a transport."""
    return transport._connection


def set_username(agent: ice.Connection, username: str) -> None:
    """Give an agent another local user name; only before the answer is written."""
    agent._local_username = username


def set_gathering(agent: ice.Connection, gather: Gather) -> None:
    """Replace the opening of sockets, on this agent only."""
    agent.get_component_candidates = gather  # type: ignore[method-assign]


def add_protocol(agent: ice.Connection, protocol: ice.StunProtocol) -> None:
    """Make a protocol one of the agent's, so that it is closed with it."""
    agent._protocols.append(protocol)


def unread_datagrams(agent: ice.Connection) -> int:
    """How many datagrams wait to be read by DTLS."""
    return agent._queue.qsize()


def on_data(agent: ice.Connection, callback: Callable[[], None]) -> None:
    """Hear of every datagram that is no STUN, on this agent only."""
    original = agent.data_received

    def take(data: bytes, component: int) -> None:
        callback()
        original(data, component)

    agent.data_received = take  # type: ignore[method-assign]


def mark_bundled(transceivers: list[RTCRtpTransceiver]) -> None:
    """Say that all sections share a transport already, whatever their order in the offer.

    Otherwise `setRemoteDescription` stops the shared transport when the first section of the offer is not
    the first transceiver.
    """
    for transceiver in transceivers:
        transceiver._bundled = True


def negotiated_codecs(transceiver: RTCRtpTransceiver) -> list[RTCRtpCodecParameters]:
    """Codecs in the order of the answer; the first is sent."""
    return transceiver._codecs


def on_keyframe_request(sender: RTCRtpSender, callback: Callable[[], None]) -> None:
    """Hear of PLI and FIR; aiortc tells only its own encoder."""
    sender._send_keyframe = callback  # type: ignore[method-assign]


def on_rtcp(sender: RTCRtpSender, callback: OnRtcp) -> None:
    """Hear of every RTCP packet of a sender before aiortc does."""
    original = sender._handle_rtcp_packet

    async def listen(packet: Any) -> None:
        callback(packet)
        await original(packet)

    sender._handle_rtcp_packet = listen  # type: ignore[method-assign]


def on_rtp(receiver: RTCRtpReceiver, clock_rate_hz: int, callback: OnRtp) -> None:
    """Take a receiver's packets over: no jitter buffer, no decoder; receiver reports keep working."""
    statistics = cast("dict[int, StreamStatistics]", vars(receiver)["_RTCRtpReceiver__remote_streams"])

    async def take(packet: RtpPacket, arrival_time_ms: int) -> None:
        stream = statistics.get(packet.ssrc)
        if stream is None:
            if len(statistics) >= MAX_SOURCES:
                receiver.transport._rtp_router.ssrc_table.pop(packet.ssrc, None)
                return
            stream = statistics[packet.ssrc] = StreamStatistics(clock_rate_hz)
        stream.add(packet)
        callback(packet, arrival_time_ms)

    receiver._handle_rtp_packet = take  # type: ignore[method-assign]


def outgoing_format(transceiver: RTCRtpTransceiver) -> Format | None:
    """What a transceiver's sender has negotiated; None as long as it does not send."""
    sender = transceiver.sender
    own = vars(sender)
    if not own["_RTCRtpSender__started"]:
        return None
    codec = negotiated_codecs(transceiver)[0]
    extension, send_time_at = _extension(
        own["_RTCRtpSender__rtp_header_extensions_map"], own["_RTCRtpSender__mid"]
    )
    return Format(
        codec=cast("Any", codec.name.upper()),
        payload_type=codec.payloadType or 0,
        ssrc=sender._ssrc,
        extension=extension,
        send_time_at=send_time_at,
        rtx_payload_type=own["_RTCRtpSender__rtx_payload_type"],
        rtx_ssrc=sender._rtx_ssrc,
    )


def _extension(known: HeaderExtensionsMap, mid: str) -> tuple[bytes, int | None]:
    """The header extension block, and where in it the time of sending is: where two times differ."""
    blocks: list[bytes] = []
    for moment in (0x000000, 0xFFFFFF):
        profile, value = known.set(HeaderExtensions(mid=mid, abs_send_time=moment))
        blocks.append(struct.pack("!HH", profile, len(value) // 4) + value if value else b"")
    differing = (at for at, (zero, one) in enumerate(zip(*blocks, strict=True)) if zero != one)
    return blocks[0], next(differing, None)


def rtp_way(sender: RTCRtpSender) -> Callable[[bytes], None]:
    """Encrypts and sends a packet within the call; not for a way through TURN, which may wait.

    The function raises ConnectionError when the connection is not there (any more).
    """
    send_rtp: Callable[[bytes], Coroutine[Any, Any, None]] = sender.transport._send_rtp

    def send(packet: bytes) -> None:
        sending = send_rtp(packet)
        try:
            sending.send(None)
        except StopIteration:
            return
        sending.close()
        raise ConnectionError("a packet has to wait")

    return send


def take_over(sender: RTCRtpSender, stream: RtpStream) -> None:
    """Let a stream repeat what the sender's receiver misses."""

    async def retransmit(sequence_number: int) -> None:
        stream.resend(sequence_number)

    sender._retransmit = retransmit  # type: ignore[method-assign]


def tell_sent(sender: RTCRtpSender, stream: RtpStream) -> None:
    """What the next sender report and the statistics say is what the stream has sent."""
    own, sent = vars(sender), stream.sent
    own["_RTCRtpSender__ntp_timestamp"] = sent.ntp_time
    own["_RTCRtpSender__rtp_timestamp"] = sent.rtp_time
    own["_RTCRtpSender__packet_count"] = sent.packets
    own["_RTCRtpSender__octet_count"] = sent.octets
