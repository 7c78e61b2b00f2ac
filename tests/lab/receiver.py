"""A WebRTC peer that counts what arrives: packets on the wire, frames and sound after repair.

It gives offers and takes answers as texts; how they travel is for others to decide.
"""

import asyncio
import time
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import av
import numpy as np
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError

AUDIBLE = 250.0
"""Loudness above which 20 ms of sound are speech and not silence."""


@dataclass(slots=True)
class Wire:
    """RTP packets of one track as they arrive, before anything is repaired."""

    received: int = 0
    _first: int | None = None
    _highest: int = 0
    _ssrc: int = 0

    def note(self, ssrc: int, sequence: int) -> None:
        """A packet arrived; retransmissions come from another source and do not count."""
        if self._first is None:
            self._ssrc, self._first, self._highest = ssrc, sequence, sequence
        elif ssrc == self._ssrc:
            ahead = (sequence - self._highest) & 0xFFFF
            self._highest += ahead if ahead < 0x8000 else 0
        if ssrc == self._ssrc:
            self.received += 1

    @property
    def lost(self) -> int:
        """Packets that were sent and did not arrive, as far as a receiver can tell."""
        return 0 if self._first is None else self._highest - self._first + 1 - self.received


@dataclass(slots=True)
class Receiver:
    """One connection. Use it once: a new network needs a new one."""

    codec: str = "H264"
    frame_times: list[float] = field(default_factory=list[float])
    loudness: list[float] = field(default_factory=list[float])
    """Of each 20 ms of sound, 0 to 32767."""
    wires: dict[str, Wire] = field(default_factory=lambda: {"audio": Wire(), "video": Wire()})
    connection: RTCPeerConnection | None = None
    _tasks: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])
    _seen: asyncio.Event = field(default_factory=asyncio.Event)

    async def offer(self, configuration: RTCConfiguration, microphone: MediaStreamTrack) -> str:
        """The offer of a new connection."""
        connection = RTCPeerConnection(configuration)
        self.connection = connection
        connection.addTrack(microphone)
        picture = connection.addTransceiver("video", direction="recvonly")
        wanted = (f"video/{self.codec.lower()}", "video/rtx")
        known = RTCRtpReceiver.getCapabilities("video")
        assert known is not None
        picture.setCodecPreferences([codec for codec in known.codecs if codec.mimeType.lower() in wanted])
        connection.on("track", self._take)
        await connection.setLocalDescription(await connection.createOffer())
        return connection.localDescription.sdp

    async def accept(self, answer: str) -> None:
        """Take the answer; from now on the connection comes about, or not."""
        assert self.connection is not None
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def first_frame(self, patience_s: float) -> bool:
        """Whether a picture arrives in time."""
        try:
            async with asyncio.timeout(patience_s):
                await self._seen.wait()
        except TimeoutError:
            return False
        return True

    @property
    def connected(self) -> bool:
        """Whether ICE and DTLS are through."""
        return self.connection is not None and self.connection.connectionState == "connected"

    async def watch(self, seconds: float) -> dict[str, Any]:
        """What arrives in so many seconds."""
        began_s, frames, sounds = time.monotonic(), len(self.frame_times), len(self.loudness)
        received = {kind: wire.received for kind, wire in self.wires.items()}
        lost = {kind: wire.lost for kind, wire in self.wires.items()}
        await asyncio.sleep(seconds)
        ended_s = time.monotonic()
        moments = [began_s, *self.frame_times[frames:], ended_s]
        return {
            "fps": (len(moments) - 2) / (ended_s - began_s),
            "longest_still_s": max(after - before for before, after in pairwise(moments)),
            "speech_s": 0.02 * sum(loudness > AUDIBLE for loudness in self.loudness[sounds:]),
            "packets": {kind: wire.received - received[kind] for kind, wire in self.wires.items()},
            "lost": {kind: wire.lost - lost[kind] for kind, wire in self.wires.items()},
        }

    async def aclose(self) -> None:
        """Close the connection. Idempotent."""
        if self.connection is not None:
            await self.connection.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _take(self, track: MediaStreamTrack) -> None:
        assert self.connection is not None
        receiver: Any = next(
            transceiver.receiver
            for transceiver in self.connection.getTransceivers()
            if transceiver.receiver.track is track
        )
        wire, take = self.wires[track.kind], receiver._handle_rtp_packet

        async def note(packet: Any, arrival_time_ms: int) -> None:
            wire.note(packet.ssrc, packet.sequence_number)
            await take(packet, arrival_time_ms)

        receiver._handle_rtp_packet = note
        self._tasks.append(asyncio.create_task(self._pump(track)))

    async def _pump(self, track: MediaStreamTrack) -> None:
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            if isinstance(frame, av.AudioFrame):
                self.loudness.append(float(np.sqrt(np.mean(frame.to_ndarray().astype(np.float64) ** 2))))
            else:
                self.frame_times.append(time.monotonic())
                self._seen.set()
