from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor_engine.speaking.port import Segment
from tutor_engine.speaking.sentences import Segmenter


def cut(text: str, language: str = "en", sizes: Sequence[int] = ()) -> list[Segment]:
    segmenter = Segmenter(language)
    segments: list[Segment] = []
    at = 0
    for size in sizes:
        segments += segmenter.push(text[at : at + size])
        at += size
    segments += segmenter.push(text[at:])
    return segments + segmenter.end()


def texts(text: str, language: str = "en") -> list[str]:
    return [segment.text for segment in cut(text, language)]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Plants turn light into food, and they need water. They also need air.",
         ["Plants turn light into food, ", "and they need water. ", "They also need air."]),
        ("Yes, they do. No.", ["Yes, they do. ", "No."]),
        ("First: look at this. Then, after four words, go on. And so on.",
         ["First: look at this. ", "Then, after four words, go on. ", "And so on."]),
        ("Dr. Smith, e.g. of the U.S. Army, paid 3.14 dollars, no. 5. The end came. Fine now.",
         ["Dr. Smith, e.g. of the U.S. Army, ", "paid 3.14 dollars, no. 5. ", "The end came. ", "Fine now."]),
        ("He lives in the U.S. The weather is fine.", ["He lives in the U.S. ", "The weather is fine."]),
        ('She said "Stop it now!" and left us. "Why?" he asked her. (It was so.) End of it.',
         ['She said "Stop it now!" and left us. ', '"Why?" he asked her. ', "(It was so.) ", "End of it."]),
        ("Well... maybe not so. Is it? It is so.", ["Well... maybe not so. ", "Is it? ", "It is so."]),
        ("It is light.[1] Next one comes.", ["It is light.[1] ", "Next one comes."]),
        ("It is **bold.** Next one comes.", ["It is **bold.** ", "Next one comes."]),
        ("Look at https://a.b/c, then at 10:30, please do it. Good for you.",
         ["Look at https://a.b/c, ", "then at 10:30, please do it. ", "Good for you."]),
        ("one two three four five six seven eight nine ten eleven twelve thirteen fourteen",
         ["one two three four five six seven eight nine ten eleven twelve ", "thirteen fourteen"]),
        ("Use `a. B` here. And so on.", ["Use `a. B` here. ", "And so on."]),
        ("# Title\n\n1. First thing\n2. Second thing\n- third. Fourth thing",
         ["# Title\n\n", "1. First thing\n", "2. Second thing\n", "- third. Fourth thing"]),
        ("It costs $5. You pay $6. Fine by me.", ["It costs $5. ", "You pay $6. ", "Fine by me."]),
        ("Vitamin p. 5 is here. Go to p. Then stop.", ["Vitamin p. 5 is here. ", "Go to p. ", "Then stop."]),
    ],
)  # fmt: skip
def test_english(answer: str, expected: list[str]) -> None:
    assert texts(answer) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("光合作用是植物的过程，它需要光。它也需要水！好吗？",
         ["光合作用是植物的过程，", "它需要光。", "它也需要水！", "好吗？"]),
        ("好的，我们开始。第一步：看这里；第二步，看那里。完了。",
         ["好的，我们开始。", "第一步：看这里；", "第二步，看那里。", "完了。"]),
        ("他说：“你好。”然后走了。再见吧朋友。", ["他说：“你好。”", "然后走了。", "再见吧朋友。"]),
        ("圆周率是3.14，e.g. DNA。结束了吧……是的没错。", ["圆周率是3.14，", "e.g. DNA。", "结束了吧……",
         "是的没错。"]),
    ],
)  # fmt: skip
def test_chinese(answer: str, expected: list[str]) -> None:
    assert texts(answer, "zh") == expected


def test_the_first_clause_is_out_before_the_sentence_ends() -> None:
    segmenter = Segmenter("en")
    assert segmenter.push("Plants turn light into food,") == []
    (first,) = segmenter.push(" and")
    assert (first.index, first.text, first.last) == (0, "Plants turn light into food, ", False)


def test_code_is_shown_but_not_spoken() -> None:
    answer = "Try this code now:\n\n```python\nprint('a. B')\n\nx = 1\n```\n\nThat was it. Good luck then."
    segments = cut(answer)
    assert [s.text for s in segments] == [
        "Try this code now:\n\n",
        "```python\nprint('a. B')\n\nx = 1\n```\n\n",
        "That was it. ",
        "Good luck then.",
    ]
    assert [s.spoken for s in segments] == ["Try this code now:", "", "That was it.", "Good luck then."]


def test_unclosed_code_is_not_spoken_either() -> None:
    segments = cut("Look at it.\n```\nx = 1. Y = 2\n\nz")
    assert [s.spoken for s in segments] == ["Look at it.", ""]


def test_three_backquotes_inside_a_line_open_no_block() -> None:
    assert [s.spoken for s in cut("Say ```x. Y``` now. Go on please.")] == ["Say x. Y now.", "Go on please."]


def test_a_text_without_punctuation_is_cut_at_spaces() -> None:
    segments = texts("word " * 300)
    assert all(len(segment) <= 400 for segment in segments)
    assert all(segment.endswith(" ") for segment in segments)


def test_a_text_without_spaces_is_cut_too() -> None:
    assert max(map(len, texts("字" * 1000, "zh"))) <= 400


def test_an_answer_of_nothing() -> None:
    assert cut("") == []
    assert [(s.text, s.spoken, s.last) for s in cut(" \n ")] == [(" \n ", "", True)]


ANSWERS = st.lists(
    st.one_of(
        st.sampled_from(
            ["Dr. ", "e.g. ", "U.S. ", "The ", "p. 5", "3.14", "1,000", ". ", "! ", "?", ", ", "; ", ": ",
            "...", "\n", "\n\n",
             "```", "```py\nx = 1\n```\n", "`a. b` ", "`", "$x^2. Y$ ", "$", "**", "。", "，", "！”", "；",
             "……", "光合作用", "[1]", "[",
             '."', "1. ", "- ", "~~~", " ", "word ", "Word ", "A. "]
        ),
        st.text(max_size=6),
    ),
    max_size=40,
).map("".join)  # fmt: skip


@given(ANSWERS, st.sampled_from(["en", "zh"]))
def test_segments_add_up_to_the_answer(answer: str, language: str) -> None:
    segments = cut(answer, language)
    assert "".join(segment.text for segment in segments) == answer
    assert all(segment.text for segment in segments)
    assert [segment.index for segment in segments] == list(range(len(segments)))
    assert [segment.last for segment in segments] == [False] * (len(segments) - 1) + [True] * bool(segments)


@given(ANSWERS, st.sampled_from(["en", "zh"]), st.lists(st.integers(1, 7), max_size=120))
def test_the_cuts_do_not_depend_on_how_the_answer_arrives(
    answer: str, language: str, sizes: list[int]
) -> None:
    assert cut(answer, language, sizes) == cut(answer, language)
