from pathlib import Path

from tutor_engine.knowledge.tokens import ChineseWords, covered, english_terms, hanzi_pairs, rarity, stem


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
