"""Phonemes for engines that tell only when words sound.

The phonemes and their lengths come from another voice's reading of the same text; each word's stretch of
them is fitted to the time the engine gives that word. Pure functions of numbers and text.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from tutor_engine.speaking.port import PhonemeMark, WordMark

_CLOSED_MS = 60.0
"""Between words further apart than this the mouth closes; over shorter gaps the last phoneme goes on."""
_OWN_LENGTHS = 0.65
"""How far the other voice's lengths count, 1 wholly, 0 not at all. Voices agree that some phonemes are long
but not by how much: against flite, an independent voice, 0.65 places 73 % of the shapes, 1 places 71 %."""


@dataclass(frozen=True, slots=True)
class Pronunciation:
    """How a text is said at another voice's pace: its words and phonemes with their times."""

    words: tuple[WordMark, ...] = ()
    phonemes: tuple[PhonemeMark, ...] = ()


class WordAligner:
    """Takes the words of one segment in the order they sound and gives marks for them."""

    def __init__(self, text: str, pronunciation: Pronunciation) -> None:
        self._text = text
        self._folded = text.casefold() if len(text.casefold()) == len(text) else text
        self._pronunciation = pronunciation
        self._cursor = 0
        self._last: PhonemeMark | None = None
        self._at_ms = 0.0

    def word(self, word: str, start_ms: float, end_ms: float) -> list[WordMark | PhonemeMark]:
        """Marks for a word that the engine announces."""
        char_start, char_end = self._find(word)
        begin = max(start_ms, self._at_ms)
        end = max(end_ms, begin)
        marks: list[WordMark | PhonemeMark] = [
            WordMark(self._text[char_start:char_end], char_start, char_end, begin, end)
        ]
        marks += self._gap(begin)
        marks += self._warped(char_start, char_end, begin, end)
        self._at_ms = end
        return marks

    def end(self, at_ms: float) -> list[PhonemeMark]:
        """The pause after the last word."""
        return self._gap(at_ms) if self._pronunciation.phonemes else []

    def _find(self, word: str) -> tuple[int, int]:
        """Where the engine's word stands; one that is not in the text marks the place reached so far."""
        at = self._text.find(word, self._cursor)
        if at < 0:
            at = self._folded.find(word.casefold(), self._cursor)
        if at < 0:
            return self._cursor, self._cursor
        self._cursor = at + len(word)
        return at, self._cursor

    def _gap(self, until: float) -> list[PhonemeMark]:
        """A pause up to the next word, when the gap is long enough to close the mouth."""
        if until - self._at_ms <= 0 or not self._pronunciation.phonemes:
            return []
        return [PhonemeMark("", self._at_ms, until)] if until - self._at_ms > _CLOSED_MS else []

    def _warped(self, char_start: int, char_end: int, begin: float, end: float) -> list[PhonemeMark]:
        """The phonemes of the words between two characters, stretched to the time from `begin` to `end`."""
        words = [w for w in self._pronunciation.words if w.char_start < char_end and w.char_end > char_start]
        if not words or end <= begin:
            return []
        spoken = _within(self._pronunciation.phonemes, words[0].start_ms, words[-1].end_ms)
        if not spoken:
            return []
        lengths = [(p.end_ms - p.start_ms) ** _OWN_LENGTHS for p in spoken]
        scale = (end - begin) / sum(lengths)
        inner = [begin + scale * length for length in itertools.accumulate(lengths)][:-1]
        return [
            PhonemeMark(p.ipa, start, stop)
            for p, (start, stop) in zip(spoken, itertools.pairwise((begin, *inner, end)), strict=True)
        ]


def _within(phonemes: Sequence[PhonemeMark], begin: float, end: float) -> list[PhonemeMark]:
    """Phonemes whose middle lies in a stretch of time."""
    return [p for p in phonemes if p.ipa and begin <= (p.start_ms + p.end_ms) / 2 < end]
