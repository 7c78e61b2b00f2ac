"""The sounds of English and Chinese text, and how alike two strings of sounds are. Pure.

English by the dictionary that comes with pocketsphinx and by letters; Chinese by pinyin, tones apart.
"""

import importlib.util
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

from tutor_engine.hearing.pronunciation import Phones, pronounce

Sounds = tuple[str, ...]

_NEAR: tuple[frozenset[str], ...] = tuple(
    frozenset(group.split())
    for group in (
        "P B", "T D", "K G", "F V TH", "S Z TH", "SH ZH CH JH", "DH D V", "M N NG", "L R", "L W", "IY IH",
        "IH EH", "EH AE", "AE AH AA", "AA AO", "AO OW", "UH UW", "AH UH", "EY EH", "AY AA", "ER AH R",
        "AW AA", "OY AO",
        "zh z j", "ch c q", "sh s x", "n l", "b p", "d t", "g k", "f h", "an ang", "en eng", "in ing",
        "ian iang", "uan uang", "un ong", "o uo", "ou o", "i v", "ui ei",
    )
)  # fmt: skip
"""Sounds that voices and recognisers confuse; Chinese initials and finals in small letters."""
_NEAR_COST = 0.4
_TONE_COST = 0.3
_PART_LENGTH = 5
"""Sounds that a choice has at least to be looked for inside a longer answer."""
_PART_WORTH = 0.93
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@cache
def _dictionary() -> bytes:
    """Lines of `word phones`, each begun and ended by a line feed; empty when pocketsphinx is not there."""
    spec = importlib.util.find_spec("pocketsphinx")
    if spec is None or spec.origin is None:
        return b""
    file = Path(spec.origin).parent / "model" / "en-us" / "cmudict-en-us.dict"
    return b"\n" + file.read_bytes() + b"\n" if file.is_file() else b""


@lru_cache(4096)
def english_phones(word: str) -> Phones | None:
    """What the dictionary says about a word; half a millisecond for one that was not asked before."""
    lines = _dictionary()
    at = lines.find(f"\n{word} ".encode())
    if at < 0:
        return None
    return tuple(lines[at + 1 : lines.index(b"\n", at + 1)].decode("ascii").split()[1:])


def english_sounds(text: str) -> Sounds:
    """Phones of all words in a row; digits are said one by one."""
    spelt = re.sub(r"\d", lambda digit: f" {_DIGITS[int(digit[0])]} ", text.lower())
    return tuple(phone for word in re.findall(r"[a-z']+", spelt) for phone in pronounce(word, english_phones))


def chinese_sounds(text: str) -> Sounds:
    """Initial, final and tone of each Hanzi; Latin letters as they are."""
    from pypinyin import Style, lazy_pinyin

    sounds: list[str] = []
    for syllable in lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True, v_to_u=False):
        found = re.fullmatch(r"(zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]?)([a-zü]+)([1-5])", syllable)
        if found is None:
            sounds.extend(syllable.lower())
            continue
        initial, final, tone = found.groups()
        sounds.extend([*([initial] if initial else []), final, tone])
    return tuple(sounds)


def likeness(said: Sounds, offered: Sounds) -> float:
    """1 for the same sound, 0 for nothing in common; a longer choice may also be part of what was said."""
    if not said or not offered:
        return 0.0
    whole = 1.0 - _distance(said, offered, anywhere=False) / max(_weight(said), _weight(offered))
    if len(offered) < _PART_LENGTH or len(said) <= len(offered):
        return max(0.0, whole)
    part = 1.0 - _distance(said, offered, anywhere=True) / _weight(offered)
    return max(0.0, whole, _PART_WORTH * part)


def _distance(said: Sounds, offered: Sounds, *, anywhere: bool) -> float:
    """Cost of turning one into the other; `anywhere` leaves what was said before and after it free."""
    row = [0.0] * (len(said) + 1) if anywhere else _costs(said)
    for sound in offered:
        previous, row = row, [row[0] + _cost(sound)]
        for at, heard in enumerate(said, start=1):
            row.append(
                min(
                    previous[at] + _cost(sound),
                    row[-1] + _cost(heard),
                    previous[at - 1] + _replacing(sound, heard),
                )
            )
    return min(row) if anywhere else row[-1]


def _costs(sounds: Sequence[str]) -> list[float]:
    total = [0.0]
    for sound in sounds:
        total.append(total[-1] + _cost(sound))
    return total


def _weight(sounds: Sounds) -> float:
    return sum(map(_cost, sounds))


def _cost(sound: str) -> float:
    return _TONE_COST if sound.isdigit() else 1.0


@lru_cache(4096)
def _replacing(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if one.isdigit() and other.isdigit():
        return _TONE_COST
    if any(one in group and other in group for group in _NEAR):
        return _NEAR_COST
    return max(_cost(one), _cost(other))
