"""The audit log: what is in it, who reads it, what leaves it."""

import csv
import io

from packages.platform.tests.town import Town

from tutor_platform.audit.reading import safe_cell
from tutor_platform.audit.service import MAX_DETAIL_CHARS, note
from tutor_platform.authz.subject import Subject


def subject(town: Town) -> Subject:
    return Subject(town.here.people["teacher"], town.here.id, "teacher", "en", "s")


async def test_entries_come_in_pages_the_newest_first_and_stay_in_their_school(town: Town) -> None:
    async with town.database.writing() as db:
        for number in range(7):
            await note(db, subject(town), "tutor.published", f"t{number}", version=number)
        await note(db, town.there.id, "tutor.published", "theirs")
    admin = await town.signed_in("admin@here")
    seen: list[str] = []
    before: str | None = None
    for _ in range(4):
        params = {"kind": "tutor", "limit": "2"} | ({"before": before} if before else {})
        page = (await admin.http.get("/api/audit", params=params)).json()
        seen += [entry["about"] for entry in page["entries"]]
        before = page["next"]
    assert seen == [f"t{number}" for number in reversed(range(7))]
    assert before is None
    mine = await admin.http.get("/api/audit", params={"person_id": town.here.people["teacher"]})
    assert {entry["person"] for entry in mine.json()["entries"]} == {"Teacher"}
    assert (await admin.http.get("/api/audit", params={"kind": "a'b"})).status_code == 422


async def test_the_table_holds_no_formulas_and_taking_it_is_an_entry(town: Town) -> None:
    async with town.database.writing() as db:
        await note(db, subject(town), "tutor.renamed", "=cmd|' /C calc'!A0", note="x" * 1_000)
    admin = await town.signed_in("admin@here")
    answer = await admin.http.get("/api/audit.csv", params={"kind": "tutor"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    heading, row = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert heading[0] == "at"
    assert row[4].startswith("'=")
    assert len(row[6]) < MAX_DETAIL_CHARS + 20
    entries = (await admin.http.get("/api/audit", params={"kind": "audit"})).json()["entries"]
    assert [entry["action"] for entry in entries] == ["audit.exported"]


async def test_entries_outlive_the_people_they_name(town: Town) -> None:
    async with town.database.writing() as db:
        await note(db, subject(town), "tutor.published", "t")
    admin = await town.signed_in("admin@here")
    await admin.http.delete(f"/api/people/{town.here.people['teacher']}")
    entries = (await admin.http.get("/api/audit", params={"kind": "tutor"})).json()["entries"]
    assert [(entry["person"], entry["person_id"]) for entry in entries] == [("", town.here.people["teacher"])]


async def test_what_an_entry_is_about_is_named_but_never_another_schools(town: Town) -> None:
    made = await (await town.signed_in("teacher@here")).http.post(
        "/api/classes", json={"name": "7b", "language": "en", "term": ""}
    )
    about = {
        town.here.people["student"]: "Student",
        town.here.tutor_id: "Ada",
        made.json()["id"]: "7b",
        town.there.tutor_id: "",
        "gone": "",
    }
    async with town.database.writing() as db:
        for each in about:
            await note(db, subject(town), "thing.seen", each)
    admin = await town.signed_in("admin@here")
    entries = (await admin.http.get("/api/audit", params={"kind": "thing"})).json()["entries"]
    assert {entry["about"]: entry["about_name"] for entry in entries} == about


async def test_signing_in_and_out_is_written_down(town: Town) -> None:
    student = await town.signed_in("student@here")
    await student.http.post("/api/auth/sign-out")
    await town.visitor().sign_in("student@here", "wrong")
    await town.visitor().sign_in("nobody", "wrong")
    admin = await town.signed_in("admin@here")
    params = {"kind": "sign_in", "person_id": student.person_id}
    entries = (await admin.http.get("/api/audit", params=params)).json()["entries"]
    assert [entry["action"] for entry in entries] == ["sign_in.failed", "sign_in.ended", "sign_in.opened"]
    assert entries[0]["details"] == {"in_a_row": 1, "locked_s": 0}


def test_only_what_begins_like_a_formula_is_marked() -> None:
    assert [safe_cell(text) for text in ("=1", "+1", "-1", "@x", "1-1", "")] == [
        "'=1",
        "'+1",
        "'-1",
        "'@x",
        "1-1",
        "",
    ]
