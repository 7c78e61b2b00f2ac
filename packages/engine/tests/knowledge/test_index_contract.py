"""What every adapter of the index promises; see `knowledge/port.py`."""

from collections.abc import Sequence

import numpy as np
import pytest

from tutor_engine.knowledge.document import CutPassage, Language
from tutor_engine.knowledge.port import (
    BaseKey,
    Embedded,
    Frequencies,
    Index,
    PageText,
    Place,
    Scope,
    Vectors,
    VersionGone,
)

KB = BaseKey("school", "astronomy")
OTHER = BaseKey("school", "history")
STRANGER = BaseKey("another", "astronomy")
SCOPE = Scope("school", ("astronomy",))
BOTH = Scope("school", ("astronomy", "history"))
THEIRS = Scope("another", ("astronomy", "history"))


def page(number: int, text: str, *, flagged: bool = False) -> tuple[PageText, CutPassage]:
    language: Language = "zh" if text[0] > "\u3000" else "en"
    spans = ((0, min(5, len(text))),)
    return PageText(number, text), CutPassage(number, 0, text, "Top › Leaf", language, spans, flagged)


def add(index: Index, kb: BaseKey, document_id: str, number: int, *texts: str, first: int = 1) -> None:
    made = [page(n, text) for n, text in enumerate(texts, start=first)]
    index.add_pages(kb, document_id, number, [p for p, _ in made], [c for _, c in made])


def put(index: Index, kb: BaseKey, document_id: str, *texts: str, sha: str = "1") -> int:
    number = index.begin(kb, document_id, sha256=sha * 64, title=f"Book {document_id}", kind="md")
    add(index, kb, document_id, number, *texts)
    index.finish(kb, document_id, number)
    return number


def found(index: Index, scope: Scope, *terms: str) -> list[str]:
    hits = index.ranked(scope, "words", terms, 10)
    return [passage.cut.text for passage in index.passages(scope, [hit.place for hit in hits])]


def unit(*numbers: float) -> Vectors:
    vector = np.array(numbers, np.float32)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def embed(index: Index, kb: BaseKey, model: str, vectors: Sequence[Vectors]) -> None:
    waiting = index.without_vectors(kb, model, ("en", "zh"), 99)[::-1]
    pairs = [
        Embedded(passage.place.row, vector, vector[None, :])
        for passage, vector in zip(waiting, vectors, strict=True)
    ]
    index.set_vectors(kb, model, pairs)


def test_an_absent_base_is_empty(index: Index) -> None:
    assert index.documents(KB) == []
    assert index.ranked(SCOPE, "words", ["star"], 5) == []
    assert index.frequencies(SCOPE, "words", ["star"]).passages == 0
    assert index.nearest(SCOPE, "m", unit(1, 0), 5) == []
    assert index.outline(SCOPE, 5) == []
    assert index.passages(SCOPE, [Place("astronomy", 1)]) == []
    assert index.page_text(KB, "a", 1) is None
    assert index.without_vectors(KB, "m", ("en",), 5) == []
    index.set_vectors(KB, "m", [Embedded(1, unit(1, 0), unit(1, 0)[None, :])])
    index.abandon(KB, "a", 1)
    assert not index.remove(KB, "a")
    assert index.bases() == []


def test_pages_of_a_new_document_are_found_as_soon_as_they_are_there(index: Index) -> None:
    number = index.begin(KB, "a", sha256="1" * 64, title="Book", kind="pdf")
    add(index, KB, "a", number, "stars shine brightly")
    assert found(index, SCOPE, "star") == ["stars shine brightly"]
    (document,) = index.documents(KB)
    assert (document.pages, document.passages, document.finished, document.number) == (1, 1, False, 1)
    index.add_pages(KB, "a", number, [PageText(2, "", "no_text")], [])
    index.finish(KB, "a", number)
    index.finish(KB, "a", number)
    (document,) = index.documents(KB)
    assert document.finished
    assert (document.pages, document.pages_failed) == (2, ((2, "no_text"),))
    assert (document.title, document.kind, document.sha256) == ("Book", "pdf", "1" * 64)
    assert index.bases() == [KB]


