"""Which sentence is quoted, of several that share the question's words."""

from tutor_engine.answering.intent import Intent
from tutor_engine.answering.select import choose

from .conftest import MakePassage


def test_a_sentence_that_only_repeats_the_question_is_no_answer(make_passage: MakePassage) -> None:
    repeats = make_passage(
        "In this way astronomers can tell what a star is made of without going there.",
        score=0.9,
        scores=[0.64],
    )
    answers = make_passage("A star is a ball of hot gas.", score=0.8, scores=[0.6], document="other")
    found = choose([repeats, answers], "What is a star made of", Intent.ASK)
    assert found is not None
    assert found.passage is answers
    asked = choose([repeats, answers], "How do we know what a star is made of", Intent.ASK)
    assert asked is not None
    assert asked.passage is repeats, "that is what was asked"


def test_an_indirect_question_about_something_else_is_no_repetition(make_passage: MakePassage) -> None:
    colour = make_passage("The colour of a star tells how hot its surface is.", scores=[0.6])
    other = make_passage("Stars twinkle because of the air.", scores=[0.55], document="other")
    found = choose([colour, other], "What does the colour of a star tell", Intent.ASK)
    assert found is not None
    assert found.passage is colour


def test_beside_a_sure_passage_a_likely_one_is_looked_into(make_passage: MakePassage) -> None:
    sure = make_passage("Blood consists of plasma and of cells.", score=0.95, scores=[0.4])
    likely = make_passage(
        "Bone marrow is the tissue in which blood cells are made.", score=0.45, scores=[0.7], document="b"
    )
    far = make_passage("Blood cells are made of something.", score=0.1, scores=[0.9], document="c")
    found = choose([sure, likely, far], "Where are blood cells made", Intent.ASK)
    assert found is not None
    assert found.passage is likely
    assert choose([likely, far], "Where are blood cells made", Intent.ASK) is None
