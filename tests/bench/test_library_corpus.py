"""A library made on the spot is the same for the same seed, and as mixed as it says."""

from bench.library.corpus import Corpus


def test_the_same_seed_makes_the_same_passages() -> None:
    first, second = list(Corpus(3).passages(8)), list(Corpus(3).passages(8))
    assert first == second
    assert [text.language for text in first] == ["zh", "en", "en", "en"] * 2
    assert all(len(text.words) > 100 for text in first)


def test_questions_are_made_of_words_of_the_passage() -> None:
    corpus = Corpus()
    chinese, english = list(corpus.passages(2))
    asked = corpus.question(english).removeprefix("Why is it that ").removesuffix("?")
    assert asked in " ".join(english.words.split())
    assert corpus.question(chinese)[3:-1] in chinese.words


def test_prose_is_in_whole_sentences() -> None:
    assert all(text.endswith(".") for text in Corpus().prose(5))
