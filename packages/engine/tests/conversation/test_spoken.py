"""Words against the position played."""

from hypothesis import given
from hypothesis import strategies as st

from tutor_engine.conversation.events import Word
from tutor_engine.conversation.spoken import SpokenAnswer
from tutor_protocol import Citation

TEXT = "Ice floats, because it is less dense."


def make() -> SpokenAnswer:
    answer = SpokenAnswer(text=TEXT)
    position = 0
    for index, word in enumerate(TEXT.replace(",", "").replace(".", "").split()):
        start = TEXT.index(word, position)
        position = start + len(word)
        answer.words.append(Word(start, position, index * 100.0, index * 100.0 + 90.0))
    return answer


def test_heard_ends_with_the_last_word_that_ended_and_its_punctuation() -> None:
    answer = make()
    answer.advance(195.0)
    assert answer.heard(to_the_end=False) == "Ice floats,"
    assert answer.heard(to_the_end=True) == TEXT


def test_a_word_that_is_being_said_is_captioned_but_not_heard() -> None:
    answer = make()
    assert answer.slice(answer.advance(110.0)) == "Ice floats,"
    assert answer.heard(to_the_end=False) == "Ice"


def test_quotation_marks_stay_with_their_words() -> None:
    answer = SpokenAnswer(text="See “Two stars”, （三）吗？")
    assert answer.slice((Word(5, 8, 0, 1),)) == "“Two"
    assert answer.slice((Word(9, 14, 0, 1),)) == "stars”,"
    assert answer.slice((Word(18, 19, 0, 1),)) == "（三）"


def test_citations_cover_the_text_since_the_last_one() -> None:
    answer = SpokenAnswer(text="One. ")
    answer.cite(Citation(n=1, document="a", title="a", page=1, quote="One", start=0, end=3))
    answer.text += "Two. "
    answer.cite(Citation(n=2, document="a", title="a", page=1, quote="Two", start=4, end=7))
    one, two = Word(0, 3, 0, 1), Word(5, 8, 1, 2)
    assert answer.cited_at((one,)) == [1]
    assert answer.cited_at((two,)) == [2]
    assert answer.cited_at((one, two)) == [1, 2]


@given(st.lists(st.floats(0, 900), max_size=20))
def test_every_word_is_captioned_once_in_order(positions: list[float]) -> None:
    answer = make()
    seen: list[Word] = []
    for position in positions:
        seen.extend(answer.advance(position))
    assert seen == answer.words[: len(seen)]
    assert all(word.start_ms <= max(positions) for word in seen)


def test_several_places_can_support_one_sentence_and_one_place_several() -> None:
    answer = SpokenAnswer(text="One. ")
    first = Citation(n=1, document="a", title="a", page=1, quote="One", start=0, end=3)
    answer.cite(first)
    answer.cite(first.model_copy(update={"n": 2, "page": 2}))
    answer.text += "Two."
    answer.cite(first)
    assert [citation.n for citation in answer.citations] == [1, 2]
    assert answer.cited_at((Word(0, 4, 0, 200),)) == [1, 2]
    assert answer.cited_at((Word(5, 9, 200, 400),)) == [1]
