import numpy as np
import pytest

from tutor_engine.knowledge.port import Frequencies, IndexedWords, Place, StoredPassage, Vectors
from tutor_engine.knowledge.scoring import FITTED, Rarities, Scale, confidence, logistic, score

from .test_index_contract import page, unit


def stored(row: int, words: str, heading: str = "", vector: Vectors | None = None) -> StoredPassage:
    _, cut = page(1, words or "-")
    rows = None if vector is None else vector[None, :]
    return StoredPassage(Place("kb", row), "a", "Book", "", cut, IndexedWords(heading, words), vector, rows)


def rarities(**held: int) -> Rarities:
    return Rarities.of(dict.fromkeys(held, 1.0), Frequencies(100, held), Frequencies(100, {}))


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
    assert confidence(whole, 1.0, chinese=False) > 0.9 > 0.1 > confidence(none, 0.0, chinese=False)
    (words,) = score([stored(1, "comet tail")], asked, None)
    (half,) = score([stored(1, "comet")], asked, None)
    for chinese in (True, False):
        assert confidence(words, 1.0, chinese=chinese) > confidence(half, 0.5, chinese=chinese)
        assert confidence(words, 1.0, chinese=chinese) > 0.5


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
