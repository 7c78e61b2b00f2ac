"""What a receiver got, read: silence, softness, mouths, phrases."""

import numpy as np
import pytest
from bench.conversation.reading import (
    RATE_HZ,
    closed_from,
    ducked_from,
    gains,
    lag_of,
    moved_from,
    phrase_in,
    restored_from,
    silent_from,
)
from bench.student import Pcm, Sound

BLOCK = RATE_HZ // 50


def voice(seconds: float, seed: int = 1) -> Pcm:
    """Noise that is louder and softer, as speech is."""
    samples = int(seconds * RATE_HZ)
    course = 0.6 + 0.4 * np.sin(np.arange(samples) * 2 * np.pi * 3 / RATE_HZ)
    return (
        (np.random.default_rng(seed).normal(0, 3_000, samples) * course).clip(-32768, 32767).astype(np.int16)
    )


def received(pcm: Pcm, start_s: float = 100.0) -> list[Sound]:
    """The sound in blocks of 20 ms, each arriving at its time."""
    count = len(pcm) // BLOCK
    return [Sound(start_s + at * 0.02, at * 0.02, pcm[at * BLOCK : (at + 1) * BLOCK]) for at in range(count)]


def test_silence_begins_after_the_last_audible_block() -> None:
    pcm = np.concatenate([voice(1.0), np.zeros(RATE_HZ, np.int16)])
    assert silent_from(received(pcm), 100.5, 102.0) == pytest.approx(101.0)


def test_a_pause_between_two_words_is_no_silence() -> None:
    pcm = np.concatenate(
        [voice(0.5), np.zeros(RATE_HZ // 2, np.int16), voice(0.2), np.zeros(RATE_HZ, np.int16)]
    )
    assert silent_from(received(pcm), 100.6, 102.0) == pytest.approx(101.2)


def test_silence_is_at_once_when_nothing_more_came_and_never_when_sound_goes_on() -> None:
    assert silent_from(received(voice(1.0)), 101.0, 102.0) == 101.0
    assert silent_from(received(voice(2.0)), 100.5, 102.0) is None


def test_the_same_voice_is_found_again_with_its_lag() -> None:
    reference = voice(4.0)
    heard = np.concatenate([np.zeros(700, np.int16), reference])
    assert lag_of(heard, reference, 2 * RATE_HZ) == 700
    assert lag_of(reference[300:], reference, 2 * RATE_HZ) == -300


def test_another_voice_is_not_taken_for_the_reference() -> None:
    assert lag_of(voice(4.0, seed=2), voice(4.0, seed=3), 2 * RATE_HZ) is None


@pytest.mark.parametrize("at_s", [0.2, 3.9])
def test_too_little_before_or_after_tells_nothing(at_s: float) -> None:
    assert lag_of(voice(4.0), voice(4.0), int(at_s * RATE_HZ)) is None


def test_a_ducked_voice_is_a_fifth_of_its_reference_from_then_on() -> None:
    reference = voice(4.0)
    softer = reference.copy()
    softer[2 * RATE_HZ :] = (softer[2 * RATE_HZ :] * 0.2).astype(np.int16)
    course = gains(received(softer), reference, 0)
    assert [gain for at_s, gain in course if at_s < 102] == pytest.approx([1.0] * 100, abs=0.01)
    assert [gain for at_s, gain in course if at_s >= 102] == pytest.approx([0.2] * 100, abs=0.01)
    assert ducked_from(course, 101.0) == pytest.approx(102.0)


def test_one_soft_block_is_no_ducking_and_quiet_places_of_the_reference_tell_nothing() -> None:
    assert ducked_from([(1.0, 1.0), (1.02, 0.3), (1.04, 1.0)], 0.0) is None
    reference = np.concatenate([voice(1.0), np.zeros(RATE_HZ, np.int16)])
    assert len(gains(received(reference), reference, 0)) == 50


def test_a_mouth_has_moved_when_it_leaves_what_it_does_at_rest() -> None:
    idle = np.array([0.02, 0.021, 0.019, 0.02])
    gap = np.array([0.02, 0.021, 0.02, 0.08, 0.2, 0.1])
    times_s = [0.04 * at for at in range(6)]
    assert moved_from(times_s, gap, idle, after_s=0.0) == pytest.approx(0.12)
    assert moved_from(times_s, gap, idle, after_s=0.15) == pytest.approx(0.16)
    assert moved_from(times_s[:3], gap[:3], idle, after_s=0.0) is None


def test_a_mouth_is_closed_from_the_frame_after_which_it_never_opened() -> None:
    idle = np.array([0.02, 0.02])
    gap = np.array([0.2, 0.02, 0.2, np.nan, 0.03, 0.02])
    times_s = [0.04 * at for at in range(6)]
    assert closed_from(times_s, gap, idle, 0.2, after_s=0.0) == pytest.approx(0.16)
    assert closed_from(times_s[:3], gap[:3], idle, 0.2, after_s=0.0) is None
    assert closed_from(times_s, gap, idle, 0.2, after_s=0.19) == pytest.approx(0.2)


def test_a_phrase_is_found_in_the_answer_or_in_what_it_quotes() -> None:
    assert phrase_in("It is about\u00a0150 Million\nkilometres away.", (), "about 150 million kilometres")
    assert phrase_in("It is far.", ["Saturn’s rings"], "saturn's rings")
    assert not phrase_in("It is far.", (), "near")


def test_a_voice_is_restored_from_the_block_after_which_it_stays_loud() -> None:
    course = [
        (0.02 * at, gain) for at, gain in enumerate([0.2, 0.9, 0.2, 0.2, 0.2, 1.0, 1.1, 0.9, 0.7, 1.0, 1.0])
    ]
    assert restored_from(course, 0.0) == pytest.approx(0.1)
    assert restored_from(course[:5], 0.0) is None
