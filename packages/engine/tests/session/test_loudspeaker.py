"""What the ear is told of the loudspeaker: all that was played, when it was, and nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor_engine.session.loudspeaker import RATE_HZ, Loudspeaker


class Told:
    """The ear's side, and a clock that stands still until it is told."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.pieces: list[tuple[bytes, float]] = []
        self.loudspeaker = Loudspeaker(lambda pcm, at_s: self.pieces.append((pcm, at_s)), lambda: self.now_s)

    def at(self, now_s: float) -> "Told":
        self.now_s = now_s
        self.loudspeaker.play_on()
        return self

    @property
    def ms(self) -> float:
        return sum(len(pcm) for pcm, _ in self.pieces) / 2 * 1000 / RATE_HZ

    @property
    def sound(self) -> bytes:
        return b"".join(pcm for pcm, _ in self.pieces)


def tone(ms: float, rate_hz: int = RATE_HZ, level: int = 8_000) -> bytes:
    times = np.arange(round(ms * rate_hz / 1000)) / rate_hz
    return (level * np.sin(2 * np.pi * 300 * times)).astype("<i2").tobytes()


def test_sound_is_told_when_its_moment_has_come() -> None:
    told = Told()
    told.loudspeaker.sent(1, tone(1000), RATE_HZ, 0.0)
    assert told.at(105.0).pieces == [], "sent, but not started"
    told.loudspeaker.started(1, 105.2)
    assert told.at(105.1).pieces == []
    assert told.at(105.6).ms == pytest.approx(400, abs=0.1)
    assert told.at(109.0).ms == pytest.approx(1000)
    assert told.pieces[0][1] == 105.2
    assert told.pieces[1][1] == pytest.approx(105.6)
    assert told.sound == tone(1000)


def test_flushed_sound_was_never_played() -> None:
    told = Told()
    told.loudspeaker.sent(1, tone(3000), RATE_HZ, 0.0)
    told.loudspeaker.started(1, 100.0)
    told.now_s = 100.5
    told.loudspeaker.flushed(1, 420.0)
    assert told.ms == pytest.approx(500), "what left since the report was heard too"
    told.loudspeaker.started(1, 100.6)
    assert told.at(110.0).ms == pytest.approx(500)


def test_a_turn_flushed_before_it_began_is_not_heard_at_all() -> None:
    told = Told()
    told.loudspeaker.sent(2, tone(500), RATE_HZ, 0.0)
    told.loudspeaker.flushed(2, 0.0)
    told.loudspeaker.started(2, 100.0)
    told.loudspeaker.flushed(7, 0.0)
    assert told.at(101.0).pieces == []


def test_loudness_changes_from_now_on() -> None:
    told = Told()
    told.loudspeaker.sent(1, tone(1000), RATE_HZ, 0.0)
    told.loudspeaker.started(1, 100.0)
    told.now_s = 100.5
    told.loudspeaker.gain(1, 0.2)
    told.at(102.0)
    heard = np.abs(np.frombuffer(told.sound, "<i2").astype(float))
    assert heard[:8000].max() == pytest.approx(8_000, rel=0.01)
    assert heard[8000:].max() == pytest.approx(1_600, rel=0.01)


def test_other_rates_become_the_ears_rate() -> None:
    told = Told()
    told.loudspeaker.sent(1, tone(1000, 24_000), 24_000, 0.0)
    told.loudspeaker.sent(1, tone(500, 22_050), 22_050, 1000.0)
    told.loudspeaker.started(1, 100.0)
    assert told.at(102.0).ms == pytest.approx(1500, abs=2)
    samples = np.frombuffer(told.sound, "<i2").astype(float)[1000:15000]
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(samples.size)))
    assert spectrum.argmax() * RATE_HZ / samples.size == pytest.approx(300, abs=2)


def test_a_gap_between_pieces_stays_a_gap() -> None:
    told = Told()
    told.loudspeaker.sent(1, tone(200), RATE_HZ, 0.0)
    told.loudspeaker.sent(1, tone(200), RATE_HZ, 900.0)
    told.loudspeaker.started(1, 100.0)
    assert told.at(100.8).ms == pytest.approx(200)
    told.at(102.0)
    assert [at_s for _, at_s in told.pieces] == pytest.approx([100.0, 100.9])


def test_a_turn_that_waited_for_its_sound_goes_on_later() -> None:
    told = Told()
    told.loudspeaker.sent(1, tone(400), RATE_HZ, 0.0)
    told.loudspeaker.started(1, 100.0)
    told.at(101.0)
    told.loudspeaker.sent(1, tone(400), RATE_HZ, 400.0)
    told.loudspeaker.moved(1, 400.0)
    told.at(101.2)
    assert told.pieces[-1][1] == pytest.approx(101.0)
    told.loudspeaker.moved(1, 590.0)
    told.loudspeaker.moved(9, 0.0)
    assert told.at(102.0).pieces[-1][1] == pytest.approx(101.2), "reports are a little late, that is no stall"


def test_a_late_report_is_taken_back_by_the_next() -> None:
    told = Told()
    told.loudspeaker.sent(1, tone(2000), RATE_HZ, 0.0)
    told.loudspeaker.started(1, 100.0)
    told.at(100.5)
    told.loudspeaker.moved(1, 300.0)
    told.now_s = 100.51
    told.loudspeaker.moved(1, 500.0)
    told.at(100.8)
    assert told.pieces[-1][1] == pytest.approx(100.51)
    assert told.ms == pytest.approx(790, abs=1)


def test_the_next_peer_counts_its_turns_anew() -> None:
    told = Told()
    for since_s in (100.0, 200.0):
        told.loudspeaker.sent(1, tone(300), RATE_HZ, 0.0)
        assert told.at(since_s).ms == pytest.approx(300 if since_s > 150 else 0)
        told.loudspeaker.started(1, since_s)
        told.at(since_s + 1)
    assert told.ms == pytest.approx(600)


@given(
    st.lists(st.integers(1, 400), min_size=1, max_size=6),
    st.lists(st.integers(0, 500), min_size=1, max_size=20),
)
def test_everything_played_is_told_once_and_in_order(pieces: list[int], steps: list[int]) -> None:
    told = Told()
    start_ms = 0
    whole = np.arange(sum(pieces) * 16, dtype="<i2").tobytes()
    for ms in pieces:
        told.loudspeaker.sent(1, whole[start_ms * 32 : (start_ms + ms) * 32], RATE_HZ, float(start_ms))
        start_ms += ms
    told.loudspeaker.started(1, 100.0)
    for step in steps:
        told.at(told.now_s + step / 1000)
        played_ms = (told.now_s - 100.0) * 1000
        assert told.ms <= played_ms + 1e-6
        assert told.ms > min(played_ms, start_ms) - 41
        assert told.sound == whole[: len(told.sound)]
    assert told.at(200.0).sound == whole
