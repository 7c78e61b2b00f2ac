import pytest
from packages.engine.tests.answering.quoting import rests_on

from tutor_engine.answering.citations import cite

from .conftest import MakePassage


def test_a_citation_is_a_piece_of_its_passage(make_passage: MakePassage) -> None:
    passage = make_passage("Stars shine.", "Planets move.", start=100)
    citation = cite(1, passage, 13, 26)
    assert (citation.quote, citation.start, citation.end) == ("Planets move.", 113, 126)
    assert rests_on(citation, [passage])


def test_other_words_places_or_documents_do_not_pass(make_passage: MakePassage) -> None:
    passage = make_passage("Stars shine.", start=100)
    citation = cite(1, passage, 0, 5)
    for change in ({"quote": "stars"}, {"start": 99}, {"document": "x"}, {"page": 2}, {"end": 300}):
        assert not rests_on(citation.model_copy(update=change), [passage])
    assert not rests_on(citation, [])


def test_nothing_cannot_be_cited(make_passage: MakePassage) -> None:
    with pytest.raises(ValueError, match="no text"):
        cite(1, make_passage("Stars shine."), 5, 6)
