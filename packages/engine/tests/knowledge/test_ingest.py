"""Reading real and hostile files through the child process."""

import asyncio
import io
import zipfile
from pathlib import Path

import pytest

from tutor_engine.knowledge.document import BadDocument, ParseLimits, Unreadable
from tutor_engine.knowledge.reading.ingest import read_document

from .conftest import LIBRARIES, MakePdf

BODY = "Stars are balls of hot gas that shine by fusion and live for a very long time."


async def refusal(data: bytes, name: str, limits: ParseLimits | None = None) -> Unreadable:
    with pytest.raises(BadDocument) as refused:
        await read_document(data, name, limits)
    return refused.value.reason


@pytest.mark.parametrize("path", sorted(LIBRARIES.glob("*/*.pdf")), ids=lambda path: path.name)
async def test_the_demo_handouts_keep_pages_titles_and_headings(path: Path) -> None:
    document = await read_document(await asyncio.to_thread(path.read_bytes), path.name)
    assert [page.number for page in document.pages] == [1, 2, 3]
    assert {passage.page for passage in document.passages} == {1, 2, 3}
    assert all(passage.heading for passage in document.passages)
    for passage in document.passages:
        assert document.pages[passage.page - 1].text[passage.start :].startswith(passage.text)


async def test_headers_footers_and_contents_of_a_pdf_are_dropped(make_pdf: MakePdf) -> None:
    pages = [
        [
            (9, "The Star Book"),
            (20, f"Part {n}"),
            (12, BODY),
            (12, "They are far away."),
            (9, f"Page {n} of 3"),
        ]
        for n in (1, 2, 3)
    ]
    pages[0].insert(2, (12, "Part 2 ............ 2"))
    document = await read_document(make_pdf(pages), "stars.pdf")
    assert [passage.heading for passage in document.passages] == ["Part 1", "Part 2", "Part 3"]
    words = " ".join(passage.text for passage in document.passages)
    assert "Star Book" not in words
    assert "of 3" not in words
    assert "....." not in words
    assert document.title == "stars"


async def test_a_page_without_text_is_named_and_the_others_are_read(make_pdf: MakePdf) -> None:
    document = await read_document(make_pdf([[(12, BODY)], []]), "scan.pdf")
    assert [page.failed for page in document.pages] == ["", "no_text"]
    assert len(document.passages) == 1


async def test_text_files_keep_offsets_of_the_file() -> None:
    text = "# Light\r\n\r\nLight\u200b is fast.\r\nIt shines.\r\n"
    document = await read_document(text.encode(), "light.md")
    (passage,) = document.passages
    assert len(document.pages[0].text) == len(text)
    assert text[passage.start :].startswith("Light\u200b is fast.")
    assert document.title == "Light"


async def test_hostile_files_are_refused_with_their_reason(make_pdf: MakePdf) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.txt", "words")
    assert await refusal(archive.getvalue(), "book.pdf") is Unreadable.DAMAGED
    assert await refusal(b"%PDF-1.7\n" + b"\xff" * 400, "broken.pdf") is Unreadable.DAMAGED
    assert await refusal(make_pdf([[(12, BODY)]])[:200], "half.pdf") is Unreadable.DAMAGED
    assert await refusal(make_pdf([[(12, BODY)]], encrypted=True), "secret.pdf") is Unreadable.ENCRYPTED
    assert await refusal(make_pdf([[], []]), "scan.pdf") is Unreadable.NO_TEXT
    assert await refusal(b"MZ\x90\x00" * 99, "virus.txt") is Unreadable.BINARY
    assert await refusal(b"words", "book.docx") is Unreadable.MISNAMED
    assert await refusal(b"words", "book.xyz") is Unreadable.UNSUPPORTED
    assert await refusal(b" \n ", "empty.md") is Unreadable.EMPTY
    assert await refusal(b"# Only a heading\n", "heading.md") is Unreadable.EMPTY


async def test_limits_of_size_length_and_pages(make_pdf: MakePdf) -> None:
    assert await refusal(b"a" * 100_000_000, "line.txt") is Unreadable.TOO_LARGE
    assert await refusal(b"a" * 20_000_000, "line.txt") is Unreadable.TOO_LONG
    limits = ParseLimits(max_pages=2)
    assert await refusal(make_pdf([[(12, BODY)]] * 3), "long.pdf", limits) is Unreadable.TOO_LONG
    limits = ParseLimits(max_characters=50)
    assert await refusal(make_pdf([[(12, BODY)]]), "wordy.pdf", limits) is Unreadable.TOO_LONG


async def test_a_long_line_within_the_limits_is_read() -> None:
    document = await read_document(b"light is fast " * 100_000, "line.md")
    assert len(document.passages) > 1_000


async def test_a_reader_without_memory_or_time_is_stopped() -> None:
    data = b"Light is fast. " * 200_000
    assert await refusal(data, "big.md", ParseLimits(memory_bytes=24 << 20)) is Unreadable.TOO_COMPLEX
    assert await refusal(data, "big.md", ParseLimits(wall_s=0.05)) is Unreadable.TOO_COMPLEX


async def test_leaving_ends_the_reader() -> None:
    task = asyncio.create_task(read_document(b"light is fast. " * 200_000, "big.md"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.md", "a\0b.md", "\udcff.md", "-c.md", "x" * 5_000 + ".md"]
)
async def test_odd_file_names_are_only_names(name: str) -> None:
    document = await read_document(b"Light is fast.\n", name)
    assert document.kind == "md"
    assert "/" not in document.title
