"""The live wall: who is in a lesson, a teacher's visit and words, and the news of both."""

from datetime import UTC, datetime, timedelta

import pytest
from packages.platform.tests.classes.room import Room, audited, listening, make_room
from packages.platform.tests.town import Town

from tutor_platform.classes.wall import stream
from tutor_platform.classes.wall.board import FRESH, SITTING, VISIT_LASTS, LiveWall, Visitor
from tutor_platform.classes.wall.news import MAX_WAITING, News


@pytest.fixture(autouse=True)
def swift(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "CALM_S", 0.01)
    monkeypatch.setattr(stream, "LOOK_S", 0.02)


class Watch:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def later(self, by: timedelta) -> None:
        self.now += by


# The board -----------------------------------------------------------------------------------------------


def test_the_board_shows_what_it_saw_last() -> None:
    watch, drawn = Watch(), list[int]()
    board = LiveWall(watch, lambda: drawn.append(1))
    board.saw("a", {"type": "turn", "state": "speaking"})
    board.saw("a", {"type": "transcription", "final": True, "content": " Why is Mars red? " + "x" * 300})
    board.saw("a", {"type": "quality", "level": "still", "reason": "network", "loss_out": 0.12})
    seen = board.seen("a")
    assert seen is not None
    assert (seen.state, seen.level, seen.reason, seen.loss) == ("speaking", "still", "network", 0.12)
    assert seen.words.startswith("Why is Mars red?")
    assert len(seen.words) <= 200
    board.saw("a", {"type": "turn", "state": "interrupted"})
    assert seen.state == "waiting"
    before = len(drawn)
    for event in ({}, {"type": "turn"}, {"type": "quality", "level": "??"}, {"type": 3}, {"type": "caption"}):
        board.saw("a", event)
    assert len(drawn) == before


def test_a_lesson_is_live_while_its_student_is_there() -> None:
    watch = Watch()
    board = LiveWall(watch)
    assert not board.is_live("a", "p")
    board.came("p")
    board.saw("a", {"type": "turn", "state": "listening"})
    watch.later(FRESH + timedelta(seconds=1))
    assert board.is_live("a", "p")
    board.went("p")
    assert not board.is_live("a", "p")
    since = board.seen("a")
    watch.later(SITTING)
    board.saw("a", {"type": "turn", "state": "idle"})
    again = board.seen("a")
    assert since is not None
    assert again is not None
    assert again.since > since.since


def test_visits_end_by_themselves_and_are_told_once() -> None:
    watch = Watch()
    board = LiveWall(watch)
    teacher = Visitor("t", "Ms Li")
    assert board.visit("a", "p", teacher)
    assert not board.visit("a", "p", teacher)
    assert board.visited("p") == ["a"]
    assert board.ended_visits() == []
    watch.later(VISIT_LASTS)
    assert board.visitors("a") == []
    assert board.ended_visits() == [("a", "p")]
    assert board.ended_visits() == []
    assert not board.leave("a", teacher)


def test_the_board_forgets_the_quietest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor_platform.classes.wall.board.MAX_LESSONS", 2)
    board = LiveWall(Watch())
    for lesson_id in ("a", "b", "a", "c"):
        board.saw(lesson_id, {"type": "turn", "state": "idle"})
    assert [board.seen(lesson_id) is not None for lesson_id in "abc"] == [True, False, True]


def test_trouble_is_kept_until_it_is_taken() -> None:
    board = LiveWall(Watch())
    for reason in ("host", "network", "host"):
        board.saw("a", {"type": "quality", "level": "reduced", "reason": reason})
    board.saw("b", {"type": "quality", "level": "full", "reason": ""})
    assert board.take_trouble() == {"a": "network"}
    board.give_back({"a": "network"})
    assert board.take_trouble() == {"a": "network"}
    assert board.take_trouble() == {}


def test_a_page_that_does_not_read_is_let_go() -> None:
    news = News()
    with news.listening("p", staff=False) as one, news.listening("q", staff=True) as other:
        for _ in range(MAX_WAITING + 1):
            news.tell("p", "x")
        news.mark("alerts")
        assert (one.over, one.stale, other.over, other.stale) == (True, set(), False, {"alerts"})
        assert news.staff_listens
    assert not news.staff_listens


# Over HTTP -----------------------------------------------------------------------------------------------


async def live_lesson(room: Room) -> str:
    lesson = await room.student.begin_lesson(room.town.here.tutor_id)
    wall: LiveWall = room.town.app.state.wall
    wall.saw(lesson["id"], {"type": "turn", "state": "thinking"})
    wall.saw(lesson["id"], {"type": "transcription", "final": True, "content": "Why is the sky blue?"})
    return lesson["id"]


async def test_the_wall_shows_lessons_of_my_classes_only(town: Town) -> None:
    room = await make_room(town)
    lesson_id = await live_lesson(room)
    other = await town.signed_in("other@here")
    stranger = await other.begin_lesson(town.here.tutor_id)
    town.app.state.wall.saw(stranger["id"], {"type": "turn", "state": "thinking"})
    cards = (await room.teacher.http.get("/api/wall")).json()["lessons"]
    assert [card["lesson_id"] for card in cards] == [lesson_id]
    card = cards[0]
    assert (card["student"]["name"], card["classes"], card["tutor"]["name"]) == ("Student", ["7b"], "Ada")
    assert (card["state"], card["last_words"], card["visitors"]) == ("thinking", "Why is the sky blue?", [])
    admin = await town.signed_in("admin@here")
    assert len((await admin.http.get("/api/wall")).json()["lessons"]) == 2
    assert (await room.student.http.get("/api/wall")).status_code == 403
    there = await town.signed_in("teacher@there")
    assert (await there.http.get("/api/wall")).json()["lessons"] == []
    await admin.http.put("/api/class-policy", json={"words_on_wall": False, "names_in_review": True})
    assert (await room.teacher.http.get("/api/wall")).json()["lessons"][0]["last_words"] is None
    await room.student.http.post(f"/api/lessons/{lesson_id}/end")
    assert (await room.teacher.http.get("/api/wall")).json()["lessons"] == []


