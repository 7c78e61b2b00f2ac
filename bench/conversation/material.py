"""Speech to measure with: questions of the demo library by synthetic students, and recordings of people."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

from bench.house import DEMO_LIBRARY
from bench.student import MIC_RATE_HZ, Pcm
from bench.voice import record
from tutor_engine.hearing.audio import decode_recording
from tutor_engine.hearing.port import RATE_HZ

VOICES = ("rms", "slt")
"""A man and a woman of flite; the embedded tutor speaks with another engine."""
ROOM_NOISE = 10.0
"""Standard deviation of a quiet microphone's noise, in units of 16-bit samples (-70 dB)."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and a phrase of the passage that answers it; empty when nothing in the library does."""

    text: str
    phrase: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """Something said."""

    speaker: str
    text: str
    """Empty when nobody has written it down."""
    phrase: str
    pcm: Pcm


def library_files() -> list[Path]:
    """Documents of the English demo library."""
    return sorted((DEMO_LIBRARY / "en").glob("*.[mp]d*"))


def questions() -> tuple[list[Question], list[Question]]:
    """Those that the demo library answers, and those it does not."""
    data = json.loads((DEMO_LIBRARY / "en" / "questions.json").read_text("utf-8"))
    gold = [Question(entry["question"], entry["phrase"]) for entry in data["questions"]]
    return gold, [Question(text, "") for text in data["off_topic"]]


def in_a_room(pcm: Pcm, seed: int, *, before_ms: int = 0, after_ms: int = 300) -> Pcm:
    """The sound with quiet noise under it and around it."""
    per_ms = RATE_HZ // 1000
    padded = np.pad(pcm.astype(np.float64), (before_ms * per_ms, after_ms * per_ms))
    noise = np.random.default_rng(seed).normal(0, ROOM_NOISE, padded.size)
    return (padded + noise).clip(-32768, 32767).astype(np.int16)


def spoken(asked: list[Question], voice: str) -> list[Spoken]:
    """The questions in one voice, each in a quiet room."""
    return [
        Spoken(voice, each.text, each.phrase, in_a_room(to_16_khz(record(each.text, voice, lead_s=0.3)), at))
        for at, each in enumerate(asked)
    ]


def recordings(folder: Path) -> list[Spoken]:
    """Recordings of people; `name.txt` beside `name.wav` holds the words."""
    found: list[Spoken] = []
    for path in sorted(folder.iterdir()):
        if path.suffix in (".wav", ".flac", ".mp3", ".ogg", ".webm", ".mp4"):
            words = path.with_suffix(".txt")
            text = words.read_text("utf-8").strip() if words.is_file() else ""
            pcm = np.frombuffer(decode_recording(path.read_bytes(), None), np.int16)
            found.append(Spoken(path.stem, text, "", pcm))
    return found


def to_16_khz(pcm: Pcm) -> Pcm:
    """What hearing gets from the student's microphone."""
    if MIC_RATE_HZ == RATE_HZ:
        return pcm
    return soxr.resample(pcm.astype(np.float32), MIC_RATE_HZ, RATE_HZ).clip(-32768, 32767).astype(np.int16)
