"""Whisper's picture of sound, against the published extractor and against itself."""

import numpy as np
import numpy.typing as npt
import pytest

from tutor_engine.showing.musetalk.mel import BANDS, FRAMES, SEGMENT_SAMPLES, SegmentMel


def noise(samples: int, seed: int = 0) -> npt.NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    swell = np.abs(np.sin(np.arange(samples) / 4000))
    return (0.2 * swell * rng.standard_normal(samples)).astype(np.float32)


@pytest.mark.parametrize("samples", [1, 399, 16_000, 52_345, SEGMENT_SAMPLES])
def test_equals_the_published_extractor(samples: int) -> None:
    from transformers.models.whisper.feature_extraction_whisper import WhisperFeatureExtractor

    sound = noise(samples)
    theirs = WhisperFeatureExtractor()(sound, sampling_rate=16_000, return_tensors="np")
    mel = SegmentMel()
    mel.update(sound, 0)
    ours = mel.features()
    assert ours.shape == (BANDS, FRAMES)
    assert ours.dtype == np.float32
    assert np.abs(ours - theirs.input_features[0]).max() < 2e-3


def test_only_what_changed_is_computed_again() -> None:
    sound = noise(100_000)
    whole, growing = SegmentMel(), SegmentMel()
    whole.update(sound, 0)
    before = 0
    for end in (160, 3_000, 3_001, 40_000, 100_000):
        growing.update(sound[:end], before)
        before = end
    assert np.abs(whole.features() - growing.features()).max() < 1e-5


def test_silence_is_flat() -> None:
    features = SegmentMel().features()
    assert features.min() == features.max() == -1.5
