"""Which of the offered choices a student means: "the second one", "B", or "mas" for Mars. Pure.

Words are compared by their sound, so that the nearest choice is found even when the recogniser heard others.
Where two choices are about as near, or none is near, or the student denies or does not know, there is none.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tutor_engine.hearing.sounds import Sounds, chinese_sounds, english_sounds, likeness

LIKE_ENOUGH = 0.62
"""Likeness (1 is the same sound) from which a choice is believed. Of 1500 unrelated phrases against four
words each, 1.7 % reached it."""
LIKE_ENOUGH_LONG = 0.52
"""The same for choices of many sounds, which nothing else resembles by chance (0.2 %)."""
_LONG = 8
CLEARLY_BETTER = 0.08
"""How much more like than the next one it must be."""
_CERTAIN = 0.95
"""Confidence of a choice named by its letter or its place."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice by its place, from 0, and how sure that is, 0 to 1."""

    index: int
    confidence: float


_LETTERS_EN = {
    "a": 0, "ay": 0, "hey": 0, "eh": 0, "b": 1, "be": 1, "bee": 1, "c": 2, "see": 2, "sea": 2, "d": 3,
    "dee": 3, "the": 3, "e": 4, "he": 4, "f": 5, "ef": 5,
}  # fmt: skip
"""Names of letters, and what a recogniser writes for them."""
_PLACES_EN = {
    "first": 0, "one": 0, "1": 0, "second": 1, "two": 1, "to": 1, "too": 1, "2": 1, "third": 2, "three": 2,
    "3": 2, "fourth": 3, "four": 3, "for": 3, "4": 3, "fifth": 4, "five": 4, "5": 4, "sixth": 5, "six": 5,
    "6": 5, "last": -1,
}  # fmt: skip
_ORDINALS_EN = frozenset(("first", "second", "third", "fourth", "fifth", "sixth", "last"))
_LEAD_EN = re.compile(
    r"^(um|uh|er|well|so|okay|ok|maybe|perhaps|probably|please|i (think|guess|choose|pick|say|believe)|"
    r"i'd say|i would say|it's|it is|that's|that is|is it|the answer is|my answer is|answer|it must be)\b\s*"
)
_TAIL_EN = re.compile(r"\s*\b(please|i think|i guess|is (right|correct)|right|um|uh)$")
_NAMED_EN = re.compile(r"^(?:the )?(option|letter|choice|answer|number) (\S+)$")
_PLACED_EN = re.compile(r"^(?:the )?(\S+)(?: (?:one|option|choice|answer))?$")
_DENIED_EN = re.compile(r"\b(not|isn't|don't know|no idea|none|neither|nor|or|skip|what|why|how|which)\b")
_ARTICLE_EN = re.compile(r"^(a|an|the) ")

_DIGITS_ZH = {
    "一": 0,
    "二": 1,
    "两": 1,
    "三": 2,
    "四": 3,
    "五": 4,
    "六": 5,
    **{str(n): n - 1 for n in range(1, 7)},
}
_PLACED_ZH = re.compile(
    r"^(?:选|我选|答案是|应该是|是)?(?:第)?([一二两三四五六1-6])(?:个|项|号|种)?(?:选项|答案)?(?:吧)?$"
)
_LAST_ZH = re.compile(r"^(?:选|我选|答案是)?最后(?:一|那)?(?:个|项)?(?:选项|答案)?(?:吧)?$")
_LETTER_ZH = re.compile(r"^(?:我?选择?|答案是?|应该是|是)?([a-f])(?:选项|吧|项)?$", re.IGNORECASE)
_LEAD_ZH = re.compile(r"^(嗯|呃|那个|我觉得|我认为|我想|应该|可能|大概|我?选择?|答案|是)+")
_TAIL_ZH = re.compile(r"(吧|啊|呀|呢|哦)+$")
_DENIED_ZH = re.compile(r"不是|不知道|不会|不清楚|没有|都不|还是|什么|为什么|哪")


def choice_of(transcript: str, choices: Sequence[str], language: str) -> Choice | None:
    """The choice that was meant, or None when that is not clear."""
    if not choices:
        return None
    if language == "zh":
        return _chinese(transcript, choices)
    return _english(transcript, choices)


def _english(transcript: str, choices: Sequence[str]) -> Choice | None:
    said = _plain_english(transcript)
    offered = [_ARTICLE_EN.sub("", _plain_english(choice)) for choice in choices]
    core = _core(said, _LEAD_EN, _TAIL_EN)
    if (exact := _exact(_ARTICLE_EN.sub("", core), offered)) is not None:
        return exact
    if _DENIED_EN.search(said):
        return None
    if (index := _named_english(core, offered)) is not None:
        return Choice(index, _CERTAIN) if index < len(choices) else None
    return _nearest(english_sounds(_ARTICLE_EN.sub("", core)), [english_sounds(each) for each in offered])


def _named_english(core: str, offered: Sequence[str]) -> int | None:
    """The place that a letter, a number or an ordinal names."""
    place: int | None = None
    if found := _NAMED_EN.match(core):
        table = _PLACES_EN if found[1] == "number" else {**_PLACES_EN, **_LETTERS_EN}
        place = table.get(found[2])
    elif core in _LETTERS_EN or core in _PLACES_EN:
        place = {**_PLACES_EN, **_LETTERS_EN}[core]
    elif (found := _PLACED_EN.match(core)) and found[1] in _ORDINALS_EN:
        place = _PLACES_EN[found[1]]
    if place is None or any(word in core.split() for each in offered for word in each.split()):
        # "The second law" is a choice of its own there.
        return None
    return place if place >= 0 else len(offered) - 1


def _chinese(transcript: str, choices: Sequence[str]) -> Choice | None:
    said = re.sub(r"[\s\W_]+", "", transcript)
    offered = [re.sub(r"[\s\W_]+", "", choice) for choice in choices]
    core = _core(said, _LEAD_ZH, _TAIL_ZH)
    if (exact := _exact(core, offered)) is not None:
        return exact
    if _DENIED_ZH.search(said):
        return None
    index: int | None = None
    if found := _LETTER_ZH.match(said):
        index = ord(found[1].lower()) - ord("a")
    elif found := _PLACED_ZH.match(said):
        index = _DIGITS_ZH[found[1]]
    elif _LAST_ZH.match(said):
        index = len(choices) - 1
    if index is not None:
        return Choice(index, _CERTAIN) if index < len(choices) else None
    return _nearest(chinese_sounds(core), [chinese_sounds(each) for each in offered])


def _plain_english(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+(?:'[a-z]+)?", text.lower().replace("’", "'")))


def _core(said: str, lead: re.Pattern[str], tail: re.Pattern[str]) -> str:
    """Without the words around an answer, as long as something is left."""
    while True:
        shorter = tail.sub("", lead.sub("", said))
        if not shorter or shorter == said:
            return said
        said = shorter


def _exact(core: str, offered: Sequence[str]) -> Choice | None:
    same = [index for index, each in enumerate(offered) if each and each == core]
    return Choice(same[0], 1.0) if len(same) == 1 else None


def _nearest(said: Sounds, offered: Sequence[Sounds]) -> Choice | None:
    ranked = sorted(((likeness(said, each), -index) for index, each in enumerate(offered)), reverse=True)
    best, at = ranked[0]
    second = ranked[1][0] if len(ranked) > 1 else 0.0
    if (
        best < (LIKE_ENOUGH_LONG if len(offered[-at]) >= _LONG else LIKE_ENOUGH)
        or best - second < CLEARLY_BETTER
    ):
        return None
    return Choice(-at, best)
