"""What is said for the parts of a text that are not said as written: the rules applied, and those for markup.

Rules are tried in order at each character; the first that matches and has an answer wins. They look at
the passage around a match for its language and whether it stands in a formula. Pure functions.
"""

import re
from collections.abc import Iterator

from tutor_engine.speaking import numerals
from tutor_engine.speaking.address_rules import ADDRESS_RULES
from tutor_engine.speaking.calendar_rules import CALENDAR_RULES
from tutor_engine.speaking.formulas import formulas_in, plain_signs
from tutor_engine.speaking.number_rules import NUMBER_RULES
from tutor_engine.speaking.passage import FLAGS, Passage, Reading, Rules, pause, say, silent
from tutor_engine.speaking.sign_rules import SIGN_RULES
from tutor_engine.speaking.units import SYMBOLS

_TAGS = (
    "a|abbr|b|big|blockquote|br|center|code|dd|del|details|div|dl|dt|em|font|h[1-6]|hr|i|img|ins|kbd|li|mark|"
    "ol|p|pre|q|s|small|span|strong|sub|summary|sup|table|tbody|td|th|thead|tr|u|ul"
)


def readings(passage: Passage) -> Iterator[Reading]:
    """Everything in a passage that is said differently, in order and without overlap."""
    at = 0
    while found := _ANY.search(passage.text, at):
        start = found.start()
        reading = _first_reading(passage, start)
        if reading is None:
            at = start + 1
            continue
        yield reading
        at = max(reading.end, start + 1)


def _first_reading(passage: Passage, start: int) -> Reading | None:
    for pattern, reader in _RULES:
        match = pattern.match(passage.text, start)
        if match and match.end() > start:
            words = reader(match, passage, passage.language_at(start, match.end()))
            if words is not None:
                return Reading(start, match.end(), words)
    return None


def _list_number(match: re.Match[str], _passage: Passage, language: str) -> str:
    return numerals.number(match[1], language) + ("，" if language == "zh" else ",")


def _entity(match: re.Match[str], _passage: Passage, language: str) -> str:
    signs = {"amp": "&", "lt": "<", "gt": ">"}
    return SYMBOLS[signs[match[1]]][language == "zh"] if match[1] in signs else " "


def _absolute(match: re.Match[str], _passage: Passage, language: str) -> str:
    inner = " ".join(match[1].upper()) if match[1].isalpha() else match[1]
    inner = numerals.number(inner, language) if inner.isdigit() else inner
    return f"{inner}的绝对值" if language == "zh" else f"the absolute value of {inner}"


def _code(match: re.Match[str], passage: Passage, language: str) -> str:
    """Names and numbers of a piece of code; its signs are for the eye."""
    inner = (match[1] or match[2] or "").strip()
    if formulas_in(inner):
        return _inside(inner, language, formula=False)
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", inner)
    return _inside(re.sub(r"[^\w\s.,]|_|(?<=[A-Za-z])\.(?=[A-Za-z])", " ", words), language, formula=False)


def _latex(match: re.Match[str], _passage: Passage, language: str) -> str:
    inner = next(group for group in match.groups() if group is not None)
    return _inside(plain_signs(inner, language), language, formula=True)


def _inside(text: str, language: str, *, formula: bool) -> str:
    """The reading of a text within a text."""
    words: list[str] = []
    at = 0
    for reading in readings(Passage(text, language, formula)):
        words += [text[at : reading.start], reading.words]
        at = reading.end
    return " ".join([*words, text[at:]])


_TAG_RULES: Rules = ((rf"</?(?:{_TAGS})(?:\s[^<>\n]*)?/?>", say(" ")),)

_MARKUP_RULES: Rules = (
    (r"&(amp|lt|gt|nbsp|quot|apos|#39);", _entity),
    (r"\s?[\[【]\^?\d{1,3}(?:\s?[,，–-]\s?\d{1,3})*(?:†[^\]】\n]{0,40})?[\]】](?!\()", silent),
    (r"!?\[(?=[^\]\n]*\]\()", silent),
    (r"(?<=\S)\]\([^)\s]*(?:\s\"[^\"\n]*\")?\)", silent),
    (
        r"\$\$([^$]+)\$\$|\$(?![\s\d])([^$\n]+?)(?<!\s)\$|\$(\d[^$\n]*[\\^_=+][^$\n]*?)(?<!\s)\$|\\\((.+?)\\\)|\\\[(.+?)\\\]",
        _latex,
    ),
    (r"`{2,3}(?!`)(.+?)`{2,3}|`([^`\n]+)`", _code),
    (r"^[ \t]*(?:#{1,6}[ \t]+|(?:>[ \t]?)+|[-*+•][ \t]+(?:\[[ xX]\][ \t]+)?)", silent),
    (r"^[ \t]*(?:(?:[-*_=][ \t]*){3,}|\|?(?:[ \t]*:?-+:?[ \t]*\|)+(?:[ \t]*:?-+:?)?[ \t]*)$", silent),
    (r"(?<![\w|])\|([\w+-]{1,8})\|(?=\s?[=<>+≤≥×·*/,.，。])(?![^\n]*\|)", _absolute),
    (r"^[ \t]*\|[ \t]*|[ \t]*\|[ \t]*$", silent),
    (r"[ \t]*\|[ \t]*", pause),
    (r"^[ \t]*(\d{1,3})[.)、](?=\s)", _list_number),
)

_WRITTEN = (*_TAG_RULES, *ADDRESS_RULES, *_MARKUP_RULES, *CALENDAR_RULES, *NUMBER_RULES, *SIGN_RULES)
_RULES = tuple((re.compile(pattern, FLAGS), reader) for pattern, reader in _WRITTEN)
_ANY = re.compile("|".join(f"(?:{pattern})" for pattern, _ in _WRITTEN), FLAGS)
