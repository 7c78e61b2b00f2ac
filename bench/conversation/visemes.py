"""Mouth shapes from word times alone, as Edge TTS gives them, against speech whose phonemes are known.

Speech of espeak-ng at several paces, of espeak-ng with phonemes stretched at random as people do, and of
flite (another engine with its own lengths and dictionary) is reduced to word boundaries as the service sends
them. The product's path makes phonemes of them again. A true phoneme is right when one of the same viseme
begins within 40 ms of it, in order. Baseline: the same phonemes, every word divided equally.
"""

import argparse
import asyncio
import ctypes
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from bench.house import DEMO_LIBRARY
from bench.tables import show
from tutor_engine.showing.visemes import SILENCE, visemes_of
from tutor_engine.speaking.alignment import Pronunciation, WordAligner
from tutor_engine.speaking.espeak import EspeakVoice
from tutor_engine.speaking.port import PhonemeMark, WordMark

NEAR_MS = 40.0
TICKS_PER_MS = 10_000
GRID_MS = 12.5
"""The service's times are multiples of this, and a word ends one of them before the next begins."""
JITTER_MS = 8.0
"""Standard deviation of where the service believes that a word begins."""
PACES = (0.85, 1.0, 1.2)
STRETCH = 0.35
"""Standard deviation of the logarithm of a phoneme's length, as read speech has it."""


@dataclass(frozen=True, slots=True)
class Speech:
    """A text, and where its words and phonemes truly are."""

    text: str
    words: tuple[WordMark, ...]
    phonemes: tuple[PhonemeMark, ...]


@dataclass(frozen=True, slots=True)
class Boundary:
    """A word boundary in the units of the service: ticks of 100 ns."""

    text: str
    offset: int
    duration: int


