# ruff: noqa: E501 - a pattern cut in two is harder to read than a long one
"""Reading rules for dates, hours, decades and telephone numbers, which look like sums and ranges. Pure functions."""

import re

from tutor_engine.speaking import numerals
from tutor_engine.speaking.passage import Passage, Rules

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_SHORT = {name[:3]: at for at, name in enumerate(MONTHS)} | {"Sept": 8}
_MONTH = f"(?:{'|'.join(MONTHS)}|(?:{'|'.join(sorted(set(_SHORT) - {'May'}, key=len, reverse=True))})\\b\\.?)"
_DAY = r"(0?[1-9]|[12]\d|3[01])"
_YEAR = r"(1\d{3}|20\d{2})"
_HOUR = r"([01]?\d|2[0-3])"
_MINUTE = r"([0-5]\d)"


def date_words(year: str, month: int, day: int, language: str) -> str:
    """A day of the calendar; without a year where that is empty."""
    if language == "zh":
        years = f"{numerals.chinese_digits(year)}年" if year else ""
        return f"{years}{numerals.chinese_cardinal(month)}月{numerals.chinese_cardinal(day)}日"
    years = f", {numerals.english_year(int(year))}" if year else ""
    return f"{MONTHS[month - 1]} {numerals.english_ordinal(day)}{years}"


def clock_words(hour: int, minute: int, language: str) -> str:
    """An hour of the day."""
    if language == "zh":
        hours = "两" if hour == 2 else numerals.chinese_cardinal(hour)
        minutes = f"{'零' if 0 < minute < 10 else ''}{numerals.chinese_cardinal(minute)}分" if minute else ""
        return f"{hours}点{minutes}"
    if minute == 0:
        return f"{numerals.english_cardinal(hour)} o'clock"
    return (
        f"{numerals.english_cardinal(hour)} {'oh ' if minute < 10 else ''}{numerals.english_cardinal(minute)}"
    )


def _month(name: str) -> int:
    return _SHORT[name.rstrip(".")[:3]] + 1


def _written_date(match: re.Match[str], _passage: Passage, language: str) -> str:
    return date_words(match[1], int(match[2]), int(match[3]), language)


def _short_slashed_date(match: re.Match[str], _passage: Passage, language: str) -> str | None:
    """No fraction is written with a zero in front."""
    first, second = int(match[1]), int(match[2])
    month, day = (first, second) if first <= 12 else (second, first)
    return date_words("", month, day, language) if 1 <= month <= 12 and 1 <= day <= 31 else None


def _days(match: re.Match[str], _passage: Passage, language: str) -> str:
    return "到" if language == "zh" else " to "


def _slashed_date(match: re.Match[str], _passage: Passage, language: str) -> str | None:
    """Month first, as in America, unless only the second can be a month."""
    first, second = int(match[1]), int(match[2])
    month, day = (first, second) if first <= 12 else (second, first)
    return date_words(match[3], month, day, language) if month <= 12 else None


def _month_first(match: re.Match[str], _passage: Passage, _language: str) -> str:
    return date_words(match[3] or "", _month(match[1]), int(match[2]), "en")


def _day_first(match: re.Match[str], _passage: Passage, _language: str) -> str:
    return date_words(match[3] or "", _month(match[2]), int(match[1]), "en")


def _half_day(match: re.Match[str], _passage: Passage, language: str) -> str:
    hour, minute, morning = int(match[1]), int(match[2] or 0), match[3].lower() == "a"
    if language == "zh":
        return f"{'上午' if morning else '下午'}{clock_words(hour, minute, 'zh')}"
    words = clock_words(hour, minute, "en").removesuffix(" o'clock")
    return f"{words} {'A' if morning else 'P'} M"


def _hours(match: re.Match[str], _passage: Passage, language: str) -> str:
    first, last = (clock_words(int(match[at]), int(match[at + 1]), language) for at in (1, 3))
    return f"{first}到{last}" if language == "zh" else f"{first} to {last}"


def _hour(match: re.Match[str], passage: Passage, language: str) -> str | None:
    if passage.in_formula(match.start()):
        return None
    words = clock_words(int(match[1]), int(match[2]), language)
    if match[3] is None:
        return words
    seconds = numerals.number(str(int(match[3])), language)
    return f"{words}{seconds}秒" if language == "zh" else f"{words} and {seconds} seconds"


def _decade(match: re.Match[str], _passage: Passage, language: str) -> str:
    written = next(group for group in match.groups() if group)
    if language == "zh":
        words = numerals.chinese_digits(written) if len(written) == 4 else numerals.number(written, "zh")
        return f"{words}年代"
    words = numerals.english_year(int(written)) if len(written) == 4 else numerals.number(written, "en")
    return f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"


