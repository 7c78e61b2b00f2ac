"""The window of sound that a frame sees, against the authors' indexing written down plainly."""

import math

import numpy as np
import torch
from torch import Tensor

from tutor_engine.showing.musetalk.features import TurnFeatures
from tutor_engine.showing.port import Speech

SEGMENT = 480_000


def encode(mel: np.ndarray) -> Tensor:
    """A stand-in for Whisper: every step knows where in the segment it is, and something of its sound."""
    steps = torch.from_numpy(mel[:, ::2].mean(0))[:, None] + torch.arange(1500)[:, None] / 100
    return (steps[:, :, None] * torch.arange(1, 6)[:, None]).expand(1500, 5, 4).contiguous()


def authors_windows(states: Tensor, samples: int) -> Tensor:
    """`get_whisper_chunk` of the published pipeline at 25 frames a second, for the states of all segments."""
    states = states[: math.floor(samples / 16_000 * 50)]
    states = torch.cat(
        [torch.zeros_like(states[:1]).repeat(4, 1, 1), states, torch.zeros(12, *states.shape[1:])]
    )
    frames = math.floor(samples / 16_000 * 25)
    return torch.stack([states[math.floor(k * 50 / 25) :][:10] for k in range(frames)]).reshape(
        frames, 50, -1
    )


def speech(samples: int, first: int = 0, seed: int = 5) -> Speech:
    rng = np.random.default_rng(seed)
    pcm = (rng.standard_normal(samples) * 3000).astype("<i2").tobytes()
    return Speech(pcm, 16_000, first / 16, [])


def ears() -> TurnFeatures:
    return TurnFeatures(4, 5, torch.device("cpu"), torch.float32)


def listen(features: TurnFeatures, at_ms: float) -> Tensor:
    for number in features.missing(at_ms):
        features.put(number, encode(features.mel(number)))
    return features.window(at_ms)


def test_whole_sound_gives_the_authors_windows() -> None:
    for samples in (16_000, 17_300, 31_999):
        features = ears()
        features.add(speech(samples))
        listen(features, samples / 16)
        states = encode(features.mel(0))
        wanted = authors_windows(states, samples)
        ours = torch.stack([features.window(40.0 * k) for k in range(len(wanted))])
        assert torch.equal(ours, wanted)


def test_half_minutes_are_encoded_one_by_one() -> None:
    features = ears()
    samples = SEGMENT + 40_000
    features.add(speech(samples))
    assert list(features.missing(0.0)) == [0]
    listen(features, 0.0)
    assert list(features.missing(29_800.0)) == []
    assert list(features.missing(29_960.0)) == [1]
    listen(features, 30_000.0)
    wanted = authors_windows(torch.cat([encode(features.mel(k)) for k in (0, 1)]), samples)
    for frame in (0, 1, 747, 749, 750, 751, 800):
        assert torch.equal(features.window(40.0 * frame), wanted[frame])


def test_only_what_is_missing_is_encoded() -> None:
    features = ears()
    features.add(speech(16_000))
    encoded = 0
    for frame in range(25):
        for number in features.missing(40.0 * frame):
            features.put(number, encode(features.mel(number)))
            encoded += 1
    assert encoded == 1
    features.add(speech(16_000, first=16_000))
    assert not features.missing(800.0)
    assert list(features.missing(1000.0)) == [0]


def test_growing_sound_ends_at_the_same_states() -> None:
    whole, growing = ears(), ears()
    piece = speech(32_000)
    whole.add(piece)
    for first in range(0, 32_000, 3_200):
        pcm = piece.pcm[2 * first : 2 * first + 6_400]
        growing.add(Speech(pcm, 16_000, first / 16, []))
        listen(growing, first / 16)
    assert np.abs(whole.mel(0) - growing.mel(0)).max() < 1e-5


def test_before_any_sound_and_after_it_there_is_silence() -> None:
    features = ears()
    assert features.window(0.0).shape == (50, 4)
    features.add(speech(3_200))
    assert not listen(features, 5000.0).any()
    assert not features.window(0.0)[:20].any()
    assert features.window(0.0)[20:].any()
