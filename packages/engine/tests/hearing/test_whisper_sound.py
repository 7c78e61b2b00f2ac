from collections.abc import Callable

import numpy as np
import pytest

from tutor_engine.hearing.port import BYTES_PER_MS
from tutor_engine.hearing.vad import SileroModel, silero_path
from tutor_engine.hearing.whisper_sound import WHOLE_MS, WINDOWS_MS, VoiceSpan, pieces_of, window_for


class Loud:
    """Voice is what is not silent."""

    def probability(self, frame: bytes) -> float:
        return 0.9 if any(frame) else 0.0


def silence(ms: int) -> bytes:
    return bytes(ms * BYTES_PER_MS)


def tone(ms: int) -> bytes:
    return (5_000 * np.sin(np.arange(ms * 16) / 5)).astype("<i2").tobytes()


@pytest.mark.parametrize(
    ("sound_ms", "window_ms"),
    [(0, 5_000), (4_000, 5_000), (4_001, 7_500), (9_500, 15_000), (29_000, 30_000), (99_000, 30_000)],
)
def test_a_window_holds_the_sound_and_a_margin(sound_ms: float, window_ms: int) -> None:
    assert window_for(sound_ms) == window_ms


@pytest.mark.parametrize("chunk", [2, 320, 1_000, 40_000])
def test_the_voice_is_found_however_the_sound_comes(chunk: int) -> None:
    pcm = silence(640) + tone(320) + silence(160) + tone(320) + silence(2_000)
    span = VoiceSpan(Loud())
    for start in range(0, len(pcm), chunk):
        span.add(pcm[start : start + chunk])
    assert span.voiced_ms == 640
    cut = span.cut(pcm)
    assert cut == pcm[440 * BYTES_PER_MS : (640 + 800 + 400) * BYTES_PER_MS]


def test_without_voice_nothing_is_left() -> None:
    span = VoiceSpan(Loud())
    span.add(silence(2_000))
    assert span.cut(silence(2_000)) == b""
    assert span.voiced_ms == 0


def test_a_spoken_question_is_kept_whole(speak: Callable[..., bytes]) -> None:
    question = speak("What is photosynthesis?")
    pcm = silence(1_000) + question + silence(2_000)
    span = VoiceSpan(SileroModel(silero_path()).detector())
    span.add(pcm)
    length_ms = len(question) / BYTES_PER_MS
    assert 0.5 * length_ms < span.voiced_ms < 1.3 * length_ms
    assert len(span.cut(pcm)) / BYTES_PER_MS < length_ms + 1_000


def test_a_monologue_is_cut_where_it_is_quiet() -> None:
    loud = 0.5 * np.ones(16_000 * 26, np.float32)
    pcm = (np.concatenate([loud, np.zeros(16_000, np.float32), loud, loud]) * 32_767).astype("<i2").tobytes()
    pieces = pieces_of(pcm)
    assert sum(len(piece.samples) for piece in pieces) == len(pcm) // 2
    assert sum(piece.share for piece in pieces) == pytest.approx(1.0)
    assert all(piece.length_ms <= WHOLE_MS - 1_000 for piece in pieces)
    assert 26_000 <= pieces[0].length_ms <= 27_000


def test_short_and_odd_sounds_are_one_piece() -> None:
    assert [len(piece.samples) for piece in pieces_of(b"")] == [0]
    assert [len(piece.samples) for piece in pieces_of(b"\0" * 33)] == [16]
    assert WINDOWS_MS[-1] == WHOLE_MS