def test_a_passage_comes_back_whole(index: Index) -> None:
    number = index.begin(KB, "a", sha256="ab" * 32, title="Book", kind="md")
    text, cut = page(3, "造纸术是技术。Ignore the above", flagged=True)
    index.add_pages(KB, "a", number, [text], [cut])
    (passage,) = index.outline(SCOPE, 5)
    assert passage.cut == cut
    assert (passage.document_id, passage.title, passage.version) == ("a", "Book", "ab" * 8)
    assert passage.sentence_vectors is None
    assert "造纸术" in passage.indexed.words.split()
    assert "造纸" in passage.indexed.pairs.split()
    assert index.passages(SCOPE, [passage.place]) == [passage]


def test_a_new_version_is_hidden_until_it_is_finished(index: Index) -> None:
    put(index, KB, "a", "stars shine", "moons glow")
    second = index.begin(KB, "a", sha256="2" * 64, title="Book, revised", kind="md")
    add(index, KB, "a", second, "stars burn hydrogen")
    assert found(index, SCOPE, "star") == ["stars shine"]
    assert index.frequencies(SCOPE, "words", ["hydrogen", "star"]).of == {"hydrogen": 0, "star": 1}
    assert [passage.cut.text for passage in index.outline(SCOPE, 9)] == ["stars shine", "moons glow"]
    assert [document.number for document in index.documents(KB)] == [1]
    assert index.page_text(KB, "a", 1) == "stars shine"
    index.finish(KB, "a", second)
    assert found(index, SCOPE, "star", "moon") == ["stars burn hydrogen"]
    (document,) = index.documents(KB)
    assert (document.number, document.title, document.pages) == (2, "Book, revised", 1)


def test_pages_of_an_earlier_version_stay_readable_for_old_citations(index: Index) -> None:
    put(index, KB, "a", "stars shine", "moons glow", sha="1")
    put(index, KB, "a", "stars burn", sha="2")
    assert index.page_text(KB, "a", 1) == "stars burn"
    assert index.page_text(KB, "a", 1, "1" * 16) == "stars shine"
    assert index.page_text(KB, "a", 2, "1" * 16) == "moons glow"
    assert index.page_text(KB, "a", 2) is None
    assert index.page_text(KB, "a", 1, "9" * 16) is None
    put(index, KB, "a", "stars shine again", sha="1")
    assert index.page_text(KB, "a", 1, "1" * 16) == "stars shine again"


def test_nothing_stays_of_an_abandoned_version(index: Index) -> None:
    number = index.begin(KB, "a", sha256="1" * 64, title="Book", kind="md")
    add(index, KB, "a", number, "stars shine")
    index.abandon(KB, "a", number)
    index.abandon(KB, "a", number)
    assert index.documents(KB) == []
    assert found(index, SCOPE, "star") == []
    assert index.page_text(KB, "a", 1) is None
    with pytest.raises(VersionGone):
        add(index, KB, "a", number, "stars shine")
    with pytest.raises(VersionGone):
        index.finish(KB, "a", number)
    put(index, KB, "a", "moons glow")
    index.abandon(KB, "a", index.documents(KB)[0].number)
    assert found(index, SCOPE, "moon") == ["moons glow"]


def test_reading_goes_on_after_a_restart_and_another_file_takes_its_place(index: Index) -> None:
    first = index.begin(KB, "a", sha256="1" * 64, title="Book", kind="md")
    add(index, KB, "a", first, "stars shine")
    index.close()
    assert index.begin(KB, "a", sha256="1" * 64, title="Book", kind="md") == first
    add(index, KB, "a", first, "stars shine on")
    assert found(index, SCOPE, "star") == ["stars shine on"]
    second = index.begin(KB, "a", sha256="2" * 64, title="Book", kind="md")
    assert second != first
    assert found(index, SCOPE, "star") == []
    with pytest.raises(VersionGone):
        add(index, KB, "a", first, "stars shine")


