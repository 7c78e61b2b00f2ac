"""A person's voice that everybody can have: the prompts of Asterisk, spoken by Allison Smith (CC BY-SA 3.0).

They come as Debian packages (asterisk-core-sounds-en and asterisk-core-sounds-en-g722). What makes them worth
having is the melody: a person who is cut between two words does not sound as if they were done, as the voices
of a synthesiser do.
"""

import gzip
import re
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from bench.conversation.material import Spoken, in_a_room
from bench.conversation.thinking import AFTER_MS, LEAD_MS, PAUSES_S, Thought
from bench.student import Pcm
from tutor_engine.hearing.port import RATE_HZ

TEXTS = Path("usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz")
SOUNDS = Path("usr/share/asterisk/sounds/en_US_f_Allison")
WORDS = range(6, 15)
"""Shorter ones have no middle; longer ones are menus, after whose parts one may well stop."""
_PER_MS = RATE_HZ // 1000
_STEP_MS = 20
_QUIET = 0.06
"""Of the loudness of loud places: less is no speech."""
_MIDDLE = (0.3, 0.75)
_AROUND_MS = 240
_LINE = re.compile(r"([\w/-]+): *(.+)")
_NOT_ONE_SENTENCE = re.compile(r"[\[(]|\.\.\.|[.!?] +\w|,.*,")


@dataclass(frozen=True, slots=True)
class Prompt:
    """One sentence, from its first to its last sound."""

    text: str
    pcm: Pcm


def prompts(root: Path) -> list[Prompt]:
    """The prompts that are one sentence of a few words; `root` is where the packages are unpacked."""
    found: list[Prompt] = []
    for line in gzip.decompress((root / TEXTS).read_bytes()).decode("latin-1").splitlines():
        told = _LINE.fullmatch(line.strip())
        if told is None or len(told[2].split()) not in WORDS or _NOT_ONE_SENTENCE.search(told[2]):
            continue
        sound = root / SOUNDS / f"{told[1]}.g722"
        if sound.is_file():
            found.append(Prompt(told[2], _trimmed(_decoded(sound))))
    return found


def in_one_go(said: list[Prompt]) -> list[Thought]:
    """Prompts as they were spoken."""
    return [_thought(each, at, each.pcm, None, "") for at, each in enumerate(said)]


def with_silence(said: list[Prompt]) -> list[Thought]:
    """Prompts with 0.4 to 1.5 s of silence at a quiet place about their middle, at random."""
    random = np.random.default_rng(7)
    thoughts: list[Thought] = []
    for at, each in enumerate(said):
        levels = _levels(each.pcm)
        near = int(random.uniform(*_MIDDLE) * levels.size)
        around = slice(max(1, near - _AROUND_MS // _STEP_MS), near + _AROUND_MS // _STEP_MS)
        where = (around.start + int(np.argmin(levels[around]))) * _STEP_MS * _PER_MS
        pause_ms = float(random.uniform(*PAUSES_S)) * 1000
        silence = np.zeros(int(pause_ms * _PER_MS), np.int16)
        begins_ms = LEAD_MS + where / _PER_MS
        words = each.text.split()
        rest = " ".join(words[round(len(words) * where / each.pcm.size) :])
        pcm = np.concatenate([each.pcm[:where], silence, each.pcm[where:]])
        thoughts.append(_thought(each, at, pcm, (begins_ms, begins_ms + pause_ms), rest))
    return thoughts


def _thought(said: Prompt, seed: int, pcm: Pcm, pause_ms: tuple[float, float] | None, rest: str) -> Thought:
    room = in_a_room(pcm, seed, before_ms=LEAD_MS, after_ms=AFTER_MS)
    return Thought(Spoken("Allison", said.text, "", room), pause_ms, LEAD_MS + pcm.size / _PER_MS, rest)


def _decoded(path: Path) -> Pcm:
    with av.open(str(path), format="g722") as file:
        frames = [frame.to_ndarray().reshape(-1) for frame in file.decode(audio=0)]
    return np.concatenate(frames).astype(np.int16)


def _levels(pcm: Pcm) -> npt.NDArray[np.float64]:
    step = _STEP_MS * _PER_MS
    whole = pcm[: pcm.size // step * step].reshape(-1, step).astype(np.float64)
    return np.sqrt((whole**2).mean(axis=1))


def _trimmed(pcm: Pcm) -> Pcm:
    levels = _levels(pcm)
    spoken = np.flatnonzero(levels > _QUIET * np.percentile(levels, 95))
    step = _STEP_MS * _PER_MS
    return pcm[spoken[0] * step : (spoken[-1] + 1) * step]
