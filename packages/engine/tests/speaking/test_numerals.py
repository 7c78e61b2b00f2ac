import pytest

from tutor_engine.speaking import numerals


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        (0, "zero", "零"),
        (7, "seven", "七"),
        (10, "ten", "十"),
        (12, "twelve", "十二"),
        (20, "twenty", "二十"),
        (45, "forty-five", "四十五"),
        (100, "one hundred", "一百"),
        (101, "one hundred and one", "一百零一"),
        (110, "one hundred and ten", "一百一十"),
        (200, "two hundred", "二百"),
        (1000, "one thousand", "一千"),
        (1001, "one thousand and one", "一千零一"),
        (1010, "one thousand and ten", "一千零一十"),
        (2000, "two thousand", "两千"),
        (10_000, "ten thousand", "一万"),
        (20_000, "twenty thousand", "两万"),
        (20_005, "twenty thousand and five", "两万零五"),
        (100_000, "one hundred thousand", "十万"),
        (1_000_000, "one million", "一百万"),
        (100_000_001, "one hundred million and one", "一亿零一"),
        (1_234_567, "one million two hundred and thirty-four thousand five hundred and sixty-seven",
         "一百二十三万四千五百六十七"),
    ],
)  # fmt: skip
def test_cardinals(value: int, english: str, chinese: str) -> None:
    assert numerals.english_cardinal(value) == english
    assert numerals.chinese_cardinal(value) == chinese


@pytest.mark.parametrize(
    ("value", "words"),
    [(1, "first"), (2, "second"), (3, "third"), (5, "fifth"), (8, "eighth"), (9, "ninth"), (11, "eleventh"),
     (12, "twelfth"), (20, "twentieth"), (21, "twenty-first"), (100, "one hundredth"),
     (112, "one hundred and twelfth")],
)  # fmt: skip
def test_ordinals(value: int, words: str) -> None:
    assert numerals.english_ordinal(value) == words


@pytest.mark.parametrize(
    ("year", "words"),
    [(1066, "ten sixty-six"), (1900, "nineteen hundred"), (1905, "nineteen oh five"),
    (1945, "nineteen forty-five"),
     (2000, "two thousand"), (2009, "two thousand and nine"), (2010, "twenty ten"),
     (2024, "twenty twenty-four")],
)  # fmt: skip
def test_years(year: int, words: str) -> None:
    assert numerals.english_year(year) == words


@pytest.mark.parametrize(
    ("written", "english", "chinese"),
    [
        ("3.14", "three point one four", "三点一四"),
        ("1,234.50", "one thousand two hundred and thirty-four point five zero", "一千二百三十四点五零"),
        ("007", "zero zero seven", "零零七"),
        ("0.5", "zero point five", "零点五"),
        ("1234567890123456", "one two three four five six seven eight nine zero one two three four five six",
         "一二三四五六七八九零一二三四五六"),
    ],
)  # fmt: skip
def test_written_numbers(written: str, english: str, chinese: str) -> None:
    assert numerals.number(written, "en") == english
    assert numerals.number(written, "zh") == chinese


def test_digits() -> None:
    assert numerals.digits("20-7", "en") == "two zero seven"
    assert numerals.digits("207", "zh") == "二零七"
