"""Speech made on the spot by espeak-ng, and a recogniser without a model."""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import pytest

from tutor_engine.hearing.port import (
    BYTES_PER_MS,
    RATE_HZ,
    LanguageNotHeard,
    RecogniserCapabilities,
    RecogniserFailed,
    Transcript,
)

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


def silence(ms: int) -> bytes:
    """A quiet room: a little noise, as microphones have."""
    noise = np.random.default_rng(ms).normal(0, 6, ms * RATE_HZ // 1000)
    return noise.astype("<i2").tobytes()


@pytest.fixture(scope="session")
def speak() -> Callable[..., bytes]:
    """`speak(text, voice="en-us")`: 16 kHz PCM."""

    def spoken(text: str, voice: str = "en-us") -> bytes:
        return _spoken(text, voice)

    return spoken


class ScriptedUtterance:
    """Knows its words from the start; shows one more of them per 300 ms of sound."""

    def __init__(self, owner: "ScriptedRecogniser", language: str) -> None:
        self._owner = owner
        self._language = language
        self.heard = bytearray()
        self.closed = False

    async def feed(self, pcm: bytes) -> None:
        self.heard += pcm

    async def partial(self) -> str:
        words = self._owner.text.split()
        return " ".join(words[: len(self.heard) // (300 * BYTES_PER_MS)])

    async def finish(self) -> Transcript:
        await asyncio.sleep(0)
        if self._owner.broken:
            raise RecogniserFailed("as told")
        return Transcript(self._owner.text if len(self.heard) > 300 * BYTES_PER_MS else "", self._language)

    async def aclose(self) -> None:
        self.closed = True


class ScriptedRecogniser:
    """Understands what it was told that it will."""

    def __init__(self, text: str = "what is photosynthesis", languages: Sequence[str] = ("en",)) -> None:
        self.text = text
        self.broken = False
        self.utterances: list[ScriptedUtterance] = []
        self.speakers: list[str] = []
        self.warmed = 0
        self.closed = False
        self._languages = frozenset(languages)

    @property
    def capabilities(self) -> RecogniserCapabilities:
        return RecogniserCapabilities("scripted", self._languages, partials=True)

    async def warm(self) -> None:
        self.warmed += 1

    async def open(
        self, language: str, vocabulary: Sequence[str] = (), *, speaker: str = ""
    ) -> ScriptedUtterance:
        if language not in self._languages:
            raise LanguageNotHeard(language)
        self.speakers.append(speaker)
        self.utterances.append(ScriptedUtterance(self, language))
        return self.utterances[-1]

    async def aclose(self) -> None:
        self.closed = True
