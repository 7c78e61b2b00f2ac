from pathlib import Path

from tutor_engine.knowledge.index.tokens import (
    ChineseWords,
    Tokens,
    covered,
    english_terms,
    hanzi_pairs,
    names,
    rarity,
    stem,
)


def test_stems_bring_forms_together() -> None:
    assert stem("planets") == stem("planet")
    assert stem("spinning") == stem("spin") or stem("spinning").startswith("spin")
    assert stem("galaxies") == stem("galaxy")
    assert stem("glass") == "glass"


def test_terms_are_the_words_that_tell() -> None:
    assert english_terms("What are Saturn's rings made of?") == ["saturn", "rings", "made"]
    assert english_terms("What is it?") == []


def test_pairs_of_hanzi() -> None:
    assert list(hanzi_pairs("造纸术 A 纸")) == ["造纸", "纸术", "纸"]


def test_chinese_terms_and_a_private_cache(tmp_path: Path) -> None:
    words = ChineseWords(tmp_path / "cache")
    assert words.terms("什么是活字印刷术？") == ["活字", "印刷", "印刷术", "活字印刷术"]
    assert "dna" in words.words("DNA 是什么")
    assert list((tmp_path / "cache").iterdir())


def test_coverage_and_rarity() -> None:
    assert covered({"a": 3.0, "b": 1.0}, {"a"}) == 0.75
    assert covered({}, {"a"}) == 0.0
    assert rarity(0, 100) > rarity(50, 100) > rarity(100, 100) > 0


def test_names_are_kept_whole() -> None:
    text = (
        "Call os.path.join() with max_bytes in C++ or C#, on x86_64, see 3.2.1; std::sort, apt-get, __init__."
    )
    assert names(text) == [
        "os.path.join", "max_bytes", "c++", "c#", "x86_64", "3.2.1", "std::sort", "apt-get", "init",
    ]  # fmt: skip
    assert names("a_" * 60) == []


def test_both_sides_make_the_same_words(chinese: ChineseWords) -> None:
    tokens = Tokens(chinese)
    asked = tokens.question("What do connected planets of the 活字印刷术 in os.path mean?")
    assert set(asked.words) <= set(tokens.words("connections between planets; os.path; 活字印刷术"))
    assert asked.words["活字印刷术"] > asked.words["活字"]
    assert asked.pairs == ("活字", "字印", "印刷", "刷术")


def test_a_question_of_common_words_is_asked_as_it_is(chinese: ChineseWords) -> None:
    asked = Tokens(chinese).question("What is it?")
    assert set(asked.words) == {"what", "is", "it"}
    assert asked.pairs == ()


def test_a_reference_to_another_place_is_not_about_this_one(chinese: ChineseWords) -> None:
    tokens = Tokens(chinese)
    assert "造纸" not in tokens.pairs("参见第 3.2 节 “造纸术”。")
    assert "paper" not in tokens.words('See Section 3.2, "Making paper", for more.')
    assert "paper" in tokens.words("The section on paper.")


def test_what_the_index_holds(chinese: ChineseWords) -> None:
    held = Tokens(chinese).indexed("Book", "Top › 印刷", "Stars shine. 造纸术")
    assert held.heading_words.split() == ["book", "top", "印刷"]
    assert held.words.split()[:2] == ["star", "shine"]
    assert (held.heading_pairs, held.pairs) == ("印刷", "造纸 纸术")


def test_verbs_that_hold_a_question_together_count_less(chinese: ChineseWords) -> None:
    asked = Tokens(chinese).question("What is a star made of?")
    assert asked.words == {"star": 1.0, "made": 0.7}
    assert "given" not in Tokens(chinese).question("What is the name given to a star?").words


def test_particles_are_taken_off_a_guess_of_the_cutter(chinese: ChineseWords) -> None:
    tokens = Tokens(chinese)
    assert set(tokens.question("什么叫隶变？").words) == {"隶变"}
    assert "编" in tokens.question("郭守敬编了什么历法？").words


def test_rare_words_of_the_language_tell_more(chinese: ChineseWords) -> None:
    asked = Tokens(chinese).question("钢琴的琴键由哪些部分组成？")
    assert asked.telling["琴键"] == 1.0
    assert asked.telling["琴键"] > asked.telling["钢琴"] > asked.telling["部分"] > 0
    whole = Tokens(chinese).question("什么是二氧化碳？")
    inside = sum(much for word, much in whole.telling.items() if word != "二氧化碳")
    assert inside < whole.telling["二氧化碳"]
