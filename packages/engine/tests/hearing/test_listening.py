import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor_engine.hearing.listening import StablePrefix


@pytest.mark.parametrize(
    ("language", "results", "stable"),
    [
        ("en", ["what", "what is", "what is the"], ["", "what", "what is"]),
        ("en", ["what is", "what his name", "what his name is"], ["", "what", "what his name"]),
        ("en", ["why", "how"], ["", ""]),
        ("zh", ["什么", "什么是", "什么事"], ["", "什么", "什么"]),
    ],
)
def test_stable_is_what_two_results_agree_on(language: str, results: list[str], stable: list[str]) -> None:
    prefix = StablePrefix(language)
    assert [text[: prefix.chars(text)] for text in results] == stable


@given(st.lists(st.text("ab ", max_size=12), max_size=8), st.sampled_from(["en", "zh"]))
def test_the_stable_part_is_a_part(results: list[str], language: str) -> None:
    prefix = StablePrefix(language)
    for text in results:
        assert 0 <= prefix.chars(text) <= len(text)


@given(st.lists(st.sampled_from(["what", "is", "a", "star"]), max_size=6), st.sampled_from(["en", "zh"]))
def test_while_words_are_only_added_the_stable_part_grows(words: list[str], language: str) -> None:
    prefix = StablePrefix(language)
    stable = [prefix.chars(" ".join(words[:count])) for count in (*range(len(words) + 1), len(words))]
    assert stable == sorted(stable)
    assert stable[-1] == len(" ".join(words))