def sentences(language: str, count: int) -> list[str]:
    """Plain sentences of the demo library, from all its parts."""
    found: list[str] = []
    plain = re.compile(
        r"[A-Za-z' ,]{40,140}[.?]" if language == "en" else r"[\u4e00-\u9fff，、]{12,50}[。？]"
    )
    for path in sorted((DEMO_LIBRARY / language).glob("*.md")):
        parts = re.split(r"\n+|(?<=[.?!])\s+|(?<=[。？！])", path.read_text("utf-8"))
        found += [part.strip() for part in parts if plain.fullmatch(part.strip())]
    step = max(1, len(found) // count)
    return found[::step][:count]


def boundaries(speech: Speech, language: str, random: np.random.Generator) -> list[Boundary]:
    """The words as the service would announce them."""
    words = _grouped(speech) if language == "zh" else list(speech.words)
    starts = [max(0.0, word.start_ms + random.normal(0, JITTER_MS)) for word in words]
    on_grid = [round(start / GRID_MS) * GRID_MS for start in starts]
    found: list[Boundary] = []
    for at, word in enumerate(words):
        end = round(word.end_ms / GRID_MS) * GRID_MS
        if at + 1 < len(words):
            end = min(end, on_grid[at + 1] - GRID_MS)
        length = max(GRID_MS, end - on_grid[at])
        found.append(Boundary(word.text, round(on_grid[at] * TICKS_PER_MS), round(length * TICKS_PER_MS)))
    return found


def _grouped(speech: Speech) -> list[WordMark]:
    """Hanzi joined to words, as the service joins them."""
    import jieba

    jieba.setLogLevel(60)
    found: list[WordMark] = []
    for _, begin, end in jieba.tokenize(speech.text):
        inside = [word for word in speech.words if begin <= word.char_start < end]
        if inside:
            found.append(WordMark(speech.text[begin:end], begin, end, inside[0].start_ms, inside[-1].end_ms))
    return found


def product(text: str, read: Pronunciation, told: Sequence[Boundary]) -> list[PhonemeMark]:
    """Phonemes as the product makes them of the service's words."""
    aligner = WordAligner(text, read)
    marks: list[WordMark | PhonemeMark] = []
    for each in told:
        start_ms = each.offset / TICKS_PER_MS
        marks += aligner.word(each.text, start_ms, start_ms + each.duration / TICKS_PER_MS)
    return [mark for mark in marks if isinstance(mark, PhonemeMark)]


def equally(read: Pronunciation) -> Pronunciation:
    """The baseline: in each word every phoneme is as long as the others."""
    phonemes: list[PhonemeMark] = []
    for word in read.words:
        inside = [p for p in read.phonemes if p.ipa and word.start_ms <= p.start_ms < word.end_ms]
        step = (word.end_ms - word.start_ms) / max(1, len(inside))
        phonemes += [
            PhonemeMark(p.ipa, word.start_ms + n * step, word.start_ms + (n + 1) * step)
            for n, p in enumerate(inside)
        ]
    return Pronunciation(read.words, tuple(phonemes))


def shapes(phonemes: Sequence[PhonemeMark]) -> list[tuple[float, str]]:
    """When each mouth shape begins; pauses left out."""
    visemes = ((p.start_ms, visemes_of(p.ipa)[0]) for p in phonemes if p.ipa)
    return [(at_ms, viseme.name) for at_ms, viseme in visemes if viseme is not SILENCE]


def right(true: Sequence[tuple[float, str]], found: Sequence[tuple[float, str]]) -> int:
    """The most true shapes that can be paired, in order, with the same shape begun within 40 ms."""
    row = [0] * (len(found) + 1)
    for at_ms, name in true:
        before, row = row, [0] * (len(found) + 1)
        for place, (found_ms, found_name) in enumerate(found, start=1):
            pair = name == found_name and abs(at_ms - found_ms) <= NEAR_MS
            row[place] = max(before[place], row[place - 1], before[place - 1] + pair)
    return row[-1]


async def spoken(voice: EspeakVoice, text: str, language: str, pace: float) -> Speech:
    """What espeak-ng says, as a man; the product reads as a woman, at a pace of its own."""
    words: list[WordMark] = []
    phonemes: list[PhonemeMark] = []
    async for event in voice.speak(text, voice="guy", language=language, rate=pace):
        if isinstance(event, WordMark):
            words.append(event)
        elif isinstance(event, PhonemeMark):
            phonemes.append(event)
    return Speech(text, tuple(_sounding(word, phonemes) for word in words), tuple(phonemes))


def _sounding(word: WordMark, phonemes: Sequence[PhonemeMark]) -> WordMark:
    """The word from the beginning of its first phoneme; espeak-ng announces it up to 40 ms before."""
    inside = [p for p in phonemes if p.ipa and word.start_ms <= (p.start_ms + p.end_ms) / 2 < word.end_ms]
    if not inside:
        return word
    return WordMark(word.text, word.char_start, word.char_end, inside[0].start_ms, inside[-1].end_ms)


def stretched(speech: Speech, random: np.random.Generator) -> Speech:
    """The same speech with every phoneme longer or shorter at random."""
    edges = [speech.phonemes[0].start_ms, *(p.end_ms for p in speech.phonemes)]
    lengths = np.diff(edges) * np.exp(random.normal(0, STRETCH, len(speech.phonemes)))
    moved = np.concatenate([[0.0], np.cumsum(lengths)])

    def at(ms: float) -> float:
        return float(np.interp(ms, edges, moved))

    return Speech(
        speech.text,
        tuple(WordMark(w.text, w.char_start, w.char_end, at(w.start_ms), at(w.end_ms)) for w in speech.words),
        tuple(PhonemeMark(p.ipa, at(p.start_ms), at(p.end_ms)) for p in speech.phonemes),
    )


_IPA_OF_FLITE = {
    "aa": "ɑ", "ae": "æ", "ah": "ʌ", "ao": "ɔ", "aw": "aʊ", "ax": "ə", "ay": "aɪ", "b": "b", "ch": "tʃ",
    "d": "d", "dh": "ð", "eh": "ɛ", "er": "ɚ", "ey": "eɪ", "f": "f", "g": "ɡ", "hh": "h", "ih": "ɪ",
    "iy": "i", "jh": "dʒ", "k": "k", "l": "l", "m": "m", "n": "n", "ng": "ŋ", "ow": "oʊ", "oy": "ɔɪ",
    "p": "p", "r": "ɹ", "s": "s", "sh": "ʃ", "t": "t", "th": "θ", "uh": "ʊ", "uw": "u", "v": "v", "w": "w",
    "y": "j", "z": "z", "zh": "ʒ",
}  # fmt: skip


class Flite:
    """The library of flite, for the times of its phonemes."""

    def __init__(self) -> None:
        """Load the voice of a woman.

        Raises:
            OSError: flite is not installed.
        """
        self._library = ctypes.CDLL("libflite.so.1", ctypes.RTLD_GLOBAL)
        for name in ("libflite_usenglish.so.1", "libflite_cmulex.so.1"):
            ctypes.CDLL(name, ctypes.RTLD_GLOBAL)
        voice = ctypes.CDLL("libflite_cmu_us_slt.so.1", ctypes.RTLD_GLOBAL)
        for function in ("flite_synth_text", "utt_relation", "relation_head", "item_next"):
            getattr(self._library, function).restype = ctypes.c_void_p
        self._library.ffeature_float.restype = ctypes.c_float
        self._library.ffeature_string.restype = ctypes.c_char_p
        self._library.flite_init()
        voice.register_cmu_us_slt.restype = ctypes.c_void_p
        self._voice = ctypes.c_void_p(voice.register_cmu_us_slt(None))

    def spoken(self, text: str) -> Speech:
        """What flite says."""
        utterance = ctypes.c_void_p(self._library.flite_synth_text(text.encode(), self._voice))
        words: list[WordMark] = []
        cursor = 0
        for item in self._items(utterance, b"Word"):
            name = self._string(item, b"name")
            at = text.lower().find(name.lower(), cursor)
            if at < 0:
                continue
            cursor = at + len(name)
            first = self._ms(item, b"R:SylStructure.daughter1.daughter1.R:Segment.p.end")
            last = self._ms(item, b"R:SylStructure.daughtern.daughtern.R:Segment.end")
            words.append(WordMark(text[at:cursor], at, cursor, first, last))
        names = [
            (self._string(item, b"name"), self._ms(item, b"end"))
            for item in self._items(utterance, b"Segment")
        ]
        phonemes = [
            PhonemeMark(_IPA_OF_FLITE.get(name, ""), before, end)
            for (_, before), (name, end) in pairwise([("", 0.0), *names])
        ]
        self._library.delete_utterance(utterance)
        return Speech(text, tuple(words), tuple(phonemes))

    def _items(self, utterance: Any, relation: bytes) -> Iterator[Any]:
        head = ctypes.c_void_p(self._library.utt_relation(utterance, relation))
        item = self._library.relation_head(head)
        while item:
            yield ctypes.c_void_p(item)
            item = self._library.item_next(ctypes.c_void_p(item))

    def _string(self, item: Any, path: bytes) -> str:
        return self._library.ffeature_string(item, path).decode()

    def _ms(self, item: Any, path: bytes) -> float:
        return self._library.ffeature_float(item, path) * 1000


@dataclass(slots=True)
class Score:
    """Counted over many sentences."""

    true: int = 0
    product: int = 0
    baseline: int = 0

    def add(self, speech: Speech, read: Pronunciation, language: str, random: np.random.Generator) -> None:
        """Count one sentence."""
        told = boundaries(speech, language, random)
        truth = shapes(speech.phonemes)
        self.true += len(truth)
        self.product += right(truth, shapes(product(speech.text, read, told)))
        self.baseline += right(truth, shapes(product(speech.text, equally(read), told)))

    def row(self, language: str, name: str) -> list[object]:
        """Cells of the table."""
        return [
            language,
            name,
            self.true,
            f"{self.product / self.true:.1%}",
            f"{self.baseline / self.true:.1%}",
        ]


async def measured(count: int) -> list[list[object]]:
    """Rows of the table."""
    random = np.random.default_rng(1)
    voice = EspeakVoice()
    flite = Flite()
    rows: list[list[object]] = []
    for language in ("en", "zh"):
        texts = sentences(language, count)
        scores = {name: Score() for name in ("espeak-ng, other paces", "espeak-ng, stretched")}
        for text in texts:
            read = await voice.pronounce(text, language=language)
            for pace in PACES:
                speech = await spoken(voice, text, language, pace)
                scores["espeak-ng, other paces"].add(speech, read, language, random)
                scores["espeak-ng, stretched"].add(stretched(speech, random), read, language, random)
            if language == "en":
                scores.setdefault("flite slt", Score()).add(flite.spoken(text), read, language, random)
        rows += [score.row(language, name) for name, score in scores.items()]
    await voice.aclose()
    return rows


def main() -> None:
    """One table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, default=40, help="of each language")
    rows = asyncio.run(measured(parser.parse_args().sentences))
    show(
        "Mouth shapes from word times (goal: 85 % within 40 ms)",
        ("language", "true speech", "phonemes", "product", "equal division"),
        rows,
        f"word times on a grid of {GRID_MS} ms, moved by {JITTER_MS} ms (one standard deviation); stretched: "
        f"every phoneme's length times exp(N(0, {STRETCH}))",
        "flite pronounces some words differently, so its row also counts differences of the dictionaries",
    )


if __name__ == "__main__":
    main()
