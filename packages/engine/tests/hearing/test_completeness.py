import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor_engine.hearing.completeness import Completeness, completeness

C, U, D, B = Completeness.COMPLETE, Completeness.UNCLEAR, Completeness.DANGLING, Completeness.OPENING


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", U),
        ("what is photosynthesis", C),
        ("why do plants need sunlight", C),
        ("tell me about the roots", C),
        ("so what is that made of", C),
        ("what is sugar made of", C),
        ("where does the energy come from", C),
        ("what is", B),
        ("what is the", B),
        ("and how far", B),
        ("which moon", B),
        ("who built", B),
        ("who built the", B),
        ("why does the", B),
        ("why do we", B),
        ("why is the sky", B),
        ("why is the sky blue", C),
        ("how does light", B),
        ("how does light travel", C),
        ("what does kepler's second", B),
        ("what does kepler's second law", B),
        ("what does kepler's second law say", C),
        ("what does the colour of a star", B),
        ("what does the colour of a star tell us", C),
        ("when were gravitational", B),
        ("how is weight", B),
        ("how are you", C),
        ("what's the", B),
        ("what's gravity", C),
        ("what is a metal", C),
        ("do we always", B),
        ("is mars red", C),
        ("what about plants", C),
        ("what does it do", C),
        ("what happened in berlin", C),
        ("how do we get", D),
        ("why", U),
        ("how can i find", D),
        ("how do i work out", D),
        ("how do we know", D),
        ("why do plants need", D),
        ("what do plants need", C),
        ("why is venus hotter", D),
        ("is venus hotter", D),
        ("which is larger", C),
        ("how is weight different", D),
        ("are they different", C),
        ("can does a rain", B),
        ("can does a rainbow form", C),
        ("how far is the sun and", B),
        ("stop", C),
        ("yes", C),
        ("why do plants need the", D),
        ("i think the answer is", D),
        ("photosynthesis", U),
        ("carbon dioxide", U),
        ("because the leaves and", B),
        ("because of the", D),
        ("um", B),
        ("how far is the sun um", B),
        ("why is venus hotter hmm", B),
        ("The difference between a leaf, and a root?", U),
    ],
)
def test_english(text: str, expected: Completeness) -> None:
    assert completeness(text, "en") is expected


WHOLE = (
    "why do plants need sunlight", "how does the heart pump blood", "when did the second world war end",
    "who wrote hamlet", "what is the capital of france", "how many legs does a spider have", "do fish sleep",
    "is water a liquid", "can you explain that again", "what does a verb do", "how are mountains made",
    "where do penguins live", "what are the parts of a cell", "which river is longest", "who are you",
    "what happens when ice melts", "what causes earthquakes", "how long is a year", "are whales mammals",
    "what makes bread rise", "what do we know about atoms", "what did newton discover", "when was it built",
    "how do you spell necessary", "what is seven times eight", "what time is it", "what does that mean",
    "how much does it cost", "what else is there", "would that work", "what if it rains", "what is this",
    "how high do birds fly", "is the answer forty two", "are there any more questions", "is it mars",
)  # fmt: skip
"""Questions about other things than the demo library's."""


@pytest.mark.parametrize("text", WHOLE)
def test_a_whole_question_is_complete(text: str) -> None:
    assert completeness(text, "en") is Completeness.COMPLETE


def test_most_beginnings_of_questions_are_seen_to_be_no_more() -> None:
    cut = [text.split()[:at] for text in WHOLE for at in range(2, len(text.split()) - 1)]
    seen = [completeness(" ".join(words), "en") for words in cut]
    assert sum(verdict is Completeness.OPENING for verdict in seen) / len(seen) > 0.75


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", U),
        ("什么是光合作用", C),
        ("植物需要阳光吗", C),
        ("为什么叶子是绿色的？", C),
        ("请解释一下", C),
        ("我觉得因为", D),
        ("光合作用", U),
        ("叶子的", D),
    ],
)
def test_chinese(text: str, expected: Completeness) -> None:
    assert completeness(text, "zh") is expected


@given(st.text(max_size=200), st.sampled_from(["en", "zh", "xx"]))
def test_any_text_is_judged(text: str, language: str) -> None:
    assert completeness(text, language) in Completeness


@pytest.mark.parametrize("text", ["太阳离我们有多远嗯", "光合作用是什么呃……", "嗯"])
def test_a_voice_that_hesitates_goes_on(text: str) -> None:
    assert completeness(text, "zh") is Completeness.OPENING
