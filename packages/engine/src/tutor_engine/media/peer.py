"""One browser's connection: an offer in, an answer out, then packets both ways.

aiortc is used as ICE, DTLS, SRTP and RTP plumbing only. Packets come encoded, the microphone is decoded here,
and a connection that does not come about in 12 s or is silent for 8 s is over, whatever aiortc thinks. A
`Peer` reports its end once; closing it from outside reports nothing.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import structlog
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCRtpTransceiver,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
from aiortc.rtp import RTCP_PSFB_APP, RtcpPsfbPacket, RtpPacket, unpack_remb_fci

from tutor_engine.media import internals
from tutor_engine.media.encode import SOUND_RATE_HZ, VideoCodec
from tutor_engine.media.inbound import OPUS_RATE_HZ, Microphone
from tutor_engine.media.mux import MuxProtocol, UdpMux
from tutor_engine.media.offer import H264_PROFILE, OfferRefused, read_offer
from tutor_engine.media.playout import VIDEO_RATE_HZ

log = structlog.get_logger()

QUEUED_PACKETS = 16
"""Packets between the clock and aiortc: they wait for microseconds, and 320 ms only when aiortc is stuck."""
WATCH_S = 0.5
CLOSE_S = 3.0
OPUS_PARAMETERS = {"minptime": 10, "useinbandfec": 1}
"""Asks the browser to send its voice with forward error correction."""


@dataclass(frozen=True, slots=True)
class PeerLimits:
    """When a connection is given up."""

    connect_s: float = 12.0
    silent_s: float = 8.0
    """Browsers send a STUN check every 2.5 s."""


@dataclass(frozen=True, slots=True)
class PeerListener:
    """Whom a connection tells what happens; called from the event loop."""

    state: Callable[[str, str], None]
    """`connected`, then at most once `failed` or `gone`, with a reason."""
    microphone: Callable[[bytes], None]
    keyframe_request: Callable[[], None]
    rate: Callable[[int], None]
    """What the receiver thinks fits through, in bits per second (REMB)."""


class PacketTrack(MediaStreamTrack):
    """Hands encoded packets to an aiortc sender in the order they are pushed."""

    def __init__(self, kind: str, rate_hz: int) -> None:
        super().__init__()
        self.kind = kind
        self._time_base = Fraction(1, rate_hz)
        self._queue: asyncio.Queue[Any] = asyncio.Queue(QUEUED_PACKETS)

    def push(self, pts: int, data: bytes) -> bool:
        """Queue a packet; False when aiortc does not take any."""
        packet = av.Packet(data)
        packet.pts = pts
        packet.time_base = self._time_base
        try:
            self._queue.put_nowait(packet)
        except asyncio.QueueFull:
            return False
        return True

    async def recv(self) -> Any:
        """The next packet, when it is there."""
        if self.readyState != "live":
            raise MediaStreamError
        return await self._queue.get()


class Peer:
    """A connection with its sound and picture tracks."""

    def __init__(self, mux: UdpMux, listener: PeerListener, limits: PeerLimits) -> None:
        self._mux = mux
        self._listener = listener
        self._limits = limits
        self._connection = RTCPeerConnection(
            RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        )
        self._sound: PacketTrack | None = None
        self._picture: PacketTrack | None = None
        self._protocol: MuxProtocol | None = None
        self._microphone = Microphone(listener.microphone)
        self._watching: asyncio.Task[None] | None = None
        self._over = False
        self.connected = False
        self.codec: VideoCodec | None = None
        self.candidates = 0
        self.rate_bps = 0
        self.key_requests = 0
        self.packets_refused = 0

    @classmethod
    async def open(
        cls, mux: UdpMux, offer: str, listener: PeerListener, limits: PeerLimits | None = None
    ) -> tuple["Peer", str]:
        """Take an offer and give the answer.

        Raises:
            OfferRefused: the offer cannot be taken; nothing is left behind.
        """
        peer = cls(mux, listener, limits or PeerLimits())
        try:
            return peer, await peer._negotiate(offer)
        except OfferRefused:
            await peer.aclose()
            raise
        except Exception as error:
            # whatever text a browser or an attacker sends, the worker goes on
            await peer.aclose()
            raise OfferRefused(f"{type(error).__name__}: {error}") from error

    def push_sound(self, pts: int, data: bytes) -> None:
        """Send an Opus packet."""
        if self.connected and self._sound is not None and not self._sound.push(pts, data):
            self.packets_refused += 1

    def push_picture(self, pts: int, data: bytes) -> None:
        """Send an encoded frame; one that cannot be taken breaks the chain, so a key frame is asked for."""
        if self.connected and self._picture is not None and not self._picture.push(pts, data):
            self.packets_refused += 1
            self._listener.keyframe_request()

    async def statistics(self) -> dict[str, float]:
        """Counters of this connection; seconds and packets."""
        values = {
            "candidates": float(self.candidates),
            "remb_bps": float(self.rate_bps),
            "key_requests": float(self.key_requests),
            "packets_refused": float(self.packets_refused),
        }
        values |= {f"mic_{name}": float(count) for name, count in self._microphone.counters.items()}
        if self._protocol is not None:
            values |= {name: float(count) for name, count in self._protocol.counters.items()}
        report: dict[str, Any] = await self._connection.getStats()
        for entry in report.values():
            if entry.type == "remote-inbound-rtp":
                values[f"{entry.kind}_lost"] = float(entry.packetsLost)
                values[f"{entry.kind}_loss"] = entry.fractionLost / 256
                if entry.roundTripTime is not None:
                    values["rtt_s"] = max(0.0, float(entry.roundTripTime))
            elif entry.type == "outbound-rtp":
                values[f"{entry.kind}_packets"] = float(entry.packetsSent)
        return values

    async def aclose(self) -> None:
        """Close within 3 s, telling nobody. Idempotent."""
        self._over = True
        self.connected = False
        if self._watching is not None:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching
            self._watching = None
        try:
            async with asyncio.timeout(CLOSE_S):
                await self._connection.close()
        except TimeoutError:
            log.warning("peer_close_timeout")
        if self._connection.getTransceivers():
            self._mux.detach(internals.ice_agent(internals.ice_transport(self._connection)))

    # --- negotiation

    async def _negotiate(self, text: str) -> str:
        offer = read_offer(text)
        self.candidates = offer.candidates
        self.codec = offer.video
        transceivers: dict[str, RTCRtpTransceiver] = {}
        for kind in offer.sections:
            if kind == "audio":
                transceivers[kind] = self._add_sound()
            elif kind == "video" and offer.video is not None:
                transceivers[kind] = self._add_picture(offer.video)
        internals.mark_bundled(list(transceivers.values()))
        await self._connection.setRemoteDescription(RTCSessionDescription(offer.text, "offer"))
        self._check_codecs(transceivers)
        self._listen(transceivers, sends_sound=offer.sends_sound)
        agent = internals.ice_agent(internals.ice_transport(self._connection))
        self._mux.attach(agent)
        await self._connection.setLocalDescription(await self._connection.createAnswer())
        self._protocol = self._mux.protocol_of(agent)
        self._connection.on("connectionstatechange", self._state_changed)
        self._watching = asyncio.create_task(self._watch(), name="peer-watch")
        return self._connection.localDescription.sdp

    def _add_sound(self) -> RTCRtpTransceiver:
        self._sound = PacketTrack("audio", SOUND_RATE_HZ)
        transceiver = self._connection.addTransceiver(self._sound, "sendrecv")
        known = RTCRtpSender.getCapabilities("audio").codecs
        transceiver.setCodecPreferences([codec for codec in known if codec.mimeType.lower() == "audio/opus"])
        return transceiver

    def _add_picture(self, codec: VideoCodec) -> RTCRtpTransceiver:
        """Codec preferences only count when they are set before the remote description."""
        self._picture = PacketTrack("video", VIDEO_RATE_HZ)
        transceiver = self._connection.addTransceiver(self._picture, "sendonly")
        wanted = [
            known
            for known in RTCRtpSender.getCapabilities("video").codecs
            if known.mimeType.lower() == "video/rtx"
            or (
                known.mimeType.lower() == f"video/{codec.lower()}"
                and known.parameters.get("profile-level-id", H264_PROFILE) == H264_PROFILE
            )
        ]
        transceiver.setCodecPreferences(wanted)
        return transceiver

    def _check_codecs(self, transceivers: dict[str, RTCRtpTransceiver]) -> None:
        """What aiortc negotiated is what we encode: a mismatch would be a black picture without any error."""
        for kind, transceiver in transceivers.items():
            first = internals.negotiated_codecs(transceiver)[0]
            expected = "opus" if kind == "audio" else (self.codec or "")
            if first.name.lower() != expected.lower():
                raise OfferRefused(f"{kind} was negotiated as {first.name}, not {expected}")
            if kind == "audio":
                first.parameters = dict(OPUS_PARAMETERS)

    def _listen(self, transceivers: dict[str, RTCRtpTransceiver], *, sends_sound: bool) -> None:
        if sends_sound:
            internals.on_rtp(transceivers["audio"].receiver, OPUS_RATE_HZ, self._receive_rtp)
        if "video" in transceivers:
            sender = transceivers["video"].sender
            internals.on_keyframe_request(sender, self._keyframe_requested)
            internals.on_rtcp(sender, self._receive_rtcp)

    # --- what the connection hears

    def _receive_rtp(self, packet: RtpPacket, arrival_time_ms: int) -> None:
        self._microphone.receive(packet.ssrc, packet.sequence_number, packet.timestamp, packet.payload)

    def _receive_rtcp(self, packet: Any) -> None:
        if isinstance(packet, RtcpPsfbPacket) and packet.fmt == RTCP_PSFB_APP:
            with suppress(ValueError):
                self.rate_bps = unpack_remb_fci(packet.fci)[0]
                self._listener.rate(self.rate_bps)

    def _keyframe_requested(self) -> None:
        self.key_requests += 1
        self._listener.keyframe_request()

    def _state_changed(self) -> None:
        state = self._connection.connectionState
        if state == "connected" and not self._over:
            self.connected = True
            self._listener.state("connected", "")
        elif state in ("failed", "closed"):
            self._end("gone" if self.connected else "failed", f"connection {state}")

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        opened_s = loop.time()
        while not self._over:
            await asyncio.sleep(WATCH_S)
            if not self.connected:
                if loop.time() - opened_s > self._limits.connect_s:
                    self._end("failed", self._why_not_connected())
            elif self._silent_s(loop.time()) > self._limits.silent_s:
                self._end("gone", f"silent for {self._limits.silent_s:g} s")

    def _silent_s(self, now_s: float) -> float:
        received_s = self._protocol.last_received_s if self._protocol is not None else None
        return 0.0 if received_s is None else now_s - received_s

    def _why_not_connected(self) -> str:
        """The counters that tell a blocked port from a lost reply and from a failed handshake."""
        counters = self._protocol.counters if self._protocol is not None else {}
        names = ("stun_seen", "stun_ok", "stun_rejected_401", "checks_sent", "checks_answered")
        return "deadline passed: " + ", ".join(f"{name} {counters.get(name, 0)}" for name in names)

    def _end(self, state: str, detail: str) -> None:
        if not self._over:
            self._over = True
            self.connected = False
            self._listener.state(state, detail)
