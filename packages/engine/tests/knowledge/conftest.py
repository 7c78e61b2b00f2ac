"""A small embedder, PDF files made by hand, and the demo libraries."""

import json
import zlib
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import psycopg
import pytest

from tutor_engine.knowledge.document import Language
from tutor_engine.knowledge.index.postgres import PostgresIndex
from tutor_engine.knowledge.index.sqlite import SqliteIndex
from tutor_engine.knowledge.index.tokens import STOP_EN, ChineseWords, Tokens, english_words, stem
from tutor_engine.knowledge.port import Index, Vectors

from .postgres import server

LIBRARIES = Path(__file__).parents[3] / "platform/src/tutor_platform/demo/library"


class WordHash:
    """Same words, near vectors: an embedder without a model."""

    name = "word-hash"
    languages: Sequence[Language] = ("en",)
    dimension = 256

    def __init__(self) -> None:
        self.encoded = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded += len(texts)
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in english_words(text):
                if word not in STOP_EN:
                    row[zlib.crc32(stem(word).encode()) % self.dimension] += 1
            row /= max(float(np.linalg.norm(row)), 1e-9)
        return rows

    def encode_question(self, text: str) -> Vectors:
        return self.encode([text])[0]


@dataclass(frozen=True)
class Gold:
    question: str
    document: str
    phrase: str
    page: int


@dataclass(frozen=True)
class DemoLibrary:
    language: Literal["en", "zh"]
    files: tuple[Path, ...]
    questions: tuple[Gold, ...]
    off_topic: tuple[str, ...]


@pytest.fixture(scope="session")
def demo_library() -> Callable[[Literal["en", "zh"]], DemoLibrary]:
    def load(language: Literal["en", "zh"]) -> DemoLibrary:
        folder = LIBRARIES / language
        data = json.loads((folder / "questions.json").read_text("utf-8"))
        files = tuple(sorted(path for path in folder.iterdir() if path.suffix in (".md", ".pdf")))
        questions = tuple(
            Gold(q["question"], q["document"], q["phrase"], q.get("page", 1)) for q in data["questions"]
        )
        return DemoLibrary(language, files, questions, tuple(data["off_topic"]))

    return load


Line = tuple[float, str]
MakePdf = Callable[..., bytes]


def _pdf(pages: Sequence[Sequence[Line]], *, encrypted: bool = False, count: int | None = None) -> bytes:
    """A PDF with Helvetica lines of the given sizes, one list of (size, text) per page."""
    objects: list[bytes] = []
    first = 4
    kids = " ".join(f"{first + 2 * i} 0 R" for i in range(len(pages)))
    objects.append(b"<< /Type /Catalog /Pages 2 0 R >>")
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {count or len(pages)} >>".encode())
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    for i, lines in enumerate(pages):
        at = 760.0
        content = b""
        for size, text in lines:
            escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("cp1252")
            content += f"BT /F1 {size} Tf 60 {at} Td (".encode() + escaped + b") Tj ET\n"
            at -= size * 1.6
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {first + 2 * i + 1} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n" % len(content) + content + b"endstream")
    trailer = b""
    if encrypted:
        objects.append(b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%b> /U <%b> >>" % (b"41" * 32, b"42" * 32))
        trailer = b" /Encrypt %d 0 R /ID [<00> <00>]" % len(objects)
    out = b"%PDF-1.4\n"
    offsets: list[int] = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return out + b"trailer << /Size %d /Root 1 0 R%b >>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, table)


@pytest.fixture(scope="session")
def make_pdf() -> MakePdf:
    return _pdf


@pytest.fixture(scope="session")
def chinese(tmp_path_factory: pytest.TempPathFactory) -> ChineseWords:
    """One dictionary for all tests: reading it costs a second."""
    return ChineseWords(tmp_path_factory.mktemp("jieba"))


@pytest.fixture
def word_hash() -> WordHash:
    return WordHash()


@pytest.fixture(scope="session")
def postgres_url() -> Generator[str]:
    """A running PostgreSQL with pgvector."""
    with server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def index(request: pytest.FixtureRequest, tmp_path: Path, chinese: ChineseWords) -> Generator[Index]:
    """An empty library in every store there is."""
    made: Index
    if request.param == "postgres":
        url: str = request.getfixturevalue("postgres_url")
        with psycopg.connect(url) as connection:
            connection.execute("DROP SCHEMA IF EXISTS knowledge CASCADE")
        made = PostgresIndex(url, Tokens(chinese))
    else:
        made = SqliteIndex(tmp_path / "library", Tokens(chinese))
    yield made
    made.close()
