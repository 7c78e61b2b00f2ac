"""Libraries over HTTP: files in, replaced, read by the engine, asked, and really gone."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from packages.platform.tests.knowledge.test_documents import eventually, rested
from packages.platform.tests.town import MARKDOWN, PDF, Town, Visitor

from tutor_platform.kit.errors import FileRefused
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.knowledge.kinds import kind_of, safe_name, title_of
from tutor_platform.knowledge.views import in_language
from tutor_protocol.http import PassageInfo

Shelf = list[dict[str, Any]]


async def send(visitor: Visitor, path: str, name: str, data: bytes) -> Any:
    return await visitor.http.post(path, params={"file_name": name}, content=data)


async def added(visitor: Visitor, library_id: str, name: str, data: bytes) -> str:
    answer = await send(visitor, f"/api/libraries/{library_id}/files", name, data)
    assert answer.status_code == 201, answer.text
    return answer.json()["document_id"]


async def shelf(visitor: Visitor, library_id: str) -> dict[str, dict[str, Any]]:
    found: Shelf = (await visitor.http.get(f"/api/libraries/{library_id}")).json()["shelf"]
    return {document["file_name"]: document for document in found}


def reaches(visitor: Visitor, library_id: str, name: str, state: str) -> Callable[[], Awaitable[bool]]:
    async def met() -> bool:
        return (await shelf(visitor, library_id))[name]["state"] == state

    return met


@pytest.fixture
async def teacher(town: Town) -> Visitor:
    await rested(town)
    return await town.signed_in("teacher@here")


async def test_a_file_is_taken_and_read(town: Town, teacher: Visitor) -> None:
    made = await teacher.http.post("/api/libraries", json={"name": " Moons ", "language": "en"})
    assert (made.status_code, made.json()["name"], made.json()["shelf"]) == (201, "Moons", [])
    library_id = made.json()["id"]
    document_id = await added(teacher, library_id, "our-moons.md", b"# Moons\n")
    await eventually(reaches(teacher, library_id, "our-moons.md", "ready"))
    document = (await shelf(teacher, library_id))["our-moons.md"]
    assert (document["title"], document["pages"], document["size_bytes"]) == ("our moons", 1, 8)
    assert set(town.engine.documents[f"library-{library_id}"]) == {document_id}
    assert town.engine.bases[f"library-{library_id}"] == town.here.id
    brief = (await teacher.http.get("/api/libraries")).json()["libraries"][0]
    assert (brief["name"], brief["documents"], brief["mine"]) == ("Moons", 1, True)


async def test_progress_is_told_while_the_engine_reads(town: Town, teacher: Visitor) -> None:
    town.engine.slow.add("long.pdf")
    await added(teacher, town.here.library_id, "long.pdf", PDF)
    await eventually(reaches(teacher, town.here.library_id, "long.pdf", "reading"))
    document = (await shelf(teacher, town.here.library_id))["long.pdf"]
    assert (document["progress"], document["step"], document["seconds_left"]) == (0.4, "reading", 6.0)
    town.engine.finish_jobs()
    await eventually(reaches(teacher, town.here.library_id, "long.pdf", "ready"))


async def test_what_cannot_be_read_says_why_in_the_readers_language_and_can_be_tried_again(
    town: Town, teacher: Visitor
) -> None:
    town.engine.unreadable.add("scan.pdf")
    document_id = await added(teacher, town.here.library_id, "scan.pdf", PDF + b"scan")
    await eventually(reaches(teacher, town.here.library_id, "scan.pdf", "failed"))
    messages = (await shelf(teacher, town.here.library_id))["scan.pdf"]["messages"]
    assert [(m["page"], m["content"]) for m in messages] == [(2, "Page 2 is a picture without text.")]
    await teacher.http.patch("/api/auth/me", json={"language": "zh"})
    messages = (await shelf(teacher, town.here.library_id))["scan.pdf"]["messages"]
    assert [m["content"] for m in messages] == ["第 2 页是没有文字的图片。"]
    town.engine.unreadable.clear()
    assert (await teacher.http.post(f"/api/documents/{document_id}/retry")).status_code == 204
    await eventually(reaches(teacher, town.here.library_id, "scan.pdf", "ready"))
    assert (await teacher.http.post(f"/api/documents/{document_id}/retry")).status_code == 409


async def test_reading_can_be_stopped(town: Town, teacher: Visitor) -> None:
    town.engine.slow.add("long.pdf")
    document_id = await added(teacher, town.here.library_id, "long.pdf", PDF)
    await eventually(reaches(teacher, town.here.library_id, "long.pdf", "reading"))
    assert (await teacher.http.post(f"/api/documents/{document_id}/cancel")).status_code == 204
    assert len(town.engine.cancelled) == 1
    assert (await shelf(teacher, town.here.library_id))["long.pdf"]["state"] == "cancelled"
    assert (await teacher.http.post(f"/api/documents/{document_id}/cancel")).status_code == 409


async def test_an_engine_that_forgot_its_jobs_is_given_the_file_again(town: Town, teacher: Visitor) -> None:
    town.engine.slow.add("long.pdf")
    document_id = await added(teacher, town.here.library_id, "long.pdf", PDF)
    await eventually(reaches(teacher, town.here.library_id, "long.pdf", "reading"))
    town.engine.documents.clear()
    town.engine.forget_jobs()
    # only now: the old job must not be done while it is still known
    town.engine.slow.clear()
    await eventually(reaches(teacher, town.here.library_id, "long.pdf", "ready"))
    assert town.engine.uploads.count(document_id) == 2


async def test_replacing_keeps_the_old_file_for_old_citations(town: Town, teacher: Visitor) -> None:
    address = f"/api/documents/{town.here.markdown_id}"
    old = (await teacher.http.get(address)).json()["version"]
    # The same name in the same library is a new version of the same document.
    assert await added(teacher, town.here.library_id, "planets.md", b"# New\n") == town.here.markdown_id
    new = (await teacher.http.get(address)).json()["version"]
    student = await town.signed_in("student@here")
    assert old != new
    assert (await student.http.get(f"{address}/text")).text == "# New\n"
    assert (await student.http.get(f"{address}/text", params={"version": old})).text == MARKDOWN
    assert (await student.http.get(f"{address}/text", params={"version": "0" * 16})).status_code == 404
    replaced = await send(teacher, f"{address}/file", "other-name.md", MARKDOWN.encode())
    assert replaced.status_code == 201
    found = (await teacher.http.get(f"{address}/versions")).json()["versions"]
    assert [version["version"] for version in found] == [new]
    again = await send(teacher, f"{address}/file", "other-name.md", MARKDOWN.encode())
    assert again.status_code == 201
    assert len((await teacher.http.get(f"{address}/versions")).json()["versions"]) == 1


async def test_deleting_deletes_rows_files_and_the_engines_copy(town: Town, teacher: Visitor) -> None:
    files = LocalStorage(town.settings.tutor_data_dir).path("documents/x.md").parent
    await added(teacher, town.here.library_id, "planets.md", b"# New\n")
    address = f"/api/documents/{town.here.markdown_id}"
    assert len(list(files.glob(f"{town.here.markdown_id}-*"))) == 2
    assert (await teacher.http.delete(address)).status_code == 204
    assert list(files.glob(f"{town.here.markdown_id}-*")) == []
    assert (await teacher.http.get(address)).status_code == 404

    async def gone() -> bool:
        return town.here.markdown_id not in town.engine.documents[f"library-{town.here.library_id}"]

    await eventually(gone)
    assert (await teacher.http.delete(f"/api/libraries/{town.here.library_id}")).status_code == 204
    assert list(files.glob(f"{town.here.pdf_id}-*")) == []
    assert (await teacher.http.get(f"/api/libraries/{town.here.library_id}")).status_code == 404

    async def empty() -> bool:
        return town.engine.documents[f"library-{town.here.library_id}"] == {}

    await eventually(empty)
    student = await town.signed_in("student@here")
    (tutor,) = (await student.http.get("/api/tutors")).json()["tutors"]
    assert tutor["documents"] == []


async def test_students_open_only_what_a_tutor_has_shown(town: Town, teacher: Visitor) -> None:
    made = (await teacher.http.post("/api/libraries", json={"name": "Exam", "language": "en"})).json()
    document_id = await added(teacher, made["id"], "answers.md", b"42")
    student = await town.signed_in("student@here")
    for path in ("", "/text", "/file", "/versions", "/pages/1"):
        assert (await student.http.get(f"/api/documents/{document_id}{path}")).status_code == 404
        assert (await student.http.get(f"/api/documents/{town.here.markdown_id}{path}")).status_code == 200


async def test_a_colleague_uses_a_library_and_leaves_it_as_it_is(town: Town, teacher: Visitor) -> None:
    made = (await teacher.http.post("/api/libraries", json={"name": "Mine", "language": "en"})).json()
    document_id = await added(teacher, made["id"], "a.md", b"A")
    from packages.platform.tests.tutors.workbench import bench_of

    colleague = await (await bench_of(town)).hire("colleague")
    found = (await colleague.http.get(f"/api/libraries/{made['id']}")).json()
    assert (found["mine"], len(found["shelf"])) == (False, 1)
    refused = [
        await send(colleague, f"/api/libraries/{made['id']}/files", "b.md", b"B"),
        await send(colleague, f"/api/documents/{document_id}/file", "a.md", b"B"),
        await colleague.http.patch(f"/api/libraries/{made['id']}", json={"name": "Theirs"}),
        await colleague.http.delete(f"/api/libraries/{made['id']}"),
        await colleague.http.delete(f"/api/documents/{document_id}"),
        await colleague.http.patch(f"/api/documents/{document_id}", json={"title": "Theirs"}),
    ]
    assert [answer.status_code for answer in refused] == [404] * 6
    assert list(town.settings.tutor_data_dir.glob("incoming/*")) == []
    renamed = await teacher.http.patch(f"/api/libraries/{made['id']}", json={"name": "Ours"})
    assert renamed.json()["name"] == "Ours"
    await teacher.http.patch(f"/api/documents/{document_id}", json={"title": "A title"})
    assert (await shelf(teacher, made["id"]))["a.md"]["title"] == "A title"


async def test_a_test_question_finds_passages_with_their_page(town: Town, teacher: Visitor) -> None:
    town.engine.passages = [
        PassageInfo(
            passage_id="1", document=town.here.pdf_id, title="Handout", heading="Mars", page=2, start=0,
            end=9, text="Two moons", score=0.9,
        )
    ]  # fmt: skip
    address = f"/api/libraries/{town.here.library_id}/ask"
    found = (await teacher.http.post(address, json={"question": "Moons of Mars?"})).json()["passages"]
    assert [(p["document_id"], p["page"], p["text"]) for p in found] == [(town.here.pdf_id, 2, "Two moons")]
    assert (await teacher.http.post(address, json={"question": "  "})).status_code == 422


async def test_a_page_says_where_a_passage_lies(town: Town, teacher: Visitor) -> None:
    address = f"/api/documents/{town.here.pdf_id}/pages"
    page = (await teacher.http.get(f"{address}/1", params={"start": 3, "end": 7})).json()
    assert (page["text"], page["boxes"][0]["left"], page["boxes"][0]["right"]) == ("The page.", 3, 7)
    assert (await teacher.http.get(f"{address}/9")).status_code == 404
    assert (await teacher.http.get(f"{address}/0")).status_code == 422


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.md", "passwd.md"),
        ("C:\\temp\\a.pdf", "a.pdf"),
        ("<script>.pdf", "script.pdf"),
        ("a\u202egnp.pdf", "agnp.pdf"),
        ("nul\x00l.md", "null.md"),
        ("  .md", "document.md"),
        ("....", "document"),
        ("注释 第一章.pdf", "注释 第一章.pdf"),
        (f"{'long' * 100}.docx", f"{('long' * 100)[:175]}.docx"),
    ],
)
def test_names_from_hell_become_names(given: str, kept: str) -> None:
    assert safe_name(given) == kept


def test_titles_are_names_as_words() -> None:
    assert title_of("our-solar_system.pdf") == "our solar system"


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("a.exe", b"MZ"),
        ("a", b"text"),
        (".md", b"text"),
        ("a.pdf", b"no pdf"),
        ("a.md", b"%PDF-1.4"),
        ("a.docx", b"text"),
        ("a.txt", b"PK\x03\x04"),
    ],
)
def test_files_that_are_not_what_they_say_are_refused(name: str, head: bytes) -> None:
    with pytest.raises(FileRefused):
        kind_of(name, head)


async def test_a_refused_file_leaves_nothing(edge_town: Town) -> None:
    teacher = await edge_town.signed_in("teacher@here")
    path = f"/api/libraries/{edge_town.here.library_id}/files"
    wrong = await send(teacher, path, "a.exe", b"MZ")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (415, "file_refused")
    before = await shelf(teacher, edge_town.here.library_id)
    assert set(before) == {"planets.md", "handout.pdf"}
    assert list(edge_town.settings.tutor_data_dir.glob("incoming/*")) == []


async def test_a_file_that_is_too_large_is_refused_while_it_comes(
    edge_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor_platform.knowledge.libraries.MAX_DOCUMENT_BYTES", 1000)
    teacher = await edge_town.signed_in("teacher@here")

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"a" * 100
            await asyncio.sleep(0)

    path = f"/api/libraries/{edge_town.here.library_id}/files"
    answer = await teacher.http.post(path, params={"file_name": "a.md"}, content=pieces())
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
    assert list(edge_town.settings.tutor_data_dir.glob("incoming/*")) == []


async def test_a_school_that_has_no_room_is_told(town_with: Any) -> None:
    town: Town = await town_with(tenant_storage_mb=1)
    teacher = await town.signed_in("teacher@here")
    path = f"/api/libraries/{town.here.library_id}/files"
    assert (await send(teacher, path, "a.md", b"a" * 900_000)).status_code == 201
    full = await send(teacher, path, "b.md", b"b" * 200_000)
    assert full.status_code >= 400
    assert set(await shelf(teacher, town.here.library_id)) == {"planets.md", "handout.pdf", "a.md"}


def test_remarks_in_one_language_only_are_shown_to_everybody() -> None:
    both = [
        {"level": "error", "content": "Bad.", "page": 1},
        {"level": "error", "content": "坏。", "page": 1},
    ]
    alone = [{"level": "info", "content": "3 pages"}]
    assert [m.content for m in in_language(both + alone, "en")] == ["Bad.", "3 pages"]
    assert [m.content for m in in_language(both + alone, "zh")] == ["坏。", "3 pages"]
