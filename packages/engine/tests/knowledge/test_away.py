"""A database that goes away in the middle of a lesson, and comes back."""

from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from tutor_engine.answering.extractive import Extractive
from tutor_engine.answering.port import AnswerEnd, AnswerText, Question
from tutor_engine.answering.stage import Answering
from tutor_engine.health import search_health
from tutor_engine.knowledge.index.postgres import PostgresIndex
from tutor_engine.knowledge.index.tokens import ChineseWords, Tokens
from tutor_engine.knowledge.port import BaseKey, Frequencies, LibraryAway, Scope
from tutor_engine.knowledge.retrieval import Library, Retrieval
from tutor_engine.knowledge.service import Knowledge

from .conftest import WordHash
from .postgres import Server
from .test_index_contract import KB, SCOPE, add, embed, found, put, unit


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def own_server() -> Generator[Server]:
    server = Server()
    try:
        server.start()
        yield server
        with suppress(RuntimeError):
            server.stop()
    finally:
        server.delete()


async def asked(library: Library, text: str) -> tuple[str, bool]:
    passages = await library.search(text, "en")
    question = Question(
        text, "en", passages, headings=await library.headings(), library_away=library.away, mode="quiz"
    )
    said, known = "", True
    async for event in Answering([Extractive()]).answer(question):
        if isinstance(event, AnswerText):
            said += event.text
        elif isinstance(event, AnswerEnd):
            known = event.known
    return said, known


async def test_a_lesson_outlives_its_database(
    own_server: Server, tmp_path: Path, chinese: ChineseWords
) -> None:
    clock = Clock()
    index = PostgresIndex(own_server.url, Tokens(chinese), clock)
    knowledge = Knowledge(tmp_path, index=index, chinese=chinese, embedder=WordHash())
    await knowledge.add_document(
        "kb", "a.md", b"# Sky\n\n## Stars\n\nStars shine because they burn hydrogen in their core."
    )
    library = Retrieval(index, Tokens(chinese), clock=clock).library(Scope("", ("kb",)))
    assert (await asked(library, "Why do stars shine?"))[1]
    await knowledge.look_after()
    assert search_health(knowledge).status == "ok"

    own_server.stop()
    said, known = await asked(library, "Why do stars shine?")
    assert "cannot reach our course library" in said
    assert not known
    assert list(await library.headings()) == ["Stars"], "as they were known"
    clock.now_s += 60
    assert list(await library.headings()) == ["Stars"]
    assert list(await library.vocabulary()) == []
    await library.warm()
    await knowledge.look_after()
    health = search_health(knowledge)
    assert health.status == "degraded"
    assert "cannot be reached" in health.detail

    own_server.start()
    clock.now_s += 60
    await knowledge.look_after()
    assert search_health(knowledge).status == "ok"
    passages = await library.search("Why do stars shine?", "en")
    assert "hydrogen" in passages[0].text
    assert not library.away
    await knowledge.aclose()


def test_nobody_waits_for_a_server_that_just_failed(own_server: Server, chinese: ChineseWords) -> None:
    clock = Clock()
    index = PostgresIndex(own_server.url, Tokens(chinese), clock)
    put(index, KB, "a", "stars shine")
    own_server.stop()
    with pytest.raises(LibraryAway):
        index.documents(KB)
    own_server.start()
    with pytest.raises(LibraryAway):
        index.documents(KB)
    clock.now_s += 10
    assert [document.document_id for document in index.documents(KB)] == ["a"]
    index.close()


def test_a_server_that_is_not_there_at_all(chinese: ChineseWords, tmp_path: Path) -> None:
    index = PostgresIndex(f"postgresql://nobody@/x?host={tmp_path}", Tokens(chinese))
    with pytest.raises(LibraryAway):
        index.check()


def test_another_engine_is_followed(postgres_url: str, chinese: ChineseWords) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("DROP SCHEMA IF EXISTS knowledge CASCADE")
    clock = Clock()
    ours, theirs = (PostgresIndex(postgres_url, Tokens(chinese), clock) for _ in range(2))
    put(theirs, KB, "a", "stars shine", "moons glow")
    assert ours.frequencies(SCOPE, "words", ["comet"]) == Frequencies(2, {"comet": 0})
    embed(theirs, KB, "m", [unit(1, 0), unit(0, 1)])
    assert len(ours.nearest(SCOPE, "m", unit(1, 0), 9)) == 2
    put(theirs, KB, "b", "comets fly")
    embed(theirs, KB, "m", [unit(1, 1)])
    assert len(ours.nearest(SCOPE, "m", unit(1, 0), 9)) == 3
    theirs.remove(KB, "a")
    (hit,) = ours.nearest(SCOPE, "m", unit(1, 0), 9)
    assert [p.cut.text for p in ours.passages(SCOPE, [hit.place])] == ["comets fly"]
    clock.now_s += 60  # that nobody has a word is not believed for long
    assert ours.frequencies(SCOPE, "words", ["comet"]).of == {"comet": 1}
    assert ours.nearest(Scope("another", (KB.kb_id,)), "m", unit(1, 0), 9) == []
    ours.close()
    theirs.close()


_SECOND = (
    "DROP TABLE knowledge.terms",
    "ALTER TABLE knowledge.passages ADD by_words tsvector NOT NULL DEFAULT '', ADD length integer,"
    " ADD by_pairs tsvector NOT NULL DEFAULT ''",
    "CREATE INDEX passages_by_words ON knowledge.passages USING gin (by_words) WHERE shown",
    "CREATE INDEX passages_by_pairs ON knowledge.passages USING gin (by_pairs) WHERE shown",
    "UPDATE knowledge.schema_version SET version = 2",
)
_FIRST = (
    *_SECOND,
    "ALTER TABLE knowledge.bases DROP COLUMN shrunk",
    "ALTER TABLE knowledge.vectors DROP COLUMN changed",
    "UPDATE knowledge.schema_version SET version = 1",
)


@pytest.mark.parametrize("undone", [_FIRST, _SECOND])
def test_tables_of_earlier_versions_are_brought_up(
    postgres_url: str, chinese: ChineseWords, undone: tuple[LiteralString, ...]
) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("DROP SCHEMA IF EXISTS knowledge CASCADE")
    index = PostgresIndex(postgres_url, Tokens(chinese))
    put(index, KB, "a", "it's a star's shine", "moons", "活字印刷术")
    embed(index, KB, "m", [unit(1, 0)] * 3)
    assert index.begin(KB, "a", sha256="2" * 64, title="Hidden", kind="md") == 2
    add(index, KB, "a", 2, "stars to come")
    index.close()
    with psycopg.connect(postgres_url) as connection:
        for statement in undone:
            connection.execute(statement)
    assert len(index.nearest(SCOPE, "m", unit(1, 0), 9)) == 3
    assert found(index, SCOPE, "star") == ["it's a star's shine"]
    assert index.frequencies(SCOPE, "pairs", ["活字"]) == Frequencies(3, {"活字": 1})
    assert index.bases() == [BaseKey("school", "astronomy")]
    index.finish(KB, "a", 2)
    assert found(index, SCOPE, "star") == ["stars to come"]
    index.close()
