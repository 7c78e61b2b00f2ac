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
_SCALES = {"k": "thousand", "K": "thousand", "M": "million", "B": "billion", "bn": "billion", "m": "million"}
_SCALES_ZH = {
    "k": "千",
    "K": "千",
    "M": "百万",
    "B": "十亿",
    "bn": "十亿",
    "m": "百万",
    "million": "百万",
    "billion": "十亿",
    "trillion": "万亿",
}
_MEASURES = frozenset("个只条种次位本张倍天周座件辆棵朵名层根块片组类项点门步份杯台岁段道题部分小千万亿")
_AMOUNTS = frozenset("秒米元人遍页句节课吨升克斤年")
_NO_MEASURE_ZH = re.compile(r"分之|年级|年代|年初|年底|点[零一二三四五六七八九\d]|月")
"""Two thirds, the second form and the point of a decimal are said with another two than two things."""
_CODES = {"USD": "$", "EUR": "€", "GBP": "£", "CNY": "¥", "RMB": "¥"}
_DIVIDED = tuple(unit for unit in UNITS if "°" not in unit)
"""Units of which a part is said as one: half a metre."""
_WINDS = {"N": ("north", "北纬"), "S": ("south", "南纬"), "E": ("east", "东经"), "W": ("west", "西经")}


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


def _coded_money(match: re.Match[str], _passage: Passage, language: str) -> str:
    """A sum with the name of its currency: 5 USD, US$5."""
    amount, sign = match[1] or match[3], _CODES.get(match[2] or "", "$")
    words = numerals.number(amount, language)
    unit = currency_words(sign, language, singular=amount == "1")
    if language == "zh":
        return f"{words}{unit}"
    return f"{words} {'US ' if match[3] else ''}{unit}"


def _arc(match: re.Match[str], _passage: Passage, language: str) -> str:
    """Degrees, minutes and seconds of an arc, and where they point to."""
    names = (("degree", "度"), ("minute", "分"), ("second", "秒"))
    parts = [
        f"{numerals.number(part, language)}{name[1]}"
        if language == "zh"
        else f"{numerals.number(part, language)} {name[0]}{'' if part == '1' else 's'}"
        for part, name in zip(match.groups()[:3], names, strict=True)
        if part
    ]
    wind = _WINDS.get(match[4] or "")
    if language == "zh":
        return (wind[1] if wind else "") + "".join(parts)
    return " ".join([*parts, *([wind[0]] if wind else [])])


def _part_of_a_unit(match: re.Match[str], _passage: Passage, language: str) -> str:
    """Half an hour."""
    part, unit = _fraction_words(match[1], match[2], language), match[3]
    one = unit_words(unit, language, singular=True)
    if language == "zh":
        return f"{part}{one}"
    article = "an" if one[0] in "aeio" or one == "hour" else "a"
    return f"half {article} {one}" if part == "one half" else f"{part} of {article} {one}"


def _book_number(match: re.Match[str], _passage: Passage, language: str) -> str:
    groups = re.findall(r"\d+X?", match[2])
    pause = "，" if language == "zh" else ", "
    return f"{' '.join('ISBN')} " + pause.join(
        numerals.digits(group, language) + (" X" if group.endswith("X") else "") for group in groups
    )


def _compared(match: re.Match[str], passage: Passage, language: str) -> str | None:
    """A bound, after a word and not in a formula: <5 mg."""
    behind_word = re.search(r"(?:^|[\s(,])[A-Za-z]{2,} $", passage.text[: match.start()])
    if passage.in_formula(match.start()) and not behind_word:
        return None
    less = match[0] == "<"
    return ("小于" if less else "大于") if language == "zh" else ("less than" if less else "more than")


def _numero(match: re.Match[str], _passage: Passage, language: str) -> str:
    return "第" if language == "zh" else "numbers"


def _quantity(match: re.Match[str], passage: Passage, language: str) -> str | None:
    sign, amount, unit = match[1], match[2], match[3]
    if len(unit) == 1 and unit.isalpha() and passage.in_formula(match.start()):
        return None
    words = numerals.number(amount, language)
    if language == "zh" and amount == "2" and unit not in {"°C", "℃", "°F", "°"}:
        words = "两"
    minus = _minus(language, unit) if sign else ""
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
    if language == "zh" and match[0] == "2" and after and before != "第":
        counted = after in _MEASURES or after in _AMOUNTS
        if counted and not _NO_MEASURE_ZH.match(passage.text, match.end()):
            return "两"
    return numerals.number(match[0], language)


def _fraction_words(top: str, bottom: str, language: str) -> str:
    if language == "zh":
        return f"{numerals.number(bottom, 'zh')}分之{numerals.number(top, 'zh')}"
    over, under = int(top), int(bottom)
    if over > 20 or not (2 <= under <= 20 or under in (100, 1000, 1_000_000)):
        return f"{numerals.number(top, 'en')} over {numerals.number(bottom, 'en')}"
    name = {2: "half", 4: "quarter", 100: "hundredth", 1000: "thousandth", 1_000_000: "millionth"}.get(under)
    name = name or numerals.english_ordinal(under)
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


