import math
import re

import pytest

from tutor_engine.hearing.ngrams import clauses, library_model, words_of
from tutor_engine.hearing.questions import BEGINNINGS, SMALL_WORDS

LIBRARY = [
    "The Moon causes the tides; it pulls the water.",
    "Tides (high and low) follow the Moon’s path 2 times.",
]


def grams(arpa: str) -> dict[tuple[str, ...], tuple[float, float]]:
    """Logarithms of probability and back-off of each n-gram."""
    found: dict[tuple[str, ...], tuple[float, float]] = {}
    order = 0
    for line in arpa.splitlines():
        if header := re.match(r"\\(\d)-grams:", line):
            order = int(header[1])
        elif order and line and not line.startswith("\\"):
            parts = line.split()
            rest = float(parts[1 + order]) if len(parts) > 1 + order else 0.0
            found[tuple(parts[1 : 1 + order])] = (float(parts[0]), rest)
    return found


def probability(found: dict[tuple[str, ...], tuple[float, float]], *gram: str) -> float:
    if gram in found:
        return 10 ** found[gram][0]
    rest = 10 ** found.get(gram[:-1], (0.0, 0.0))[1]
    return rest * probability(found, *gram[1:])


@pytest.fixture(scope="module")
def model() -> dict[tuple[str, ...], tuple[float, float]]:
    return grams(library_model(LIBRARY, frozenset(words_of(LIBRARY))))


def test_clauses_are_words_in_lower_case() -> None:
    assert clauses(LIBRARY) == [
        ["the", "moon", "causes", "the", "tides"],
        ["it", "pulls", "the", "water"],
        ["tides"],
        ["high", "and", "low"],
        ["follow", "the", "moon's", "path", "times"],
    ]


def test_words_of_questions_are_added() -> None:
    words = words_of(LIBRARY)
    assert {"tides", "moon's", "why", "difference"} <= set(words)
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    "history", [(), ("the",), ("<s>",), ("causes", "the"), ("<s>", "why"), ("water", "tides")]
)
def test_what_follows_adds_up_to_one(
    model: dict[tuple[str, ...], tuple[float, float]], history: tuple[str, ...]
) -> None:
    words = [gram[0] for gram in model if len(gram) == 1 and gram != ("<s>",)]
    assert math.fsum(probability(model, *history, word) for word in words) == pytest.approx(1.0, abs=0.01)


def test_the_library_makes_its_words_likely(model: dict[tuple[str, ...], tuple[float, float]]) -> None:
    assert probability(model, "the", "tides") > 5 * probability(model, "the", "because")
    assert probability(model, "<s>", "why") > probability(model, "<s>", "pulls")


def test_the_counts_of_the_header_are_true() -> None:
    arpa = library_model(LIBRARY, frozenset(words_of(LIBRARY)))
    found = grams(arpa)
    for order in (1, 2, 3):
        assert f"ngram {order}={sum(len(gram) == order for gram in found)}\n" in arpa
    assert arpa.startswith("\\data\\\n")
    assert arpa.endswith("\\end\\\n")


def test_unknown_words_break_a_sentence() -> None:
    known = frozenset(words_of(LIBRARY)) - {"pulls", "why"}
    found = grams(library_model(LIBRARY, known))
    assert ("pulls",) not in found
    assert ("why",) not in found
    assert ("it", "the") not in found
    assert ("it", "</s>") in found


def test_an_empty_library_still_knows_questions() -> None:
    found = grams(library_model([], frozenset(words_of([]))))
    assert ("<s>", "what", "is") in found


def test_beginnings_and_small_words_are_plain() -> None:
    for phrase in (*BEGINNINGS, *SMALL_WORDS):
        assert re.fullmatch(r"[a-z']+( [a-z']+)*", phrase)
    assert len(set(BEGINNINGS)) == len(BEGINNINGS)


def test_a_hesitation_is_a_word_wherever_somebody_thinks(
    model: dict[tuple[str, ...], tuple[float, float]],
) -> None:
    assert probability(model, "um") > probability(model, "water")
    assert probability(model, "causes", "the", "um") > probability(model, "causes", "the", "follow")
