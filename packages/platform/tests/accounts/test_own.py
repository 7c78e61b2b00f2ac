"""What people do with their own account: password, devices, name; and cookies that are not what they seem."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from packages.platform.tests.town import PASSWORD, Town, Visitor
from sqlalchemy import text

from tutor_platform.accounts.devices import device_name
from tutor_platform.accounts.service import MAX_SIGN_INS, Accounts, token_hash
from tutor_platform.accounts.strength import check_password
from tutor_platform.kit.clock import utc_now
from tutor_platform.kit.errors import AccountRefused
from tutor_protocol import CloseCode

NEXT = "blue-kettle-42"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
async def student(town: Town) -> Visitor:
    return await town.signed_in("student@here")


async def devices(visitor: Visitor) -> list[dict[str, Any]]:
    return (await visitor.http.get("/api/auth/devices")).json()["devices"]


def code_of(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


async def test_a_new_password_signs_the_others_out_and_leaves_this_browser_in(
    town: Town, student: Visitor
) -> None:
    other = await town.signed_in("student@here")
    async with other.socket() as wire, student.socket() as own:
        change = {"present": PASSWORD, "password": NEXT}
        assert (await student.http.post("/api/auth/password", json=change)).status_code == 204
        assert await wire.closed() == CloseCode.BAD_TOKEN
        await own.say("ping")
        await own.until("pong")
    assert (await other.http.get("/api/auth/me")).status_code == 401
    assert (await student.http.get("/api/auth/me")).status_code == 200
    assert (await town.visitor().sign_in("student@here", PASSWORD)).status_code == 401
    assert (await town.visitor().sign_in("student@here", NEXT)).status_code == 200


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"present": "wrong", "password": NEXT}, (403, "password_wrong")),
        ({"password": NEXT}, (403, "password_wrong")),
        ({"present": PASSWORD, "password": "short"}, (422, "password_short")),
        ({"present": PASSWORD, "password": "password1234"}, (422, "password_common")),
        ({"present": PASSWORD, "password": "student@here"}, (422, "password_personal")),
        ({"present": PASSWORD, "password": "aaaaaaaaaaaa"}, (422, "password_simple")),
        ({"present": PASSWORD, "password": PASSWORD}, (422, "password_same")),
        ({"present": PASSWORD, "password": "x" * 257}, (422, "bad_request")),
    ],
)
async def test_passwords_that_will_not_do(
    edge_town: Town, change: dict[str, str], refusal: tuple[int, str]
) -> None:
    student = await edge_town.signed_in("student@here")
    assert code_of(await student.http.post("/api/auth/password", json=change)) == refusal
    assert (await edge_town.visitor().sign_in("student@here", PASSWORD)).status_code == 200


async def test_whoever_finds_an_open_browser_cannot_guess_the_password(edge_town: Town) -> None:
    student = await edge_town.signed_in("student@here")
    change = {"present": "wrong", "password": NEXT}
    answers = [await student.http.post("/api/auth/password", json=change) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [403] * 5 + [429] * 2
    assert answers[-1].headers["retry-after"] == "60"


async def test_devices_are_listed_and_signed_out_one_by_one(town: Town, student: Visitor) -> None:
    other = town.visitor()
    other.http.headers["user-agent"] = FIREFOX
    await other.sign_in("student@here")
    here, there = await devices(student)
    assert (here["here"], there["here"]) == (True, False)
    assert (there["name"], there["method"]) == ("Firefox · Linux", "password")
    async with other.socket() as wire:
        answers = await asyncio.gather(
            *(student.http.delete(f"/api/auth/devices/{there['id']}") for _ in range(3))
        )
        assert await wire.closed() == CloseCode.BAD_TOKEN
    assert {204} <= {answer.status_code for answer in answers} <= {204, 404}
    assert (await other.http.get("/api/auth/me")).status_code == 401
    assert [device["id"] for device in await devices(student)] == [here["id"]]


async def test_nobody_signs_out_devices_of_others(town: Town, student: Visitor) -> None:
    teacher = await town.signed_in("teacher@here")
    (mine,) = await devices(teacher)
    assert (await student.http.delete(f"/api/auth/devices/{mine['id']}")).status_code == 404
    assert (await teacher.http.get("/api/auth/me")).status_code == 200


async def test_signing_out_everywhere_hangs_up_everywhere(town: Town, student: Visitor) -> None:
    other = await town.signed_in("student@here")
    async with other.socket() as one, student.socket() as two:
        assert (await student.http.post("/api/auth/sign-out-everywhere")).status_code == 204
        assert {await one.closed(), await two.closed()} == {CloseCode.BAD_TOKEN}
    for visitor in (student, other):
        assert (await visitor.http.get("/api/auth/me")).status_code == 401


async def test_signing_in_again_ends_what_the_browser_had_before(town: Town, student: Visitor) -> None:
    before = student.token
    await student.sign_in("student@here")
    assert student.token != before
    assert len(await devices(student)) == 1


async def test_one_person_has_so_many_browsers(town: Town) -> None:
    accounts = Accounts(town.database, utc_now, sign_in_days=1)
    tokens = [
        (await accounts.sign_in("student@here", PASSWORD, f"1.1.1.{number}"))[1]
        for number in range(MAX_SIGN_INS + 3)
    ]
    async with town.database.reading() as db:
        left = set(await db.scalars(text("SELECT token_hash FROM sign_ins")))
    assert left == {token_hash(token) for token in tokens[-MAX_SIGN_INS:]}


async def test_last_seen_is_kept_to_within_minutes_and_survives_a_clock_that_goes_back(town: Town) -> None:
    now = utc_now()
    accounts = Accounts(town.database, lambda: now, sign_in_days=1)
    _, token = await accounts.sign_in("student@here", PASSWORD, "1.1.1.1")

    async def seen() -> Any:
        async with town.database.reading() as db:
            return await db.scalar(text("SELECT last_seen_at FROM sign_ins"))

    first = await seen()
    for step in (timedelta(minutes=1), timedelta(hours=-2), timedelta(hours=2)):
        now += step
        await accounts.subject_of(token)
    assert await seen() == first
    now += timedelta(minutes=10)
    await accounts.subject_of(token)
    assert await seen() != first


@pytest.mark.parametrize(
    "cookie", ["", "x", "x" * 5_000, "Bearer abc", "' OR 1=1 --", "%00", '{"alg":"none"}', "a.b.c", "\u00e9"]
)
async def test_made_up_cookies_are_nobody(edge_town: Town, cookie: str) -> None:
    visitor = edge_town.visitor()
    raw = f"tutor_session={cookie}".encode()
    response = await visitor.http.get("/api/auth/me", headers=[(b"cookie", raw)])
    assert code_of(response) == (401, "unauthorized")


async def test_a_stored_hash_is_no_cookie(edge_town: Town) -> None:
    student = await edge_town.signed_in("student@here")
    thief = edge_town.visitor()
    thief.http.cookies.set("tutor_session", token_hash(student.token))
    assert (await thief.http.get("/api/auth/me")).status_code == 401


async def test_a_name_is_changed_and_hostile_ones_stay_text(town: Town, student: Visitor) -> None:
    for name in ("小雨", "<script>alert(1)</script>", "O'Neil; DROP TABLE people"):
        answer = await student.http.patch("/api/auth/me", json={"name": name})
        assert answer.json()["person"]["name"] == name
        assert answer.headers["content-type"] == "application/json"
    for name in ("", "   ", "a\x00b", "a\nb", "x" * 201):
        assert (await student.http.patch("/api/auth/me", json={"name": name})).status_code == 422
    assert (await student.http.patch("/api/auth/me", json={})).status_code == 200


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox · Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/150.0 Safari/537.36 Edg/150.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 20_0 like Mac OS X) Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/150.0 MicroMessenger/8.0", "WeChat · Android"),
        ("Mozilla/5.0 (X11; CrOS x86_64) Chrome/150.0 Safari/537.36", "Chrome · ChromeOS"),
        ("python-httpx/1.0", ""), ("", ""), ("x" * 100_000, ""), ("<script>", ""),
    ],
)  # fmt: skip
def test_browsers_are_named_by_what_they_say(agent: str, name: str) -> None:
    assert device_name(agent) == name


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("correct horse", None), ("blue-kettle-42", None), ("我喜欢在夜里看星星", "password_short"),
        ("我喜欢在夜里看星星和月亮", None), ("mapule-sitaro-11", None), ("P@ssw0rd2026!", "password_common"),
        ("iloveyou5201314", "password_common"), ("woaini1314520", "password_common"),
        ("qwertyuiop[]", "password_simple"), ("abcabcabcabc", "password_simple"),
        ("1234567890ab", "password_simple"), ("0987654321", "password_simple"),
        ("robinwood!", "password_personal"), ("xRobin1234", "password_personal"), ("", "password_short"),
    ],
)  # fmt: skip
def test_passwords_are_judged_by_how_they_would_be_guessed(password: str, problem: str | None) -> None:
    found = None
    try:
        check_password(password, "robin", "Robin Wood")
    except AccountRefused as refusal:
        found = refusal.code
    assert found == problem