async def test_nobody_listens_unseen(town: Town) -> None:
    room = await make_room(town)
    lesson_id = await live_lesson(room)
    async with listening(room.student) as page:
        visit = await room.teacher.http.post(f"/api/wall/{lesson_id}/presence")
        assert visit.json() == {"lasts_s": 30}
        company = await page.next("company")
        assert company["lesson_id"] == lesson_id
        assert [person["name"] for person in company["present"]] == ["Teacher"]
        assert (await room.teacher.http.get("/api/wall")).json()["lessons"][0]["visitors"] == company[
            "present"
        ]
        assert (await room.teacher.http.delete(f"/api/wall/{lesson_id}/presence")).status_code == 204
        assert (await page.next("company"))["present"] == []
        # Reading the conversation of a lesson that goes on is a visit, too.
        read = (await room.teacher.http.get(f"/api/review/lessons/{lesson_id}")).json()
        assert read["live"] is True
        assert [person["name"] for person in (await page.next("company"))["present"]] == ["Teacher"]
    async with listening(room.student) as late:
        assert len((await late.next("company"))["present"]) == 1
    actions = await audited(town)
    assert actions.count("lesson.visited") == 2
    assert actions.count("conversation.opened") == 1


async def test_a_teacher_writes_into_a_lesson(town: Town) -> None:
    room = await make_room(town)
    lesson_id = await live_lesson(room)
    async with listening(room.student) as page:
        sent = await room.teacher.http.post(
            f"/api/wall/{lesson_id}/messages", json={"content": " <b>Look</b> at page 12. "}
        )
        assert sent.status_code == 201
        words = await page.next("words")
    assert words == sent.json()
    assert (words["name"], words["content"], words["lesson_id"]) == (
        "Teacher",
        "<b>Look</b> at page 12.",
        lesson_id,
    )
    read = (await room.teacher.http.get(f"/api/review/lessons/{lesson_id}")).json()["turns"]
    assert [(turn["role"], turn["author"], turn["content"]) for turn in read] == [
        ("teacher", "Teacher", "<b>Look</b> at page 12.")
    ]
    own = (await room.student.http.get(f"/api/lessons/{lesson_id}/company")).json()
    assert (own["words"], [person["name"] for person in own["present"]]) == ([words], ["Teacher"])
    assert (await room.teacher.http.get(f"/api/lessons/{lesson_id}/company")).status_code == 404
    assert await room.student.turns(lesson_id) == []
    assert "lesson.written_into" in await audited(town)
    for content in ("", "   ", "x" * 1001):
        refused = await room.teacher.http.post(f"/api/wall/{lesson_id}/messages", json={"content": content})
        assert refused.status_code == 422
    await room.student.http.post(f"/api/lessons/{lesson_id}/end")
    late = await room.teacher.http.post(f"/api/wall/{lesson_id}/messages", json={"content": "Too late"})
    assert late.status_code == 409
    assert (await room.teacher.http.post(f"/api/wall/{lesson_id}/presence")).status_code == 409


async def test_lessons_of_others_cannot_be_visited(town: Town) -> None:
    room = await make_room(town)
    other = await town.signed_in("other@here")
    lesson = await other.begin_lesson(town.here.tutor_id)
    for visitor in (room.teacher, room.student, await town.signed_in("admin@there")):
        for method, path, body in (
            ("post", "presence", None),
            ("delete", "presence", None),
            ("post", "messages", {"content": "Hello"}),
        ):
            answer = await visitor.http.request(method, f"/api/wall/{lesson['id']}/{path}", json=body)
            assert (path, answer.status_code) == (path, 404)
    own = await room.student.begin_lesson(town.here.tutor_id)
    assert (await room.student.http.post(f"/api/wall/{own['id']}/presence")).status_code == 403


async def test_staff_hear_that_the_wall_changed(town: Town) -> None:
    room = await make_room(town)
    async with listening(room.teacher) as page:
        assert await page.next("alerts") == {"notice": 0, "urgent": 0}
        assert await page.next("wall") == {}
        await live_lesson(room)
        assert await page.next("wall") == {}


async def test_the_stream_ends_when_its_time_or_its_sign_in_is_over(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.01)
    room = await make_room(town)
    brief = await room.student.http.get("/api/news?seconds=0")
    assert brief.text == "retry: 2000\n\n"
    async with room.student.http.stream("GET", "/api/news?seconds=60") as response:
        lines = response.aiter_lines()
        async for line in lines:
            if line == ": here":
                break
        other = town.visitor()
        other.http.cookies.update(room.student.http.cookies)
        await other.http.post("/api/auth/sign-out")
        async for _ in lines:
            pass
    assert (await town.visitor().http.get("/api/news")).status_code == 401
    assert (await room.teacher.http.get("/api/news?seconds=601")).status_code == 422
