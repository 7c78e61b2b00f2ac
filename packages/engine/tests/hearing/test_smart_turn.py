from collections.abc import Callable, Generator
from pathlib import Path

import numpy as np
import pytest

from tutor_engine.hearing.port import RATE_HZ
from tutor_engine.hearing.smart_turn import SmartTurn, SmartTurnMissing, log_mel, mel_filters


@pytest.fixture(scope="module")
def judge(model_file: Callable[[str, str], Path]) -> Generator[SmartTurn]:
    smart_turn = SmartTurn(model_file("smart-turn", "smart-turn-v3.2-cpu.onnx"))
    yield smart_turn
    smart_turn.close()
    smart_turn.close()


def test_the_features_are_those_of_whisper() -> None:
    """Against an independent implementation, faster-whisper's (it pads and does not scale the waveform)."""
    from faster_whisper.feature_extractor import FeatureExtractor

    rng = np.random.default_rng(3)
    samples = rng.normal(0, 1, 8 * RATE_HZ).astype(np.float32)
    samples = (samples - samples.mean()) / samples.std()
    theirs = FeatureExtractor(chunk_length=8)(samples, padding=0)[:, :800]
    np.testing.assert_allclose(log_mel(samples, mel_filters()), theirs, atol=2e-3)


def test_filters_cover_the_band_once() -> None:
    filters = mel_filters()
    assert filters.shape == (80, 201)
    assert (filters >= 0).all()
    assert (np.diff(filters.argmax(1)) >= 0).all()


async def test_any_length_gives_a_probability(judge: SmartTurn, speak: Callable[..., bytes]) -> None:
    speech = speak("What is photosynthesis, and why do plants need it?")
    for pcm in (b"", speech[:100], speech, speech * 5):
        assert 0.0 <= await judge.probability(pcm) <= 1.0


async def test_only_the_last_eight_seconds_count(judge: SmartTurn, speak: Callable[..., bytes]) -> None:
    speech = speak("What is photosynthesis, and why do plants need it?") * 3
    last = speech[-8 * RATE_HZ * 2 :]
    assert await judge.probability(speech) == pytest.approx(await judge.probability(last), abs=1e-6)


def test_a_missing_model_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(SmartTurnMissing, match="models install smart-turn"):
        SmartTurn(tmp_path / "none.onnx")
