"""One stream to a peer: encoded sound or pictures in, RTP packets out, sent within the call.

aiortc's own senders cost two wake-ups and a dozen objects per packet; here a header is packed and the packet
leaves before the next peer's turn. The last packets are kept for retransmission. It encrypts and addresses
nothing itself, reads no clock and never waits.
"""

import random
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from aiortc.codecs.h264 import H264Encoder
from aiortc.codecs.vpx import Vp8Encoder

# pyright: reportPrivateUsage=false

HISTORY = 128
"""Packets that can be sent again: half a second of pictures at the best quality step."""
_HEADER = struct.Struct("!BBHII")
_EXTENDED = 0x90
"""Version 2 with a header extension."""
_PLAIN = 0x80
_MARKER = 0x80
_NTP_EPOCH_S = 2_208_988_800
"""From 1900 to 1970."""
_PICTURE_IDS = 1 << 15

Codec = Literal["OPUS", "H264", "VP8"]


@dataclass(frozen=True, slots=True)
class Format:
    """What was negotiated for a stream."""

    codec: Codec
    payload_type: int
    ssrc: int
    extension: bytes = b""
    """The header extension block, the same in every packet but for the time of sending."""
    send_time_at: int | None = None
    """Where in the block the 24 bits of the time of sending are (abs-send-time)."""
    rtx_payload_type: int | None = None
    rtx_ssrc: int = 0


@dataclass(slots=True)
class Sent:
    """What sender reports tell of a stream."""

    packets: int = 0
    octets: int = 0
    rtp_time: int = 0
    ntp_time: int = 0
    """64 bits, of the latest frame."""


class RtpStream:
    """Numbers, times and packs what is sent in one format."""

    def __init__(self, layout: Format, send: Callable[[bytes], None], now_s: Callable[[], float]) -> None:
        """`send` takes a packet before encryption; `now_s` is the time since 1970."""
        self._format = layout
        self._send = send
        self._now_s = now_s
        # numbers below 2^15 keep clear of a wrap in the first minutes, which breaks SRTP when they are lost
        self._sequence = random.getrandbits(15)
        self._rtx_sequence = random.getrandbits(15)
        self._origin = random.getrandbits(32)
        self._picture_id = random.getrandbits(15)
        self._history: list[tuple[int, bytes]] = [(-1, b"")] * HISTORY
        self._header_size = _HEADER.size + len(layout.extension)
        self.sent = Sent()

    def push(self, pts: int, data: bytes) -> None:
        """Send a frame.

        Raises:
            ConnectionError: of `send`.
        """
        layout, sent = self._format, self.sent
        payloads = self._payloads(data)
        time = (self._origin + pts) & 0xFFFFFFFF
        sent.rtp_time = time
        sent.ntp_time = int((self._now_s() + _NTP_EPOCH_S) * 4294967296)
        extension = layout.extension
        if layout.send_time_at is not None:
            at = layout.send_time_at
            moment = (sent.ntp_time >> 14 & 0xFFFFFF).to_bytes(3, "big")
            extension = extension[:at] + moment + extension[at + 3 :]
        first = _EXTENDED if extension else _PLAIN
        last = len(payloads) - 1
        for number, payload in enumerate(payloads):
            kind = layout.payload_type | (_MARKER if number == last else 0)
            sequence = self._sequence
            packet = _HEADER.pack(first, kind, sequence, time, layout.ssrc) + extension + payload
            self._sequence = (sequence + 1) & 0xFFFF
            self._history[sequence % HISTORY] = (sequence, packet)
            self._send(packet)
            sent.packets += 1
            sent.octets += len(payload)

    def resend(self, sequence: int) -> None:
        """Send a packet again that the receiver misses, if it is still there."""
        kept, packet = self._history[sequence % HISTORY]
        if kept != sequence:
            return
        layout = self._format
        if layout.rtx_payload_type is not None:
            first, kind, _, time, _ = _HEADER.unpack_from(packet)
            kind = kind & _MARKER | layout.rtx_payload_type
            header = _HEADER.pack(first, kind, self._rtx_sequence, time, layout.rtx_ssrc)
            self._rtx_sequence = (self._rtx_sequence + 1) & 0xFFFF
            size = self._header_size
            packet = header + packet[_HEADER.size : size] + sequence.to_bytes(2, "big") + packet[size:]
        self._send(packet)

    def _payloads(self, data: bytes) -> list[bytes]:
        match self._format.codec:
            case "OPUS":
                return [data]
            case "H264":
                return H264Encoder._packetize(H264Encoder._split_bitstream(data))
            case "VP8":
                self._picture_id = (self._picture_id + 1) % _PICTURE_IDS
                return Vp8Encoder._packetize(data, self._picture_id)
