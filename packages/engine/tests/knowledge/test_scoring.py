import numpy as np
import pytest

from tutor_engine.knowledge.index.tokens import QuestionWords
from tutor_engine.knowledge.port import Frequencies, IndexedWords, Place, StoredPassage, Vectors
from tutor_engine.knowledge.scoring import FITTED, Rarities, Scale, confidence, logistic, score

from .test_index_contract import page, unit


def stored(row: int, words: str, heading: str = "", vector: Vectors | None = None) -> StoredPassage:
    _, cut = page(1, words or "-")
    rows = None if vector is None else vector[None, :]
    return StoredPassage(Place("kb", row), "a", "Book", "", cut, IndexedWords(heading, words), vector, rows)


def rarities(**held: int) -> Rarities:
    asked = QuestionWords(dict.fromkeys(held, 1.0), (), dict.fromkeys(held, 1.0))
    return Rarities.of(asked, Frequencies(100, held), Frequencies(100, {}))


def order(passages: list[StoredPassage], asked: Rarities, vector: Vectors | None = None) -> list[int]:
    return [one.passage.place.row for one in score(passages, asked, vector)]


def test_rare_words_short_texts_and_headings_count() -> None:
    asked = rarities(comet=2, star=60)
    assert order([stored(1, "star star"), stored(2, "comet")], asked) == [2, 1]
    assert order([stored(1, "comet " + "x " * 50), stored(2, "comet y")], asked) == [2, 1]
    assert order([stored(1, "star"), stored(2, "star", "comet")], asked) == [2, 1]
    assert order([stored(1, "star"), stored(2, "star " * 3 + "z")], asked) == [2, 1]
    assert score([], asked, None) == []


def test_the_cosine_leads_and_words_decide_between_equals() -> None:
    asked, question = rarities(comet=2), unit(1, 0)
    near, far = unit(1, 0.1), unit(0.3, 1)
    assert order([stored(1, "comet", vector=far), stored(2, "x", vector=near)], asked, question) == [2, 1]
    assert order([stored(1, "x", vector=near), stored(2, "comet", vector=near)], asked, question) == [2, 1]
    best, *_ = score([stored(1, "x", vector=near)], asked, question)
    assert best.cosine == pytest.approx(0.995, abs=1e-3)


def test_a_passage_without_a_comparable_vector_is_judged_by_its_words() -> None:
    asked, question = rarities(comet=2), unit(1, 0)
    found = score([stored(1, "comet"), stored(2, "y", vector=unit(1, 0, 0))], asked, question)
    assert [one.cosine for one in found] == [None, None]
    assert found[0].passage.place.row == 1


def test_confidence_grows_with_what_is_found() -> None:
    asked, question = rarities(comet=2, tail=3), unit(1, 0)
    (whole,) = score([stored(1, "comet tail", vector=unit(1, 0.2))], asked, question)
    (none,) = score([stored(1, "x", vector=unit(0.1, 1))], asked, question)
    assert confidence(whole, asked, chinese=False) > 0.9 > 0.1 > confidence(none, asked, chinese=False)
    (words,) = score([stored(1, "comet tail")], asked, None)
    (half,) = score([stored(1, "comet")], asked, None)
    for chinese in (True, False):
        assert confidence(words, asked, chinese=chinese) > confidence(half, asked, chinese=chinese)
        assert confidence(words, asked, chinese=chinese) > 0.5


@pytest.mark.parametrize("question", [unit(1, 0), None])
def test_whoever_comes_first_is_the_surest(question: Vectors | None) -> None:
    asked = rarities(comet=2, star=60)
    near, middle, far = (None, None, None) if question is None else (unit(1, 0.6), unit(1, 0.9), unit(1, 3))
    found = score(
        [
            stored(1, "star x", vector=middle),
            stored(2, "comet star", vector=far),
            stored(3, "x", vector=near),
        ],
        asked,
        question,
    )
    for chinese in (True, False):
        sure = [confidence(one, asked, chinese=chinese) for one in found]
        assert sure == sorted(sure, reverse=True)


def test_one_common_word_outweighs_no_meaning() -> None:
    asked, question = rarities(air=30), unit(1, 0)
    said, meant = stored(1, "air air air", vector=unit(1, 1.5)), stored(2, "x", vector=unit(1, 0.7))
    assert order([said, meant], asked, question) == [2, 1]


def test_a_question_of_unknown_words_is_less_likely_answered() -> None:
    known, unknown = rarities(comet=2, tail=3), rarities(comet=2, tail=0)
    for chinese in (True, False):
        (here,) = score([stored(1, "comet")], known, None)
        (elsewhere,) = score([stored(1, "comet")], unknown, None)
        assert confidence(here, known, chinese=chinese) > confidence(elsewhere, unknown, chinese=chinese)


def test_a_word_cut_differently_is_known() -> None:
    asked = QuestionWords({"隶变": 1.0}, ("隶变",), {"隶变": 1.0})
    found = Rarities.of(asked, Frequencies(9, {"隶变": 0}), Frequencies(9, {"隶变": 1}))
    assert (found.known, found.telling) == (1.0, 1.0)
    nowhere = Rarities.of(asked, Frequencies(9, {"隶变": 0}), Frequencies(9, {"隶变": 0}))
    assert nowhere.known == 0.0


def test_the_logistic_does_not_overflow() -> None:
    assert (logistic(0.0), logistic(1e9), logistic(-1e9)) == (0.5, pytest.approx(1), pytest.approx(0))
    assert np.isfinite(logistic(-1e308))


def test_cosines_of_another_model_are_read_on_the_scale_of_the_borders() -> None:
    assert FITTED.of(0.4) == pytest.approx(0.4)
    high = Scale(0.5 + FITTED.unrelated / 2, 0.5 + FITTED.related / 2)
    assert high.of(0.5 + 0.4 / 2) == pytest.approx(0.4)
    assert Scale(0.5, 0.5).of(0.5) == pytest.approx(FITTED.unrelated)


def test_the_scale_is_measured_on_sentences_and_their_passages() -> None:
    dice = np.random.default_rng(1)
    rows = dice.standard_normal((20, 64)).astype(np.float32)
    found = Scale.measured([stored(n, "x", vector=unit(*row)) for n, row in enumerate(rows)])
    assert found is not None
    assert found.related == pytest.approx(1.0, abs=1e-3)
    assert abs(found.unrelated) < 0.1
    assert Scale.measured([stored(1, "x", vector=unit(1, 0)), stored(2, "x")]) is None
