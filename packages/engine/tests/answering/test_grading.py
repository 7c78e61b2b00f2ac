"""Right, wrong, and the band between them in which the student judges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor_engine.answering.grading import Grade, graded_sentence, graded_term
from tutor_engine.answering.sounds import likeness, sounds


@pytest.mark.parametrize(
    ("term", "reply", "grade"),
    [
        ("photosynthesis", "photosynthesis", Grade.RIGHT),
        ("photosynthesis", "I think it is called fotosynthesis", Grade.RIGHT),
        ("nuclear fusion", "the nuclear fusion", Grade.RIGHT),
        ("nebula", "a nebular", Grade.UNSURE),
        ("artery", "the arteries", Grade.RIGHT),
        ("diaphragm", "dia fram", Grade.UNSURE),
        ("neuron", "neutron", Grade.UNSURE),
        ("neuron", "the kidney", Grade.WRONG),
        ("magnitude", "", Grade.WRONG),
        ("磁偏角", "是磁偏角吧", Grade.RIGHT),
        ("磁偏角", "词篇角", Grade.RIGHT),
        ("活字印刷术", "活字印刷", Grade.UNSURE),
        ("律诗", "绿诗", Grade.RIGHT),
        ("律诗", "词牌", Grade.WRONG),
    ],
)
def test_terms(term: str, reply: str, grade: Grade) -> None:
    assert graded_term(term, reply) is grade


@pytest.mark.parametrize(
    ("reply", "grade"),
    [
        ("the air of the Earth bends the red light into the shadow", Grade.RIGHT),
        ("something with light and shadow, the air I think", Grade.UNSURE),
        ("because it is angry", Grade.WRONG),
        ("I do not know", Grade.WRONG),
    ],
)
def test_sentences(reply: str, grade: Grade) -> None:
    sentence = "The Moon looks red because the air of the Earth bends red sunlight into the shadow."
    assert graded_sentence(sentence, reply, "Why does the Moon look red?") is grade


def test_chinese_sentences_are_compared_by_pairs_of_hanzi() -> None:
    sentence = "吐鲁番昼夜温差大，白天积累的糖分夜里消耗得少，所以瓜果特别甜。"
    asked = "吐鲁番的瓜果为什么特别甜？"
    assert graded_sentence(sentence, "因为昼夜温差大，糖分消耗得少，白天积累多", asked) is Grade.RIGHT
    assert graded_sentence(sentence, "因为水多", asked) is Grade.WRONG


def test_what_the_question_gives_away_counts_for_nothing() -> None:
    assert graded_sentence("Mars is red.", "Mars is red", "Is Mars red?") is Grade.UNSURE


@pytest.mark.parametrize(("one", "other"), [("phase", "faze"), ("knot", "not"), ("朔望", "硕旺")])
def test_alike_in_sound(one: str, other: str) -> None:
    assert sounds(one) == sounds(other)


@given(st.text(max_size=30), st.text(max_size=30))
def test_likeness_is_a_share(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) <= 1
    assert graded_term(one or "x", other) in Grade
