"""Documents over HTTP: jobs that are kept, pages with places, tenants, and what is refused."""

import asyncio
from typing import Any

import aiohttp
import pytest
from packages.engine.tests.knowledge.papers import book, zipped

from .conftest import Edge

BASE = "/v1/knowledge-bases/kb"


async def upload(edge: Edge, data: bytes, name: str, query: str = "", **fields: str) -> dict[str, Any]:
    form = aiohttp.FormData()
    form.add_field("file", data, filename=name)
    for field, value in fields.items():
        form.add_field(field, value)
    status, job = await edge.call("POST", f"{BASE}/documents{query}", data=form)
    assert status == 202, job
    return job


async def ended(edge: Edge, job: dict[str, Any]) -> dict[str, Any]:
    async with asyncio.timeout(30):
        while job["state"] in ("queued", "running"):
            await asyncio.sleep(0.02)
            _, job = await edge.call("GET", f"/v1/jobs/{job['id']}")
    return job


async def test_a_page_is_given_with_the_place_of_a_quote(edge: Edge) -> None:
    job = await ended(edge, await upload(edge, book(2), "book.pdf", document_id="book"))
    assert (job["state"], job["pages"]) == ("done", 2)
    _, found = await edge.call("POST", f"{BASE}/search", json={"query": "Where is the Moon told of?"})
    hit = found["passages"][0]
    assert hit["page"] == 2
    where = f"{BASE}/documents/book/pages/2?start={hit['start']}&end={hit['end']}"
    status, page = await edge.call("GET", where)
    assert status == 200
    assert page["text"][hit["start"] : hit["end"]] == hit["text"]
    assert (page["width"], page["height"]) == (595.0, 842.0)
    (box,) = page["boxes"]
    assert box["left"] == pytest.approx(60, abs=1.5)
    assert 125 < box["top"] < box["bottom"] < 150, "written 700 points above the lower edge"
    (info,) = (await edge.call("GET", f"{BASE}/documents"))[1]["documents"]
    assert (await edge.call("GET", f"{BASE}/documents/book/pages/1?version={info['version']}"))[0] == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/documents/none/pages/1", 404),
        ("/documents/book/pages/9", 404),
        ("/documents/book/pages/0", 422),
        ("/documents/book/pages/1?version=xyz", 422),
        ("/documents/book/pages/1?version=0123456789abcdef", 404),
        ("/documents/book/pages/1?start=-1&end=3", 422),
        ("/documents/book/pages/1?tenant_id=other", 404),
    ],
)
async def test_pages_that_are_not_there(edge: Edge, path: str, status: int) -> None:
    await ended(edge, await upload(edge, book(1), "book.pdf", document_id="book"))
    assert (await edge.call("GET", BASE + path))[0] == status


async def test_tenants_do_not_meet(edge: Edge) -> None:
    text = b"# Whales\n\nA whale is a mammal.\n"
    await ended(edge, await upload(edge, text, "w.md", "?tenant_id=one", document_id="w"))
    for tenant, count in (("?tenant_id=one", 1), ("?tenant_id=two", 0), ("", 0)):
        assert len((await edge.call("GET", f"{BASE}/documents{tenant}"))[1]["documents"]) == count
        body = {"query": "What is a whale?"}
        assert len((await edge.call("POST", f"{BASE}/search{tenant}", json=body))[1]["passages"]) == count
    assert (await edge.call("DELETE", f"{BASE}/documents/w?tenant_id=two"))[0] == 404
    assert (await edge.call("DELETE", f"{BASE}/documents/w?tenant_id=one"))[0] == 204


async def test_an_archive_is_one_document_and_says_what_it_could_not_read(edge: Edge) -> None:
    data = zipped({"b/moon.pdf": book(2), "a/whale.md": "# Whales\n\nA whale is a mammal.\n", "c.docx": "no"})
    job = await ended(edge, await upload(edge, data, "all.zip", document_id="all"))
    assert job["state"] == "done"
    assert any(message["page"] == 4 and "c.docx" in message["content"] for message in job["messages"])
    _, listed = await edge.call("GET", f"{BASE}/documents")
    (info,) = listed["documents"]
    assert (info["kind"], info["pages"], len(info["pages_failed"])) == ("zip", 4, 1)
    _, found = await edge.call("POST", f"{BASE}/search", json={"query": "What is a whale?"})
    assert found["passages"][0]["heading"] == "whale › Whales"


async def test_an_empty_and_a_large_upload_leave_nothing(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor_engine.api.knowledge.MAX_DOCUMENT_BYTES", 1_000_000)
    for data, status in ((b"", 422), (b"x" * 1_000_001, 413)):
        form = aiohttp.FormData()
        form.add_field("file", data, filename="a.txt")
        assert (await edge.call("POST", f"{BASE}/documents", data=form))[0] == status
    _, path = edge.engine.jobs.reserve()
    assert list(path.parent.iterdir()) == []


async def test_a_cancelled_upload_is_gone(edge: Edge) -> None:
    job = await upload(edge, book(1_000), "book.pdf", document_id="book")
    assert (await edge.call("DELETE", f"/v1/jobs/{job['id']}"))[0] == 204
    assert (await edge.call("GET", f"/v1/jobs/{job['id']}"))[1]["state"] == "cancelled"
    assert (await edge.call("GET", f"{BASE}/documents"))[1]["documents"] == []
    assert not edge.engine.jobs.upload(job["id"]).exists()
