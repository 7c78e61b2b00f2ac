"""Classes: made, joined, led, archived; seen by those who belong to them."""

from packages.platform.tests.classes.room import add_student, audited, make_room
from packages.platform.tests.town import Town

from tutor_platform.authz.subject import Role, Subject
from tutor_platform.classes import repository
from tutor_platform.classes.codes import ALPHABET, LENGTH, as_written, new_code


def subject(town: Town, role: Role, person_id: str | None = None) -> Subject:
    return Subject(person_id or town.here.people[role], town.here.id, role, "en", "sign-in")


def test_codes_have_no_letters_that_look_alike() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(len(code) == LENGTH and set(code) <= set(ALPHABET) for code in codes)
    assert not set(ALPHABET) & set("0O1IL5S8B2Z")
    assert as_written(" acd-ef gh ") == "ACDEFGH"


async def test_a_teacher_makes_a_class_and_a_student_joins_it(town: Town) -> None:
    room = await make_room(town)
    shown = (await room.teacher.http.get(f"/api/classes/{room.id}")).json()
    assert (shown["name"], shown["mine"], shown["student_count"]) == ("7b", True, 1)
    assert [student["username"] for student in shown["students"]] == ["student@here"]
    seen = (await room.student.http.get("/api/classes")).json()["classes"]
    assert [(each["name"], each["student_count"]) for each in seen] == [("7b", None)]
    assert "join_code" not in seen[0]
    assert (await room.student.http.get(f"/api/classes/{room.id}")).status_code == 403
    # Joining twice, and with the code as people type it, changes nothing.
    again = await room.student.http.post(f"/api/join/{room.code.lower()[:3]}-{room.code.lower()[3:]}")
    assert again.json() == {"class_name": "7b", "school_name": "here", "joined": True}
    assert len((await room.teacher.http.get(f"/api/classes/{room.id}")).json()["students"]) == 1


async def test_classes_are_hidden_from_everybody_else(town: Town) -> None:
    room = await make_room(town)
    for username in ("other@here", "student@there", "teacher@there", "admin@there"):
        visitor = await town.signed_in(username)
        assert (await visitor.http.get("/api/classes")).json()["classes"] == []
        for method, path, body in (
            ("get", "", None),
            ("patch", "", {"name": "mine"}),
            ("post", "/code", None),
            ("delete", "/code", None),
            ("put", "/tutors", {"tutor_ids": []}),
            ("put", "/teachers", {"person_ids": [visitor.person_id]}),
            ("delete", f"/students/{room.student.person_id}", None),
        ):
            answer = await visitor.http.request(method, f"/api/classes/{room.id}{path}", json=body)
            assert (username, method, path, answer.status_code) == (username, method, path, 404)
    admin = await town.signed_in("admin@here")
    assert (await admin.http.get(f"/api/classes/{room.id}")).json()["mine"] is False
    assert "class.opened" in await audited(town)


async def test_a_teacher_sees_only_classes_they_lead(town: Town) -> None:
    room = await make_room(town)
    admin = await town.signed_in("admin@here")
    wanted = {"person_ids": [admin.person_id]}
    left = await room.teacher.http.put(f"/api/classes/{room.id}/teachers", json=wanted)
    assert [person["name"] for person in left.json()["teachers"]] == ["Admin"]
    assert (await room.teacher.http.get(f"/api/classes/{room.id}")).status_code == 404
    assert (await room.teacher.http.get("/api/classes")).json()["classes"] == []
    address = f"/api/classes/{room.id}/teachers"
    for wrong in ([room.student.person_id], [town.there.people["teacher"]]):
        assert (await admin.http.put(address, json={"person_ids": wrong})).status_code == 404
    assert (await admin.http.put(address, json={"person_ids": []})).status_code == 422


async def test_somebody_new_joins_with_a_name_and_a_password(town: Town) -> None:
    room = await make_room(town)
    stranger = town.visitor()
    looked = await stranger.http.get(f"/api/join/{room.code}")
    assert looked.json() == {"class_name": "7b", "school_name": "here", "joined": False}
    body = {"name": "Lin Wei", "username": "lin.wei", "password": "seven green lamps", "language": "zh"}
    joined = await stranger.http.post(f"/api/join/{room.code}", json=body)
    assert (joined.status_code, joined.json()["joined"]) == (201, True)
    assert (await stranger.sign_in("lin.wei", "seven green lamps")).status_code == 200
    me = (await stranger.http.get("/api/auth/me")).json()["person"]
    assert (me["role"], me["language"], me["tenant"]["name"]) == ("student", "zh", "here")
    twice = await town.visitor().http.post(f"/api/join/{room.code}", json=body)
    assert twice.status_code == 409
    assert (await town.visitor().http.post(f"/api/join/{room.code}")).status_code == 422


async def test_codes_are_rotated_switched_off_and_open_nothing_of_other_schools(town: Town) -> None:
    room = await make_room(town)
    fresh = (await room.teacher.http.post(f"/api/classes/{room.id}/code")).json()["join_code"]
    assert fresh != room.code
    other = await town.signed_in("other@here")
    assert (await other.http.post(f"/api/join/{room.code}")).status_code == 404
    assert (await (await town.signed_in("student@there")).http.post(f"/api/join/{fresh}")).status_code == 404
    assert (await room.teacher.http.post(f"/api/join/{fresh}")).status_code == 403
    off = (await room.teacher.http.delete(f"/api/classes/{room.id}/code")).json()
    assert off["join_code"] is None
    assert (await other.http.post(f"/api/join/{fresh}")).status_code == 404


