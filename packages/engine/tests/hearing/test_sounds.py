import importlib.util

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor_engine.hearing import sounds
from tutor_engine.hearing.sounds import chinese_sounds, english_phones, english_sounds, likeness


def test_english_by_dictionary_letters_and_digits() -> None:
    assert english_phones("mars") == ("M", "AA", "R", "Z")
    assert english_phones("qqqq") is None
    assert english_sounds("Mars, 2!") == ("M", "AA", "R", "Z", "T", "UW")


def test_without_the_dictionary_letters_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    sounds._dictionary.cache_clear()  # pyright: ignore[reportPrivateUsage]
    english_phones.cache_clear()
    try:
        assert english_sounds("red") == ("R", "EH", "D")
        assert english_phones("mars") is None
    finally:
        sounds._dictionary.cache_clear()  # pyright: ignore[reportPrivateUsage]
        english_phones.cache_clear()


def test_chinese_syllables_are_initial_final_tone() -> None:
    assert chinese_sounds("火药") == ("h", "uo", "3", "y", "ao", "4")
    assert chinese_sounds("DNA") == ("d", "n", "a")


def test_near_sounds_are_more_alike_than_far_ones() -> None:
    bat, pat, cat = (english_sounds(word) for word in ("bat", "pat", "cat"))
    assert likeness(bat, bat) == 1.0
    assert likeness(bat, pat) > likeness(bat, cat)
    assert likeness(chinese_sounds("买"), chinese_sounds("卖")) > likeness(
        chinese_sounds("买"), chinese_sounds("书")
    )


def test_a_long_word_is_found_inside_a_sentence() -> None:
    sentence = english_sounds("well that would be photosynthesis of course")
    assert likeness(sentence, english_sounds("photosynthesis")) > 0.9
    assert likeness((), english_sounds("a")) == 0.0


SOUNDS = st.lists(st.sampled_from(["P", "B", "IY", "M", "zh", "ang", "1", "4"]), max_size=12).map(tuple)


@given(SOUNDS, SOUNDS)
def test_likeness_is_between_none_and_the_same(said: tuple[str, ...], offered: tuple[str, ...]) -> None:
    assert 0.0 <= likeness(said, offered) <= 1.0
    if said:
        assert likeness(said, said) == 1.0
