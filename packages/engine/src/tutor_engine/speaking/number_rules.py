"""Reading rules for numbers: dates, times, money, quantities, fractions, ranges, years. Pure functions."""

import re

from tutor_engine.speaking import numerals
from tutor_engine.speaking.passage import SUBSCRIPTS, Passage, Rules, any_of
from tutor_engine.speaking.units import CURRENCIES, UNITS, currency_words, unit_words

NUMBER = (
    r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d{1,3}(?:[\u00a0\u202f\u2009]\d{3})+(?!\d)"
    r"|\d{1,3}(?: \d{3})* 000(?!\d)|\d+(?:\.\d+)?)"
)
_FRACTIONS = {"½": ("1", "2"), "¼": ("1", "4"), "¾": ("3", "4"), "⅓": ("1", "3"), "⅔": ("2", "3")}
_SMALL_MONEY = {"$": ("cent", "cents"), "€": ("cent", "cents"), "£": ("penny", "pence")}
_SCALES = {"k": "thousand", "K": "thousand", "M": "million", "B": "billion"}
_SCALES_ZH = {
    "k": "千",
    "K": "千",
    "M": "百万",
    "B": "十亿",
    "million": "百万",
    "billion": "十亿",
    "trillion": "万亿",
}
_MEASURES = "个只条种次位本张倍天周座件辆棵朵名层根块片组类项点门步份杯台岁段道题部分小千万亿"


def _ratio(match: re.Match[str], _passage: Passage, language: str) -> str:
    left, right = (numerals.number(match[i], language) for i in (1, 2))
    return f"{left}比{right}" if language == "zh" else f"{left} to {right}"


def _percent(match: re.Match[str], _passage: Passage, language: str) -> str:
    low, high = match[1], match[2]
    if language == "zh":
        words = f"百分之{numerals.number(low, 'zh')}"
        return f"{words}到{numerals.number(high, 'zh')}" if high else words
    words = numerals.number(low, "en") + (f" to {numerals.number(high, 'en')}" if high else "")
    return f"{words} percent"


def _money(match: re.Match[str], _passage: Passage, language: str) -> str:
    sign, amount, scale = match[1] or match[5], match[2] or match[4], match[3] or ""
    words = numerals.number(amount, language)
    unit = currency_words(sign, language, singular=amount == "1" and not scale)
    if language == "zh":
        return f"{words}{_SCALES_ZH.get(scale, scale)}{unit}"
    cents = re.fullmatch(r"([\d,]+)\.(\d\d)", amount)
    if not cents or scale or sign not in _SMALL_MONEY:
        return f"{words} {_SCALES.get(scale, scale)} {unit}"
    whole = f"{numerals.number(cents[1], 'en')} {currency_words(sign, 'en', singular=cents[1] == '1')}"
    one, many = _SMALL_MONEY[sign]
    rest = f"{numerals.number(str(int(cents[2])), 'en')} {one if cents[2] == '01' else many}"
    if int(cents[2]) == 0:
        return whole
    return rest if cents[1] == "0" else f"{whole} and {rest}"


def _quantity(match: re.Match[str], passage: Passage, language: str) -> str | None:
    sign, amount, unit = match[1], match[2], match[3]
    if len(unit) == 1 and unit.isalpha() and passage.in_formula(match.start()):
        return None
    words = numerals.number(amount, language)
    if language == "zh" and amount == "2" and unit not in {"°C", "℃", "°F", "°"}:
        words = "两"
    minus = (
        ""
        if not sign
        else ("零下" if language == "zh" and "C" in unit else ("负" if language == "zh" else "minus "))
    )
    # "a 45° angle" but "45°".
    attribute = unit == "°" and re.match(r"\s[a-z]", passage.text[match.end() :]) is not None
    said = unit_words(unit, language, singular=amount == "1" or attribute)
    return f"{minus}{words}{said}" if language == "zh" else f"{minus}{words} {said}"


def _unit(match: re.Match[str], _passage: Passage, language: str) -> str:
    return unit_words(match[1], language, singular=False)


def _ordinal(match: re.Match[str], _passage: Passage, _language: str) -> str:
    return numerals.english_ordinal(int(match[1]))


def _fraction(match: re.Match[str], _passage: Passage, language: str) -> str:
    return _fraction_words(match[1], match[2], language)


