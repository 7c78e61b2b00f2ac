"""Finds the claps of `material.claps` in what a receiver got, and lays them on the sender's clock.

Decoding happens after the recording, so that it disturbs nothing. Opus sound comes 6.5 ms late by itself (the
look-ahead of its encoder); that belongs to what a student hears and is left in.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import av
import numpy as np
from aiortc.codecs import depayload
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.rtp import RtcpSrPacket, RtpPacket

from bench.media.figures import unwrapped

WHITE = 200
"""Mean luma of a clap's frame; the face has about 110."""
AUDIBLE = 2_000
SILENCE_S = 0.5
_NTP_FRACTION = 1 << 32


@dataclass(frozen=True, slots=True)
class Report:
    """A sender report: this RTP time was sent at that moment of the sender's clock."""

    rtp: int
    ntp_s: float


@dataclass(slots=True)
class Recording:
    """One stream as it came."""

    codec: RTCRtpCodecParameters
    packets: list[RtpPacket] = field(default_factory=list[RtpPacket])
    reports: list[tuple[int, Report]] = field(default_factory=list[tuple[int, Report]])
    """With the number of packets that came before it."""

    def take(self, packet: RtpPacket) -> None:
        """A packet of the stream or of its retransmissions, which are left out."""
        if packet.payload_type == self.codec.payloadType:
            self.packets.append(packet)

    def report(self, packet: Any) -> None:
        """An RTCP packet."""
        if isinstance(packet, RtcpSrPacket):
            info = packet.sender_info
            report = Report(info.rtp_timestamp, info.ntp_timestamp / _NTP_FRACTION)
            self.reports.append((len(self.packets), report))

    def sender_s(self, position: int, rtp: float) -> float | None:
        """When the sender says that it sent this RTP time, by its last report before packet `position`."""
        known = [report for count, report in self.reports if count <= position]
        if not known:
            return None
        ahead = (rtp - known[-1].rtp + (1 << 31)) % (1 << 32) - (1 << 31)
        return known[-1].ntp_s + ahead / self.codec.clockRate


@dataclass(frozen=True, slots=True)
class Clap:
    """A white frame or a beep."""

    position: int
    """Which packet of the stream it begins in."""
    rtp: float
    sender_s: float


def white_frames(recording: Recording) -> list[Clap]:
    """Pictures that are white, in the order they came."""
    decoder: Any = av.CodecContext.create("h264" if "H264" in recording.codec.mimeType else "vp8", "r")
    claps: list[Clap] = []
    for position, timestamp, data in _pictures(recording):
        for frame in decoder.decode(av.Packet(data)):
            sender_s = recording.sender_s(position, timestamp)
            luma = frame.to_ndarray(format="yuv420p")[: frame.height : 8, ::8]
            if sender_s is not None and luma.mean() > WHITE:
                claps.append(Clap(position, timestamp, sender_s))
    return claps


def _pictures(recording: Recording) -> list[tuple[int, int, bytes]]:
    pictures: list[tuple[int, int, bytes]] = []
    for position, packet in enumerate(recording.packets):
        payload = packet.payload and depayload(recording.codec, packet.payload)
        if pictures and pictures[-1][1] == packet.timestamp:
            first, timestamp, data = pictures[-1]
            pictures[-1] = first, timestamp, data + payload
        else:
            pictures.append((position, packet.timestamp, payload))
    return [picture for picture in pictures if picture[2]]


def beeps(recording: Recording) -> list[Clap]:
    """Where sound begins after silence."""
    decoder: Any = av.CodecContext.create("libopus", "r")
    decoder.format, decoder.layout, decoder.sample_rate = "s16", "mono", recording.codec.clockRate
    times = unwrapped([packet.timestamp for packet in recording.packets])
    claps: list[Clap] = []
    quiet_since = 0.0
    for position, packet in enumerate(recording.packets):
        for frame in decoder.decode(av.Packet(packet.payload)):
            loud = np.flatnonzero(np.abs(frame.to_ndarray().reshape(-1).astype(np.int32)) > AUDIBLE)
            if not len(loud):
                continue
            onset = times[position] + float(loud[0])
            if (onset - quiet_since) / recording.codec.clockRate > SILENCE_S:
                rtp = packet.timestamp + float(loud[0])
                sender_s = recording.sender_s(position, rtp)
                if sender_s is not None:
                    claps.append(Clap(position, rtp, sender_s))
            quiet_since = times[position] + float(loud[-1])
    return claps


def offsets_ms(pictures: Sequence[Clap], sounds: Sequence[Clap]) -> list[float]:
    """How much later each beep is than the nearest white frame, on the sender's clock."""
    moments = [picture.sender_s for picture in pictures]
    nearest = (min(moments, key=lambda at: abs(at - sound.sender_s), default=None) for sound in sounds)
    pairs = zip(sounds, nearest, strict=True)
    found = [(sound.sender_s - at) * 1000 for sound, at in pairs if at is not None]
    return [offset for offset in found if abs(offset) < 500]
