"""Whether words said after a question belong to it: a student paused to think, and goes on. Pure functions.

The tutor began to answer what it took for a whole question. What comes then completes it, says it once more,
or is something of its own: a new question, or a word that only wants the tutor to stop.
"""

import re

from tutor_engine.text import HAN

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_HANZI = re.compile(f"[{HAN}]")
_QUESTION_WORDS = "what why how when where who whom whose which"
_AUXILIARIES = (
    "is are was were am do does did can could would will should shall may has have had isn't don't can't"
)
_REQUESTS = "tell explain give show define describe compare repeat say quiz help let please i"
_LINKS = (
    "a an the this these my your our their its of to in on at by for from with without into about between "
    "through than as and or but if because that while so very be i'm we they he she um uh like"
)
_OPENERS = frozenset(f"{_QUESTION_WORDS} {_AUXILIARIES} {_REQUESTS}".split())
_OPEN_ENDS = frozenset(
    f"{_QUESTION_WORDS} {_AUXILIARIES} {_LINKS} tell explain define describe compare".split()
)
"""Nobody's question ends with one of these, but for a few of some length (`_MAY_END`)."""
_SMALL = "for from about with in on to of that do does is are like"
_MAY_END = frozenset(_SMALL.split())
_LONG = 5
"""Words from which a question may end with a small word: where does it come from."""
_WANTED = 3
"""Words a new question has at least."""
_STOPS = re.compile(
    r"(?:stop|wait|hold on|hang on|pause|never mind|nevermind|forget|sorry|excuse me|shut up|be quiet)\b"
    r"|(?:(?:no|nope|quiet|enough|that's enough) ?)+$"
)
_STOPS_ZH = re.compile(r"停|等(?!于)|别(?!的)|算了|对不起|抱歉|安静|闭嘴|(?:不|不对|不是|不用了?|够了)+$")
"""Inside a question `no`, `enough` and 不 are words like others: there is no air, the sky is not green."""
_OPEN_END_ZH = re.compile(
    r"^(?!.*是.+的$).*(?:的|和|与|或|在|把|被|因为|所以|但是|如果|然后|这个|那个|一个|是|请问|嗯|呃)$"
)
_ASKS_ZH = re.compile(
    r"^(?:什么|怎么|为什么|为何|如何|哪|谁|几|多少|请|能不能|可不可以|是不是|有没有|告诉我|解释)"
)
_END_ZH = re.compile(r"(?:吗|呢|什么|多少|哪里|哪儿|谁|怎么办|怎么样|为什么)$")
_WANTED_ZH = 5
LONGEST_CHARS = 4_000
"""Of a question in parts, about five minutes of speech; a model is not told more of one question either."""
_PAUSE_MARKS = " \t\n.,;:…。，、；：—-"
_LAST_MARKS = "?!？！"


def wants_silence(text: str) -> bool:
    """Whether the words begin by telling the tutor to stop."""
    return bool(_STOPS.match(" ".join(_words(text)))) or bool(_STOPS_ZH.match("".join(_HANZI.findall(text))))


def joined(first: str, more: str, *, heard: bool) -> str | None:
    """The question that both parts make; None when `more` stands alone.

    With `heard` an answer to the first part has begun to sound, so a whole new question is one; before that
    no answer to the first part exists, and both are asked together.
    """
    if wants_silence(more) or len(first) + len(more) > LONGEST_CHARS:
        return None
    if _begins_as(more, first):
        return more.strip()
    if heard and _stands_alone(more) and not _hangs(first):
        return None
    return _put_together(first, more)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower().replace("’", "'"))


def _units(text: str) -> list[str]:
    return re.findall(f"[{HAN}]|{_WORD.pattern}", text.lower().replace("’", "'"))


def _begins_as(more: str, first: str) -> bool:
    """Said once more from the beginning."""
    units = _units(first)
    return bool(units) and _units(more)[: len(units)] == units


def _stands_alone(text: str) -> bool:
    hanzi = "".join(_HANZI.findall(text))
    if hanzi:
        return len(hanzi) >= _WANTED_ZH and bool(_ASKS_ZH.match(hanzi) or _END_ZH.search(hanzi))
    words = _words(text)
    return len(words) >= _WANTED and any(word in _OPENERS for word in words[:2])


def _hangs(text: str) -> bool:
    """Whether something must follow."""
    hanzi = "".join(_HANZI.findall(text))
    if hanzi:
        return bool(_OPEN_END_ZH.search(hanzi))
    words = _words(text)
    if not words or words[-1] not in _OPEN_ENDS:
        return False
    return not (len(words) >= _LONG and words[0] in _OPENERS and words[-1] in _MAY_END)


def _put_together(first: str, more: str) -> str:
    """The marks that a recogniser puts at the end of every phrase go; between Han characters is no space."""
    start, rest = first.strip(), more.strip()
    start = start.rstrip(_PAUSE_MARKS + _LAST_MARKS) or start
    if _HANZI.fullmatch(start[-1:]) and _HANZI.fullmatch(rest[:1]):
        return start + rest
    return f"{start} {rest}"
