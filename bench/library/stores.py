"""The stores a benchmark can run on: a folder of SQLite files, and a PostgreSQL of its own."""

import tempfile
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from packages.engine.tests.knowledge.postgres import server

from bench.house import MODELS
from tutor_engine.knowledge.index.postgres import PostgresIndex
from tutor_engine.knowledge.index.sqlite import SqliteIndex
from tutor_engine.knowledge.index.tokens import ChineseWords, Tokens
from tutor_engine.knowledge.meaning.embed import MiniLm
from tutor_engine.knowledge.port import Index

STORES = ("sqlite", "postgres")


@contextmanager
def store(name: str, tokens: Tokens) -> Generator[Index]:
    """An empty store, gone afterwards."""
    with ExitStack() as stack:
        index: Index
        if name == "sqlite":
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-library-"))
            index = SqliteIndex(Path(folder), tokens)
        else:
            index = PostgresIndex(stack.enter_context(server()), tokens)
        stack.callback(index.close)
        yield index


def tokens() -> Tokens:
    """Words of both languages, the dictionary loaded."""
    made = Tokens(ChineseWords(MODELS.parent / "knowledge" / "cache"))
    made.load()
    return made


def minilm() -> MiniLm:
    """The embedded model on one thread."""
    return MiniLm(MODELS / "minilm")
