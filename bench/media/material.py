"""Real pictures and real speech for the worker: Ada's idle loop, Ada speaking, her voice.

Rendered and synthesised once per run into a folder. `claps` replaces both by a clapperboard: once a second a
white frame and a beep that belong to the same moment.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tutor_engine.showing.port import FPS, FRAME_MS, FrameRequest, Speech, TimedPhoneme
from tutor_engine.showing.puppet.drawn import write_drawn_packages
from tutor_engine.showing.puppet.engine import PuppetEngine
from tutor_engine.showing.puppet.packages import open_package
from tutor_engine.speaking.espeak import EspeakVoice
from tutor_engine.speaking.stage import Speaking, SpokenSound

TEXT = (
    "Stars are born in cold clouds of hydrogen. Gravity pulls the gas together until its centre is so hot "
    "that hydrogen becomes helium, and the star begins to shine. Our own sun has done so for about five "
    "billion years, and it will go on for five billion more."
)
LOOP = "bench-ada"
SPEECH_FRAMES = 8 * FPS
CLAP_FRAMES = FPS
"""A clap every second."""
BEEP_HZ = 1000.0
BEEP_MS = 20
CLAP_RATE_HZ = 48_000

Frames = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Material:
    """Pictures as raw I420 files, speech as 16-bit mono PCM that covers the speaking frames."""

    width: int
    height: int
    loop: Path
    loop_frames: int
    speech: Path
    speech_frames: int
    pcm: bytes
    rate_hz: int

    def pictures(self, *, speaking: bool) -> Frames:
        """The frames of a file, shape (count, height * 3 // 2, width)."""
        path, count = (self.speech, self.speech_frames) if speaking else (self.loop, self.loop_frames)
        return np.memmap(path, np.uint8, "r", shape=(count, self.height * 3 // 2, self.width))

    def sound(self, seconds: float) -> bytes:
        """So much speech, said again and again; a whole number of frames."""
        wanted = round(seconds * FPS) * self.rate_hz // FPS * 2
        return (self.pcm * (wanted // len(self.pcm) + 1))[:wanted]


def make(folder: Path) -> Material:
    """Render and say everything; takes some seconds."""
    import cv2

    cv2.setNumThreads(1)
    write_drawn_packages(folder / "avatars")
    engine = PuppetEngine(open_package)
    info = engine.open(1, folder / "avatars" / "ada")
    loop, speech = folder / "loop.i420", folder / "speech.i420"
    with loop.open("wb") as file:
        for index in range(info.frames):
            file.write(engine.render([FrameRequest(1, index, None)])[0].tobytes())
    pcm, rate_hz, phonemes = asyncio.run(_say(TEXT))
    engine.feed(1, Speech(pcm, rate_hz, 0.0, phonemes))
    with speech.open("wb") as file:
        for index in range(SPEECH_FRAMES):
            request = FrameRequest(1, index % info.frames, float(index * FRAME_MS))
            file.write(engine.render([request])[0].tobytes())
    engine.close(1)
    samples = SPEECH_FRAMES * rate_hz // FPS
    return Material(
        width=info.width,
        height=info.height,
        loop=loop,
        loop_frames=info.frames,
        speech=speech,
        speech_frames=SPEECH_FRAMES,
        pcm=pcm[: samples * 2].ljust(samples * 2, b"\0"),
        rate_hz=rate_hz,
    )


def claps(material: Material, folder: Path) -> Material:
    """The same face with a clapperboard in its speech."""
    frames = np.array(material.pictures(speaking=True)[:CLAP_FRAMES])
    frames[0, : material.height] = 235
    frames[0, material.height :] = 128
    speech = folder / "claps.i420"
    speech.write_bytes(frames.tobytes())
    t = np.arange(CLAP_RATE_HZ * BEEP_MS // 1000) / CLAP_RATE_HZ
    second = np.zeros(CLAP_RATE_HZ * CLAP_FRAMES // FPS, np.int16)
    second[: len(t)] = (20_000 * np.sin(2 * np.pi * BEEP_HZ * t)).astype(np.int16)
    return Material(
        width=material.width,
        height=material.height,
        loop=material.loop,
        loop_frames=material.loop_frames,
        speech=speech,
        speech_frames=CLAP_FRAMES,
        pcm=second.tobytes(),
        rate_hz=CLAP_RATE_HZ,
    )


async def _say(text: str) -> tuple[bytes, int, list[TimedPhoneme]]:
    async def words() -> AsyncIterator[str]:
        yield text

    voice = EspeakVoice()
    pcm, rate_hz, phonemes = bytearray(), 0, list[TimedPhoneme]()
    try:
        async for piece in Speaking(voice).speak(words(), voice=None, language="en"):
            if isinstance(piece, SpokenSound):
                rate_hz = piece.rate_hz
                pcm += piece.pcm
                phonemes += [TimedPhoneme(m.ipa, m.start_ms, m.end_ms) for m in piece.phonemes]
    finally:
        await voice.aclose()
    return bytes(pcm), rate_hz, phonemes
