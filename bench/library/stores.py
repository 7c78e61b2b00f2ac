"""The stores a benchmark can run on: a folder of SQLite files, and a PostgreSQL of its own."""

import tempfile
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
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
    with timed_store(name, tokens) as (index, _):
        yield index


@contextmanager
def timed_store(name: str, tokens: Tokens) -> Generator[tuple[Index, Callable[[], float]]]:
    """The same, and what the server behind it has worked so far: processor seconds of its connections."""
    with ExitStack() as stack:
        index: Index
        worked: Callable[[], float] = float
        if name == "sqlite":
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-library-"))
            index = SqliteIndex(Path(folder), tokens)
        else:
            url = stack.enter_context(server())
            index = PostgresIndex(url, tokens)
            worked = partial(_worked_s, Path(url.rpartition("=")[2]))
        stack.callback(index.close)
        yield index, worked


def _worked_s(folder: Path) -> float:
    """Processor seconds of all children of the server that keeps its data here."""
    pid = (folder / "data" / "postmaster.pid").read_text().split("\n", 1)[0]
    total_ns = 0
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        with suppress(FileNotFoundError, ProcessLookupError):
            total_ns += int(Path(f"/proc/{child}/schedstat").read_text().split()[0])
    return total_ns / 1e9


def tokens() -> Tokens:
    """Words of both languages, the dictionary loaded."""
    made = Tokens(ChineseWords(MODELS.parent / "knowledge" / "cache"))
    made.load()
    return made


def minilm() -> MiniLm:
    """The embedded model on one thread."""
    return MiniLm(MODELS / "minilm")