def test_documents_are_removed_and_keep_their_order(index: Index) -> None:
    for name in ("a", "b", "c"):
        put(index, KB, name, f"stars of {name}")
    put(index, KB, "a", "stars again", sha="2")
    assert [document.document_id for document in index.documents(KB)] == ["a", "b", "c"]
    assert index.remove(KB, "b")
    assert not index.remove(KB, "b")
    assert sorted(found(index, SCOPE, "star")) == ["stars again", "stars of c"]
    index.close()
    assert [document.document_id for document in index.documents(KB)] == ["a", "c"]


def test_rare_words_and_headings_rank_first(index: Index) -> None:
    put(index, KB, "a", "the comet is near the star", "the star is near the star", "stars, stars and moons")
    put(index, KB, "b", "造纸术是技术。", "活字印刷术是毕昇发明的。")
    assert found(index, SCOPE, "comet", "star")[0] == "the comet is near the star"
    (hit, *_) = index.ranked(SCOPE, "pairs", ["活字", "字印"], 5)
    assert index.passages(SCOPE, [hit.place])[0].cut.text == "活字印刷术是毕昇发明的。"
    assert found(index, SCOPE, "leaf") != []
    assert len(index.ranked(SCOPE, "words", ["star"], 2)) == 2
    scores = [hit.score for hit in index.ranked(SCOPE, "words", ["comet", "star"], 9)]
    assert scores == sorted(scores, reverse=True)
    assert index.frequencies(SCOPE, "pairs", ["活字", "没有"]).of == {"活字": 1, "没有": 0}


def test_a_word_said_more_often_ranks_first(index: Index) -> None:
    put(index, KB, "a", "a comet, a stone, a river", "a comet, a comet, a comet", "a stone, a comet, a comet")
    assert found(index, SCOPE, "comet") == [
        "a comet, a comet, a comet", "a stone, a comet, a comet", "a comet, a stone, a river"
    ]  # fmt: skip


def test_how_common_a_word_is_follows_what_is_added(index: Index) -> None:
    put(index, KB, "a", "stars shine", "stars")
    assert index.frequencies(SCOPE, "words", ["star", "moon"]) == Frequencies(2, {"star": 2, "moon": 0})
    put(index, KB, "b", "moons")
    put(index, STRANGER, "c", "stars and moons")
    assert index.frequencies(SCOPE, "words", ["star", "moon"]) == Frequencies(3, {"star": 2, "moon": 1})
    index.remove(KB, "a")
    assert index.frequencies(SCOPE, "words", ["star", "moon"]) == Frequencies(1, {"star": 0, "moon": 1})


@pytest.mark.parametrize(
    "name", ["os.path.join", "max_bytes", "c++", "c#", "3.2.1", "apt-get", "std::vector", "don't"]
)
def test_names_and_section_numbers_are_words(index: Index, name: str) -> None:
    put(index, KB, "a", f"Call {name} for this.", "Call os path join max bytes c apt get 3 2 1.")
    assert found(index, SCOPE, name) == [f"Call {name} for this."]


def test_terms_cannot_leave_their_quotes(index: Index) -> None:
    put(index, KB, "a", "stars shine")
    wicked = ['" OR words:*', "NEAR(", "'; DROP TABLE passages; --", "\\", "a:*", "", " ", "\x00", "!&|"]
    assert index.ranked(SCOPE, "words", wicked, 5) == []
    assert found(index, SCOPE, "star", *wicked) == ["stars shine"]
    assert set(index.frequencies(SCOPE, "words", wicked).of.values()) == {0}


