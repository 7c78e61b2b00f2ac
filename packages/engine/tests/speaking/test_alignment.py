from collections.abc import Sequence
from dataclasses import replace

from tutor_engine.speaking.alignment import Pronunciation, WordAligner
from tutor_engine.speaking.port import PhonemeMark, WordMark

TEXT = "Hi, Big cat."
READ = Pronunciation(
    (WordMark("Hi", 0, 2, 0, 100), WordMark("Big", 4, 7, 200, 300), WordMark("cat", 8, 11, 300, 400)),
    (
        PhonemeMark("h", 0, 40), PhonemeMark("aɪ", 40, 100), PhonemeMark("", 100, 200),
        PhonemeMark("b", 200, 300),
        PhonemeMark("k", 300, 350), PhonemeMark("t", 350, 400),
    ),
)  # fmt: skip


def rounded(marks: Sequence[WordMark | PhonemeMark]) -> list[WordMark | PhonemeMark]:
    """Times to the millisecond."""
    return [replace(mark, start_ms=round(mark.start_ms), end_ms=round(mark.end_ms)) for mark in marks]


def test_long_phonemes_stay_long_but_not_as_long_as_the_other_voice_makes_them() -> None:
    marks = WordAligner(TEXT, READ).word("Hi", 0, 100)
    h, ai = (mark for mark in marks if isinstance(mark, PhonemeMark))
    assert (h.start_ms, h.end_ms, ai.end_ms) == (0, ai.start_ms, 100)
    assert 40 < h.end_ms < 50


def test_the_phonemes_of_a_word_fill_the_time_of_the_word() -> None:
    aligner = WordAligner(TEXT, READ)
    assert rounded(aligner.word("Hi", 50, 250)) == [
        WordMark("Hi", 0, 2, 50, 250),
        PhonemeMark("h", 50, 137),
        PhonemeMark("aɪ", 137, 250),
    ]
    assert rounded(aligner.word("big cat", 400, 500)) == [
        WordMark("Big cat", 4, 11, 400, 500),
        PhonemeMark("", 250, 400),
        PhonemeMark("b", 400, 444),
        PhonemeMark("k", 444, 472),
        PhonemeMark("t", 472, 500),
    ]
    assert aligner.end(900) == [PhonemeMark("", 500, 900)]


def test_a_short_gap_does_not_close_the_mouth() -> None:
    aligner = WordAligner(TEXT, READ)
    aligner.word("Hi", 0, 100)
    assert PhonemeMark("", 100, 150) not in aligner.word("Big", 150, 200)


def test_a_word_that_is_not_in_the_text_marks_the_place_reached() -> None:
    aligner = WordAligner(TEXT, READ)
    aligner.word("Hi", 0, 100)
    assert aligner.word("seven", 100, 200) == [WordMark("", 2, 2, 100, 200)]
    assert aligner.word("cat", 200, 300)[0] == WordMark("cat", 8, 11, 200, 300)


def test_words_never_overlap() -> None:
    aligner = WordAligner(TEXT, READ)
    aligner.word("Hi", 0, 100)
    mark = aligner.word("Big", 80, 90)[0]
    assert (mark.start_ms, mark.end_ms) == (100, 100)


def test_without_a_pronunciation_there_are_words_only() -> None:
    aligner = WordAligner(TEXT, Pronunciation())
    assert aligner.word("Hi", 50, 100) == [WordMark("Hi", 0, 2, 50, 100)]
    assert aligner.end(400) == []
