"""From the raw events of espeak-ng to words and phonemes with a start and an end. Pure functions.

The library marks only where words begin, misses some ("e.g.", "of the" are one to it), repeats others
("DNA" is three) and writes Mandarin in its own letters; here every word of the text gets its time and
every phoneme is IPA.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tutor_engine.speaking.messages import TimedIpa, TimedWord
from tutor_engine.text import HAN


@dataclass(frozen=True, slots=True)
class RawEvent:
    """A mark in the sound: when, at which character (from 0), and the phoneme as espeak-ng writes it."""

    at_ms: float
    position: int
    ipa: str


_WORD = re.compile(rf"[{HAN}]|[^\W_{HAN}]+(?:['’\-.][^\W_{HAN}]+)*")

_MOST_JOINED = 4
"""Words that espeak-ng reads as one are few and short; more would take long to divide."""

_SHORT_PAUSE_MS = 40.0
"""Shorter pauses are the closure before a consonant; a mouth does not close for them."""

_MANDARIN = (
    ("ts.h", "ʈʂʰ"), ("ts.", "ʈʂ"), ("s.", "ʂ"), ("tsh", "tsʰ"), ("tɕh", "tɕʰ"), ("kh", "kʰ"), ("ph", "pʰ"),
    ("th", "tʰ"), ("onɡ", "ʊŋ"), ("o-", "ɤ"), ("i.", "ɨ"), ("i\u032a", "ɨ"),
)  # fmt: skip
"""espeak-ng's letters for Mandarin and the IPA they stand for; longest first."""

_REDUCED = str.maketrans({"ᵻ": "ɪ", "ɐ": "ə"})
"""espeak-ng's signs for the vowels of unstressed English syllables ("roses", "about")."""
_VOWEL = re.compile("[aeiouyæɑɐɒɔəɚɛɜɪɨʊʌøœɤɯ]")
_VOWELS = frozenset("aeiouy")
_VOWEL_LETTERS = re.compile("[aeiou]+|y", re.IGNORECASE)


def words_of(text: str) -> list[tuple[int, int]]:
    """Where the words lie: runs of letters and digits, and every Han character by itself."""
    return [match.span() for match in _WORD.finditer(text)]


def ipa_of(raw: str, *, mandarin: bool) -> str | None:
    """IPA of what espeak-ng writes; None for its language marks such as `(en)`."""
    if raw.startswith("("):
        return None
    if not mandarin:
        return raw.translate(_REDUCED)
    for written, ipa in _MANDARIN:
        raw = raw.replace(written, ipa)
    return raw


def time_phonemes(events: Sequence[RawEvent], duration_ms: float, *, mandarin: bool) -> list[TimedIpa]:
    """Phonemes that cover the sound from 0 to its end without a gap."""
    marks: list[tuple[str, float]] = []
    language_mark = mandarin
    for event in events:
        if event.ipa.startswith("("):
            language_mark = event.ipa.startswith("(cmn")
        ipa = ipa_of(event.ipa, mandarin=language_mark)
        if ipa is not None:
            marks.append((ipa, event.at_ms))
    if not marks or marks[0][1] > 0:
        marks.insert(0, ("", 0.0))
    timed: list[TimedIpa] = []
    for (ipa, start), following in zip(marks, [*marks[1:], ("", duration_ms)], strict=True):
        end = min(following[1], duration_ms)
        if end <= start:
            continue
        if timed and (ipa == timed[-1].ipa == "" or (ipa == "" and end - start < _SHORT_PAUSE_MS)):
            timed[-1] = TimedIpa(timed[-1].ipa, timed[-1].start_ms, end)
        else:
            timed.append(TimedIpa(ipa, start, end))
    return timed


def time_words(
    text: str, events: Sequence[RawEvent], phonemes: Sequence[TimedIpa], duration_ms: float
) -> list[TimedWord]:
    """A time for each word; words the library did not mark share the phonemes of the one before them."""
    spans = words_of(text)
    if not spans:
        return []
    starts: dict[int, float] = {}
    for event in events:
        index = _word_at(spans, event.position)
        if index is not None:
            starts.setdefault(index, event.at_ms)
    starts.setdefault(0, 0.0)
    timed: list[TimedWord] = []
    marked = sorted(starts)
    for first, following in zip(marked, [*marked[1:], len(spans)], strict=True):
        begin = max(starts[first], timed[-1].end_ms if timed else 0.0)
        end = max(begin, starts.get(following, duration_ms))
        end = max(begin, _sounding_until(phonemes, begin, end))
        group = spans[first:following]
        inside = [p for p in phonemes if p.ipa and begin <= (p.start_ms + p.end_ms) / 2 < end]
        if 1 < len(group) <= min(len(inside), _MOST_JOINED):
            timed += _divided([text[a:b] for a, b in group], group, inside, begin, end)
        else:
            timed += _share(group, begin, end)
    return timed


def _word_at(spans: Sequence[tuple[int, int]], position: int) -> int | None:
    """The word at a character, or the next one when the character is between words."""
    return next((index for index, (_, end) in enumerate(spans) if position < end), None)


def _sounding_until(phonemes: Sequence[TimedIpa], begin: float, end: float) -> float:
    """Where the last phoneme between two times ends: a word does not reach into the pause after it."""
    return max((min(p.end_ms, end) for p in phonemes if p.ipa and begin <= p.start_ms < end), default=end)


def _divided(
    words: Sequence[str],
    spans: Sequence[tuple[int, int]],
    phonemes: Sequence[TimedIpa],
    begin: float,
    end: float,
) -> list[TimedWord]:
    """Divide phonemes among the words they are most likely of: "of the" is ʌv and ðə, not ʌ and vðə."""
    cuts = min(
        itertools.combinations(range(1, len(phonemes)), len(words) - 1),
        key=lambda inner: sum(
            _unlikely(word, [p.ipa for p in phonemes[first:last]])
            for word, (first, last) in zip(words, itertools.pairwise((0, *inner, len(phonemes))), strict=True)
        ),
    )
    edges = [begin, *(phonemes[cut].start_ms for cut in cuts), end]
    return [
        TimedWord(start, stop, first, last)
        for (start, stop), (first, last) in zip(spans, itertools.pairwise(edges), strict=True)
    ]


def _unlikely(word: str, ipa: Sequence[str]) -> float:
    """How badly phonemes fit the letters of a word: vowels at its edges, number of syllables, length."""
    sounds = [_VOWEL.search(each) is not None for each in ipa]
    silent_e = len(word) > 2 and word[-1].lower() == "e" and word[-2].lower() not in _VOWELS
    letters = word[:-1] if silent_e and len(_VOWEL_LETTERS.findall(word)) > 1 else word
    syllables = max(1, len(_VOWEL_LETTERS.findall(letters)))
    return (
        2.0 * (sounds[0] != (word[0].lower() in _VOWELS))
        + 2.0 * (sounds[-1] != (letters[-1].lower() in _VOWELS))
        + abs(sum(sounds) - syllables)
        + 0.2 * abs(len(ipa) - len(letters))
    )


def _share(spans: Sequence[tuple[int, int]], begin: float, end: float) -> list[TimedWord]:
    """Divide a stretch of time among words by their length in characters."""
    total = sum(stop - start for start, stop in spans)
    timed: list[TimedWord] = []
    at = begin
    for start, stop in spans:
        until = at + (end - begin) * (stop - start) / total
        timed.append(TimedWord(start, stop, at, until))
        at = until
    return timed
