from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tutor_engine.hearing.port import RATE_HZ, VOICE_FRAME_BYTES
from tutor_engine.hearing.vad import SileroDetector, SileroMissing, SileroModel, silero_path


@pytest.fixture(scope="module")
def model() -> SileroModel:
    return SileroModel(silero_path())


def probabilities(detector: SileroDetector, pcm: bytes) -> list[float]:
    ends = range(VOICE_FRAME_BYTES, len(pcm) + 1, VOICE_FRAME_BYTES)
    return [detector.probability(pcm[end - VOICE_FRAME_BYTES : end]) for end in ends]


@pytest.mark.parametrize(("text", "voice"), [("What is photosynthesis?", "en-us"), ("什么是光合作用", "cmn")])
def test_voice_is_heard(model: SileroModel, speak: Callable[..., bytes], text: str, voice: str) -> None:
    heard = probabilities(model.detector(), speak(text, voice))
    assert np.mean(np.array(heard) >= 0.5) > 0.6


def test_noise_tones_and_clicks_are_not_voice(model: SileroModel) -> None:
    rng = np.random.default_rng(1)
    time = np.arange(2 * RATE_HZ)
    clicks = np.zeros(time.size)
    clicks[::8000] = 20_000
    for sound in (rng.normal(0, 300, time.size), 3000 * np.sin(time * 0.2), clicks, np.zeros(time.size)):
        assert max(probabilities(model.detector(), sound.astype("<i2").tobytes())) < 0.5


def test_streams_do_not_touch_each_other(model: SileroModel, speak: Callable[..., bytes]) -> None:
    pcm = speak("What is photosynthesis?")
    alone = probabilities(model.detector(), pcm)
    one, other = model.detector(), model.detector()
    mixed: list[float] = []
    for end in range(VOICE_FRAME_BYTES, len(pcm) + 1, VOICE_FRAME_BYTES):
        mixed.append(one.probability(pcm[end - VOICE_FRAME_BYTES : end]))
        other.probability(bytes(VOICE_FRAME_BYTES))
    assert mixed == alone


def test_a_missing_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SileroMissing, match="no-model"):
        SileroModel(tmp_path / "no-model.onnx")
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(SileroMissing, match="not installed"):
        silero_path()


def test_another_version_of_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Spec:
        origin = str(tmp_path / "__init__.py")

    monkeypatch.setattr("importlib.util.find_spec", lambda _: Spec())
    with pytest.raises(SileroMissing, match="another version"):
        silero_path()
