"""Administrators and the people of their school: adding, changing, removing, class lists."""

import asyncio
from typing import Any

import pytest
from packages.platform.tests.town import PASSWORD, Town, Visitor
from sqlalchemy import text

from tutor_platform.people.classlist import read
from tutor_platform.people.schemas import MAX_IMPORT_LINES, ImportRequest
from tutor_protocol import CloseCode

CHOSEN = "blue-kettle-42"


@pytest.fixture
async def admin(town: Town) -> Visitor:
    return await town.signed_in("admin@here")


async def added(admin: Visitor, username: str = "robin", **more: Any) -> dict[str, Any]:
    body = {"name": username.title(), "username": username, "role": "teacher"} | more
    response = await admin.http.post("/api/people", json=body)
    assert response.status_code == 201, response.text
    return response.json()


async def audit(admin: Visitor, kind: str = "") -> list[dict[str, Any]]:
    return (await admin.http.get("/api/audit", params={"kind": kind})).json()["entries"]


def code_of(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


async def test_a_one_time_password_is_good_for_choosing_ones_own_only(town: Town, admin: Visitor) -> None:
    made = await added(admin)
    visitor = town.visitor()
    signed_in = await visitor.sign_in("robin", made["password"])
    assert signed_in.json()["person"]["must_choose_password"] is True
    for path in ("/api/tutors", "/api/lessons", "/api/auth/devices"):
        assert code_of(await visitor.http.get(path)) == (403, "password_change_needed")
    async with visitor.socket() as wire:
        assert await wire.closed() == CloseCode.BAD_TOKEN
    assert (await visitor.http.get("/api/auth/me")).status_code == 200
    change = {"present": made["password"], "password": CHOSEN}
    assert (await visitor.http.post("/api/auth/password", json=change)).status_code == 204
    assert (await visitor.http.get("/api/tutors")).status_code == 200
    assert (await town.visitor().sign_in("robin", made["password"])).status_code == 401
    assert (await town.visitor().sign_in("robin", CHOSEN)).json()["person"]["must_choose_password"] is False


async def test_a_one_time_password_runs_out(town: Town, admin: Visitor) -> None:
    made = await added(admin)
    async with town.database.writing() as db:
        await db.execute(
            text("UPDATE people SET password_until = '2026-01-01 00:00:00+00:00' WHERE username = 'robin'")
        )
    assert code_of(await town.visitor().sign_in("robin", made["password"])) == (403, "password_expired")
    assert (await town.visitor().sign_in("robin", "wrong")).status_code == 401


async def test_search_pages_and_filters(town: Town, admin: Visitor) -> None:
    for number in range(5):
        await added(admin, f"zoe{number}", role="student", email=f"z{number}@x.example" if number else "")
    await added(admin, "per_cent")
    page = (await admin.http.get("/api/people", params={"words": "zoe", "limit": 3})).json()
    assert (page["total"], [person["username"] for person in page["people"]]) == (5, ["zoe0", "zoe1", "zoe2"])
    rest = await admin.http.get("/api/people", params={"words": "ZOE", "limit": 3, "after": page["next"]})
    assert ([person["username"] for person in rest.json()["people"]], rest.json()["next"]) == (
        ["zoe3", "zoe4"],
        None,
    )
    for params, found in (
        ({"words": "z2@x"}, 1), ({"words": "zoe 3"}, 1), ({"words": "%"}, 0), ({"words": "r_c"}, 1),
        ({"role": "admin"}, 1), ({"disabled": "true"}, 0), ({}, 10),
    ):  # fmt: skip
        assert (await admin.http.get("/api/people", params=params)).json()["total"] == found, params
    assert (
        await admin.http.get("/api/people", params={"after": town.there.people["admin"]})
    ).status_code == 404


async def test_a_person_that_is_there_already_is_refused(town: Town, admin: Visitor) -> None:
    await added(admin, "robin", email="robin@x.example")
    again = {"name": "R", "username": " ROBIN ", "role": "student"}
    assert code_of(await admin.http.post("/api/people", json=again)) == (409, "username_taken")
    other = {"name": "R", "username": "robin2", "email": "Robin@X.example"}
    assert code_of(await admin.http.post("/api/people", json=other)) == (409, "email_taken")
    elsewhere = await town.signed_in("admin@there")
    assert code_of(await elsewhere.http.post("/api/people", json=again)) == (409, "username_taken")
    assert (await elsewhere.http.post("/api/people", json=other)).status_code == 201


async def test_a_double_click_adds_one_person(admin: Visitor) -> None:
    body = {"name": "Robin", "username": "robin"}
    answers = await asyncio.gather(*(admin.http.post("/api/people", json=body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


@pytest.mark.parametrize(
    "body",
    [
        {"name": "", "username": "robin"}, {"name": " ", "username": "robin"}, {"name": "R"},
        {"name": "a\nb", "username": "robin"}, {"name": "R", "username": "with space"},
        {"name": "R", "username": "<b>"}, {"name": "R", "username": "x"},
        {"name": "R" * 201, "username": "robin"}, {"name": "R", "username": "robin", "role": "owner"},
        {"name": "R", "username": "robin", "email": "nope"},
        {"name": "R", "username": "robin", "email": "a@b@c.d"}, {"name": "\u202e", "username": "robin"},
    ],
)  # fmt: skip
async def test_malformed_people_are_refused(edge_town: Town, body: dict[str, str]) -> None:
    admin = await edge_town.signed_in("admin@here")
    assert (await admin.http.post("/api/people", json=body)).status_code == 422


async def test_a_new_role_takes_hold_at_once_and_ends_the_old_sign_ins(town: Town, admin: Visitor) -> None:
    teacher = await town.signed_in("teacher@here")
    async with teacher.socket() as wire:
        address = f"/api/people/{teacher.person_id}"
        assert (await admin.http.patch(address, json={"role": "student"})).json()["role"] == "student"
        assert await wire.closed() == CloseCode.BAD_TOKEN
    assert (await teacher.http.get("/api/tutors")).status_code == 401
    assert (await teacher.sign_in("teacher@here")).json()["person"]["scopes"] == ["learn"]
    (entry,) = await audit(admin, "person")
    assert (entry["action"], entry["details"]) == (
        "person.role_changed",
        {"before": "teacher", "after": "student"},
    )
    assert (entry["person"], entry["about_name"]) == ("Admin", "Teacher")


async def test_a_switched_off_account_is_out_at_once_and_comes_back(town: Town, admin: Visitor) -> None:
    student = await town.signed_in("student@here")
    address = f"/api/people/{student.person_id}"
    for _ in range(2):
        assert (await admin.http.patch(address, json={"disabled": True})).json()["disabled"] is True
    assert (await student.http.get("/api/auth/me")).status_code == 401
    assert code_of(await student.sign_in("student@here")) == (403, "account_disabled")
    assert code_of(await student.sign_in("student@here", "wrong")) == (401, "bad_credentials")
    await admin.http.patch(address, json={"disabled": False})
    assert (await student.sign_in("student@here")).status_code == 200
    assert [entry["action"] for entry in await audit(admin, "person")] == [
        "person.enabled",
        "person.disabled",
    ]


async def test_a_school_keeps_an_administrator_who_is_not_shut_out_by_themselves(
    town: Town, admin: Visitor
) -> None:
    own = f"/api/people/{admin.person_id}"
    for change in ({"role": "teacher"}, {"disabled": True}):
        assert code_of(await admin.http.patch(own, json=change)) == (409, "not_yourself")
    assert code_of(await admin.http.delete(own)) == (409, "not_yourself")
    assert code_of(await admin.http.post(f"{own}/password")) == (409, "not_yourself")
    assert (await admin.http.patch(own, json={"name": "Me", "email": "me@x.example"})).status_code == 200
    second = await added(admin, "second", role="admin")
    visitor = town.visitor()
    await visitor.sign_in("second", second["password"])
    await visitor.http.post("/api/auth/password", json={"present": second["password"], "password": CHOSEN})
    assert (await visitor.http.patch(own, json={"role": "teacher"})).status_code == 200
    address = f"/api/people/{second['person']['id']}"
    again = await town.signed_in("admin@here")
    assert (await again.http.patch(address, json={"role": "teacher"})).status_code == 403


async def test_two_administrators_cannot_remove_each_other_at_once(town: Town, admin: Visitor) -> None:
    made = await added(admin, "second", role="admin")
    visitor = town.visitor()
    await visitor.sign_in("second", made["password"])
    await visitor.http.post("/api/auth/password", json={"present": made["password"], "password": CHOSEN})
    await asyncio.gather(
        admin.http.patch(f"/api/people/{visitor.person_id}", json={"role": "student"}),
        visitor.http.patch(f"/api/people/{admin.person_id}", json={"role": "student"}),
        return_exceptions=True,
    )
    async with town.database.reading() as db:
        left = await db.scalar(
            text("SELECT count(*) FROM people WHERE role = 'admin' AND tenant_id = :school"),
            {"school": town.here.id},
        )
    assert left == 1


async def test_removing_somebody_removes_what_is_theirs(town: Town, admin: Visitor) -> None:
    student = await town.signed_in("student@here")
    await student.begin_lesson(town.here.tutor_id)
    address = f"/api/people/{student.person_id}"
    assert (await admin.http.delete(address)).status_code == 204
    assert (await admin.http.delete(address)).status_code == 404
    assert (await student.http.get("/api/auth/me")).status_code == 401
    async with town.database.reading() as db:
        for table in ("lessons", "sign_ins"):
            left = text(f"SELECT count(*) FROM {table} WHERE person_id = :id")  # noqa: S608 - names of our own
            assert await db.scalar(left, {"id": student.person_id}) == 0
    assert (await audit(admin, "person"))[0]["about"] == student.person_id


async def test_a_reset_ends_sign_ins_and_locks(town: Town, admin: Visitor) -> None:
    student = await town.signed_in("student@here")
    for _ in range(5):
        await town.visitor().sign_in("student@here", "wrong")
    assert code_of(await town.visitor().sign_in("student@here")) == (429, "too_many_attempts")
    made = (await admin.http.post(f"/api/people/{student.person_id}/password")).json()
    assert (await student.http.get("/api/auth/me")).status_code == 401
    assert (await town.visitor().sign_in("student@here", made["password"])).status_code == 200
    assert code_of(await town.visitor().sign_in("student@here", PASSWORD)) == (401, "bad_credentials")
    signs = await audit(admin, "sign_in")
    assert sum(entry["action"] == "sign_in.failed" for entry in signs) == 6
    assert all(made["password"] not in str(entry) and "wrong" not in str(entry) for entry in signs)


async def test_an_administrator_signs_somebody_out(town: Town, admin: Visitor) -> None:
    student = await town.signed_in("student@here")
    async with student.socket() as wire:
        assert (await admin.http.post(f"/api/people/{student.person_id}/sign-out")).status_code == 204
        assert await wire.closed() == CloseCode.BAD_TOKEN
    assert (await student.http.get("/api/auth/me")).status_code == 401


@pytest.mark.parametrize("role", ["teacher", "student"])
async def test_others_may_not_manage_people(edge_town: Town, role: str) -> None:
    visitor = await edge_town.signed_in(f"{role}@here")
    for path in ("/api/people", "/api/invitations", "/api/sso/providers", "/api/audit", "/api/audit.csv"):
        assert code_of(await visitor.http.get(path)) == (403, "forbidden")
    body = {"name": "R", "username": "robin", "role": "admin"}
    assert code_of(await visitor.http.post("/api/people", json=body)) == (403, "forbidden")
    own = f"/api/people/{visitor.person_id}"
    assert code_of(await visitor.http.patch(own, json={"role": "admin"})) == (403, "forbidden")


LIST = "\ufeff姓名;用户名;身份;邮箱\n王小明;xiaoming;学生;\n\n李 老师 ;;教师;li@x.example\n"


async def test_a_class_list_is_shown_before_it_is_added(town: Town, admin: Visitor) -> None:
    body = {"csv": LIST, "language": "zh"}
    preview = (await admin.http.post("/api/people/import/preview", json=body)).json()
    assert preview["ready"] is True
    assert [(line["line"], line["username"], line["role"]) for line in preview["lines"]] == [
        (2, "xiaoming", "student"), (4, "li", "teacher"),
    ]  # fmt: skip
    result = await admin.http.post("/api/people/import", json=body)
    assert result.status_code == 201
    (pupil, _) = result.json()["people"]
    visitor = town.visitor()
    person = (await visitor.sign_in("xiaoming", pupil["password"])).json()["person"]
    assert (person["name"], person["language"], person["must_choose_password"]) == ("王小明", "zh", True)
    assert code_of(await admin.http.post("/api/people/import", json=body)) == (409, "import_wrong")
    again = (await admin.http.post("/api/people/import/preview", json=body)).json()
    assert [line["problems"] for line in again["lines"]] == [
        ["username_taken"],
        ["username_taken", "email_taken"],
    ]


async def test_one_wrong_line_adds_nobody(town: Town, admin: Visitor) -> None:
    body = {"csv": "name,username\nGood,good-one\nBad,bad one\n"}
    before = (await admin.http.get("/api/people")).json()["total"]
    assert code_of(await admin.http.post("/api/people/import", json=body)) == (409, "import_wrong")
    assert (await admin.http.get("/api/people")).json()["total"] == before


def problems(csv: str) -> list[list[str]]:
    return [list(line.problems) for line in read(ImportRequest(csv=csv)).lines]


def test_every_line_says_what_is_wrong_with_it() -> None:
    assert problems(
        "name,username,role,language,email\n"
        ",a1,,,\n"
        "Al,a b,boss,fr,nope\n"
        f"{'x' * 201},a2,,,\n"
        "Bo,a1,,,bo@x.example\n"
        'Cy,a3,,,BO@x.example,"more"\n'
        "!!!,,,,\n"
    ) == [
        ["name_missing"],
        ["username_wrong", "role_unknown", "language_unknown", "email_wrong"],
        ["name_long"],
        ["username_twice"],
        ["columns_wrong", "email_twice"],
        ["username_missing"],
    ]


@pytest.mark.parametrize(
    ("csv", "problem"),
    [("", "empty"), (" \n ", "empty"), ("name,username\n", "empty"), ("who,what\na,b\n", "heading_missing"),
     ("name\n" + "a\n" * (MAX_IMPORT_LINES + 1), "too_many"), ("\x00\x01", "heading_missing")],
)  # fmt: skip
def test_lists_that_are_none(csv: str, problem: str | None) -> None:
    read_list = read(ImportRequest(csv=csv))
    assert read_list.problem == problem
    assert read_list.ready is False


def test_commas_tabs_and_semicolons_all_separate() -> None:
    for mark in ",;\t":
        preview = read(ImportRequest(csv=f"Name{mark}User name\r\nRobin{mark}robin\r\n"))
        assert [(line.name, line.username) for line in preview.lines] == [("Robin", "robin")]
        assert preview.ready
