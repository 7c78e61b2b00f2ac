"""Reading a model's stream, whatever way it is cut into pieces."""

import random

import pytest

from tutor_engine.answering.generated import Cited, ModelText, Spoken, citation_for

from .conftest import MakePassage


def read(pieces: list[str]) -> tuple[str, list[int], str]:
    text = ModelText()
    events = [event for piece in pieces for event in text.feed(piece)] + list(text.finish())
    spoken = "".join(event.text for event in events if isinstance(event, Spoken))
    return spoken, [event.n for event in events if isinstance(event, Cited)], text.screen


CASES = [
    ("Stars shine [1]. Mars is red [2, 3].", "Stars shine. Mars is red.", [1, 2, 3], ""),
    ("星星发光【1】。", "星星发光。", [1], ""),
    ("<think>secret [9]</think>Well, yes.", "Well, yes.", [], ""),
    ("Look: ```python\nx = [1]\n``` Done.", "Look:  Done.", [], "x = [1]"),
    ("**Bold** `word` __here__", "Bold word here", [], ""),
    ("a [note] and a[i] stay, 2 * 3 < 4", "a [note] and a[i] stay, 2 * 3 < 4", [], ""),
    ("open ```F = ma", "open ", [], "F = ma"),
    ("<think>never closed", "", [], ""),
    ("ends with [", "ends with [", [], ""),
]


@pytest.mark.parametrize(("text", "spoken", "cited", "screen"), CASES)
def test_whole_and_in_pieces(text: str, spoken: str, cited: list[int], screen: str) -> None:
    assert read([text]) == (spoken, cited, screen)
    assert read(list(text)) == (spoken, cited, screen)
    dice = random.Random(1)
    for _ in range(30):
        cuts = sorted(dice.sample(range(len(text)), min(3, len(text))))
        pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
        assert read(pieces) == (spoken, cited, screen)


def test_words_are_not_held_back() -> None:
    text = ModelText()
    assert [event for event in text.feed("Gravity pulls") if isinstance(event, Spoken)] == [
        Spoken("Gravity pulls")
    ]


def test_a_citation_names_the_nearest_sentence_of_a_retrieved_passage(make_passage: MakePassage) -> None:
    passages = [make_passage("Mars is red.", "Venus is hot because of its air.", start=5)]
    found = citation_for(1, "Venus has hot air", passages)
    assert found is not None
    assert (found.quote, found.start) == ("Venus is hot because of its air.", 18)
    assert citation_for(2, "Venus", passages) is None
    assert citation_for(0, "Venus", passages) is None
