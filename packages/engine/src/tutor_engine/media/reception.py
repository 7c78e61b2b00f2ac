"""What a receiver tells of the way to it: receiver reports, its bandwidth estimate, key frame requests.

Fed with parsed RTCP packets; it is told the time and knows no socket.
"""

from contextlib import suppress
from typing import Any

from aiortc.rtp import RTCP_PSFB_APP, RtcpPsfbPacket, RtcpRrPacket, RtcpSrPacket, unpack_remb_fci

from tutor_engine.media.ladder import LossWindow, Network

ESTIMATE_LIFE_S = 3.0
"""Browsers send four estimates a second; an old one describes another time."""


class Reception:
    """One connection's reports."""

    def __init__(self, now_s: float) -> None:
        self._loss = LossWindow(now_s)
        self._estimate_s = float("-inf")
        self.estimate_bps = 0
        """The last estimate (REMB); 0 before the first."""
        self.rtt_s: float | None = None

    def begin(self, now_s: float) -> None:
        """Media flows from now on: reports are expected."""
        self._loss = LossWindow(now_s)

    def hear(self, packet: Any, now_s: float) -> None:
        """One RTCP packet; anything that is no report is ignored."""
        if isinstance(packet, RtcpRrPacket | RtcpSrPacket):
            for report in packet.reports:
                self._loss.add(report.ssrc, report.highest_sequence, report.packets_lost, now_s)
        elif isinstance(packet, RtcpPsfbPacket) and packet.fmt == RTCP_PSFB_APP:
            with suppress(ValueError):
                self.estimate_bps = unpack_remb_fci(packet.fci)[0]
                self._estimate_s = now_s

    def network(self, now_s: float, sent_bps: float) -> Network:
        """What is known now."""
        fresh = now_s - self._estimate_s <= ESTIMATE_LIFE_S
        return Network(
            loss=self._loss.share(now_s),
            rtt_s=self.rtt_s,
            estimate_bps=self.estimate_bps if fresh else None,
            sent_bps=sent_bps,
            unreported_s=self._loss.unreported_s(now_s),
        )