async def test_joining_is_slowed_down_for_an_address_that_guesses(town: Town) -> None:
    stranger = town.visitor()
    statuses = [(await stranger.http.get("/api/join/AAAAAAA")).status_code for _ in range(62)]
    assert statuses[:60] == [404] * 60
    assert statuses[-1] == 429


async def test_a_class_is_archived_and_reopened(town: Town) -> None:
    room = await make_room(town)
    address = f"/api/classes/{room.id}"
    archived = (await room.teacher.http.patch(address, json={"archived": True, "name": "7b old"})).json()
    assert (archived["archived"], archived["join_code"], archived["name"]) == (True, None, "7b old")
    assert (await room.student.http.get("/api/classes")).json()["classes"] == []
    assert (await room.teacher.http.get("/api/classes")).json()["classes"] == []
    assert (await room.teacher.http.post(f"{address}/code")).status_code == 409
    old = (await room.teacher.http.get("/api/classes", params={"archived": True})).json()["classes"]
    assert [each["name"] for each in old] == ["7b old"]
    async with town.database.reading() as db:
        assert not await repository.shares_a_class(db, subject(town, "teacher"), room.student.person_id)
    again = (await room.teacher.http.patch(address, json={"archived": False})).json()
    assert (again["archived"], again["student_count"]) == (False, 1)


async def test_a_student_is_removed_and_keeps_the_account(town: Town) -> None:
    room = await make_room(town)
    address = f"/api/classes/{room.id}/students/{room.student.person_id}"
    assert (await room.teacher.http.delete(address)).status_code == 204
    assert (await room.teacher.http.delete(address)).status_code == 404
    assert (await room.student.http.get("/api/classes")).json()["classes"] == []
    assert (await room.student.http.get("/api/auth/me")).status_code == 200
    assert [action for action in await audited(town) if action.startswith("class.")] == [
        "class.created",
        "class.joined",
        "class.student_removed",
    ]


async def test_tutors_of_a_class_are_for_its_students(town: Town) -> None:
    room = await make_room(town)
    tutor_id = town.here.tutor_id

    outsider = subject(town, "student", await _other(town))
    insider = subject(town, "student", room.student.person_id)
    async with town.database.reading() as db:
        # A tutor that no class has is for the whole school.
        assert await repository.may_learn_with(db, outsider, tutor_id)
    address = f"/api/classes/{room.id}/tutors"
    chosen = await room.teacher.http.put(address, json={"tutor_ids": [tutor_id]})
    assert [tutor["name"] for tutor in chosen.json()["tutors"]] == ["Ada"]
    async with town.database.reading() as db:
        assert await repository.may_learn_with(db, insider, tutor_id)
        assert not await repository.may_learn_with(db, outsider, tutor_id)
        assert await repository.may_learn_with(db, subject(town, "teacher"), tutor_id)
        assert list(await db.scalars(repository.assigned_tutors(insider))) == [tutor_id]
    foreign = await room.teacher.http.put(address, json={"tutor_ids": [town.there.tutor_id]})
    assert foreign.status_code == 404
    assert (await room.teacher.http.put(address, json={"tutor_ids": []})).json()["tutors"] == []


async def _other(town: Town) -> str:
    return (await town.signed_in("other@here")).person_id


async def test_the_policy_is_the_administrators(town: Town) -> None:
    room = await make_room(town)
    wanted = {"words_on_wall": False, "names_in_review": False}
    assert (await room.teacher.http.put("/api/class-policy", json=wanted)).status_code == 403
    admin = await town.signed_in("admin@here")
    for policy in (wanted, {"words_on_wall": True, "names_in_review": False}):
        assert (await admin.http.put("/api/class-policy", json=policy)).json() == policy
        assert (await room.teacher.http.get("/api/class-policy")).json() == policy
    there = await town.signed_in("teacher@there")
    assert (await there.http.get("/api/class-policy")).json() == {
        "words_on_wall": True,
        "names_in_review": True,
    }


async def test_what_students_may_not_do(town: Town) -> None:
    room = await make_room(town)
    for method, path, body in (
        ("post", "/api/classes", {"name": "mine"}),
        ("get", "/api/class-staff", None),
        ("patch", f"/api/classes/{room.id}", {"name": "mine"}),
        ("post", f"/api/classes/{room.id}/code", None),
    ):
        answer = await room.student.http.request(method, path, json=body)
        assert (path, answer.status_code) == (path, 403)
    staff = (await room.teacher.http.get("/api/class-staff")).json()["people"]
    assert [person["name"] for person in staff] == ["Admin", "Teacher"]


async def test_names_are_kept_as_written_and_blank_ones_refused(town: Town) -> None:
    teacher = await town.signed_in("teacher@here")
    hostile = "<img src=x onerror=alert(1)> =1+1 \u202e"
    made = await teacher.http.post("/api/classes", json={"name": hostile, "term": "  2026  "})
    assert (made.json()["name"], made.json()["term"]) == (hostile.strip(), "2026")
    for body in ({"name": "   "}, {"name": "x" * 121}, {"name": "a", "language": "fr"}, {}):
        assert (await teacher.http.post("/api/classes", json=body)).status_code == 422


async def test_many_join_at_once(town: Town) -> None:
    room = await make_room(town)
    ids = {await add_student(town, room, f"pupil{number}@here") for number in range(4)}
    shown = (await room.teacher.http.get(f"/api/classes/{room.id}")).json()
    assert {student["id"] for student in shown["students"]} == ids | {room.student.person_id}
