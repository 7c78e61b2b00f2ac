"""A library of any size made on the spot: sentences whose words are as common and as rare as in real text.

Half of the words come from the demo library, half are drawn from a vocabulary by Zipf's law, so that posting
lists grow with the library as they do in practice. A quarter of the passages is Chinese.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bench.house import DEMO_LIBRARY
from tutor_engine.knowledge.document import CutPassage, Language
from tutor_engine.knowledge.port import BaseKey, Embedded, Index, PageText

_VOCABULARY = 30_000
_SENTENCES = 4
_SYLLABLES = (
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "la",
    "me",
    "ni",
    "po",
    "ru",
    "sa",
    "te",
    "vi",
    "wo",
    "zu",
    "kra",
    "stri",
)
_CHINESE_SHARE = 4
"""Every fourth passage."""
_CHUNK = 500


@dataclass(frozen=True)
class Text:
    """One passage and the language it is in."""

    words: str
    language: Language


class Corpus:
    """Passages and questions about them; the same for the same seed."""

    def __init__(self, seed: int = 1) -> None:
        self._dice = random.Random(seed)
        self._source: dict[Language, list[str]] = {
            "en": [part for part in _lines("en") if part.isascii()],
            "zh": _lines("zh"),
        }
        made = {
            "".join(self._dice.choices(_SYLLABLES, k=self._dice.randint(2, 4))) for _ in range(_VOCABULARY)
        }
        self._words = sorted(made)
        self._dice.shuffle(self._words)
        self._weights = list(np.cumsum([1 / rank for rank in range(1, len(self._words) + 1)]))

    def passages(self, count: int) -> Iterator[Text]:
        """So many passages of about 110 words or 130 Hanzi."""
        for number in range(count):
            language: Language = "zh" if number % _CHINESE_SHARE == 0 else "en"
            yield Text(" ".join(self._sentence(language) for _ in range(_SENTENCES)), language)

    def prose(self, count: int) -> Iterator[str]:
        """So many passages of about 700 characters of the demo library, as they are cut from a textbook."""
        for _ in range(count):
            yield " ".join(f"{sentence}." for sentence in self._dice.choices(self._source["en"], k=8))

    def question(self, text: Text) -> str:
        """Six words of a passage, as a student would ask."""
        if text.language == "zh":
            at = self._dice.randrange(max(len(text.words) - 12, 1))
            return f"为什么{text.words[at : at + 12]}？"
        words = text.words.split()
        at = self._dice.randrange(max(len(words) - 6, 1))
        return f"Why is it that {' '.join(words[at : at + 6])}?"

    def _sentence(self, language: Language) -> str:
        known = self._dice.choice(self._source[language])
        count = 14 if language == "en" else 3
        rare = self._dice.choices(self._words, cum_weights=self._weights, k=count)
        return f"{known} {' '.join(rare)}."


def fill(index: Index, kb: BaseKey, texts: list[Text], model: str, dimension: int) -> None:
    """Put the passages into one base, with random vectors: their cost does not depend on what they say."""
    dice = np.random.default_rng(1)
    version = index.begin(kb, "book", sha256="1" * 64, title="Book", kind="txt")
    for at in range(0, len(texts), _CHUNK):
        pages, cuts = [], []
        for number, text in enumerate(texts[at : at + _CHUNK], start=at + 1):
            size = len(text.words)
            spans = tuple((size * k // _SENTENCES, size * (k + 1) // _SENTENCES) for k in range(_SENTENCES))
            pages.append(PageText(number, text.words))
            cuts.append(CutPassage(number, 0, text.words, f"Part {number // 40}", text.language, spans))
        index.add_pages(kb, "book", version, pages, cuts)
        waiting = index.without_vectors(kb, model, ("en",), _CHUNK)
        rows = dice.standard_normal((len(waiting), 1 + _SENTENCES, dimension)).astype(np.float32)
        rows /= np.linalg.norm(rows, axis=2, keepdims=True)
        index.set_vectors(
            kb, model, [Embedded(p.place.row, r[0], r[1:]) for p, r in zip(waiting, rows, strict=True)]
        )
    index.finish(kb, "book", version)


def _lines(language: str) -> list[str]:
    end = "." if language == "en" else "。"
    text = "\n".join(path.read_text("utf-8") for path in sorted((DEMO_LIBRARY / language).glob("*.md")))
    parts = [part.strip() for line in text.split("\n") if line[:1] not in "#|`>" for part in line.split(end)]
    return [part for part in parts if 12 < len(part) < 200]
