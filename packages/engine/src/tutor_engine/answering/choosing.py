# ruff: noqa: E501 - a pattern cut in two is harder to read than a long one
"""Which of the offered choices a reply names: by its words, its letter or its place, typed or spoken.

English and Chinese alike, whatever the lesson's language. Pure. What is denied ("not Mars") or left open
("A or B") is no choice; a misheard word is one only when it is near one choice and far from the others.
"""

import re
import unicodedata
from collections.abc import Sequence

from tutor_engine.answering.sounds import likeness

_NEAR = 0.72
"""A misheard choice is as near as this, and nearer than any other by `_LEAD_OVER_OTHERS`."""
_LEAD_OVER_OTHERS = 0.15

_UNSURE = re.compile(
    r"\b(?:i'm |i am )?not (?:really |quite |so |very |entirely )?(?:sure|certain)\b(?: but)?|不(?:太|是很)?(?:确定|肯定)",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:not|isn't|aren't|wasn't|don't|dont|doesn't|neither|nor|none|no idea|or|except|skip|why|how)\b|(?<!是)不是|不知道|不会|不选|不对|不清楚|没有|都不|还是|或者?|为什么|除了",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:(?:um+|uh+|er+|hm+|ah|oh|well|so|ok(?:ay)?|then|and|but|maybe|perhaps|probably|definitely|surely|certainly|obviously|clearly|please|just"
    r"|i(?: would|'d| will|'ll| am|'m)? ?(?:think|guess|believe|suppose|choose|pick|take|say|select|go(?:ing)?(?: with| for)|want|chose|mean|vote for)(?: that| to say)?"
    r"|let(?:'s| us| me) (?:say|take|go with|try|pick|choose)|it(?:'s| is| must be| has to be| could be| should be| might be)|that(?:'s| is)|is (?:it|that)|must be|could it be"
    r"|(?:my |the |our |final |correct |right )*(?:answer|choice|guess)(?: number)?(?: is|'s| would be)?|(?:option|letter|number|no\.|nr\.?|choose|pick|take|select|going with|try)|the)(?![a-z0-9'])|[#(]"
    r"|嗯+|呃+|啊|哦|那个|那就|那么|就|大概|可能|应该|肯定|一定|当然|也许|或许|我?(?:觉得|认为|想|猜|感觉|选择?(?!项)|要选?)|选项|选择?|答案|正确|我的|最后的答案|是不是|会不会是|会是|是|的(?=[a-e第一二三四1-4]))[\s,，:：、]*",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"[\s,，、]*(?:please|i (?:think|guess|believe|suppose|would say)|maybe|is (?:right|correct|it|the answer|my answer)|right|correct|sir|miss"
    r"|for (?:apple|boy|cat|dog|alpha|bravo|charlie|delta)|吧|啊|呀|呢|哦|嘛|吗|了|对吗|对吧|对不对|是吗|是吧|是对的|是正确的|正确|的)$",
    re.IGNORECASE,
)
_MARKS = re.compile(
    r"[\"'“”‘’()\[\]{}<>*_`~…。．.,，!！?？;；:：、]+$|^[\"“”‘’()\[\]{}<>*_`~…。．.,，!！?？;；:：、]+"
)
_ONE = re.compile(r"(?:the )?(?:very )?(.+?)(?: (?:one|option|choice|answer))?")
_ZH_PLACE = re.compile(
    r"第?([一二两三四最中1-4])(?:后|间)?(?:的|那)?(?:一)?(?:个|项|号|种|题)?(?:选项|答案)?"
)

_LETTERS = {
    "a": 0, "ay": 0, "hey": 0, "eh": 0, "aye": 0, "alpha": 0, "诶": 0, "b": 1, "be": 1, "bee": 1, "bravo": 1, "必": 1,
    "c": 2, "see": 2, "sea": 2, "si": 2, "charlie": 2, "西": 2, "d": 3, "dee": 3, "delta": 3, "弟": 3,
}  # fmt: skip
"""Names of letters, and what a recogniser writes for them."""
_PLACES = {
    "first": 0, "one": 0, "1st": 0, "1": 0, "second": 1, "two": 1, "to": 1, "too": 1, "2nd": 1, "2": 1,
    "third": 2, "three": 2, "3rd": 2, "3": 2, "fourth": 3, "four": 3, "4th": 3, "4": 3,
}  # fmt: skip
_PLACES_ZH = {"一": 0, "1": 0, "二": 1, "两": 1, "2": 1, "三": 2, "3": 2, "四": 3, "4": 3}


def picked(choices: Sequence[str], reply: str) -> int | None:
    """The place of the choice that a reply names, from 0; None when it names none, or several."""
    if not choices:
        return None
    text = _UNSURE.sub(" ", _written(reply)).strip()
    offered = [_written(choice) for choice in choices]
    core = _core(text, offered)
    if core in offered:
        return offered.index(core)
    named = [place for place, choice in enumerate(offered) if _holds(text, choice)]
    # A choice may itself hold a word of denial.
    rest = text
    for place in named:
        rest = rest.replace(offered[place], " ")
    if _DENIED.search(rest):
        return None
    if named:
        return named[0] if len(named) == 1 else None
    place = _place(core, len(choices))
    if place is not None:
        return place if 0 <= place < len(choices) else None
    return _nearest(text, core, offered)


def place_named(reply: str, count: int) -> int | None:
    """Which of so many things a reply names by its place alone (“the second one”, “第一个”), from 0."""
    place = _place(_core(_UNSURE.sub(" ", _written(reply)).strip(), ()), count)
    return place if place is not None and 0 <= place < count else None


def _written(text: str) -> str:
    """In one case and width, with single spaces and straight apostrophes."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("’", "'").lower().split())


def _core(text: str, offered: Sequence[str]) -> str:
    """Without the words around an answer, as long as something is left; a choice is never taken apart."""
    while text not in offered:
        shorter = text
        for pattern in (_MARKS, _LEAD, _TAIL):
            shorter = pattern.sub("", shorter).strip() or shorter
        if shorter == text:
            break
        text = shorter
    return text


def _holds(text: str, choice: str) -> bool:
    if not choice:
        return False
    if choice.isascii():
        return re.search(rf"(?<!\w){re.escape(choice)}s?(?!\w)", text, re.ASCII) is not None
    return choice in text


def _place(core: str, count: int) -> int | None:
    """The place that a letter, a number or an ordinal names; it may lie beyond the last."""
    if re.fullmatch(r"([a-d])(?:[\s,.]*\1)?(?:选项|项)?", core):
        return _LETTERS[core[0]]
    if found := _ZH_PLACE.fullmatch(core):
        sign = found[1]
        if sign == "最":
            return count - 1
        return _middle(count) if sign == "中" else _PLACES_ZH[sign]
    word = re.sub(r"[^\w]", "", found[1]) if (found := _ONE.fullmatch(core)) else core
    if word == "last":
        return count - 1
    if word == "middle":
        return _middle(count)
    return _LETTERS.get(word, _PLACES.get(word))


def _middle(count: int) -> int | None:
    return count // 2 if count % 2 else None


def _nearest(text: str, core: str, offered: Sequence[str]) -> int | None:
    ranked = sorted(
        (
            (max(likeness(said, choice) for said in {text, core}), -place)
            for place, choice in enumerate(offered)
        ),
        reverse=True,
    )
    second = ranked[1][0] if len(ranked) > 1 else 0.0
    clear = ranked[0][0] >= _NEAR and ranked[0][0] - second >= _LEAD_OVER_OTHERS
    return -ranked[0][1] if clear else None
