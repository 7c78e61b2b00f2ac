# ruff: noqa: E501 - a pattern cut in two is harder to read than a long one
"""Reading rules for formulas, letters, abbreviations and signs. Pure functions."""

import re

from tutor_engine.speaking import numerals
from tutor_engine.speaking.passage import LETTERS, SUBSCRIPTS, Passage, Rules, any_of, pause, say, silent
from tutor_engine.speaking.units import GREEK, SYMBOLS

_FUNCTIONS = frozenset(str.split("sin cos tan log ln exp max min mod lim"))
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿ", "0123456789-n")
_ASCII_SIGNS = {"<=": "≤", ">=": "≥", "!=": "≠", "==": "=", "->": "→", "=>": "⇒"}
_ROMAN = (
    "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII",
    "XVIII", "XIX", "XX",
)  # fmt: skip
_ROMAN_SIGNS = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
    (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_PARTS = (
    "Chapter|Section|Volume|Act|Scene|Book|Article|Figure|Table|Phase|Stage|Level|Grade|Class|Appendix|Lesson"
)
_RULERS = frozenset(
    str.split(
        "Henry Louis Charles George Edward James William Richard Elizabeth Philip Frederick Napoleon Catherine "
        "Ramesses Ptolemy Nicholas Alexander Ivan Peter Mary Francis Leopold Pius Benedict Paul"
    )
)
_LETTERS_BELOW = dict(zip("ₐₑₒₓₕₖₗₘₙₚₛₜᵢᵣᵤᵥⱼ", "AEOXHKLMNPSTIRUVJ", strict=True))
_ANYWHERE = {
    "e.g.": ("for example", "例如"), "i.e.": ("that is", "即"), "etc.": ("et cetera", "等等"),
    "vs.": ("versus", "对"), "vs": ("versus", "对"), "cf.": ("compare", "参见"),
    "approx.": ("approximately", "约"),
    "dr.": ("Doctor", ""), "mr.": ("Mister", ""), "mrs.": ("Missus", ""), "ms.": ("Miz", ""),
    "prof.": ("Professor", ""),
    "st.": ("Saint", ""), "ph.d.": ("P H D", ""), "u.s.": ("U S", ""), "u.k.": ("U K", ""),
    "a.m.": ("A M", "上午"),
    "p.m.": ("P M", "下午"), "b.c.": ("B C", "公元前"), "a.d.": ("A D", "公元"),
    "et al.": ("and others", "等人"),
    "u.s.a.": ("U S A", ""), "a.k.a.": ("also known as", "又名"), "mt.": ("Mount", ""), "jr.": ("Junior", ""),
    "w/": ("with", ""), "w/o": ("without", ""), "wwi": ("World War one", "第一次世界大战"),
    "wwii": ("World War two", "第二次世界大战"),
}  # fmt: skip
_BEFORE_NUMBERS = {
    "no.": ("number", "第"), "fig.": ("figure", "图"), "figs.": ("figures", "图"),
    "eq.": ("equation", "方程"),
    "p.": ("page", "页"), "pp.": ("pages", "页"), "ch.": ("chapter", "章"), "sec.": ("section", "节"),
    "vol.": ("volume", "卷"),
}  # fmt: skip
_ABBREVIATIONS = {**_ANYWHERE, **_BEFORE_NUMBERS}


def _power(match: re.Match[str], passage: Passage, language: str) -> str | None:
    before = re.search(r"(\w*)\S?$", passage.text[: match.start()])
    if match[2] and before and re.fullmatch(r"[A-Za-z]{3,}", before[1]):
        return ""  # a footnote mark behind a word
    exponent = (match[1] or match[2].translate(_SUPERSCRIPTS)).replace("−", "-").strip("{}()")
    if language == "zh":
        known = {"2": "的平方", "3": "的立方"}.get(exponent)
        return known or f"的{_exponent(exponent, 'zh')}次方"
    return {"2": "squared", "3": "cubed"}.get(exponent) or f"to the power of {_exponent(exponent, 'en')}"


def _exponent(exponent: str, language: str) -> str:
    minus = "负" if language == "zh" else "minus "
    body = exponent.removeprefix("-")
    return (minus if exponent.startswith("-") else "") + (
        numerals.number(body, language) if body.isdigit() else body.upper()
    )


def _subscript(match: re.Match[str], _passage: Passage, language: str) -> str:
    return numerals.number(match[0].translate(SUBSCRIPTS), language)


def _variable(match: re.Match[str], passage: Passage, _language: str) -> str | None:
    """Letters of a formula are spelled; words in it stay words."""
    letters = match[0]
    if not passage.in_formula(match.start()) or letters.lower() in _FUNCTIONS:
        return None
    after_digit = passage.text[: match.start()][-1:].isdigit()
    if len(letters) > 1 and not after_digit and re.search(r"[aeiouyAEIOUY]", letters):
        return None
    return " ".join(letters.upper())


def _function(match: re.Match[str], passage: Passage, language: str) -> str | None:
    if not passage.in_formula(match.start()):
        return None
    return (
        f"{match[1]} {match[2]}".upper() if language == "zh" else f"{match[1].upper()} of {match[2].upper()}"
    )


def _sign_in_formula(match: re.Match[str], passage: Passage, language: str) -> str | None:
    if not passage.in_formula(match.start()):
        return None
    sign = match[0].strip()
    words = {"-": ("minus", "减"), "–": ("minus", "减"), "*": ("times", "乘"), "/": ("over", "除以")}[sign]
    if sign in "-–" and not passage.text[: match.start()].rstrip()[-1:].isalnum():
        words = ("minus", "负")
    return words[language == "zh"]


def _ascii_sign(match: re.Match[str], _passage: Passage, language: str) -> str:
    return SYMBOLS[_ASCII_SIGNS[match[0].strip()]][language == "zh"]


def _angle(match: re.Match[str], passage: Passage, language: str) -> str:
    around = passage.text[: match.start()][-1:] + passage.text[match.end() :][:1]
    return SYMBOLS[match[0]][language == "zh"] if passage.in_formula(match.start()) or around == "  " else " "


def _symbol(match: re.Match[str], _passage: Passage, language: str) -> str:
    return SYMBOLS[match[0]][language == "zh"]


def _about(match: re.Match[str], _passage: Passage, language: str) -> str:
    return "约" if language == "zh" else "about"


def _hash(_match: re.Match[str], _passage: Passage, language: str) -> str:
    return "第" if language == "zh" else "number"


def _or(_match: re.Match[str], _passage: Passage, language: str) -> str:
    return "或" if language == "zh" else "or"


def _greek(match: re.Match[str], _passage: Passage, language: str) -> str:
    return GREEK[match[0]][language == "zh"]


def _abbreviation(match: re.Match[str], passage: Passage, language: str) -> str:
    english, chinese = _ABBREVIATIONS[match[0].lower()]
    at_end = not passage.text[match.end() :].strip()
    if language == "zh":
        return chinese or english
    return f"{english}." if at_end and match[0].endswith(".") else english


def _to_the_power(_match: re.Match[str], _passage: Passage, language: str) -> str:
    return "的幂，指数" if language == "zh" else " to the power of "


def _factorial(_match: re.Match[str], _passage: Passage, language: str) -> str:
    return "的阶乘" if language == "zh" else " factorial"


def _isotope(match: re.Match[str], _passage: Passage, language: str) -> str:
    return f"{match[2]} {numerals.number(match[1].translate(_SUPERSCRIPTS), language)}"


def _derivative(match: re.Match[str], _passage: Passage, language: str) -> str:
    name, of = match[1].upper(), match[2].upper()
    return f"{name}撇{of}" if language == "zh" else f"{name} prime of {of}"


def _root(_match: re.Match[str], _passage: Passage, language: str) -> str:
    return SYMBOLS["√"][language == "zh"]


def _until(_match: re.Match[str], _passage: Passage, language: str) -> str:
    return "到" if language == "zh" else " to "


def _letters_below(match: re.Match[str], _passage: Passage, _language: str) -> str:
    return " ".join(_LETTERS_BELOW[sign] for sign in match[0])


def _named_roman(match: re.Match[str], _passage: Passage, _language: str) -> str:
    """The number of a chapter, a king or a rocket."""
    value = _ROMAN.index(match[2]) + 1
    if match[1] in _RULERS:
        return f"{match[1]} the {numerals.english_ordinal(value)}"
    return f"{match[1]} {numerals.english_cardinal(value)}"


def _sharp(match: re.Match[str], _passage: Passage, _language: str) -> str:
    return f"{match[1]} sharp"


def _century(match: re.Match[str], _passage: Passage, language: str) -> str | None:
    value = _roman_value(match[1])
    return None if value is None or language == "zh" else numerals.english_ordinal(value)


def _long_roman(match: re.Match[str], _passage: Passage, language: str) -> str | None:
    """A year on a building, and any other number that no word looks like."""
    value = _roman_value(match[0])
    if value is None:
        return None
    if language == "zh":
        return numerals.chinese_digits(str(value)) if value >= 1000 else numerals.chinese_cardinal(value)
    return numerals.english_year(value)


def _roman_in_brackets(match: re.Match[str], _passage: Passage, language: str) -> str:
    value = _roman_value(match[1].upper())
    return f"({numerals.number(str(value), language)})"


def _roman_sign(match: re.Match[str], _passage: Passage, language: str) -> str:
    """Unicode has Roman numbers up to twelve, large and small."""
    return numerals.number(str((ord(match[0]) - 0x2160) % 16 + 1), language)


def _chinese_part(match: re.Match[str], _passage: Passage, _language: str) -> str | None:
    value = _roman_value(match[0])
    return None if value is None else numerals.chinese_cardinal(value)


def _roman_value(written: str) -> int | None:
    """What a Roman number is; None when it is not written as they are."""
    value = 0
    rest = written
    for number, sign in _ROMAN_SIGNS:
        times = 0
        while rest.startswith(sign) and times < (3 if len(sign) == 1 and sign in "MCXI" else 1):
            value, rest, times = value + number, rest[len(sign) :], times + 1
    return value if not rest and value else None


def _limit(match: re.Match[str], _passage: Passage, language: str) -> str:
    name = match[1].upper()
    return f"当{name}趋于" if language == "zh" else f"the limit as {name} approaches "


def _charge(match: re.Match[str], _passage: Passage, language: str) -> str:
    """The charge of an ion."""
    count, sign = (match[1] or match[3] or "").translate(_SUPERSCRIPTS), match[2] or match[4]
    positive = sign in "+⁺"
    name = ("正" if positive else "负") if language == "zh" else ("plus" if positive else "minus")
    if not count:
        return name
    return f"{numerals.number(count, language)}{'' if language == 'zh' else ' '}{name}"


def _street(match: re.Match[str], passage: Passage, _language: str) -> str:
    word = "Street" if match[0] == "St." else "Avenue"
    return word if passage.text[match.end() :].strip() else f"{word}."


def _roman(match: re.Match[str], _passage: Passage, _language: str) -> str:
    return numerals.english_cardinal(_ROMAN.index(match[0]) + 1)


SIGN_RULES: Rules = (
    (r"(?<=\d)—(?=前?\d)", _until),
    (r"(?<![\w)\]])([⁰¹²³⁴-⁹]+)([A-Z][a-z]?)(?![a-z])", _isotope),
    (r"(?<=[A-Za-z\d)₀-₉])(?:\^\{?(\d?)([-+−])\}?|([²³⁴-⁹]?)([⁺⁻]))(?![\w(⁰¹²³⁴-⁹])", _charge),
    (r"(?<![A-Za-z])lim\s?_?\{?\s?([A-Za-z])\s?(?:→|->)\s?", _limit),
    (r"\^(\{[^{}\n]{1,12}\}|\([^()\n]{1,12}\)|[-−]?\w+)|([²³¹⁰⁴-⁹⁻ⁿ]+)", _power),
    (r"[₀-₉]+", _subscript),
    (rf"[{''.join(_LETTERS_BELOW)}]+", _letters_below),
    (r"(?<=\d)!(?==\d|\s[=+−×÷*/<>-])", _factorial),
    (r"[ ]?(?:<=|>=|!=|==|->|=>)", _ascii_sign),
    (r"(?<=[\w)\]])\*\*(?=[-\w(])", _to_the_power),
    (r"(?<![A-Za-z])([A-Za-z])['’′]\(([A-Za-z])\)", _derivative),
    (r"(?<![A-Za-z])sqrt\s?(?=[(\d])", _root),
    (r"[ ]?[-–*/](?!>)[ ]?", _sign_in_formula),
    (r"(?<![A-Za-z])([A-Za-z])\(([A-Za-z])\)", _function),
    (r"(?<![A-Za-z])[A-Za-z]{1,3}(?![A-Za-z])", _variable),
    (r"(?<=[a-z] )(?:St|Ave)\.(?=\s*$|,)", _street),
    (rf"(?<![\w.])(?i:{any_of(_BEFORE_NUMBERS)})(?=\s?\d)", _abbreviation),
    (rf"(?<![\w.])(?i:{any_of(_ANYWHERE)})(?!\w)", _abbreviation),
    (rf"(?<!\w)([A-Z][a-z]+) ({any_of(_ROMAN[1:4] + _ROMAN[5:9] + _ROMAN[10:])})(?!\w)", _named_roman),
    (rf"(?<!\w)({_PARTS}) ({any_of(_ROMAN)})(?!\w)", _named_roman),
    (r"(?<!\w)([IVX]{1,7})(?= (?:century|centuries)\b)", _century),
    (
        r"(?<!\w)(?=[MDCLXVI]{4})[MDCLXVI]+(?!\w)|(?<!\w)(?:XI[VX]|XVI{1,3}|XX[IVX]+|XII{1,2}|VII{1,2})(?!\w)",
        _long_roman,
    ),
    (r"\((i{2,3}|iv|vi{1,3}|ix)\)", _roman_in_brackets),
    (r"[\u2160-\u216b\u2170-\u217b]", _roman_sign),
    (r"(?<=第)[IVX]{1,6}(?![A-Za-z])", _chinese_part),
    (
        r"(?<=[Tt]ype )(?:II|III|IV|V|I(?= (?!am\b|have\b|was\b|will\b|can\b|like\b|want\b|know\b)[a-z]{4}))\b",
        _roman,
    ),
    (r"(?<![\w.])([CF])#(?!\w)", _sharp),
    (r"(?:(?<=War )|(?<=Part )|(?<=Type )|(?<=Unit ))(?:XI{0,2}|IX|VI{0,3}|IV|I{1,3}|V)\b", _roman),
    (r"(?<![Α-ω])[Α-ΡΣ-Ωα-ρσ-ω](?![Α-ω])", _greek),
    (r"~(?=\s?\d)", _about),
    (r"#(?=\d)", _hash),
    (r"[<>]", _angle),
    (rf"[{re.escape(''.join(SYMBOLS))}]", _symbol),
    (r"(?<=and)/(?=or\b)|(?<=和)/(?=或)", say(" ")),
    (rf"(?<=[{LETTERS}])/(?=[{LETTERS}])", _or),
    (r"\*{1,3}|~~|(?<![^\W_])_{1,3}|_{1,3}(?![^\W_])", silent),
    (r"_", say(" ")),
    (r"\s*(?:——|—|\s–\s)\s*", pause),
    (r"’(?=\w)", say("'")),
    (r"[“”\"「」『』《》]+", silent),
    (r"[#^\\{}]+", say(" ")),
    (
        "[\U0001f000-\U0001faff\u2600-\u27bf\u2190-\u21ff\u25a0-\u25ff\ufe0f\u200b-\u200f\u2028-\u202e\u2060-\u2069\u20e3\x00-\x08\x0e-\x1f]+",
        silent,
    ),
)
