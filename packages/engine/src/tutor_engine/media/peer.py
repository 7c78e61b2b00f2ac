"""One browser's connection: an offer in, an answer out, then packets both ways.

aiortc is used as ICE, DTLS, SRTP and RTP plumbing only. Packets come encoded, the microphone is decoded here,
and a connection that does not come about in 12 s or is silent for 8 s is over, whatever aiortc thinks. A
`Peer` reports its end once; closing it from outside reports nothing.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

import structlog
from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCRtpTransceiver,
    RTCSessionDescription,
)
from aiortc.rtp import RtpPacket

from tutor_engine.media import internals
from tutor_engine.media.diagnosis import Diagnosis, Evidence, diagnose
from tutor_engine.media.encode import SOUND_RATE_HZ, VideoCodec
from tutor_engine.media.inbound import OPUS_RATE_HZ, Microphone
from tutor_engine.media.messages import RelayServer
from tutor_engine.media.mux import MuxProtocol, UdpMux
from tutor_engine.media.offer import H264_PROFILE, OfferRefused, read_offer
from tutor_engine.media.playout import VIDEO_RATE_HZ
from tutor_engine.media.reception import Reception
from tutor_engine.media.relay import GATHER_S, RelayedPath, relay_configuration
from tutor_engine.media.tracks import DirectTrack, PacketTrack
from tutor_engine.media.turn import TurnUrlInvalid

log = structlog.get_logger()

WATCH_S = 0.5
CLOSE_S = 3.0
OPUS_PARAMETERS = {"minptime": 10, "useinbandfec": 1}
"""Asks the browser to send its voice with forward error correction."""


@dataclass(frozen=True, slots=True)
class PeerLimits:
    """When a connection is given up."""

    connect_s: float = 12.0
    stalled_s: float = 3.5
    """Speech waits for somebody who is silent for so long: browsers send a STUN check every 2.5 s, and more
    often reports on what they receive."""
    silent_s: float = 8.0


@dataclass(frozen=True, slots=True)
class News:
    """A connection is in another state."""

    state: Literal["connected", "stalled", "failed", "gone"]
    silent_s: float = 0.0
    """How long nothing had arrived: what was sent since then was sent to nobody."""
    diagnosis: Diagnosis | None = None
    """Why it is over."""


@dataclass(frozen=True, slots=True)
class PeerListener:
    """Whom a connection tells what happens; called from the event loop."""

    state: Callable[["News"], None]
    """`connected`, `stalled` and `connected` by turns, then at most once `failed` or `gone`."""
    microphone: Callable[[bytes], None]
    keyframe_request: Callable[[], None]


class Peer:
    """A connection with its sound and picture tracks."""

    def __init__(
        self, mux: UdpMux, listener: PeerListener, limits: PeerLimits, relay: RelayServer | None = None
    ) -> None:
        self._mux = mux
        self._listener = listener
        self.limits = limits
        self._relay = relay
        self._connection = RTCPeerConnection(
            relay_configuration(relay)
            if relay is not None
            else RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        )
        self._sound: PacketTrack | DirectTrack | None = None
        self._picture: PacketTrack | DirectTrack | None = None
        self._protocol: MuxProtocol | None = None
        self._path: RelayedPath | None = None
        self._voice = Microphone(listener.microphone)
        self._watching: asyncio.Task[None] | None = None
        self._over = False
        self._strangers_before = mux.counters["stun_unknown_username"]
        self._unknown_before = mux.counters["media_unknown_address"]
        self.connected = False
        self.codec: VideoCodec | None = None
        self.reception = Reception(time.monotonic())
        self.stalled = False
        self.candidates = 0
        self.key_requests = 0
        self.packets_refused = 0

    @classmethod
    async def open(
        cls,
        mux: UdpMux,
        offer: str,
        listener: PeerListener,
        limits: PeerLimits | None = None,
        relay: RelayServer | None = None,
    ) -> tuple["Peer", str]:
        """Take an offer and give the answer; with `relay` the shared port is not used.

        Raises:
            OfferRefused: the offer cannot be taken; nothing is left behind.
        """
        try:
            peer = cls(mux, listener, limits or PeerLimits(), relay)
        except TurnUrlInvalid as error:
            raise OfferRefused(f"the engine's TURN server: {error}") from error
        try:
            return peer, await peer._negotiate(offer)
        except OfferRefused:
            await peer.aclose()
            raise
        except Exception as error:
            # whatever text a browser or an attacker sends, the worker goes on
            await peer.aclose()
            raise OfferRefused(f"{type(error).__name__}: {error}") from error

    @property
    def microphone(self) -> Counter[str]:
        """Counters of the microphone's packets; see `inbound.Microphone`."""
        return self._voice.counters

    async def add_candidate(self, line: str | None) -> None:
        """A trickled candidate of the browser; None ends them. Only a relayed connection uses them."""
        self.candidates += bool(line)
        if self._path is not None:
            await self._path.add(line)

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
            "remb_bps": float(self.reception.estimate_bps),
            "key_requests": float(self.key_requests),
            "packets_refused": float(self.packets_refused),
        }
        values |= {f"mic_{name}": float(count) for name, count in self.microphone.items()}
        if self._protocol is not None:
            values |= {name: float(count) for name, count in self._protocol.counters.items()}
            values["packets_paced"] = float(self._protocol.pacer.delayed)
        report: dict[str, Any] = await self._connection.getStats()
        for entry in report.values():
            if entry.type == "remote-inbound-rtp":
                values[f"{entry.kind}_lost"] = float(entry.packetsLost)
                values[f"{entry.kind}_loss"] = entry.fractionLost / 256
                if entry.roundTripTime is not None:
                    values["rtt_s"] = self.reception.rtt_s = max(0.0, float(entry.roundTripTime))
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
        self.candidates = len(offer.candidates)
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
        transport = internals.ice_transport(self._connection)
        agent = internals.ice_agent(transport)
        if self._relay is None:
            self._mux.attach(agent)
        else:
            self._path = RelayedPath(transport)
            for line in offer.candidates:
                await self._path.add(line)
        async with asyncio.timeout(GATHER_S):
            await self._connection.setLocalDescription(await self._connection.createAnswer())
        if self._path is not None and not agent.local_candidates:
            raise OfferRefused("the engine's TURN server gave no relay (wrong credentials, or no port left)")
        self._protocol = self._mux.protocol_of(agent)
        if self._protocol is not None and "video" in transceivers:
            codecs = internals.negotiated_codecs(transceivers["video"])
            self._protocol.pacer.paced = frozenset(codec.payloadType or 0 for codec in codecs)
        self._connection.on("connectionstatechange", self._state_changed)
        self._watching = asyncio.create_task(self._watch(), name="peer-watch")
        return self._connection.localDescription.sdp

    def _add_sound(self) -> RTCRtpTransceiver:
        self._sound = track = PacketTrack("audio", SOUND_RATE_HZ)
        transceiver = self._connection.addTransceiver(track, "sendrecv")
        known = RTCRtpSender.getCapabilities("audio").codecs
        transceiver.setCodecPreferences([codec for codec in known if codec.mimeType.lower() == "audio/opus"])
        return transceiver

    def _add_picture(self, codec: VideoCodec) -> RTCRtpTransceiver:
        """Codec preferences only count when they are set before the remote description."""
        self._picture = track = PacketTrack("video", VIDEO_RATE_HZ)
        transceiver = self._connection.addTransceiver(track, "sendonly")
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
        for transceiver in transceivers.values():
            internals.on_rtcp(transceiver.sender, self._receive_rtcp)
        if "video" in transceivers:
            internals.on_keyframe_request(transceivers["video"].sender, self._keyframe_requested)

    # --- what the connection hears

    def _receive_rtp(self, packet: RtpPacket, arrival_time_ms: int) -> None:
        self._voice.receive(packet.ssrc, packet.sequence_number, packet.timestamp, packet.payload)

    def _receive_rtcp(self, packet: Any) -> None:
        self.reception.hear(packet, time.monotonic())

    def _keyframe_requested(self) -> None:
        self.key_requests += 1
        self._listener.keyframe_request()

    def _state_changed(self) -> None:
        state = self._connection.connectionState
        if state == "connected" and not self._over:
            # aiortc starts its senders right after it has said so
            asyncio.get_running_loop().call_soon(self._begin)
        elif state in ("failed", "closed"):
            self._end(closed=True)

    def _begin(self) -> None:
        if self._over or self._connection.connectionState != "connected":
            return
        if self._path is None:
            self._send_directly()
        self.connected = True
        self.reception.begin(time.monotonic())
        self._listener.state(News("connected"))

    def _send_directly(self) -> None:
        for transceiver in self._connection.getTransceivers():
            layout = internals.outgoing_format(transceiver)
            if layout is None:
                continue
            if transceiver.kind == "audio":
                self._sound = DirectTrack(transceiver.sender, layout)
            else:
                self._picture = DirectTrack(transceiver.sender, layout)

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        opened_s = loop.time()
        while not self._over:
            await asyncio.sleep(min(WATCH_S, self.limits.connect_s))
            if not self.connected:
                if loop.time() - opened_s > self.limits.connect_s:
                    self._end()
            else:
                self._judge_silence(self._silent_s(loop.time()))

    def _judge_silence(self, silent_s: float) -> None:
        if silent_s > self.limits.silent_s:
            self._end()
        elif self.stalled != (silent_s > self.limits.stalled_s):
            self.stalled = not self.stalled
            self._listener.state(News("stalled", silent_s) if self.stalled else News("connected"))
        elif not self.stalled:
            self._unknown_before = self._mux.counters["media_unknown_address"]

    def _silent_s(self, now_s: float) -> float:
        way = self._protocol or self._path
        received_s = way.last_received_s if way is not None else None
        return 0.0 if received_s is None else now_s - received_s

    def _end(self, *, closed: bool = False) -> None:
        if self._over:
            return
        self._over = True
        ever, self.connected = self.connected, False
        seen = self._evidence(connected=ever, closed=closed)
        self._listener.state(News("gone" if ever else "failed", seen.silent_s, diagnose(seen)))

    def _evidence(self, *, connected: bool, closed: bool) -> Evidence:
        """The counters that tell a blocked port from a lost reply and from a failed handshake."""
        way = self._protocol or self._path
        own: Counter[str] = self._protocol.counters if self._protocol is not None else Counter()
        port = self._mux.counters
        return Evidence(
            connected=connected,
            closed=closed,
            relayed=self._path is not None,
            candidates=self._path.candidates if self._path is not None else self.candidates,
            stun_seen=own["stun_seen"],
            stun_ok=own["stun_ok"],
            stun_rejected=own["stun_rejected_401"],
            checks_sent=own["checks_sent"],
            checks_answered=own["checks_answered"],
            datagrams=way.datagrams if way is not None else 0,
            unknown_username=port["stun_unknown_username"] - self._strangers_before,
            unknown_address=port["media_unknown_address"] - self._unknown_before,
            silent_s=self._silent_s(time.monotonic()),
        )
