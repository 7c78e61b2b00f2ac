"""Two ways for encoded packets to a peer: straight to the socket, or by aiortc's sender where TURN is used.

Both take a packet with its RTP time and tell whether it could be taken; nothing here decides what is sent.
"""

import asyncio
import time
from fractions import Fraction
from typing import Any

import av
from aiortc import MediaStreamTrack, RTCRtpSender
from aiortc.mediastreams import MediaStreamError

from tutor_engine.media import internals
from tutor_engine.media.outgoing import Format, RtpStream

QUEUED_PACKETS = 16
"""Packets between the clock and aiortc: they wait for microseconds, and 320 ms only when aiortc is stuck."""


class PacketTrack(MediaStreamTrack):
    """Hands encoded packets to an aiortc sender in the order they are pushed: the way of a relayed peer."""

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


class DirectTrack:
    """Sends encoded packets of a started sender within the call, past aiortc's tasks."""

    def __init__(self, sender: RTCRtpSender, layout: Format) -> None:
        self._sender = sender
        self._stream = RtpStream(layout, internals.rtp_way(sender), time.time)
        internals.take_over(sender, self._stream)

    def push(self, pts: int, data: bytes) -> bool:
        """Send a frame; False when the connection is not there."""
        try:
            self._stream.push(pts, data)
        except ConnectionError:
            return False
        internals.tell_sent(self._sender, self._stream)
        return True
