import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor_engine.hearing.pronunciation import Phones, by_letters, pronounce

KNOWN: dict[str, Phones] = {
    "red": ("R", "EH", "D"),
    "shift": ("SH", "IH", "F", "T"),
    "tides": ("T", "AY", "D", "Z"),
    "comet": ("K", "AA", "M", "AH", "T"),
    "gas": ("G", "AE", "S"),
    "refract": ("R", "AH", "F", "R", "AE", "K", "T"),
    "bake": ("B", "EY", "K"),
    "nas": ("EH", "N"),
    "sss": ("S", "S"),
}


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("Red", "R EH D"),
        ("redshift", "R EH D SH IH F T"),
        ("comet's", "K AA M AH T S"),
        ("comets", "K AA M AH T S"),
        ("gas's", "G AE S IH Z"),
        ("refracted", "R AH F R AE K T IH D"),
        ("refracting", "R AH F R AE K T IH NG"),
        ("baked", "B EY K T"),
        ("baker", "B EY K ER"),
        ("nassss", "N AE S S"),
    ],
)
def test_dictionary_endings_and_compounds(word: str, phones: str) -> None:
    assert pronounce(word, KNOWN.get) == tuple(phones.split())


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("nebula", "N EH B AH L AH"),
        ("refraction", "R EH F R AE K SH AH N"),
        ("photosphere", "F AA T AA S F IH R"),
        ("night", "N AY T"),
        ("knife", "N AY F"),
        ("quick", "K W IH K"),
        ("gene", "JH IY N"),
        ("chlorine", "K L AO R AY N"),
        ("", ""),
        ("水", ""),
    ],
)
def test_letters(word: str, phones: str) -> None:
    assert by_letters(word) == tuple(phones.split())


@given(st.text(max_size=40))
def test_any_text_has_some_pronunciation_or_none(word: str) -> None:
    latin = any("a" <= letter <= "z" for letter in word.lower())
    phones = pronounce(word, KNOWN.get)
    assert latin or not phones
