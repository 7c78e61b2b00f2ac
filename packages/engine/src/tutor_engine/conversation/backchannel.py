"""Words that say “go on” and words that take the floor, in English and Chinese. Pure functions."""

import re

from tutor_engine.text import HAN

_NOISES = """
uh huh uhhuh mm mmm hm hmm mhm mhmm um umm uhm ah aha ahh oh ooh ok okay yeah yea yep yup yes ya right sure
alright cool nice great good wow really exactly true indeed haha ha interesting
"""
_GO_ON_EN = frozenset(_NOISES.split())
_PHRASES = (
    "oh i see",
    "i got it",
    "is that so",
    "of course",
    "very good",
    "very nice",
    "all right",
    "i see",
    "got it",
)
"""Longest first: their words alone are the beginning of a sentence."""
_GO_ON_ZH = re.compile(
    r"(?:嗯+|恩+|哦+|噢+|喔+|啊+|哈+|呵+|唔+|诶|哇|对(?:的|啊|呀)?|是(?:的|啊|呀|吗)?|好(?:的|吧|啊|呀)?|行|可以|没错|当然|原来(?:如此|是这样)|这样(?:啊|子)?"
    r"|明白(?:了)?|懂(?:了)?|知道(?:了)?|我(?:懂|明白|知道)了|真的(?:吗)?|不错|有意思|了解)+"
)
_TAKING = """
stop wait hold pause no what why how who when where sorry excuse question hey teacher tutor repeat slower
"""
_TAKES_EN = frozenset(_TAKING.split())
_URGENT = re.compile(r"\b(?:stop|wait|hold|pause|excuse)\b|停|等等|等一下|别说")
"""What no noise is taken for. A first guess at one is often “no” or “where”."""
_TAKES_ZH = re.compile(r"等|停|不|什么|为什么|怎么|老师|问题|再|慢|谁|哪")
_LATIN = re.compile(r"[a-z]+(?:'[a-z]+)?")
_HANZI = re.compile(f"[{HAN}]")
_MOST = 5
"""Words; whoever says more wants to say something."""


def is_backchannel(text: str) -> bool:
    """Whether all of it only says that somebody listens."""
    latin, hanzi = _units(text)
    return 0 < len(latin) + len(hanzi) <= _MOST and not _said(latin) and not _GO_ON_ZH.sub("", "".join(hanzi))


def takes_floor(text: str, stable_chars: int) -> bool:
    """Whether the words so far want the floor: one that asks for it, or two that are no backchannel.

    Only words that have settled count, the first `stable_chars` characters, and at once what is urgent: a
    recogniser's first guess at a noise is mostly something else.
    """
    if is_backchannel(text):
        return False
    if _URGENT.search(text.lower()):
        return True
    settled = text[:stable_chars]
    if asks_for_floor(settled):
        return True
    latin, hanzi = _units(settled)
    return len(_said(latin)) + len(_GO_ON_ZH.sub("", "".join(hanzi))) >= 2


def asks_for_floor(text: str) -> bool:
    """Whether one of the words is said to be given the floor."""
    latin, hanzi = _units(text)
    return any(word in _TAKES_EN for word in latin) or bool(_TAKES_ZH.search("".join(hanzi)))


def _said(words: list[str]) -> list[str]:
    """Latin words without listening noises and small phrases."""
    left = " ".join(words)
    for phrase in _PHRASES:
        left = re.sub(rf"\b{phrase}\b", " ", left)
    return [word for word in left.split() if word not in _GO_ON_EN]


def _units(text: str) -> tuple[list[str], list[str]]:
    return _LATIN.findall(text.lower().replace("’", "'").replace("-", " ")), _HANZI.findall(text)
