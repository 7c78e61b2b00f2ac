"""Numbers in words, English and Chinese. Pure functions of digits; no context, no units.

A number comes in as it is written (`1,234.50`, `007`, `3.14`) and leaves as it is said aloud.
"""

import re

_GAPS = re.compile(r"[,\s]")
"""What stands between groups of three digits."""

_ONES = str.split(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_TENS = str.split("zero ten twenty thirty forty fifty sixty seventy eighty ninety")
_SCALES = ("", "thousand", "million", "billion", "trillion")
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
_HAN_DIGITS = "零一二三四五六七八九"
_HAN_SCALES = ("", "万", "亿", "万亿")
_LARGEST_DIGITS = 15
"""Longer numbers are read digit by digit."""


def english_cardinal(value: int) -> str:
    """`one hundred and five` for 105."""
    if value < 20:
        return _ONES[value]
    if value < 100:
        tens, ones = divmod(value, 10)
        return _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")
    if value < 1000:
        hundreds, rest = divmod(value, 100)
        return f"{_ONES[hundreds]} hundred" + (f" and {english_cardinal(rest)}" if rest else "")
    groups: list[str] = []
    scale = 0
    while value:
        value, group = divmod(value, 1000)
        if group:
            join = "and " if scale == 0 and group < 100 and value else ""
            groups.append(f"{join}{english_cardinal(group)} {_SCALES[scale]}".rstrip())
        scale += 1
    return " ".join(reversed(groups))


def english_ordinal(value: int) -> str:
    """`twenty-first` for 21."""
    words = english_cardinal(value)
    head, mark, tail = words.rpartition("-") if "-" in words.split()[-1] else words.rpartition(" ")
    regular = f"{tail[:-1]}ieth" if tail.endswith("y") else f"{tail}th"
    return f"{head}{mark}{_ORDINALS.get(tail, regular)}"


def english_year(value: int) -> str:
    """`nineteen forty-five` for 1945, `two thousand and nine` for 2009."""
    century, rest = divmod(value, 100)
    if not 1000 <= value <= 2099 or value // 1000 * 1000 == value or 2000 <= value <= 2009:
        return english_cardinal(value)
    if rest == 0:
        return f"{english_cardinal(century)} hundred"
    return f"{english_cardinal(century)} {'oh ' if rest < 10 else ''}{english_cardinal(rest)}"


def english_digits(digits: str) -> str:
    """`zero zero seven` for 007."""
    return " ".join(_ONES[int(digit)] for digit in digits if digit.isdigit())


def english_number(written: str) -> str:
    """A number as it is written, with group commas and decimals, in words."""
    whole, _, decimals = _GAPS.sub("", written).partition(".")
    if len(whole) > _LARGEST_DIGITS or (len(whole) > 1 and whole.startswith("0")):
        words = english_digits(whole)
    else:
        words = english_cardinal(int(whole or "0"))
    return f"{words} point {english_digits(decimals)}" if decimals else words


def chinese_cardinal(value: int) -> str:
    """`一百零五` for 105."""
    if value == 0:
        return "零"
    words = ""
    scale = 0
    gap = False
    while value:
        value, group = divmod(value, 10_000)
        if group:
            joint = "零" if gap and words and not words.startswith("零") else ""
            name = "两" if group == 2 and scale else _han_group(group)
            words = name + _HAN_SCALES[scale] + joint + words
            gap = group < 1000
        else:
            gap = bool(words)
        scale += 1
    return words[1:] if words.startswith("一十") else words


def _han_group(group: int) -> str:
    words = ""
    zero = False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, group = divmod(group, unit)
        if digit:
            # 两千 but 二百 and 二十.
            words += ("零" if zero and words else "") + (
                "两" if digit == 2 and unit == 1000 else _HAN_DIGITS[digit]
            )
            words += name
            zero = False
        else:
            zero = True
    return words


def chinese_digits(digits: str) -> str:
    """`二零二四` for 2024, as years are read."""
    return "".join(_HAN_DIGITS[int(digit)] for digit in digits if digit.isdigit())


def chinese_number(written: str) -> str:
    """A number as it is written in Chinese words: `三点一四` for 3.14."""
    whole, _, decimals = _GAPS.sub("", written).partition(".")
    if len(whole) > _LARGEST_DIGITS or (len(whole) > 1 and whole.startswith("0")):
        words = chinese_digits(whole)
    else:
        words = chinese_cardinal(int(whole or "0"))
    return f"{words}点{chinese_digits(decimals)}" if decimals else words


def number(written: str, language: str) -> str:
    """A written number in the words of `en` or `zh`."""
    return chinese_number(written) if language == "zh" else english_number(written)


def digits(written: str, language: str) -> str:
    """The digits of a written number one by one."""
    return chinese_digits(written) if language == "zh" else english_digits(written)