def _version(match: re.Match[str], _passage: Passage, language: str) -> str:
    point = "点" if language == "zh" else " point "
    return point.join(numerals.number(part, language) for part in match[0].split("."))


def _range(match: re.Match[str], passage: Passage, language: str) -> str | None:
    if passage.in_formula(match.start()):
        return None
    both_years = all(re.fullmatch(r"1\d{3}|20\d\d", match[i]) for i in (1, 2))
    low, high = (
        (numerals.chinese_digits(match[i]) if language == "zh" else numerals.english_year(int(match[i])))
        if both_years
        else numerals.number(match[i], language)
        for i in (1, 2)
    )
    return f"{low}到{high}" if language == "zh" else f"{low} to {high}"


def _year(match: re.Match[str], passage: Passage, language: str) -> str | None:
    if language == "zh" or passage.in_formula(match.start()):
        return None
    return numerals.english_year(int(match[0]))


def _molecule(match: re.Match[str], _passage: Passage, language: str) -> str:
    plain = match[0].translate(SUBSCRIPTS)
    parts = re.findall(r"[A-Za-z]|\d+", plain)
    return " ".join(numerals.number(part, language) if part.isdigit() else part.upper() for part in parts)


def _signed(match: re.Match[str], passage: Passage, language: str) -> str | None:
    if passage.in_formula(match.start()) and passage.text[: match.start()].rstrip()[-1:].isalnum():
        return None
    words = numerals.number(match[1] or match[2], language)
    return f"负{words}" if language == "zh" else f"minus {words}"


def _number(match: re.Match[str], passage: Passage, language: str) -> str:
    after = passage.text[match.end() : match.end() + 1]
    before = passage.text[: match.start()].rstrip()[-1:]
    if language == "zh" and match[0] == "2" and after and after in _MEASURES and before != "第":
        return "两"
    return numerals.number(match[0], language)


def _fraction_words(top: str, bottom: str, language: str) -> str:
    if language == "zh":
        return f"{numerals.number(bottom, 'zh')}分之{numerals.number(top, 'zh')}"
    over, under = int(top), int(bottom)
    if over > 20 or not 2 <= under <= 20:
        return f"{numerals.number(top, 'en')} over {numerals.number(bottom, 'en')}"
    name = {2: "half", 4: "quarter"}.get(under) or numerals.english_ordinal(under)
    many = "halves" if under == 2 else f"{name}s"
    return f"{numerals.number(top, 'en')} {name if over == 1 else many}"


def _mixed_fraction(match: re.Match[str], passage: Passage, language: str) -> str | None:
    top, bottom = _FRACTIONS[match[4]] if match[4] else (match[2], match[3])
    if not 1 < int(bottom) > int(top):
        return None
    whole, part = numerals.number(match[1], language), _fraction_words(top, bottom, language)
    if language == "zh":
        return f"{whole}又{part}"
    return f"{whole} and {'a' + part.removeprefix('one') if bottom in '24' and top == '1' else part}"


def _scientific(match: re.Match[str], _passage: Passage, language: str) -> str:
    base, power = numerals.number(match[1], language), numerals.number(match[2].lstrip("+-−"), language)
    minus = match[2][0] in "-−"
    if language == "zh":
        return f"{base}乘十的{'负' if minus else ''}{power}次方"
    return f"{base} times ten to the power of {'minus ' if minus else ''}{power}"


def _bare_decimal(match: re.Match[str], _passage: Passage, language: str) -> str:
    return numerals.number(f"0{match[0]}", language)


def _thousands(match: re.Match[str], _passage: Passage, language: str) -> str:
    words = numerals.number(match[1], language)
    if match[2] == "K":
        return f"{words}K" if language == "zh" else f"{words} K"  # resolutions and versions
    return f"{words}{_SCALES_ZH[match[2]]}" if language == "zh" else f"{words} {_SCALES[match[2]]}"


def _sized(match: re.Match[str], _passage: Passage, language: str) -> str:
    """A sum, or the size of a picture."""
    left, right = (numerals.number(match[at], language) for at in (1, 2))
    if language == "zh":
        return f"{left}乘{right}"
    return f"{left} by {right}" if min(len(match[1]), len(match[2])) > 2 else f"{left} times {right}"


