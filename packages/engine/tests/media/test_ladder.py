"""Levels follow trouble that lasts and calm that lasts longer, for the network and for the host."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor_engine.media.ladder import (
    MAX_WAIT_S,
    RUNGS,
    UNREPORTED_S,
    Grade,
    Host,
    Ladder,
    Level,
    LossWindow,
    Network,
)

GOOD = Network(loss=0.0, rtt_s=0.04, estimate_bps=900_000, sent_bps=600_000)
FAST, SLOW = Host(late_ms=2.0), Host(late_ms=200.0)


class Seat:
    """A ladder observed once a second."""

    def __init__(self, patience: float = 1.0) -> None:
        self.now_s = 100.0
        self.ladder = Ladder(self.now_s, patience)
        self.grades: list[Grade] = []

    def live(self, seconds: int, network: Network = GOOD, host: Host = FAST) -> Grade:
        for _ in range(seconds):
            self.now_s += 1
            self.grades.append(self.ladder.observe(network, host, self.now_s))
        return self.grades[-1]

    def seconds_until(self, level: Level, network: Network = GOOD, host: Host = FAST) -> int:
        return next(n for n in range(1, 1000) if self.live(1, network, host).level is level)

    def changes(self) -> list[Grade]:
        return [grade for grade, _ in itertools.groupby(self.grades)]


def lossy(loss: float) -> Network:
    return Network(loss=loss, rtt_s=0.04)


@pytest.mark.parametrize("loss", [0.0, 0.02, 0.1, 0.14])
def test_loss_that_is_repaired_changes_nothing(loss: float) -> None:
    seat = Seat()
    assert seat.live(120, lossy(loss)) == Grade()
    assert seat.changes() == [Grade()]


@pytest.mark.parametrize(
    ("loss", "level"), [(0.2, Level.REDUCED), (0.4, Level.STILL), (0.6, Level.TEXT), (1.0, Level.TEXT)]
)
def test_each_loss_has_its_level(loss: float, level: Level) -> None:
    seat = Seat()
    grade = seat.live(60, lossy(loss))
    assert grade.level is level
    assert grade.reason == "network"
    levels = [grade.level for grade in seat.changes()]
    assert levels == sorted(levels), "it never went up meanwhile"
    assert set(levels) == {Level(n) for n in range(level + 1)}, "no step was left out"


def test_a_moment_of_loss_changes_nothing() -> None:
    seat = Seat()
    for _ in range(20):
        seat.live(2, lossy(0.9))
        seat.live(3)
    assert seat.changes() == [Grade()]


def test_hopeless_loss_reaches_text_within_ten_seconds_and_sound_comes_back_first() -> None:
    seat = Seat()
    assert seat.seconds_until(Level.TEXT, lossy(0.8)) <= 10
    assert seat.seconds_until(Level.STILL) <= 8
    assert 10 <= seat.seconds_until(Level.REDUCED) <= 15
    assert seat.live(60) == Grade()


def test_recovery_goes_through_every_rung() -> None:
    seat = Seat()
    seat.live(30, lossy(0.8))
    seat.grades.clear()
    assert seat.live(120) == Grade()
    way = [(grade.level, grade.tier) for grade in seat.changes()]
    assert way == [(rung.level, rung.tier) for rung in reversed(RUNGS)]


def test_loss_between_down_and_up_keeps_the_level() -> None:
    seat = Seat()
    seat.live(20, lossy(0.2))
    seat.grades.clear()
    seat.live(200, lossy(0.13))
    assert [grade.level for grade in seat.changes()] == [Level.REDUCED]


def test_a_step_up_that_fails_is_tried_again_later_and_later() -> None:
    seat = Seat()
    seat.seconds_until(Level.STILL, lossy(0.35))
    waits: list[int] = []
    for _ in range(6):
        waits.append(seat.seconds_until(Level.REDUCED))
        seat.seconds_until(Level.STILL, lossy(0.35))
    assert waits == sorted(waits)
    assert waits[2] > 2 * waits[0]
    assert waits[-1] <= MAX_WAIT_S + 2


def test_a_shortage_lowers_the_bitrate_first_and_never_takes_the_sound() -> None:
    seat = Seat()
    short = Network(loss=0.0, rtt_s=0.04, estimate_bps=100_000, sent_bps=1_000_000)
    assert seat.live(4, short) == Grade(Level.FULL, 1, "network")
    assert seat.live(60, short).level is Level.STILL
    still = Network(loss=0.0, rtt_s=0.04, estimate_bps=20_000, sent_bps=50_000)
    assert seat.live(120, still).level is not Level.STILL, "what little is sent now says nothing"


def test_a_small_estimate_while_little_is_sent_changes_nothing() -> None:
    seat = Seat()
    assert seat.live(60, Network(loss=0.0, estimate_bps=90_000, sent_bps=60_000)) == Grade()


STARTING = (
    (206_661, 378_880), (222_472, 426_240), (242_496, 518_420), (258_707, 587_756), (278_560, 590_020),
    (303_696, 497_844), (324_886, 438_472), (354_136, 371_608), (360_754, 226_304), (360_754, 171_320),
    (366_404, 232_844), (366_404, 233_284), (387_766, 256_304), (416_194, 321_424), (424_000, 560_000),
    (458_000, 600_000), (495_000, 600_000), (534_000, 600_000), (577_000, 600_000),
)  # fmt: skip
"""What Chromium estimated, second by second, of a way without a limit; and what was sent."""


def test_an_estimate_that_only_begins_low_is_no_shortage() -> None:
    seat = Seat()
    for estimate_bps, sent_bps in STARTING:
        seen = Network(loss=0.0, rtt_s=0.001, estimate_bps=estimate_bps, sent_bps=sent_bps)
        assert seat.live(1, seen) == Grade()


def test_an_estimate_that_grows_and_falls_again_is_one() -> None:
    seat = Seat()
    for estimate_bps in (206_000, 222_000, 242_000, 258_000, 219_000, 236_000, 255_000, 217_000, 234_000):
        seat.live(1, Network(loss=0.0, rtt_s=0.05, estimate_bps=estimate_bps, sent_bps=600_000))
    assert seat.ladder.grade.reason == "network"


def test_a_full_buffer_on_the_way_is_emptied_and_a_long_way_is_not_one() -> None:
    seat = Seat()
    assert seat.live(60, Network(loss=0.0, rtt_s=0.6)) == Grade()
    assert seat.live(60, Network(loss=0.0, rtt_s=1.2)).level is Level.STILL


def test_nothing_reported_is_text_until_reports_come() -> None:
    seat = Seat()
    assert seat.live(5, Network(unreported_s=5.0)) == Grade()
    assert seat.live(10, Network(unreported_s=UNREPORTED_S + 1)).level is Level.TEXT
    assert seat.live(60, Network()).level is Level.TEXT, "silence proves nothing"
    assert seat.live(60) == Grade()


def test_an_overloaded_host_gives_up_pictures_and_says_so() -> None:
    seat = Seat()
    assert seat.live(8, host=SLOW) == Grade(Level.REDUCED, 2, "host")
    assert seat.live(60, host=SLOW) == Grade(Level.STILL, 2, "host")
    assert seat.live(60) == Grade()


def test_frames_that_come_too_late_are_an_overloaded_host() -> None:
    seat = Seat()
    assert seat.live(8, host=Host(refused_share=0.5)).reason == "host"
    assert seat.live(60, host=Host(late_ms=60.0)).level is Level.REDUCED, "not better enough to go up"


def test_the_worse_of_network_and_host_is_the_reason() -> None:
    seat = Seat()
    assert seat.live(60, lossy(0.2), SLOW) == Grade(Level.STILL, 2, "host")
    assert seat.live(60, lossy(0.9), SLOW) == Grade(Level.TEXT, 2, "network")


def test_seats_of_one_host_do_not_move_together() -> None:
    moments = {Seat(1 + number / 8).seconds_until(Level.REDUCED, host=SLOW) for number in range(8)}
    assert len(moments) >= 4


@given(
    st.lists(
        st.builds(
            Network,
            loss=st.none() | st.floats(0, 1),
            rtt_s=st.none() | st.floats(0, 5),
            estimate_bps=st.none() | st.floats(0, 2e6),
            sent_bps=st.floats(0, 2e6),
            unreported_s=st.floats(0, 60),
        ),
        max_size=60,
    )
)
def test_whatever_is_seen_levels_change_by_one_and_only_trouble_has_a_reason(seen: list[Network]) -> None:
    seat, former = Seat(), Level.FULL
    for network in seen:
        grade = seat.live(1, network)
        assert abs(grade.level - former) <= 1
        assert bool(grade.reason) == (grade != Grade())
        former = grade.level


def test_loss_is_counted_over_all_streams_and_forgotten_after_a_while() -> None:
    window = LossWindow(100.0)
    for source in (1, 2):
        window.add(source, 1000, 5, 101.0)
    assert window.share(101.0) is None
    window.add(1, 1100, 15, 102.0)
    window.add(2, 1300, 35, 102.0)
    assert window.share(102.0) == pytest.approx(40 / 400)
    assert window.share(102.0 + LossWindow.WINDOW_S + 1) is None


def test_a_repeated_report_says_nothing_and_a_duplicate_packet_is_no_gain() -> None:
    window = LossWindow(100.0)
    window.add(1, 1000, 5, 101.0)
    window.add(1, 1050, 0, 102.0)
    window.add(1, 1050, 0, 110.0)
    assert window.share(102.0) == 0.0
    assert window.unreported_s(110.0) == 8.0
