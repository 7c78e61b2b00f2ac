"""Signing in and out: cookies, lock-out, languages, what is stored."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from packages.platform.tests.town import MORNING, PASSWORD, Town, build_school
from sqlalchemy import text

from tutor_platform.accounts import passwords
from tutor_platform.accounts.service import FREE_FAILURES, LONGEST_LOCK_S, Accounts, lock_s, token_hash
from tutor_platform.kit.db import Database
from tutor_platform.kit.errors import BadCredentials, TooManyAttempts, Unauthorized
from tutor_platform.kit.storage import LocalStorage

REAL_HASHER = passwords.hasher


class Watch:
    """A clock that stands still."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
async def accounts(database: Database, watch: Watch, tmp_path: Path) -> Accounts:
    await build_school(database, LocalStorage(tmp_path), "here", "ada")
    return Accounts(database, watch, sign_in_days=14)


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(town: Town) -> None:
    visitor = town.visitor()
    response = await visitor.sign_in("student@here")
    cookie = response.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie
    assert "secure" not in cookie
    person = response.json()["person"]
    assert person == (await visitor.http.get("/api/auth/me")).json()["person"]
    assert person["role"] == "student"
    assert person["tenant"] == {"id": town.here.id, "name": "here"}
    assert PASSWORD not in response.text
    assert "hash" not in response.text


async def test_signing_out_ends_the_sign_in_on_the_server(town: Town) -> None:
    visitor = await town.signed_in("student@here")
    token = visitor.token
    assert (await visitor.http.post("/api/auth/sign-out")).status_code == 204
    visitor.http.cookies.set("tutor_session", token)
    assert (await visitor.http.get("/api/auth/me")).status_code == 401


async def test_a_wrong_password_says_no_more_than_a_wrong_name(town: Town) -> None:
    visitor = town.visitor()
    wrong = await visitor.sign_in("student@here", "no")
    unknown = await visitor.sign_in("nobody", "no")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json()["error"]["code"] == unknown.json()["error"]["code"] == "bad_credentials"


async def test_errors_speak_the_readers_language(town: Town) -> None:
    visitor = town.visitor()
    visitor.http.headers["accept-language"] = "zh-CN,zh;q=0.9,en;q=0.5"
    assert (await visitor.sign_in("x", "y")).json()["error"]["message"] == "用户名或密码不正确。"
    await visitor.sign_in("student@here")
    # The person's own choice weighs more than the browser's.
    assert (await visitor.http.get("/api/tutors/none")).json()["error"]["message"] == "That does not exist."
    changed = await visitor.http.patch("/api/auth/me", json={"language": "zh"})
    assert changed.json()["person"]["language"] == "zh"
    assert (await visitor.http.get("/api/tutors/none")).json()["error"]["message"] == "找不到该内容。"
    refused = await visitor.http.patch("/api/auth/me", json={"language": "fr"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "bad_request")


async def test_names_are_not_case_sensitive_and_tokens_are_stored_as_hashes(
    accounts: Accounts, database: Database
) -> None:
    person, token = await accounts.sign_in(" Student@HERE ", PASSWORD, "1.1.1.1")
    assert person.username == "student@here"
    async with database.reading() as db:
        rows = (await db.execute(text("SELECT * FROM sign_ins"))).all()
    assert token not in repr(rows)
    assert token_hash(token) in repr(rows)
    assert (await accounts.subject_of(token)).person_id == person.id


async def test_a_sign_in_ends_by_itself(accounts: Accounts, watch: Watch) -> None:
    _, token = await accounts.sign_in("student@here", PASSWORD, "1.1.1.1")
    watch.forward(14 * 86_400 + 1)
    with pytest.raises(Unauthorized):
        await accounts.subject_of(token)
    await accounts.purge()


@pytest.mark.parametrize("name", ["student@here", "nobody"])
async def test_failures_in_a_row_lock_the_name_whether_it_exists_or_not(
    accounts: Accounts, watch: Watch, name: str
) -> None:
    for _ in range(FREE_FAILURES):
        with pytest.raises(BadCredentials):
            await accounts.sign_in(name, "wrong", "1.1.1.1")
    with pytest.raises(TooManyAttempts) as refusal:
        await accounts.sign_in(name, PASSWORD, "2.2.2.2")
    assert refusal.value.retry_after_s == 30
    watch.forward(31)
    with pytest.raises(BadCredentials):
        await accounts.sign_in(name, "wrong", "1.1.1.1")
    watch.forward(31)
    with pytest.raises(TooManyAttempts):
        await accounts.sign_in(name, PASSWORD, "1.1.1.1")


async def test_a_success_forgets_the_failures(accounts: Accounts) -> None:
    for _ in range(3):
        for _ in range(FREE_FAILURES - 1):
            with pytest.raises(BadCredentials):
                await accounts.sign_in("student@here", "wrong", "1.1.1.1")
        await accounts.sign_in("student@here", PASSWORD, "1.1.1.1")


async def test_one_address_may_not_try_many_names(accounts: Accounts, watch: Watch) -> None:
    async def attempt(number: int) -> None:
        with pytest.raises(BadCredentials):
            await accounts.sign_in(f"nobody{number}", "wrong", "1.1.1.1")

    for number in range(30):
        await attempt(number)
    with pytest.raises(TooManyAttempts):
        await accounts.sign_in("nobody", "wrong", "1.1.1.1")
    watch.forward(2)
    await attempt(31)


def test_locks_double_up_to_a_quarter_of_an_hour() -> None:
    assert [lock_s(failures) for failures in range(3, 9)] == [0, 0, 30, 60, 120, 240]
    assert lock_s(1_000) == LONGEST_LOCK_S


async def test_passwords_are_argon2id_at_full_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "hasher", REAL_HASHER)
    stored = await passwords.hash_password("a long one")
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert await passwords.matches("a long one", stored)
    assert not await passwords.matches("another", stored)
    assert not await passwords.matches("a long one", None)


def test_readable_passwords_differ_and_can_be_read_out() -> None:
    made = {passwords.readable_password() for _ in range(200)}
    assert len(made) == 200
    assert all(len(word) == 17 and word.replace("-", "").isalnum() for word in made)