def _quantities(match: re.Match[str], _passage: Passage, language: str) -> str:
    low, high = (numerals.number(match[at], language) for at in (1, 3))
    unit = unit_words(match[2], language, singular=False)
    return f"{low}到{high}{unit}" if language == "zh" else f"{low} to {high} {unit}"


def _feet(match: re.Match[str], _passage: Passage, language: str) -> str:
    feet, inches = (numerals.number(match[at], language) for at in (1, 2))
    return f"{feet}英尺{inches}英寸" if language == "zh" else f"{feet} foot {inches}"


def _letter_over(match: re.Match[str], _passage: Passage, language: str) -> str:
    letter, under = match[1].upper(), numerals.number(match[2], language)
    return f"{under}分之{letter}" if language == "zh" else f"{letter} over {under}"


def _circled(match: re.Match[str], _passage: Passage, language: str) -> str:
    words = numerals.number(str(ord(match[0]) - ord("①") + 1), language)
    return f"{words}，" if language == "zh" else f"{words}, "


NUMBER_RULES: Rules = (
    (r"(?<![\d:.])(\d{1,3})[:：](\d{1,3})(?![\d:])", _ratio),
    (r"(?<![\d/.,½])(\d{1,3})(?:[ ](\d{1,2})/(\d{1,2})|[ ]?([½¼¾⅓⅔]))(?![\d/])", _mixed_fraction),
    (r"(?<![\w.])(\d+(?:\.\d+)?)[eE]([-+−]?\d{1,3})(?!\w|\.\d)", _scientific),
    (rf"({NUMBER})(?:\s?[%％])?(?:\s?[-–~～]\s?({NUMBER}))?\s?[%％]", _percent),
    (
        rf"([{CURRENCIES}])\s?({NUMBER})(?:\s?(million|billion|trillion|万|亿|[kKMB](?![A-Za-z])))?"
        rf"|({NUMBER})\s?([€£])(?!\d)",
        _money,
    ),
    (r"(?<![\d.])(\d{1,4})(?:st|nd|rd|th)(?![A-Za-z])", _ordinal),
    (rf"(?<![\w.])({NUMBER})([kKM])(?![\w²³^/])", _thousands),
    (rf"(?<![\w.])(?!0[xX])({NUMBER})(?:[xX]|[ ][xX][ ])({NUMBER})(?!\w|\.\d)", _sized),
    (
        rf"(?<![\w.])({NUMBER})[ ]?({any_of(UNITS)})\s?[-–~～]\s?({NUMBER})[ ]?\2(?![A-Za-z0-9²³^/])",
        _quantities,
    ),
    (r"(?<![\w.'’])(\d)['’](\d{1,2})(?:[\"”″]|'')", _feet),
    (rf"((?<![\w)\]])[-−])?({NUMBER})[ ]?({any_of(UNITS)})(?![A-Za-z0-9²³^])", _quantity),
    (rf"(?<![A-Za-z0-9])({any_of(tuple(u for u in UNITS if '/' in u))})(?![A-Za-z0-9²³^])", _unit),
    (r"(?<![\d/.])(\d{1,3})/(\d{1,3})(?![\d/.])", _fraction),
    (r"(?<![\w/.])([A-Za-z])/(\d{1,3})(?![\w/]|\.\d)", _letter_over),
    (r"(?<![\d.])\d+(?:\.\d+){2,}(?![\d.])", _version),
    (rf"(?<![\w.-])({NUMBER})(?:[–~～—-]|\s[–~～-]\s)({NUMBER})(?![\w-])", _range),
    (
        r"(?<![\w.,])(?:1[1-9]\d\d|20\d\d)(?!\w|[.,]\d|\s?(?:people|students|metres|meters|years|times|words|points))",
        _year,
    ),
    (r"(?<![A-Za-z])(?=[A-Za-z()]*[\d₀-₉])(?:[A-Z][a-z]?[\d₀-₉]{0,3})+(?![a-z]|\.\d)", _molecule),
    (rf"(?<![\w)\]\s])[-−]({NUMBER})|(?<=[\s])[-−]({NUMBER})", _signed),
    (r"(?<![\w.)])\.\d+(?!\w|\.\d)", _bare_decimal),
    (r"[①-⑳]", _circled),
    (NUMBER, _number),
)