def _quantities(match: re.Match[str], passage: Passage, language: str) -> str | None:
    """From so much to so much; a sum of two numbers before a unit is none, and neither is a fall."""
    low_sign, low_written, unit, high_sign, high_written, last_unit = match.groups()
    if unit is None and (passage.in_formula(match.start()) or _value(low_written) >= _value(high_written)):
        return None
    if unit is not None and unit != last_unit:
        return None
    low, high = (
        f"{_minus(language, last_unit) if sign else ''}{numerals.number(written, language)}"
        for sign, written in ((low_sign, low_written), (high_sign, high_written))
    )
    words = unit_words(last_unit, language, singular=False)
    if language == "zh":
        # Below zero the degrees are said on both sides.
        return f"{low}{words if low_sign else ''}到{high}{words}"
    return f"{low} to {high} {words}"


def _minus(language: str, unit: str) -> str:
    if language == "zh":
        return "零下" if "C" in unit or unit == "℃" else "负"
    return "minus "


def _value(written: str) -> float:
    return float(re.sub(r"[,\s]", "", written))


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
    (r"(?<![\w])ISBN(-1[03])?:?\s*([\d-]{9,17}X?)(?!\w)", _book_number),
    (r"(?<![\d:.])(\d{1,3})[:：](\d{1,3})(?![\d:])", _ratio),
    (
        r"(?<![\w.])(\d{1,3}(?:\.\d+)?)\s?°(?=\s?(?:[NSEW](?!\w)|\d{1,2}[′']))\s?(?:(\d{1,2})[′']\s?)?"
        r"(?:(\d{1,2}(?:\.\d+)?)[″\"]\s?)?([NSEW](?!\w))?",
        _arc,
    ),
    (
        rf"(?<![\d/.])(\d{{1,2}})/(\d{{1,3}})[ ]?({any_of(_DIVIDED)})(?![A-Za-z0-9²³^/])",
        _part_of_a_unit,
    ),
    (
        rf"(?<![\w.])({NUMBER})[ ]?({any_of(_CODES)})(?!\w)"
        rf"|(?<!\w)US\$\s?({NUMBER})(?![\d.]*\s?(?:million|billion|trillion|bn|[kKMB]))",
        _coded_money,
    ),
    (r"(?<!\w)[Nn]os\.(?=\s?\d)", _numero),
    (r"(?<![\w)\]<>|])(?<!\| )[<>](?=\d)", _compared),
    (r"(?<![\d/.,½])(\d{1,3})(?:[ ](\d{1,2})/(\d{1,2})|[ ]?([½¼¾⅓⅔]))(?![\d/])", _mixed_fraction),
    (r"(?<![\w.])(\d+(?:\.\d+)?)[eE]([-+−]?\d{1,3})(?!\w|\.\d)", _scientific),
    (rf"({NUMBER})(?:\s?[%％])?(?:\s?[-–~～]\s?({NUMBER}))?\s?[%％]", _percent),
    (
        rf"([{CURRENCIES}])\s?({NUMBER})(?:\s?(million|billion|trillion|bn|万|亿|[kKMBm](?![A-Za-z])))?"
        rf"|({NUMBER})\s?([€£])(?!\d)",
        _money,
    ),
    (r"(?<![\d.])(\d{1,4})(?:st|nd|rd|th)(?![A-Za-z])", _ordinal),
    (rf"(?<![\w.])({NUMBER})([kKM])(?![\w²³^/])", _thousands),
    (rf"(?<![\w.])(?!0[xX])({NUMBER})(?:[xX]|[ ][xX][ ])({NUMBER})(?!\w|\.\d)", _sized),
    (
        rf"(?<![\w.])((?<![\w)\]])[-−])?({NUMBER})[ ]?({any_of(UNITS)})?\s?[-–~～]\s?([-−])?({NUMBER})"
        rf"[ ]?({any_of(UNITS)})(?![A-Za-z0-9²³^/])",
        _quantities,
    ),
    (r"(?<![\w.'’])(\d)['’](\d{1,2})(?:[\"”″]|'')", _feet),
    (rf"((?<![\w)\]])[-−])?({NUMBER})[ ]?({any_of(UNITS)})(?![A-Za-z0-9²³^])", _quantity),
    (rf"(?<![A-Za-z0-9])({any_of(tuple(u for u in UNITS if '/' in u))})(?![A-Za-z0-9²³^])", _unit),
    (r"(?<![\d/.])(\d{1,3})/(\d{1,3}|1000|1000000)(?![\d/]|\.\d)", _fraction),
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
