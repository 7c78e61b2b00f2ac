"""The sound of a turn: one timeline at 16 kHz however the pieces come."""

import numpy as np
import numpy.typing as npt
import pytest

from tutor_engine.showing.musetalk.sound import RATE_HZ, TurnSound
from tutor_engine.showing.port import Speech, TimedPhoneme


def tone(seconds: float, rate_hz: int, hz: float = 330.0) -> npt.NDArray[np.int16]:
    return (9000 * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate_hz)) / rate_hz)).astype(np.int16)


def fed(pcm: npt.NDArray[np.int16], rate_hz: int, piece: int) -> TurnSound:
    sound = TurnSound()
    for first in range(0, len(pcm), piece):
        part = pcm[first : first + piece]
        sound.add(Speech(part.astype("<i2").tobytes(), rate_hz, first * 1000 / rate_hz, []))
    return sound


def test_sound_of_the_right_rate_is_taken_as_it_is() -> None:
    pcm = tone(1.0, RATE_HZ)
    sound = fed(pcm, RATE_HZ, 1000)
    assert sound.length == RATE_HZ
    assert np.array_equal(sound.samples, pcm.astype(np.float32) / 32768)


@pytest.mark.parametrize("rate_hz", [22_050, 24_000, 48_000])
@pytest.mark.parametrize("piece_s", [0.02, 0.1, 0.37])
def test_pieces_of_another_rate_join_without_a_click(rate_hz: int, piece_s: float) -> None:
    pcm = tone(1.2, rate_hz)
    sound = fed(pcm, rate_hz, int(piece_s * rate_hz))
    wanted = 9000 / 32768 * np.sin(2 * np.pi * 330.0 * np.arange(sound.length) / RATE_HZ)
    assert abs(sound.length - 1.2 * RATE_HZ) <= 12
    middle = slice(400, -400)
    # Each border may move what follows by half a sample, which is 0.018 of this tone's slope.
    assert np.abs(sound.samples[middle] - wanted[middle]).max() < 0.05
    assert np.abs(np.diff(sound.samples[middle], 2)).max() < 0.02


def test_a_piece_says_from_where_it_changed_the_sound() -> None:
    sound = TurnSound()
    pcm = tone(0.1, 24_000).astype("<i2").tobytes()
    assert sound.add(Speech(pcm, 24_000, 0.0, [])) == 0
    assert 1200 <= sound.add(Speech(pcm, 24_000, 100.0, [])) < 1600


def test_what_is_missing_between_pieces_is_silence() -> None:
    sound = TurnSound()
    pcm = tone(0.1, RATE_HZ).astype("<i2").tobytes()
    sound.add(Speech(pcm, RATE_HZ, 0.0, []))
    sound.add(Speech(pcm, RATE_HZ, 500.0, []))
    assert sound.length == 9600
    assert not sound.samples[1600:8000].any()


def test_an_empty_piece_changes_nothing() -> None:
    sound = TurnSound()
    sound.add(Speech(b"", 24_000, 0.0, []))
    assert sound.length == 0


def test_phonemes_tell_where_the_mouth_moves() -> None:
    sound = TurnSound()
    pcm = tone(2.0, RATE_HZ).astype("<i2").tobytes()
    phonemes = [TimedPhoneme("", 0, 500), TimedPhoneme("ɑ", 500, 900), TimedPhoneme("", 900, 2000)]
    sound.add(Speech(pcm, RATE_HZ, 0.0, phonemes))
    voiced = [at for at in range(0, 2000, 40) if sound.voiced(at)]
    assert (voiced[0], voiced[-1]) == (400, 960)
    assert len(voiced) == 15


def test_without_phonemes_loudness_tells() -> None:
    sound = TurnSound()
    pcm = np.concatenate([np.zeros(8000, np.int16), tone(0.5, RATE_HZ), np.zeros(8000, np.int16)])
    sound.add(Speech(pcm.astype("<i2").tobytes(), RATE_HZ, 0.0, []))
    assert not sound.voiced(200)
    assert sound.voiced(700)
    assert not sound.voiced(1200)
    assert not sound.voiced(5000)
