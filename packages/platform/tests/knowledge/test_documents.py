"""Documents over HTTP, and the way of the libraries into the engine."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from packages.platform.tests.town import MARKDOWN, PDF, Town

from tutor_platform.kit.engine import EngineClient
from tutor_platform.kit.errors import EngineUnreachable
from tutor_platform.kit.keeping import Keeping
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.knowledge import repository
from tutor_platform.knowledge.service import decoded
from tutor_platform.knowledge.shelf import Shelf
from tutor_protocol.http import DocumentInfo, Job


async def eventually(met: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await met():  # noqa: ASYNC110 - what is waited for lies in another server
            await asyncio.sleep(0.01)


async def pushed(town: Town, documents: int = 4) -> None:
    async def met() -> bool:
        return len(town.engine.uploads) >= documents

    await eventually(met)


async def rested(town: Town) -> None:
    """Everything is read, so the town's own shelf sleeps."""

    async def met() -> bool:
        async with town.database.reading() as db:
            states = {
                document.state
                for school in (town.here, town.there)
                for document in await repository.of_library(db, school.library_id)
            }
        return states == {"ready"}

    await eventually(met)


async def no_sleep(_: float) -> None:
    await asyncio.sleep(0)


@pytest.fixture
async def shelf(town: Town) -> Any:
    await rested(town)
    engine = EngineClient(town.engine.url, town.engine.key)
    yield Shelf(town.database, LocalStorage(town.settings.tutor_data_dir), engine)
    await engine.close()


async def test_text_and_original_are_served_so_that_nothing_in_them_runs(town: Town) -> None:
    student = await town.signed_in("student@here")
    text = await student.http.get(f"/api/documents/{town.here.markdown_id}/text")
    assert text.text == MARKDOWN
    markdown = await student.http.get(f"/api/documents/{town.here.markdown_id}/file")
    assert markdown.headers["content-type"] == "text/plain; charset=utf-8"
    assert "sandbox" in markdown.headers["content-security-policy"]
    pdf = await student.http.get(f"/api/documents/{town.here.pdf_id}/file")
    assert pdf.content == PDF
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["content-disposition"] == "inline; filename*=UTF-8''handout.pdf"
    assert pdf.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'self'" in pdf.headers["content-security-policy"]
    assert (await student.http.get(f"/api/documents/{town.here.pdf_id}/text")).status_code == 404


def test_texts_of_several_encodings_are_read() -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030"):
        assert decoded("古代天文与历法".encode(encoding)) == "古代天文与历法"
    assert decoded(b"\xff") != ""


async def test_at_start_every_library_is_pushed_under_our_identifiers(town: Town) -> None:
    await pushed(town)
    held = town.engine.documents[f"library-{town.here.library_id}"]
    assert set(held) == {town.here.markdown_id, town.here.pdf_id}
    student = await town.signed_in("student@here")

    async def counted() -> bool:
        (tutor,) = (await student.http.get("/api/tutors")).json()["tutors"]
        return [document["pages"] for document in tutor["documents"]] == [1, 3]

    await eventually(counted)


async def test_only_what_differs_is_pushed(town: Town, shelf: Shelf) -> None:
    await shelf.compare()
    assert len(town.engine.uploads) == 4
    held = town.engine.documents[f"library-{town.here.library_id}"]
    del held[town.here.pdf_id]
    old = held[town.here.markdown_id]
    held[town.here.markdown_id] = old.model_copy(update={"sha256": "old"})
    await shelf.compare()
    assert sorted(town.engine.uploads[4:]) == sorted([town.here.markdown_id, town.here.pdf_id])


async def test_what_is_gone_here_goes_there(town: Town, shelf: Shelf) -> None:
    held = town.engine.documents[f"library-{town.here.library_id}"]
    held["stranger"] = DocumentInfo(
        document_id="stranger", title="", kind="md", pages=1, passages=1, sha256=""
    )
    await shelf.compare()
    assert "stranger" not in held


async def test_an_unreadable_document_is_offered_once(town: Town, shelf: Shelf) -> None:
    town.engine.documents.clear()
    town.engine.unreadable.add("handout.pdf")
    for _ in range(4):
        await shelf.compare()
    assert town.engine.uploads[4:].count(town.here.pdf_id) == 1
    assert town.engine.uploads[4:].count(town.here.markdown_id) == 1


async def test_an_engine_that_counts_differently_is_not_pushed_to_for_ever(town: Town, shelf: Shelf) -> None:
    store = town.engine.store

    def miscount(kb_id: str, document_id: str, title: str, name: str, data: bytes) -> Job:
        job = store(kb_id, document_id, title, name, data)
        held = town.engine.documents[kb_id]
        held[document_id] = held[document_id].model_copy(update={"sha256": "else"})
        return job

    town.engine.store = miscount
    town.engine.documents.clear()
    for _ in range(4):
        await shelf.compare()
    assert len(town.engine.uploads) == 8


async def test_an_engine_that_starts_anew_while_it_is_asked_is_not_believed(town: Town, shelf: Shelf) -> None:
    town.engine.documents.clear()
    town.engine.slow.add("handout.pdf")
    await shelf.compare()

    answer = town.engine.job

    def restarts(job_id: str) -> Job | None:
        town.engine.documents.clear()
        town.engine.forget_jobs()
        return answer(job_id)

    town.engine.job = restarts
    await shelf.compare()
    assert town.engine.uploads[4:].count(town.here.pdf_id) == 2


async def test_while_the_engine_is_away_it_is_tried_again(town: Town, shelf: Shelf) -> None:
    await town.engine.stop()
    with pytest.raises(EngineUnreachable):
        await shelf.compare()
    town.engine.documents.clear()
    keeping = asyncio.create_task(Keeping("shelf", shelf.compare, 60.0, no_sleep).run())
    await asyncio.sleep(0)
    await town.engine.start()
    await pushed(town, 8)
    keeping.cancel()
    await asyncio.wait({keeping})
