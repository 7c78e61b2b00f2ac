"""What is particular to files: names, earlier versions, and closing what is not used."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from tutor_engine.knowledge.index import sqlite as sqlite_index
from tutor_engine.knowledge.index.sqlite import SqliteIndex, file_name
from tutor_engine.knowledge.index.tokens import ChineseWords, Tokens
from tutor_engine.knowledge.port import BaseKey, Scope

from .test_index_contract import found, put

FIRST_VERSION = """
CREATE TABLE documents (document_id TEXT PRIMARY KEY, position INTEGER NOT NULL, title TEXT NOT NULL,
    kind TEXT NOT NULL, sha256 TEXT NOT NULL, pages INTEGER NOT NULL, passages INTEGER NOT NULL);
CREATE TABLE pages (document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    number INTEGER NOT NULL, text TEXT NOT NULL, failed TEXT NOT NULL, PRIMARY KEY (document_id, number));
CREATE TABLE passages (id INTEGER PRIMARY KEY,
    document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE, page INTEGER NOT NULL,
    start INTEGER NOT NULL, text TEXT NOT NULL, heading TEXT NOT NULL,
    language TEXT NOT NULL, sentences TEXT NOT NULL, model TEXT, vector BLOB, sentence_vectors BLOB);
CREATE INDEX passages_of_document ON passages (document_id);
CREATE VIRTUAL TABLE words_en USING fts5 (heading, text, tokenize = 'porter unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE words_zh USING fts5 (heading, text, tokenize = 'unicode61');
CREATE VIRTUAL TABLE pairs_zh USING fts5 (heading, text, tokenize = 'unicode61');
PRAGMA user_version = 1;
"""


def first_file(path: Path) -> None:
    """A file as the first version of the engine left it."""
    db = sqlite3.connect(path)
    db.executescript(FIRST_VERSION)
    db.execute("INSERT INTO documents VALUES ('a', 1, 'Book', 'md', ?, 1, 2)", ("ab" * 32,))
    db.execute("INSERT INTO pages VALUES ('a', 1, 'Stars shine. 造纸术。', '')")
    vector = np.array([1, 0], np.float16).tobytes()
    for start, text, language, model, blob in (
        (0, "Stars shine.", "en", "m", vector),
        (13, "造纸术。", "zh", None, None),
    ):
        db.execute(
            "INSERT INTO passages (document_id, page, start, text, heading, language, sentences, model,"
            " vector, sentence_vectors) VALUES ('a', 1, ?, ?, 'Sky', ?, '[[0, 4]]', ?, ?, ?)",
            (start, text, language, model, blob, blob),
        )
    db.commit()
    db.close()


@pytest.fixture
def index(tmp_path: Path, chinese: ChineseWords) -> SqliteIndex:
    return SqliteIndex(tmp_path, Tokens(chinese))


def test_files_of_the_first_version_are_carried_over(tmp_path: Path, index: SqliteIndex) -> None:
    first_file(tmp_path / "kb.sqlite")
    kb, scope = BaseKey("", "kb"), Scope("", ("kb",))
    assert index.bases() == []
    (document,) = index.documents(kb)
    assert index.bases() == [kb]
    assert (document.title, document.number, document.finished, document.passages) == ("Book", 1, True, 2)
    assert found(index, scope, "star") == ["Stars shine."]
    assert found(index, scope, "造纸术") == ["造纸术。"]
    assert index.page_text(kb, "a", 1, "ab" * 8) == "Stars shine. 造纸术。"
    (hit,) = index.nearest(scope, "m", np.array([1, 0], np.float32), 5)
    (passage,) = index.passages(scope, [hit.place], "m")
    assert passage.sentence_vectors is not None
    assert passage.sentence_vectors.tolist() == [[1, 0]]
    index.close()
    put(index, kb, "a", "stars burn", sha="2")
    assert found(index, scope, "star") == ["stars burn"]
    index.close()


def test_a_file_from_before_there_were_tenants_goes_to_the_first_that_asks(
    tmp_path: Path, index: SqliteIndex
) -> None:
    first_file(tmp_path / "kb.sqlite")
    assert found(index, Scope("school", ("kb",)), "star") == ["Stars shine."]
    assert (tmp_path / "tenants" / "school" / "kb.sqlite").exists()
    assert not (tmp_path / "kb.sqlite").exists()
    assert found(index, Scope("another", ("kb",)), "star") == []
    assert found(index, Scope("", ("kb",)), "star") == []
    index.close()


def test_a_file_of_this_version_is_never_given_to_a_tenant(tmp_path: Path, index: SqliteIndex) -> None:
    put(index, BaseKey("", "kb"), "a", "stars shine")
    index.close()
    assert found(index, Scope("school", ("kb",)), "star") == []
    assert (tmp_path / "kb.sqlite").exists()


@pytest.mark.parametrize(
    "name", ["../../etc", "A", "a/b", "", ".", "con:", "x" * 65, "kb\x00", "语文", "\udc80"]
)
def test_no_name_leaves_the_folder(name: str) -> None:
    made = file_name(name)
    assert made.startswith("kb.")
    assert "/" not in made
    assert len(made) < 64


def test_plain_names_stay_readable() -> None:
    assert file_name("tutor-01m7") == "tutor-01m7"
    assert file_name("A") != file_name("a")


def test_odd_names_are_found_again(index: SqliteIndex) -> None:
    keys = [BaseKey("../x", "语文"), BaseKey("X", "kb"), BaseKey("x", "kb"), BaseKey("", "KB")]
    for number, key in enumerate(keys):
        put(index, key, "a", f"stars of {number}")
    assert sorted(index.bases(), key=str) == sorted(keys, key=str)
    for number, key in enumerate(keys):
        assert found(index, Scope(key.tenant, (key.kb_id,)), "star") == [f"stars of {number}"]
    index.close()


def test_a_file_that_was_moved_to_another_name_is_not_read(tmp_path: Path, index: SqliteIndex) -> None:
    put(index, BaseKey("school", "kb"), "a", "stars shine")
    index.close()
    folder = tmp_path / "tenants"
    (folder / "another").mkdir()
    (folder / "school" / "kb.sqlite").rename(folder / "another" / "kb.sqlite")
    with pytest.raises(sqlite3.DatabaseError, match="another knowledge base"):
        found(index, Scope("another", ("kb",)), "star")
    assert index.bases() == []
    index.close()


def test_a_file_of_a_later_version_is_left_alone(tmp_path: Path, index: SqliteIndex) -> None:
    put(index, BaseKey("", "kb"), "a", "stars shine")
    index.close()
    with sqlite3.connect(tmp_path / "kb.sqlite") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(sqlite3.DatabaseError, match="later version"):
        index.documents(BaseKey("", "kb"))
    (tmp_path / "notes.sqlite").write_text("not a database")
    assert BaseKey("", "notes") not in index.bases()
    index.close()


def test_only_so_many_files_stay_open(index: SqliteIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_index, "_OPEN_BASES", 2)
    keys = [BaseKey("school", f"kb{number}") for number in range(5)]
    for key in keys:
        put(index, key, "a", "stars shine")
    for key in keys:
        assert found(index, Scope("school", (key.kb_id,)), "star") == ["stars shine"]
    together = Scope("school", tuple(key.kb_id for key in keys))
    assert len(found(index, together, "star")) == 5
    index.close()
