"""Speech made on the spot by espeak-ng."""

import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tutor_engine.hearing.port import RATE_HZ

# Test modules of this folder import `hearing_fakes` and `tiny_whisper` from beside them.
sys.path.insert(0, str(Path(__file__).parent))

_SPEAK = """
import ctypes, sys
import espeakng_loader as loader
lib = ctypes.CDLL(loader.get_library_path())
rate = lib.espeak_Initialize(2, 60, str(loader.get_data_path()).encode(), 0x8000)
pieces = []
@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
def take(wav, count, events):
    if wav and count:
        pieces.append(ctypes.string_at(wav, 2 * count))
    return 0
lib.espeak_SetSynthCallback(take)
lib.espeak_SetVoiceByName(sys.argv[1].encode())
lib.espeak_SetParameter(1, 150, 0)
text = sys.argv[2].encode()
lib.espeak_Synth(text, len(text) + 1, 0, 0, 0, 1, None, None)
lib.espeak_Synchronize()
sys.stdout.buffer.write(rate.to_bytes(4, "little") + b"".join(pieces))
"""


@cache
def _spoken(text: str, voice: str) -> bytes:
    import soxr

    # espeak-ng keeps its state in globals, so each sentence has a process of its own.
    made = subprocess.run([sys.executable, "-c", _SPEAK, voice, text], capture_output=True, check=True).stdout
    rate = int.from_bytes(made[:4], "little")
    return soxr.resample(np.frombuffer(made[4:], "<i2"), rate, RATE_HZ).astype("<i2").tobytes()


@pytest.fixture(scope="session")
def speak() -> Callable[..., bytes]:
    """`speak(text, voice="en-us")`: 16 kHz PCM."""

    def spoken(text: str, voice: str = "en-us") -> bytes:
        return _spoken(text, voice)

    return spoken