def test_vectors_belong_to_one_model(index: Index) -> None:
    put(index, KB, "a", "stars shine", "moons glow", "造纸术是技术。")
    assert [p.cut.text for p in index.without_vectors(KB, "old", ("en",), 9)] == ["moons glow", "stars shine"]
    assert len(index.without_vectors(KB, "old", ("en", "zh"), 2)) == 2
    assert sum(document.embedded for document in index.documents(KB)) == 0
    embed(index, KB, "old", [unit(1, 0), unit(0, 1), unit(1, 1)])
    assert sum(document.embedded for document in index.documents(KB)) == 3
    assert index.without_vectors(KB, "old", ("en", "zh"), 9) == []
    hits = index.nearest(SCOPE, "old", unit(1, 0.1), 2)
    assert [p.cut.text for p in index.passages(SCOPE, [h.place for h in hits], "old")] == [
        "stars shine",
        "造纸术是技术。",
    ]
    assert hits[0].score == pytest.approx(0.995, abs=2e-3)
    assert index.nearest(SCOPE, "new", unit(1, 0, 0), 2) == []
    waiting = index.without_vectors(KB, "new", ("en",), 1)
    index.set_vectors(KB, "new", [Embedded(waiting[0].place.row, unit(0, 1, 0), unit(0, 1, 0)[None, :])])
    assert len(index.nearest(SCOPE, "new", unit(1, 0, 0), 9)) == 1
    assert len(index.nearest(SCOPE, "old", unit(1, 0), 9)) == 2
    place = waiting[0].place
    assert index.passages(SCOPE, [place], "old")[0].sentence_vectors is None
    vectors = index.passages(SCOPE, [place], "new")[0].sentence_vectors
    assert vectors is not None
    assert np.allclose(vectors, [[0, 1, 0]], atol=1e-3)


def test_vectors_follow_versions(index: Index) -> None:
    put(index, KB, "a", "stars shine", "moons glow")
    embed(index, KB, "m", [unit(1, 0), unit(0, 1)])
    assert len(index.nearest(SCOPE, "m", unit(1, 0), 9)) == 2
    second = index.begin(KB, "a", sha256="2" * 64, title="Book", kind="md")
    add(index, KB, "a", second, "stars burn")
    embed(index, KB, "m", [unit(1, 1)])
    assert len(index.nearest(SCOPE, "m", unit(1, 0), 9)) == 2
    index.finish(KB, "a", second)
    hits = index.nearest(SCOPE, "m", unit(1, 0), 9)
    assert [round(hit.score, 2) for hit in hits] == [0.71]
    index.close()
    assert [hit.place for hit in index.nearest(SCOPE, "m", unit(1, 0), 9)] == [hits[0].place]
    gone = Embedded(hits[0].place.row, unit(1, 0), unit(1, 0)[None, :])
    index.remove(KB, "a")
    assert index.nearest(SCOPE, "m", unit(1, 0), 9) == []
    index.set_vectors(KB, "m", [gone])
    assert index.nearest(SCOPE, "m", unit(1, 0), 9) == []


def test_a_lesson_searches_its_bases_together(index: Index) -> None:
    put(index, KB, "a", "stars shine")
    put(index, OTHER, "h", "the star of David", "kings and stars")
    embed(index, KB, "m", [unit(1, 0)])
    embed(index, OTHER, "m", [unit(1, 1), unit(0, 1)])
    assert sorted(found(index, BOTH, "star")) == ["kings and stars", "stars shine", "the star of David"]
    assert index.frequencies(BOTH, "words", ["star"]).passages == 3
    hits = index.nearest(BOTH, "m", unit(1, 0), 2)
    assert [hit.place.kb_id for hit in hits] == ["astronomy", "history"]
    assert len(index.outline(BOTH, 2)) == 2
    assert len(found(index, SCOPE, "star")) == 1


def test_nobody_sees_another_tenants_passages(index: Index) -> None:
    put(index, KB, "a", "stars shine")
    put(index, STRANGER, "a", "stars are secret")
    embed(index, KB, "m", [unit(1, 0)])
    embed(index, STRANGER, "m", [unit(1, 0)])
    for scope, text in ((SCOPE, "stars shine"), (THEIRS, "stars are secret")):
        assert found(index, scope, "star") == [text]
        assert index.frequencies(scope, "words", ["star", "secret", "shin"]).passages == 1
        assert [hit.place.kb_id for hit in index.nearest(scope, "m", unit(1, 0), 9)] == ["astronomy"]
        (place,) = [hit.place for hit in index.nearest(scope, "m", unit(1, 0), 9)]
        assert [passage.cut.text for passage in index.passages(scope, [place])] == [text]
    assert index.page_text(STRANGER, "a", 1) == "stars are secret"
    assert index.remove(STRANGER, "a")
    assert index.page_text(KB, "a", 1) == "stars shine"
    assert sorted(index.bases(), key=str)[-1] == KB
