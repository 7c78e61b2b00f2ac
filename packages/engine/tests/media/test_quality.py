"""What the ladder is told, and what the student is told."""

from collections import Counter
from itertools import pairwise

import pytest
from aiortc.rtp import (
    RTCP_PSFB_APP,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    pack_remb_fci,
)

from tutor_engine.media.ladder import Level
from tutor_engine.media.quality import Frames, QualityWatch
from tutor_engine.media.reception import ESTIMATE_LIFE_S, Reception


def report(source: int, highest: int, lost: int) -> RtcpRrPacket:
    info = RtcpReceiverInfo(
        ssrc=source, fraction_lost=0, packets_lost=lost, highest_sequence=highest, jitter=0, lsr=0, dlsr=0
    )
    return RtcpRrPacket(ssrc=9, reports=[info])


def estimate(bps: int) -> RtcpPsfbPacket:
    return RtcpPsfbPacket(fmt=RTCP_PSFB_APP, ssrc=9, media_ssrc=0, fci=pack_remb_fci(bps, [1]))


def test_reports_and_estimates_become_a_network() -> None:
    reception = Reception(100.0)
    for packet in (report(1, 100, 0), report(1, 200, 20), estimate(500_000), "noise"):
        reception.hear(packet, 101.0)
    reception.hear(RtcpPsfbPacket(fmt=RTCP_PSFB_APP, ssrc=9, media_ssrc=0, fci=b"junk"), 101.0)
    reception.rtt_s = 0.08
    network = reception.network(101.0, 700_000.0)
    assert (network.loss, network.rtt_s, network.sent_bps) == (0.2, 0.08, 700_000.0)
    assert network.estimate_bps == pytest.approx(500_000, rel=0.01)
    late = reception.network(101.0 + ESTIMATE_LIFE_S + 1, 0.0)
    assert late.estimate_bps is None
    assert late.unreported_s == ESTIMATE_LIFE_S + 1
    reception.begin(110.0)
    assert reception.network(110.0, 0.0).unreported_s == 0.0


def test_news_come_at_each_change_and_every_four_seconds() -> None:
    reception, watch = Reception(100.0), QualityWatch(3)
    reception.hear(report(1, 0, 0), 100.0)
    told: list[tuple[float, str, str]] = []
    for second in range(1, 20):
        now_s = 100.0 + second
        reception.hear(report(1, 100 * second, max(0, second - 8) * 90), now_s)
        watch.observe(reception, Frames(0, 0), 2.0, now_s)
        news = watch.news(reception, Counter(), 2.0, now_s)
        if news is not None:
            told.append((now_s, news.level, news.reason))
    assert [level for _, level, _ in told[:3]] == ["full"] * 3
    assert {b[0] - a[0] for a, b in pairwise(told[:3])} == {4.0}
    assert [level for _, level, _ in told if level != "full"][:3] == ["reduced", "still", "text"]
    assert {reason for _, level, reason in told if level != "full"} == {"network"}


def test_lost_words_of_the_student_are_counted_between_news() -> None:
    reception, watch = Reception(100.0), QualityWatch(1)
    first = watch.news(reception, Counter(packets=90, lost=10), 1.0, 101.0)
    assert first is not None
    assert first.loss_in == pytest.approx(0.1)
    assert (first.loss_out, first.rtt_ms, first.late_ms) == (None, None, 1.0)
    assert watch.news(reception, Counter(packets=140, lost=60), 1.0, 103.0) is None
    second = watch.news(reception, Counter(packets=140, lost=60), 1.0, 105.0)
    assert second is not None
    assert second.loss_in == pytest.approx(0.5)
    third = watch.news(reception, Counter(packets=140, lost=60), 1.0, 109.0)
    assert third is not None
    assert third.loss_in is None


def test_late_frames_are_the_hosts_fault_and_a_new_connection_starts_at_the_best() -> None:
    reception, watch = Reception(100.0), QualityWatch(1)
    for second in range(1, 9):
        reception.hear(report(1, 100 * second, 0), 100.0 + second)
        watch.observe(reception, Frames(25 * second, 20 * second), 2.0, 100.0 + second)
    assert watch.grade.level is Level.REDUCED
    assert watch.grade.reason == "host"
    watch.restart()
    assert watch.grade.level is Level.FULL
    news = watch.news(reception, Counter(), 2.0, 108.5)
    assert news is not None
    assert news.level == "full"
