from pathlib import Path

import numpy as np

from tutor_engine.knowledge.document import CutPassage, ParsedDocument, ParsedPage
from tutor_engine.knowledge.store import Store
from tutor_engine.knowledge.tokens import ChineseWords


def document(*texts: str, title: str = "Book", failed: str = "") -> ParsedDocument:
    pages = tuple(ParsedPage(n, text, (), failed if n > 1 else "") for n, text in enumerate(texts, start=1))
    cuts = tuple(
        CutPassage(
            page.number, 0, page.text, "Top › Leaf", "zh" if page.text[0] > "\u3000" else "en", ((0, 5),)
        )
        for page in pages
    )
    return ParsedDocument("md", title, pages, cuts)


def store_at(path: Path, chinese: ChineseWords | None = None) -> Store:
    return Store(path / "kb.sqlite", chinese or ChineseWords(None))


def test_an_absent_base_is_empty_and_makes_no_file(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    assert store.documents() == []
    assert store.passages() == []
    assert store.ranked("words_en", ["star"], 5) == []
    assert not store.remove("a")
    assert not (tmp_path / "kb.sqlite").exists()


def test_documents_are_found_replaced_and_removed(tmp_path: Path, chinese: ChineseWords) -> None:
    store = store_at(tmp_path, chinese)
    store.replace(
        "a", "1" * 64, document("stars shine", "planets move", failed="no_text"), [None, None], None
    )
    store.replace("b", "2" * 64, document("造纸术是技术。"), [None], None)
    (found,) = store.passages(store.ranked("words_en", ["star"], 5))
    assert (found.document_id, found.cut.page, found.cut.text) == ("a", 1, "stars shine")
    assert store.ranked("words_zh", ["造纸术"], 5) == store.ranked("pairs_zh", ["造纸"], 5) != []
    assert store.frequencies("words_en", ["shines", "comet"]) == {"shines": 1, "comet": 0}
    assert store.page_text("a", 2) == "planets move"
    assert store.page_text("a", 9) is None
    assert [(d.document_id, d.pages_failed) for d in store.documents()] == [
        ("a", ((2, "no_text"),)),
        ("b", ()),
    ]

    store.replace("a", "3" * 64, document("comets fly"), [None], None)
    assert [d.document_id for d in store.documents()] == ["a", "b"]
    assert store.ranked("words_en", ["star"], 5) == []
    assert store.remove("a")
    assert store.count() == 1
    store.close()
    assert [d.document_id for d in store_at(tmp_path).documents()] == ["b"]


def test_vectors_belong_to_one_model(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    pair = (np.ones(4, np.float32), np.zeros((1, 4), np.float32))
    store.replace("a", "1" * 64, document("stars shine", "planets move"), [pair, None], "old")
    rows, matrix = store.vectors("old", 4)
    assert len(rows) == 1
    assert matrix.tolist() == [[1, 1, 1, 1]]
    assert store.vectors("new", 4)[1].shape == (0, 4)
    missing = store.without_vectors("new")
    assert [passage.cut.text for passage in missing] == ["stars shine", "planets move"]
    generation = store.generation
    store.set_vectors([passage.row for passage in missing], "new", [pair, pair])
    assert store.generation > generation
    assert len(store.vectors("new", 4)[0]) == 2
    assert store.without_vectors("new") == []


def test_terms_cannot_leave_their_quotes(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    store.replace("a", "1" * 64, document("stars shine"), [None], None)
    assert store.ranked("words_en", ['" OR heading:*', "NEAR(", "'; DROP TABLE passages; --"], 5) == []
    assert store.count() == 1
