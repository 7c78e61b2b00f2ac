"""Review: flagged turns with what stood around them, wrong answers, conversations; all audited."""

from packages.platform.tests.classes.room import CITATION, add_lesson, audited, make_room
from packages.platform.tests.safety.test_alerts import raise_alert
from packages.platform.tests.town import Town

SPOKEN = [
    ("user", "How many moons has Mars?", []),
    ("assistant", "Mars has two moons.", [CITATION]),
    ("user", "Who discovered them?", []),
    ("assistant", "I did not find that in our course material.", []),
]


async def test_a_wrong_answer_is_marked_seen_and_solved(town: Town) -> None:
    room = await make_room(town)
    lesson_id, turns = await add_lesson(town, room.student.person_id, SPOKEN)
    address = f"/api/review/turns/{turns[1]}/wrong"
    made = await room.teacher.http.post(address, json={"words": "It has two, but say which."})
    assert (made.status_code, made.json()["reason"], made.json()["status"]) == (201, "wrong_answer", "open")
    again = (await room.teacher.http.post(address, json={"words": "Still."})).json()
    assert (again["id"], again["words"]) == (made.json()["id"], "Still.")
    listed = (await room.teacher.http.get("/api/review")).json()["flags"]
    assert len(listed) == 1
    flag = listed[0]
    assert (flag["question"], flag["answer"]) == ("How many moons has Mars?", "Mars has two moons.")
    assert (flag["student"]["name"], flag["tutor_name"], flag["classes"]) == ("Student", "Ada", ["7b"])
    opened = (await room.teacher.http.get(f"/api/review/{flag['id']}")).json()
    assert [turn["content"] for turn in opened["turns"]] == [words for _, words, _ in SPOKEN]
    assert opened["turns"][1]["citations"][0]["title"] == "Planets"
    solved = await room.teacher.http.patch(
        f"/api/review/{flag['id']}", json={"status": "solved", "note": "Passage added."}
    )
    assert (solved.json()["handled_by"], solved.json()["note"]) == ("Teacher", "Passage added.")
    assert (await room.teacher.http.get("/api/review")).json()["flags"] == []
    done = await room.teacher.http.get("/api/review", params={"status": "solved", "reason": "wrong_answer"})
    assert len(done.json()["flags"]) == 1
    reopened = (await room.teacher.http.patch(f"/api/review/{flag['id']}", json={"status": "open"})).json()
    assert (reopened["handled_by"], reopened["note"]) == (None, "Passage added.")
    assert [action for action in await audited(town) if action.startswith(("flag.", "answer."))] == [
        "answer.marked_wrong",
        "answer.marked_wrong",
        "flag.opened",
        "flag.solved",
        "flag.open",
    ]
    assert lesson_id == flag["lesson_id"]


async def test_only_a_tutors_answer_can_be_wrong(town: Town) -> None:
    room = await make_room(town)
    _, turns = await add_lesson(town, room.student.person_id, SPOKEN)
    refused = await room.teacher.http.post(f"/api/review/turns/{turns[0]}/wrong", json={})
    assert refused.status_code == 422


async def test_review_is_hidden_from_everybody_else(town: Town) -> None:
    room = await make_room(town)
    lesson_id, turns = await add_lesson(town, room.student.person_id, SPOKEN)
    await raise_alert(town, lesson_id)
    flag_id = (await room.teacher.http.get("/api/review")).json()["flags"][0]["id"]
    calls = (
        ("get", f"/api/review/{flag_id}", None),
        ("patch", f"/api/review/{flag_id}", {"status": "seen"}),
        ("post", f"/api/review/turns/{turns[1]}/wrong", {}),
        ("get", f"/api/review/lessons/{lesson_id}", None),
    )
    for username in ("other@here", "teacher@there", "admin@there", "student@there"):
        visitor = await town.signed_in(username)
        for method, path, body in calls:
            answer = await visitor.http.request(method, path, json=body)
            assert (username, path, answer.status_code) == (username, path, 404)
    # The student of the lesson is no reviewer of it.
    for method, path, body in calls:
        answer = await room.student.http.request(method, path, json=body)
        assert answer.status_code in (403, 404)
    assert (await room.student.http.get("/api/review")).status_code == 403
    for params in ({"class_id": "none"}, {"status": "odd"}, {"limit": 0}):
        assert (await room.teacher.http.get("/api/review", params=params)).status_code in (404, 422)


async def test_a_student_who_left_the_class_is_not_reviewed_by_its_teacher(town: Town) -> None:
    room = await make_room(town)
    lesson_id, _ = await add_lesson(town, room.student.person_id, SPOKEN)
    await room.teacher.http.delete(f"/api/classes/{room.id}/students/{room.student.person_id}")
    assert (await room.teacher.http.get(f"/api/review/lessons/{lesson_id}")).status_code == 404


async def test_a_conversation_is_read_whole_and_its_reading_is_audited(town: Town) -> None:
    room = await make_room(town)
    lesson_id, _ = await add_lesson(town, room.student.person_id, SPOKEN)
    read = (await room.teacher.http.get(f"/api/review/lessons/{lesson_id}")).json()
    assert (read["live"], read["student"]["name"], len(read["turns"])) == (False, "Student", 4)
    assert (await audited(town))[-1] == "conversation.opened"


async def test_names_are_hidden_where_the_school_says_so_but_not_in_alerts(town: Town) -> None:
    room = await make_room(town)
    lesson_id, turns = await add_lesson(town, room.student.person_id, SPOKEN)
    admin = await town.signed_in("admin@here")
    await admin.http.put("/api/class-policy", json={"words_on_wall": True, "names_in_review": False})
    await room.teacher.http.post(f"/api/review/turns/{turns[1]}/wrong", json={})
    await raise_alert(town, lesson_id)
    shown = (await room.teacher.http.get("/api/review", params={"class_id": room.id})).json()["flags"]
    assert {flag["reason"]: flag["student"] and flag["student"]["name"] for flag in shown} == {
        "wrong_answer": None,
        "alert": "Student",
    }


async def test_the_list_goes_on_where_it_ended(town: Town) -> None:
    room = await make_room(town)
    for _ in range(3):
        _, turns = await add_lesson(town, room.student.person_id, SPOKEN)
        await room.teacher.http.post(f"/api/review/turns/{turns[1]}/wrong", json={})
    first = (await room.teacher.http.get("/api/review", params={"limit": 2})).json()["flags"]
    rest = await room.teacher.http.get("/api/review", params={"limit": 2, "before": first[-1]["id"]})
    assert (len(first), len(rest.json()["flags"])) == (2, 1)
