"""End of turn judged by Smart Turn v3.2: eight seconds of sound in, the probability of being finished out.

The features are those of Whisper (80 log-mel bands of 25 ms every 10 ms, Slaney scale), computed with numpy
on the waveform scaled to zero mean and unit variance, as the network was trained. About 25 ms on one thread,
in a thread of its own.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tutor_engine.hearing.port import RATE_HZ

_SECONDS = 8
_SAMPLES = _SECONDS * RATE_HZ
_WINDOW = 400
_HOP = 160
_BANDS = 80

Floats = npt.NDArray[np.float32]


class SmartTurnMissing(Exception):
    """The Smart Turn model file is not there."""


def _hz_of_mel(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Slaney's scale: linear below 1 kHz (15 mel), logarithmic above."""
    return np.where(mel < 15.0, mel * 200.0 / 3.0, 1000.0 * np.exp(np.log(6.4) / 27.0 * (mel - 15.0)))


def mel_filters() -> Floats:
    """Triangular filters of equal area, shape (80, 201), from 0 to 8 kHz."""
    top = 15.0 + np.log(RATE_HZ / 2 / 1000.0) * 27.0 / np.log(6.4)
    edges = _hz_of_mel(np.linspace(0.0, top, _BANDS + 2))
    bins = np.linspace(0.0, RATE_HZ / 2, _WINDOW // 2 + 1)
    rising = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    return (triangles * (2.0 / (edges[2:] - edges[:-2]))[:, None]).astype(np.float32)


def log_mel(samples: Floats, filters: Floats) -> Floats:
    """Features of exactly eight seconds, shape (80, 800)."""
    scaled = (samples - samples.mean()) / np.sqrt(samples.var() + 1e-7)
    padded = np.pad(scaled, _WINDOW // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP][: _SAMPLES // _HOP]
    window = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
    power = np.abs(np.fft.rfft(frames * window, axis=-1)) ** 2
    bands = np.log10(np.maximum(filters @ power.T.astype(np.float32), 1e-10))
    return ((np.maximum(bands, bands.max() - 8.0) + 4.0) / 4.0).astype(np.float32)


class SmartTurn:
    """The network and its thread; shared by all lessons."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise SmartTurnMissing(f"{path} is not there; install it: tutor-engine models install smart-turn")
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = 1
        options.intra_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        self._session: Any = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self._filters = mel_filters()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="smart-turn")

    async def probability(self, pcm: bytes) -> float:
        """Probability that the turn is over at the end of this sound (the last eight seconds count)."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self.judge, pcm)

    def judge(self, pcm: bytes) -> float:
        """As `probability`, in the calling thread."""
        heard = np.frombuffer(pcm, "<i2")[-_SAMPLES:].astype(np.float32) / 32768.0
        samples = np.zeros(_SAMPLES, np.float32)
        samples[_SAMPLES - heard.size :] = heard
        features = log_mel(samples, self._filters)
        (output,) = self._session.run(None, {"input_features": features[None]})
        return float(output.reshape(-1)[0])

    def close(self) -> None:
        """End the thread. Idempotent."""
        self._thread.shutdown(wait=True)
