import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tutor_engine.knowledge.document import BadDocument, Unreadable
from tutor_engine.knowledge.index.sqlite import file_name
from tutor_engine.knowledge.index.tokens import ChineseWords
from tutor_engine.knowledge.service import Knowledge

from .conftest import MakePdf, WordHash

LIGHT = b"# Light\n\n## Speed\n\nLight is fast. It shines.\n"
PAPER = "# 造纸术\n\n## 发明\n\n造纸术是用植物纤维制造纸张的技术。\n".encode()


@pytest.fixture
async def knowledge(tmp_path: Path, word_hash: WordHash, chinese: ChineseWords) -> AsyncIterator[Knowledge]:
    service = Knowledge(tmp_path, embedder=word_hash, chinese=chinese)
    yield service
    await service.aclose()


async def test_a_document_is_added_listed_found_and_removed(knowledge: Knowledge) -> None:
    steps: list[tuple[str, float]] = []
    added = await knowledge.add_document(
        "kb", "light.md", LIGHT, on_progress=lambda step, share, page=0, pages=0: steps.append((step, share))
    )
    assert (added.title, added.kind, added.pages, added.passages) == ("Light", "md", 1, 1)
    assert list(dict(steps)) == ["received", "unpacking", "reading", "saving", "done"]
    assert [share for _, share in steps] == sorted(share for _, share in steps)
    assert await knowledge.documents("kb") == [added]
    (found,) = await knowledge.search("kb", "how fast is light?")
    assert (found.document, found.heading, found.page) == (added.document_id, "Speed", 1)
    page = await knowledge.page_text("kb", found.document, found.page)
    assert page is not None
    assert page[found.start : found.end] == found.text == "Light is fast. It shines."
    assert await knowledge.remove("kb", added.document_id)
    assert not await knowledge.remove("kb", added.document_id)
    assert await knowledge.search("kb", "how fast is light?") == []


async def test_the_same_bytes_again_do_nothing(knowledge: Knowledge) -> None:
    first = await knowledge.add_document("kb", "light.md", LIGHT)
    assert await knowledge.add_document("kb", "light.md", LIGHT) == first
    renamed = await knowledge.add_document("kb", "light.md", LIGHT, title="On Light")
    assert (renamed.document_id, renamed.title) == (first.document_id, "On Light")
    assert len(await knowledge.documents("kb")) == 1


async def test_other_bytes_under_the_same_identifier_replace(knowledge: Knowledge) -> None:
    await knowledge.add_document("kb", "light.md", LIGHT, document_id="doc")
    await knowledge.add_document("kb", "paper.md", PAPER, document_id="doc")
    assert await knowledge.search("kb", "how fast is light?") == []
    assert (await knowledge.search("kb", "什么是造纸术？"))[0].document == "doc"


async def test_a_refused_document_changes_nothing(knowledge: Knowledge) -> None:
    await knowledge.add_document("kb", "light.md", LIGHT, document_id="doc")
    with pytest.raises(BadDocument) as refused:
        await knowledge.add_document("kb", "light.pdf", b"PK\x03\x04 not a pdf", document_id="doc")
    assert refused.value.reason is Unreadable.DAMAGED
    assert [found.title for found in await knowledge.documents("kb")] == ["Light"]


async def test_pages_that_failed_are_told_in_words(knowledge: Knowledge, make_pdf: MakePdf) -> None:
    data = make_pdf([[(12, "Stars are balls of hot gas.")], []])
    added = await knowledge.add_document("kb", "scan.pdf", data, title="Scan")
    (remark,) = added.pages_failed
    assert remark.page == 2
    assert "no text" in remark.content


async def test_bases_are_apart_and_many_may_be_open(tmp_path: Path, chinese: ChineseWords) -> None:
    knowledge = Knowledge(tmp_path, chinese=chinese)
    held = knowledge.base("first")
    await knowledge.add_document("first", "light.md", LIGHT)
    for number in range(70):
        knowledge.base(f"kb-{number}")
    await knowledge.add_document("first", "paper.md", PAPER)
    assert len(await held.search("造纸术", "zh")) == 1
    assert await knowledge.search("kb-1", "how fast is light?") == []
    await knowledge.aclose()
    await knowledge.aclose()


async def test_documents_added_at_once_are_all_kept(knowledge: Knowledge) -> None:
    await asyncio.gather(
        *(knowledge.add_document("kb", "a.md", LIGHT, document_id=str(number)) for number in range(4))
    )
    assert {found.document_id for found in await knowledge.documents("kb")} == {"0", "1", "2", "3"}


@pytest.mark.parametrize(
    "kb_id", ["../../etc/passwd", "a/b", "", "kb 1", "图书", "A", "..", "x" * 300, "\udcff"]
)
def test_identifiers_cannot_leave_the_folder(kb_id: str) -> None:
    name = file_name(kb_id)
    assert name.startswith("kb.")
    assert name.isascii()
    assert "/" not in name
    assert file_name("kb-001") == "kb-001"


def test_a_missing_model_is_said(tmp_path: Path) -> None:
    capabilities = Knowledge(tmp_path, minilm=tmp_path / "minilm").capabilities
    assert not capabilities.meaning
    assert "words only" in capabilities.detail
    assert "minilm" in capabilities.detail
