"""Voice activity by Silero VAD v6, from the model file that faster-whisper carries; no torch.

One `SileroModel` is shared by all lessons; each stream of sound has a `SileroDetector` with its own state.
A frame takes about 0.07 ms on one thread, so it runs in the event loop.
"""

import importlib.util
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt

from tutor_engine.hearing.port import VOICE_FRAME_SAMPLES

_CONTEXT_SAMPLES = 64
_STATE_SHAPE = (1, 1, 128)


class SileroMissing(Exception):
    """The Silero model file is not where it should be."""


def silero_path() -> Path:
    """The model file inside the installed faster-whisper package, found without importing it.

    Raises:
        SileroMissing: the package or the file is not there.
    """
    spec = importlib.util.find_spec("faster_whisper")
    if spec is None or spec.origin is None:
        raise SileroMissing("The package faster-whisper, which carries the Silero model, is not installed.")
    path = Path(spec.origin).parent / "assets" / "silero_vad_v6.onnx"
    if not path.is_file():
        raise SileroMissing(f"{path} is not there: another version of faster-whisper is installed.")
    return path


class _Session(Protocol):
    def run(self, names: None, feeds: dict[str, Any], /) -> list[npt.NDArray[np.float32]]: ...


class SileroModel:
    """The loaded network."""

    def __init__(self, path: Path) -> None:
        import onnxruntime

        if not path.is_file():
            raise SileroMissing(f"{path} is not there.")
        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = 1
        options.intra_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self._session = cast(_Session, session)

    def detector(self) -> "SileroDetector":
        """A detector for one stream of sound."""
        return SileroDetector(self._session)


class SileroDetector:
    """Voice probability of consecutive frames of 32 ms."""

    def __init__(self, session: _Session) -> None:
        self._session = session
        self._input = np.zeros((1, _CONTEXT_SAMPLES + VOICE_FRAME_SAMPLES), np.float32)
        self._h = np.zeros(_STATE_SHAPE, np.float32)
        self._c = np.zeros(_STATE_SHAPE, np.float32)

    def probability(self, frame: bytes) -> float:
        """Probability that the frame (512 samples) holds voice; the past of the stream counts."""
        window = self._input
        window[0, :_CONTEXT_SAMPLES] = window[0, -_CONTEXT_SAMPLES:]
        window[0, _CONTEXT_SAMPLES:] = np.frombuffer(frame, "<i2")
        window[0, _CONTEXT_SAMPLES:] /= 32768.0
        output, self._h, self._c = self._session.run(None, {"input": window, "h": self._h, "c": self._c})
        return float(output.reshape(-1)[0])
