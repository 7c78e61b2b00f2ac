"""Reading rules for numbers: dates, times, money, quantities, fractions, ranges, years. Pure functions."""

import re

from tutor_engine.speaking import numerals
from tutor_engine.speaking.passage import SUBSCRIPTS, Passage, Rules, any_of
from tutor_engine.speaking.units import CURRENCIES, UNITS, currency_words, unit_words

NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)"
_MONTHS = str.split("January February March April May June July August September October November December")
_MEASURES = "个只条种次位本张倍天周座件辆棵朵名层根块片组类项点门步份杯台岁段道题部分小千万亿"


def _date(match: re.Match[str], _passage: Passage, language: str) -> str:
    year, month, day = match[1], int(match[2]), int(match[3])
    if language == "zh":
        spoken_month, spoken_day = numerals.chinese_cardinal(month), numerals.chinese_cardinal(day)
        return f"{numerals.chinese_digits(year)}年{spoken_month}月{spoken_day}日"
    return f"{_MONTHS[month - 1]} {numerals.english_ordinal(day)}, {numerals.english_year(int(year))}"


def _time(match: re.Match[str], passage: Passage, language: str) -> str | None:
    hour, minute = int(match[1]), int(match[2])
    if passage.in_formula(match.start()):
        return None
    if language == "zh":
        hours = "两" if hour == 2 else numerals.chinese_cardinal(hour)
        minutes = f"{'零' if 0 < minute < 10 else ''}{numerals.chinese_cardinal(minute)}分" if minute else ""
        return f"{hours}点{minutes}"
    if minute == 0:
        return f"{numerals.english_cardinal(hour)} o'clock"
    return (
        f"{numerals.english_cardinal(hour)} {'oh ' if minute < 10 else ''}{numerals.english_cardinal(minute)}"
    )


def _ratio(match: re.Match[str], _passage: Passage, language: str) -> str:
    left, right = (numerals.number(match[i], language) for i in (1, 2))
    return f"{left}比{right}" if language == "zh" else f"{left} to {right}"


def _decade(match: re.Match[str], _passage: Passage, language: str) -> str:
    year = int(match[1])
    if language == "zh":
        return f"{numerals.chinese_digits(match[1])}年代"
    words = numerals.english_year(year)
    return f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"


def _chinese_year(match: re.Match[str], _passage: Passage, _language: str) -> str:
    return numerals.chinese_digits(match[0])


def _percent(match: re.Match[str], _passage: Passage, language: str) -> str:
    low, high = match[1], match[2]
    if language == "zh":
        words = f"百分之{numerals.number(low, 'zh')}"
        return f"{words}到{numerals.number(high, 'zh')}" if high else words
    words = numerals.number(low, "en") + (f" to {numerals.number(high, 'en')}" if high else "")
    return f"{words} percent"


def _money(match: re.Match[str], _passage: Passage, language: str) -> str:
    sign, amount, scale = match[1], match[2], match[3] or ""
    words = numerals.number(amount, language)
    unit = currency_words(sign, language, singular=amount == "1" and not scale)
    cents = re.fullmatch(r"([\d,]+)\.(\d\d)", amount)
    if cents and language == "en" and not scale and sign in "$€":
        whole = numerals.number(cents[1], "en")
        rest = numerals.number(str(int(cents[2])), "en")
        unit = currency_words(sign, "en", singular=cents[1] == "1")
        return (
            f"{whole} {unit} and {rest} cent{'' if cents[2] == '01' else 's'}"
            if int(cents[2])
            else f"{whole} {unit}"
        )
    return f"{words}{scale}{unit}" if language == "zh" else f"{words} {scale} {unit}"


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
    top, bottom = match[1], match[2]
    if language == "zh":
        return f"{numerals.number(bottom, 'zh')}分之{numerals.number(top, 'zh')}"
    over, under = int(top), int(bottom)
    if over > 20 or not 2 <= under <= 20:
        return f"{numerals.number(top, 'en')} over {numerals.number(bottom, 'en')}"
    name = {2: "half", 4: "quarter"}.get(under) or numerals.english_ordinal(under)
    many = "halves" if under == 2 else f"{name}s"
    return f"{numerals.number(top, 'en')} {name if over == 1 else many}"


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


NUMBER_RULES: Rules = (
    (
        r"(?<![\d.])(1\d{3}|20\d{2})[-/.年](0?[1-9]|1[0-2])[-/.月](0?[1-9]|[12]\d|3[01])(?:日|(?!\d|\.\d|[年月日]))",
        _date,
    ),
    (r"(?<![\d:.])([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?(?![\d:])", _time),
    (r"(?<![\d:.])(\d{1,3})[:：](\d{1,3})(?![\d:])", _ratio),
    (r"(?<!\d)(1[1-9]\d0|20\d0)'?s(?![A-Za-z])", _decade),
    (r"(?<!\d)\d{4}(?=\s?年)", _chinese_year),
    (rf"({NUMBER})(?:\s?[-–~～]\s?({NUMBER}))?\s?[%％]", _percent),
    (rf"([{CURRENCIES}])\s?({NUMBER})(?:\s?(million|billion|trillion|万|亿))?", _money),
    (r"(?<![\d.])(\d{1,4})(?:st|nd|rd|th)(?![A-Za-z])", _ordinal),
    (rf"((?<![\w)\]])[-−])?({NUMBER})[ ]?({any_of(UNITS)})(?![A-Za-z0-9²³^])", _quantity),
    (rf"(?<![A-Za-z0-9])({any_of(tuple(u for u in UNITS if '/' in u))})(?![A-Za-z0-9²³^])", _unit),
    (r"(?<![\d/.])(\d{1,3})/(\d{1,3})(?![\d/.])", _fraction),
    (r"(?<![\d.])\d+(?:\.\d+){2,}(?![\d.])", _version),
    (rf"(?<![\w.-])({NUMBER})(?:[–~～-]|\s[–~～-]\s)({NUMBER})(?![\w-])", _range),
    (
        r"(?<![\w.,])(?:1[1-9]\d\d|20\d\d)(?!\w|[.,]\d|\s?(?:people|students|metres|meters|years|times|words|points))",
        _year,
    ),
    (r"(?<![A-Za-z])(?=[A-Za-z()]*[\d₀-₉])(?:[A-Z][a-z]?[\d₀-₉]{0,3})+(?![a-z])", _molecule),
    (rf"(?<![\w)\]\s])[-−]({NUMBER})|(?<=[\s])[-−]({NUMBER})", _signed),
    (NUMBER, _number),
)
