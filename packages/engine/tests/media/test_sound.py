"""The sound of a turn: rates, seams, gaps and ends."""

import numpy as np
import pytest
from packages.engine.tests.media.classroom import strength, tone

from tutor_engine.media.encode import BLOCK_BYTES
from tutor_engine.media.sound import MAX_BUFFERED_MS, TurnSound


def played(sound: TurnSound) -> np.ndarray:
    out = b""
    while sound.ready:
        out += sound.take()
    return np.frombuffer(out, np.int16)


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 22_050, 24_000, 44_100, 48_000])
def test_pieces_of_any_rate_join_without_a_seam(rate_hz: int) -> None:
    pcm = tone(1.0, rate_hz)
    sound = TurnSound()
    size = rate_hz // 7 * 2
    for start in range(0, len(pcm), size):
        sound.feed(pcm[start : start + size], rate_hz, start / 2 * 1000 / rate_hz)
    sound.end()
    samples = played(sound)
    assert sound.position_ms == pytest.approx(1000, abs=1)
    body = samples[2_400:45_600]
    assert strength(body, 48_000, 440) == pytest.approx(10_000, rel=0.01)
    # a click would be a step far larger than the tone's own slope of 576 per sample
    assert np.abs(np.diff(body.astype(int))).max() < 620


def test_blocks_are_whole_and_the_last_is_padded() -> None:
    sound = TurnSound()
    sound.feed(tone(0.05, 48_000), 48_000, 0.0)
    taken = [sound.take(), sound.take()]
    assert not sound.ready
    assert sound.waiting_ms == pytest.approx(10)
    sound.end()
    taken.append(sound.take())
    assert [len(block) for block in taken] == [BLOCK_BYTES] * 3
    assert sound.over
    assert sound.position_ms == pytest.approx(50)


def test_a_gap_in_the_turns_clock_is_silence() -> None:
    sound = TurnSound()
    sound.feed(tone(0.1, 16_000), 16_000, 0.0)
    sound.feed(tone(0.1, 16_000), 16_000, 300.0)
    sound.end()
    samples = played(sound)
    assert sound.position_ms == pytest.approx(400, abs=1)
    assert np.abs(samples[48 * 130 : 48 * 270]).max() < 50
    assert strength(samples[48 * 310 : 48 * 390], 48_000, 440) > 9_000


def test_rounding_of_times_is_no_gap() -> None:
    sound = TurnSound()
    sound.feed(tone(0.1, 48_000), 48_000, 0.0)
    sound.feed(tone(0.1, 48_000), 48_000, 104.0)
    assert sound.waiting_ms == pytest.approx(200)


def test_the_rate_may_change_between_pieces() -> None:
    sound = TurnSound()
    sound.feed(tone(0.2, 22_050), 22_050, 0.0)
    sound.feed(tone(0.2, 24_000), 24_000, 200.0)
    sound.end()
    played(sound)
    assert sound.position_ms == pytest.approx(400, abs=1)


def test_a_runaway_source_is_bounded() -> None:
    sound = TurnSound()
    sound.feed(bytes(48 * 2 * (MAX_BUFFERED_MS - 1)), 48_000, 0.0)
    sound.feed(bytes(48 * 2 * 10), 48_000, MAX_BUFFERED_MS - 1)
    sound.feed(bytes(960), 48_000, 1e12)
    assert sound.waiting_ms == MAX_BUFFERED_MS - 1
    assert sound.dropped_ms == pytest.approx(20)


def test_sound_after_the_end_and_nonsense_are_ignored() -> None:
    sound = TurnSound()
    sound.feed(b"\x01", 48_000, 0.0)
    sound.feed(bytes(960), 0, 0.0)
    sound.end()
    sound.feed(bytes(9600), 48_000, 0.0)
    assert sound.over


def test_fade_without_sound_is_nothing() -> None:
    sound = TurnSound()
    assert sound.fade() is None
    assert sound.over


def test_gain_ramps_over_one_block_without_a_click_and_moves_no_position() -> None:
    sound = TurnSound()
    sound.feed(tone(0.2, 48_000), 48_000, 0.0)
    before = sound.take()
    sound.set_gain(0.25)
    ramp, after = (np.frombuffer(sound.take(), np.int16) for _ in range(2))
    assert np.abs(np.frombuffer(before, np.int16)).max() == pytest.approx(10_000, rel=0.01)
    assert strength(after, 48_000, 440) == pytest.approx(2_500, rel=0.02)
    joined = np.concatenate([np.frombuffer(before, np.int16), ramp, after]).astype(int)
    assert np.abs(np.diff(joined)).max() < 620
    assert sound.position_ms == pytest.approx(60)
    sound.set_gain(1.0)
    sound.take()
    assert strength(np.frombuffer(sound.take(), np.int16), 48_000, 440) == pytest.approx(10_000, rel=0.02)


@pytest.mark.parametrize(("asked", "got"), [(-1.0, 0), (0.0, 0), (1.0, 8000), (7.0, 8000)])
def test_gain_stays_between_silence_and_the_sound_itself(asked: float, got: int) -> None:
    sound = TurnSound()
    sound.feed(np.full(2_880, 8_000, np.int16).tobytes(), 48_000, 0.0)
    sound.set_gain(asked)
    sound.take()
    assert set(np.frombuffer(sound.take(), np.int16).tolist()) == {got}


def test_the_fade_of_a_quieter_turn_starts_where_it_is() -> None:
    sound = TurnSound()
    sound.feed(np.full(2_880, 8_000, np.int16).tobytes(), 48_000, 0.0)
    sound.set_gain(0.5)
    sound.take()
    fade = sound.fade()
    assert fade is not None
    assert np.frombuffer(fade, np.int16).max() == 4_000
