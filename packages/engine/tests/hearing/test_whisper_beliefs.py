from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor_engine.hearing.port import Transcript
from tutor_engine.hearing.whisper_beliefs import (
    HallucinationRules,
    Segment,
    believable,
    better,
    compression_of,
    doubtful,
    syllables,
    too_fast,
    transcript_of,
)

RULES = HallucinationRules()


@pytest.mark.parametrize(
    ("segment", "expected"),
    [
        (Segment(" Why are leaves green?", -0.3, 0.05, 1.1), True),
        (Segment(" Thank you for watching!", -0.9, 0.2, 1.0), False),
        (Segment(" Thank you for watching!", -0.2, 0.1, 1.0), True),
        (Segment("请不吝点赞 订阅", -0.9, 0.1, 1.0), False),
        (Segment(" Yes.", -0.9, 0.8, 1.0), False),
        (Segment(" Yes.", -0.4, 0.8, 1.0), True),
        (Segment(" mumble", -1.6, 0.1, 1.0), False),
        (Segment(" no no no no no no no", -0.1, 0.1, 3.0), False),
        (Segment(" I think I think I think I think so", -0.1, 0.1, 1.9), False),
        (Segment(" the tides, the tides, the tides, the tides, rise", -0.1, 0.1, 2.0), False),
        (Segment(" I see. I see. I see. I see.", -0.1, 0.1, 2.0), False),
        (Segment(" hahahahahahahahahaha", -0.1, 0.1, 2.0), False),
        (Segment("我们我们我们我们走吧", -0.1, 0.1, 1.8), False),
        (Segment("好的，好的，好的，好的，", -0.1, 0.1, 1.8), False),
        (Segment(" No, no, no, no!", -0.1, 0.1, 1.2), True),
        (Segment(" it has 100000000000 stars", -0.1, 0.1, 1.2), True),
        (Segment(" Why are, why are, why are, why are", -0.1, 0.1, 2.0), False),
        (Segment(" no no no it is not", -0.1, 0.1, 1.2), True),
        (Segment(" one million is 1000000, right?", -0.1, 0.1, 1.2), True),
        (Segment("看看星星", -0.1, 0.1, 1.0), True),
        (Segment(" See you in the next video!", -0.8, 0.1, 1.0), False),
        (Segment("下期再见", -0.8, 0.1, 1.0), False),
    ],
)
def test_what_is_believed(segment: Segment, expected: bool) -> None:
    assert believable(segment, RULES) is expected


@pytest.mark.parametrize(
    ("text", "voiced_ms", "fast"),
    [
        ("Yes.", 96, False),
        ("photosynthesis", 500, False),
        ("Why are leaves green in summer?", 700, False),
        ("Why are leaves green in summer and what makes them brown in autumn?", 300, True),
        ("你好", 100, False),
        ("为什么叶子是绿色的", 700, False),
        ("为什么叶子在夏天是绿色的而在秋天变黄", 300, True),
        ("", 0, False),
    ],
)
def test_nobody_speaks_faster_than_people_can(text: str, voiced_ms: float, fast: bool) -> None:
    assert too_fast(text, voiced_ms) is fast
    sure = Segment(text, -0.1, 0.0, 1.0)
    assert believable(sure, RULES, voiced_ms) is not fast
    assert believable(sure, RULES)


def test_syllables_of_both_languages() -> None:
    assert [syllables(text) for text in ("photosynthesis", "光合作用", "Why? 为什么 42")] == [5, 4, 6]


def test_compression_is_that_of_whisper() -> None:
    assert compression_of("") == 0.0
    assert compression_of("yes") < 1 < 2.4 < compression_of("thank you " * 20)


GOOD = Segment(" Why?", -0.1, 0.0, 1.0)


@pytest.mark.parametrize(
    ("segment", "expected"),
    [
        (GOOD, False),
        (replace(GOOD, avg_logprob=-0.8), True),
        (replace(GOOD, text=" "), True),
        (replace(GOOD, ended=False), True),
        (replace(GOOD, compression_ratio=3.0), True),
        (replace(GOOD, text=" word" * 30), True),
    ],
)
def test_what_is_worth_a_second_decoding(segment: Segment, expected: bool) -> None:
    assert doubtful(segment, RULES, 400) is expected


def test_the_better_of_two() -> None:
    circles = Segment("no " * 9, -0.01, 0.0, 5.0)
    empty = Segment("", -0.01, 0.0, 0.0)
    for worse in (circles, empty, replace(GOOD, avg_logprob=-0.5), replace(GOOD, ended=False)):
        assert better(GOOD, worse, RULES, 500) is better(worse, GOOD, RULES, 500) is GOOD


def test_a_transcript_holds_what_is_believed() -> None:
    bad = Segment(" you", -1.0, 0.9, 1.0)
    assert transcript_of([(bad, None), (GOOD, None)], "en", RULES).text == "Why?"
    assert transcript_of([(bad, None)], "en", RULES) == Transcript("", "en", 0.0)
    assert transcript_of([(replace(GOOD, language="zh"), 400)], "en", RULES).language == "zh"


@given(st.text(max_size=300), st.floats(0, 60_000))
def test_no_text_breaks_the_rules(text: str, voiced_ms: float) -> None:
    segment = Segment(text, -0.2, 0.1, compression_of(text))
    if believable(segment, RULES, voiced_ms):
        assert believable(segment, RULES)
