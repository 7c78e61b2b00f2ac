"""The two ways of packets to a peer, and what they say when nobody takes them."""

import asyncio
from collections.abc import AsyncIterator
from fractions import Fraction

import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpTransceiver
from aiortc.mediastreams import MediaStreamError
from aiortc.rtp import RtcpRtpfbPacket, RtpPacket

from tutor_engine.media import internals
from tutor_engine.media.outgoing import Format
from tutor_engine.media.tracks import QUEUED_PACKETS, DirectTrack, PacketTrack

SOUND = Format("OPUS", 111, 7)


@pytest.fixture
async def transceiver() -> AsyncIterator[RTCRtpTransceiver]:
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    yield connection.addTransceiver("audio")
    await connection.close()


class Line:
    """Stands in for a sender's encrypted way: keeps what is sent."""

    def __init__(self, transceiver: RTCRtpTransceiver) -> None:
        self.sent: list[bytes] = []
        transceiver.sender.transport._send_rtp = self.send  # type: ignore[method-assign]

    async def send(self, packet: bytes) -> None:
        self.sent.append(packet)


async def test_a_track_that_nobody_reads_refuses_instead_of_growing() -> None:
    track = PacketTrack("video", 90_000)
    assert [track.push(number, b"x") for number in range(QUEUED_PACKETS + 2)].count(False) == 2
    packet = await track.recv()
    assert packet.pts == 0
    track.stop()
    with pytest.raises(MediaStreamError):
        await track.recv()


async def test_packets_carry_their_time_base() -> None:
    track = PacketTrack("audio", 48_000)
    track.push(960, b"x")
    assert (await track.recv()).time_base == Fraction(1, 48_000)


async def test_a_direct_packet_has_left_when_the_call_returns(transceiver: RTCRtpTransceiver) -> None:
    line = Line(transceiver)
    track = DirectTrack(transceiver.sender, SOUND)
    assert track.push(0, b"one")
    assert track.push(960, b"two")
    assert [RtpPacket.parse(packet).payload for packet in line.sent] == [b"one", b"two"]


async def test_sender_reports_and_statistics_tell_what_left_directly(transceiver: RTCRtpTransceiver) -> None:
    Line(transceiver)
    track = DirectTrack(transceiver.sender, SOUND)
    track.push(0, b"one")
    track.push(960, b"two")
    report = await transceiver.sender.getStats()
    counted = next(entry for entry in report.values() if entry.type == "outbound-rtp")
    assert (counted.packetsSent, counted.bytesSent) == (2, 6)


async def test_a_receivers_complaint_is_answered_directly(transceiver: RTCRtpTransceiver) -> None:
    line = Line(transceiver)
    DirectTrack(transceiver.sender, SOUND).push(0, b"one")
    number = RtpPacket.parse(line.sent[0]).sequence_number
    complaint = RtcpRtpfbPacket(fmt=1, ssrc=1, media_ssrc=7, lost=[number, (number + 1) & 0xFFFF])
    await transceiver.sender._handle_rtcp_packet(complaint)  # pyright: ignore[reportPrivateUsage]
    assert line.sent[1:] == line.sent[:1]


async def test_a_connection_that_is_not_there_takes_nothing(transceiver: RTCRtpTransceiver) -> None:
    assert not DirectTrack(transceiver.sender, SOUND).push(0, b"x")
    assert internals.outgoing_format(transceiver) is None


async def test_a_way_that_would_wait_is_no_way(transceiver: RTCRtpTransceiver) -> None:
    async def wait(packet: bytes) -> None:
        await asyncio.sleep(0)

    transceiver.sender.transport._send_rtp = wait  # type: ignore[method-assign]
    assert not DirectTrack(transceiver.sender, SOUND).push(0, b"x")
