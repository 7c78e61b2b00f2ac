"""From written text to what is said aloud, with a way back to the written characters. Pure functions.

Numbers, formulas, units, abbreviations and symbols become words of English or Chinese; markdown,
citations, emoji and code marks are not spoken. No letter of any script is ever dropped.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from tutor_engine.speaking.passage import Passage, Reading
from tutor_engine.speaking.reading import readings


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Spoken characters and the written ones they stand for, one to one when `verbatim`."""

    spoken_start: int
    spoken_end: int
    written_start: int
    written_end: int
    verbatim: bool


@dataclass(frozen=True, slots=True)
class Spoken:
    """What is said for a text; `text` is empty when there is nothing to say."""

    text: str
    stretches: tuple[_Stretch, ...] = ()

    def written_span(self, start: int, end: int) -> tuple[int, int]:
        """The written characters that spoken characters `start` to `end` stand for."""
        first = bisect_right(self.stretches, start, key=lambda s: s.spoken_end)
        spans = [_back(s, start, end) for s in self.stretches[first:] if s.spoken_start < max(end, start + 1)]
        if not spans:
            # A space that only the reading has: it stands behind what was said before it.
            at = self.stretches[first - 1].written_end if first else 0
            return at, at
        return min(s for s, _ in spans), max(e for _, e in spans)


def _back(stretch: _Stretch, start: int, end: int) -> tuple[int, int]:
    if not stretch.verbatim:
        return stretch.written_start, stretch.written_end
    shift = stretch.written_start - stretch.spoken_start
    return max(start, stretch.spoken_start) + shift, min(end, stretch.spoken_end) + shift


@lru_cache(maxsize=256)
def to_spoken(text: str, language: str) -> Spoken:
    """What is said for `text` in a lesson held in `language` (`en` or `zh`)."""
    writer = _Writer(text)
    at = 0
    for reading in readings(Passage(text, "zh" if language == "zh" else "en")):
        writer.copy(at, reading.start)
        writer.say(reading)
        at = reading.end
    writer.copy(at, len(text))
    return writer.finish()


class _Writer:
    """Puts the spoken text together and remembers where each part comes from."""

    def __init__(self, written: str) -> None:
        self._written = written
        self._parts: list[str] = []
        self._length = 0
        self._last = ""
        self._space_wanted = False
        self._stretches: list[_Stretch] = []
        self._replaced = False

    def copy(self, start: int, end: int) -> None:
        """Say written characters as they are; runs of white space become one space."""
        for match in _WORD_OR_SPACE.finditer(self._written, start, end):
            if match[0].isspace():
                self._space_wanted = True
                continue
            self._space(match[0][0], glued=self._replaced)
            self._put(match[0], match.start(), match.end(), verbatim=True)
            self._replaced = False

    def say(self, reading: Reading) -> None:
        """Say something else than what is written."""
        words = " ".join(reading.words.split())
        if not words:
            self._space_wanted |= bool(reading.words)
            return
        self._space(words[0], glued=True)
        self._put(words, reading.start, reading.end, verbatim=False)
        self._replaced = True

    def finish(self) -> Spoken:
        """The spoken text, empty when it has no letter and no digit."""
        text = "".join(self._parts)
        if not any(character.isalnum() for character in text):
            return Spoken("")
        return Spoken(text, tuple(self._stretches))

    def _put(self, words: str, start: int, end: int, *, verbatim: bool) -> None:
        self._stretches.append(_Stretch(self._length, self._length + len(words), start, end, verbatim))
        self._parts.append(words)
        self._length += len(words)
        self._last = words[-1]

    def _space(self, upcoming: str, *, glued: bool) -> None:
        """A space where one is written or a replacement would glue words; none in Han or before a comma."""
        wide = _wide(upcoming) or _wide(self._last or upcoming)
        apart = glued and not wide and upcoming.isalnum() and (self._last.isalnum() or self._last in ",)]")
        wanted = self._last != "" and (self._space_wanted or apart)
        self._space_wanted = False
        if wanted and upcoming not in ",，" and not (_wide(upcoming) and _wide(self._last)):
            self._parts.append(" ")
            self._length += 1


_WORD_OR_SPACE = re.compile(r"\s+|\S+")


def _wide(character: str) -> bool:
    """Han characters and their punctuation, which stand without spaces."""
    return "\u3000" <= character <= "\u9fff" or "\uff00" <= character <= "\uffef"
