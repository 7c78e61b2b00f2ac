"""Packets of one stream, read back by aiortc's own parser and depacketisers."""

import itertools
import os
from dataclasses import replace

import pytest
from aiortc.codecs.h264 import h264_depayload
from aiortc.codecs.vpx import VpxPayloadDescriptor
from aiortc.rtcrtpparameters import RTCRtpHeaderExtensionParameters, RTCRtpParameters
from aiortc.rtp import HeaderExtensionsMap, RtpPacket, unwrap_rtx

from tutor_engine.media.outgoing import HISTORY, Format, RtpStream

MID = bytes([0xBE, 0xDE, 0, 1, 0x10]) + b"1" + bytes(2)
"""One element: id 1, mid "1"."""
MID_AND_TIME = bytes([0xBE, 0xDE, 0, 2, 0x10]) + b"1" + bytes([0x22, 0, 0, 0, 0, 0])
SOUND = Format("OPUS", 111, 7, MID)
PICTURE = Format("H264", 102, 8, MID_AND_TIME, 7, rtx_payload_type=103, rtx_ssrc=9)
NOW_S = 1_000_000_000.25


def known() -> HeaderExtensionsMap:
    extensions = HeaderExtensionsMap()
    extensions.configure(
        RTCRtpParameters(
            headerExtensions=[
                RTCRtpHeaderExtensionParameters(1, "urn:ietf:params:rtp-hdrext:sdes:mid"),
                RTCRtpHeaderExtensionParameters(
                    2, "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
                ),
            ]
        )
    )
    return extensions


class Wire:
    """A stream and what it sent."""

    def __init__(self, layout: Format) -> None:
        self.raw: list[bytes] = []
        self.stream = RtpStream(layout, self.raw.append, lambda: NOW_S)

    def packets(self) -> list[RtpPacket]:
        return [RtpPacket.parse(packet, known()) for packet in self.raw]


def test_sound_is_a_packet_per_block_in_order_and_on_its_clock() -> None:
    wire = Wire(SOUND)
    for number in range(5):
        wire.stream.push(number * 960, bytes([number]))
    packets = wire.packets()
    assert [packet.payload for packet in packets] == [bytes([number]) for number in range(5)]
    assert {(packet.ssrc, packet.payload_type, packet.extensions.mid) for packet in packets} == {
        (7, 111, "1")
    }
    for before, after in itertools.pairwise(packets):
        assert after.sequence_number == before.sequence_number + 1
        assert (after.timestamp - before.timestamp) & 0xFFFFFFFF == 960
    assert (wire.stream.sent.packets, wire.stream.sent.octets) == (5, 5)
    assert wire.stream.sent.rtp_time == packets[-1].timestamp


def test_without_extensions_there_is_no_extension_block() -> None:
    wire = Wire(replace(SOUND, extension=b""))
    wire.stream.push(0, b"sound")
    assert wire.raw[0][0] == 0x80
    assert wire.packets()[0].payload == b"sound"


def test_a_large_picture_is_cut_marked_at_its_end_and_whole_again() -> None:
    wire = Wire(PICTURE)
    unit = b"\x65" + os.urandom(4000).replace(b"\x00", b"\x01")
    wire.stream.push(3600, b"\x00\x00\x00\x01" + unit)
    packets = wire.packets()
    assert len(packets) == 4
    assert [packet.marker for packet in packets] == [0, 0, 0, 1]
    assert len({packet.timestamp for packet in packets}) == 1
    assert b"".join(h264_depayload(packet.payload) for packet in packets) == b"\x00\x00\x00\x01" + unit


def test_pictures_of_vp8_are_numbered_one_by_one() -> None:
    wire = Wire(replace(PICTURE, codec="VP8"))
    for number in range(3):
        wire.stream.push(number * 3600, bytes(2000))
    numbers = [VpxPayloadDescriptor.parse(packet.payload)[0].picture_id or 0 for packet in wire.packets()]
    assert numbers[0::2] == numbers[1::2]
    assert {(after - before) % 2**15 for before, after in itertools.pairwise(numbers[0::2])} == {1}


def test_the_time_of_sending_is_that_of_the_report() -> None:
    wire = Wire(PICTURE)
    wire.stream.push(0, b"\x00\x00\x01\x41abc")
    ntp = wire.stream.sent.ntp_time
    assert ntp >> 32 == 1_000_000_000 + 2_208_988_800
    assert (ntp & 0xFFFFFFFF) / 2**32 == pytest.approx(0.25, abs=1e-6)
    assert wire.packets()[0].extensions.abs_send_time == ntp >> 14 & 0xFFFFFF


def test_what_the_receiver_misses_is_sent_again_from_its_own_source() -> None:
    wire = Wire(PICTURE)
    for number in range(3):
        wire.stream.push(number * 3600, b"\x00\x00\x01\x41%d" % number)
    original = wire.packets()[1]
    wire.stream.resend(original.sequence_number)
    wire.stream.resend(original.sequence_number)
    repeats = wire.packets()[3:]
    assert [(packet.ssrc, packet.payload_type) for packet in repeats] == [(9, 103)] * 2
    assert repeats[1].sequence_number == repeats[0].sequence_number + 1
    assert repeats[0].extensions.mid == "1"
    found = unwrap_rtx(repeats[0], payload_type=102, ssrc=8)
    assert (found.sequence_number, found.timestamp) == (original.sequence_number, original.timestamp)
    assert (found.marker, found.payload) == (original.marker, original.payload)


def test_without_a_source_for_repeats_the_same_packet_is_sent() -> None:
    wire = Wire(replace(PICTURE, rtx_payload_type=None))
    wire.stream.push(0, b"\x00\x00\x01\x41abc")
    wire.stream.resend(wire.packets()[0].sequence_number)
    assert wire.raw[0] == wire.raw[1]


def test_what_is_not_kept_any_more_or_was_never_sent_is_not_repeated() -> None:
    wire = Wire(SOUND)
    for number in range(HISTORY + 1):
        wire.stream.push(number * 960, b"x")
    first = wire.packets()[0].sequence_number
    wire.stream.resend(first)
    wire.stream.resend((first - 1) & 0xFFFF)
    assert len(wire.raw) == HISTORY + 1


def test_a_way_that_is_gone_is_told() -> None:
    def refuse(packet: bytes) -> None:
        raise ConnectionError("gone")

    stream = RtpStream(SOUND, refuse, lambda: NOW_S)
    with pytest.raises(ConnectionError):
        stream.push(0, b"x")