def _within_a_century(match: re.Match[str], _passage: Passage, language: str) -> str | None:
    """The last year of some (1990–95), or a month (2024-11)."""
    year, last = match[1], int(match[2])
    if last > int(year) % 100:
        if language == "zh":
            return f"{numerals.chinese_digits(year)}到{numerals.chinese_digits(match[2])}"
        return f"{numerals.english_year(int(year))} to {numerals.number(match[2], 'en')}"
    if not 1 <= last <= 12:
        return None
    if language == "zh":
        return f"{numerals.chinese_digits(year)}年{numerals.chinese_cardinal(last)}月"
    return f"{MONTHS[last - 1]} {numerals.english_year(int(year))}"


def _old_year(match: re.Match[str], _passage: Passage, _language: str) -> str:
    return numerals.english_year(int(match[0]))


def _chinese_year(match: re.Match[str], _passage: Passage, _language: str) -> str:
    return numerals.chinese_digits(match[0])


def _always(_match: re.Match[str], _passage: Passage, language: str) -> str:
    return "全天候" if language == "zh" else "twenty-four seven"


def _telephone(match: re.Match[str], _passage: Passage, language: str) -> str:
    groups = re.findall(r"\d+", match[0])
    words = ("，" if language == "zh" else ", ").join(numerals.digits(group, language) for group in groups)
    return ("加" if language == "zh" else "plus ") + words if match[0].startswith("+") else words


CALENDAR_RULES: Rules = (
    (rf"(?<![\d.]){_YEAR}[-/.年](0?[1-9]|1[0-2])[-/.月]{_DAY}(?:日|(?!\d|\.\d|[年月日]))", _written_date),
    (rf"(?<![\d/.]){_DAY}/{_DAY}/{_YEAR}(?![\d/])", _slashed_date),
    (r"(?<![\d/.])(?=0\d/|\d\d/0)(\d\d)/(\d\d)(?![\d/]|\.\d|\s?[-+*/=])", _short_slashed_date),
    (r"(?<=[日号月])\s?[-–—~～]\s?(?=\d{1,2}[日号月])", _days),
    (rf"(?<![A-Za-z])({_MONTH})[ ]{_DAY}(?:st|nd|rd|th)?(?:,?[ ]{_YEAR})?(?![\w:%°]|[.,/-]\d)", _month_first),
    (rf"(?<![\w.,:/-]){_DAY}(?:st|nd|rd|th)?[ ]({_MONTH})(?:,?[ ]{_YEAR})?(?![\w%°]|[.,]\d)", _day_first),
    (rf"(?<![\d:.])(0?[1-9]|1[0-2])(?::{_MINUTE})?[ ]?(?:(?<=\d[ ])|(?<=\d))([aApP])(?:\.[mM]\.|[mM](?!\w))", _half_day),
    (rf"(?<![\d:.]){_HOUR}:{_MINUTE}\s?[-–—~～]\s?{_HOUR}:{_MINUTE}(?![\d:])", _hours),
    (rf"(?<![\d:.]){_HOUR}:{_MINUTE}(?::{_MINUTE})?(?![\d:])", _hour),
    (r"(?<!\d)(1[1-9]\d0|20\d0)'?s(?![A-Za-z])|(?<=the )['’]?([2-9]0)['’]?s(?!\w)|(?<!\w)['’]([2-9]0)s(?!\w)", _decade),
    (r"(?<!\d)\d{4}(?=\s?年)", _chinese_year),
    (rf"(?<![\w.-]){_YEAR}[–-](\d\d)(?!\w|[.,]\d|-)", _within_a_century),
    (r"(?:(?<=[Ii]n )|(?<=since )|(?<=year )|(?<=until ))10\d\d(?![\w.,]\d|\w|\s?(?:people|metres|years|times))", _old_year),
    (r"(?<![\d/])24/7(?![\d/])", _always),
    (r"(?<![\w.+-])(?:\+?\d{1,3}[ -])?(?:\(\d{3}\)[ ]?|\d{3}-)\d{3}-\d{4}(?![\w-])", _telephone),
    (r"(?<![\w.-])(?:1[3-9]\d{9}|0\d{2,3}-\d{7,8})(?![\w-])", _telephone),
    (r"(?:(?<=call )|(?<=dial )|(?<=电话)|(?<=电话：)|(?<=拨打)|(?<=拨))\d{3,8}(?:-\d{4})?(?![\w.,]\d|\w)", _telephone),
)  # fmt: skip
"""Tried before the other rules for numbers."""
