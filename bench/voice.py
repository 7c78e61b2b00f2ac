"""Recorded students: sentences spoken by flite, another engine than the tutor's own voice."""

import shutil
import subprocess
import tempfile
import wave
from pathlib import Path

import numpy as np
import soxr

from bench.student import MIC_RATE_HZ, Pcm


class NoStudentVoice(Exception):
    """flite is not installed."""


def record(text: str, voice: str = "rms", *, lead_s: float = 0.2) -> Pcm:
    """`text` as 16 kHz sound that ends with its last voiced sample, so that its end is the end of speech.

    Raises:
        NoStudentVoice: flite is missing; `make system` installs it.
    """
    flite = shutil.which("flite")
    if flite is None:
        raise NoStudentVoice("flite is not installed; type: make system")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "question.wav"
        subprocess.run([flite, "-voice", voice, "-t", text, "-o", str(file)], check=True, capture_output=True)
        with wave.open(str(file)) as wav:
            rate_hz = wav.getframerate()
            pcm = np.frombuffer(wav.readframes(wav.getnframes()), np.int16)
    sound = soxr.resample(pcm.astype(np.float32), rate_hz, MIC_RATE_HZ)
    voiced = np.flatnonzero(np.abs(sound) > 0.02 * np.abs(sound).max())
    trimmed = sound[voiced[0] : voiced[-1] + 1]
    lead = np.zeros(int(lead_s * MIC_RATE_HZ), np.float32)
    return np.concatenate([lead, trimmed]).clip(-32768, 32767).astype(np.int16)


def save_wav(path: Path, pcm: Pcm, rate_hz: int = MIC_RATE_HZ) -> None:
    """Write mono 16-bit sound."""
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(rate_hz)
        wav.writeframes(pcm.tobytes())
