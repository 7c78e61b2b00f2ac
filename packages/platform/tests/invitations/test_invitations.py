"""Links by which people come: one use, some days, the role they were made for."""

import asyncio
from typing import Any

import pytest
from packages.platform.tests.town import Town, Visitor
from sqlalchemy import text

from tutor_platform.accounts.joining import Joining
from tutor_platform.accounts.service import Accounts
from tutor_platform.invitations import service
from tutor_platform.invitations.schemas import InvitationAcceptance
from tutor_platform.kit.clock import utc_now
from tutor_platform.kit.errors import Gone

WHO = {"name": "Robin Wood", "username": "Robin", "password": "blue-kettle-42", "language": "zh"}


@pytest.fixture
async def admin(town: Town) -> Visitor:
    return await town.signed_in("admin@here")


async def invited(admin: Visitor, **body: Any) -> dict[str, Any]:
    response = await admin.http.post("/api/invitations", json=body)
    assert response.status_code == 201, response.text
    return response.json()


async def accept(visitor: Visitor, token: str, **change: str) -> Any:
    return await visitor.http.post("/api/auth/invitation/accept", json=WHO | {"token": token} | change)


def code_of(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


async def test_an_invitation_makes_an_account_and_signs_it_in(town: Town, admin: Visitor) -> None:
    made = await invited(admin, role="teacher", label="Ms Rivera")
    visitor = town.visitor()
    welcome = await visitor.http.post("/api/auth/invitation", json={"token": made["token"]})
    assert welcome.json() == {"school": "here", "role": "teacher"}
    answer = await accept(visitor, made["token"])
    assert answer.status_code == 201
    person = (await visitor.http.get("/api/auth/me")).json()["person"]
    assert (person["username"], person["role"], person["tenant"]["id"]) == ("robin", "teacher", town.here.id)
    (listed,) = (await admin.http.get("/api/invitations")).json()["invitations"]
    assert (listed["standing"], listed["label"]) == ("used", "Ms Rivera")
    assert made["token"] not in (await admin.http.get("/api/invitations")).text
    assert code_of(await accept(town.visitor(), made["token"], username="other")) == (410, "invitation_gone")
    assert code_of(await admin.http.post(f"/api/invitations/{listed['id']}/renew")) == (409, "conflict")


async def test_of_many_who_click_at_once_one_comes_in(town: Town, admin: Visitor) -> None:
    made = await invited(admin)
    answers = await asyncio.gather(
        *(accept(town.visitor(), made["token"], username=f"robin{number}") for number in range(5))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 410, 410, 410, 410]


async def test_a_refused_name_or_password_leaves_the_invitation_open(town: Town, admin: Visitor) -> None:
    token = (await invited(admin))["token"]
    visitor = town.visitor()
    for change, refusal in (
        ({"username": "student@here"}, (409, "username_taken")),
        ({"password": "short"}, (422, "password_short")),
        ({"password": "password2026"}, (422, "password_common")),
        ({"password": "robin-wood-1"}, (422, "password_personal")),
        ({"username": "no spaces please"}, (422, "bad_request")),
    ):
        assert code_of(await accept(visitor, token, **change)) == refusal
    assert (await accept(visitor, token)).status_code == 201


async def test_withdrawn_renewed_and_old_links_are_over(town: Town, admin: Visitor) -> None:
    first = await invited(admin)
    address = f"/api/invitations/{first['invitation']['id']}"
    second = (await admin.http.post(f"{address}/renew")).json()
    assert code_of(await accept(town.visitor(), first["token"])) == (410, "invitation_gone")
    for _ in range(2):
        assert (await admin.http.delete(address)).status_code == 204
    assert code_of(await accept(town.visitor(), second["token"])) == (410, "invitation_gone")
    third = await invited(admin)
    async with town.database.writing() as db:
        await db.execute(text("UPDATE invitations SET expires_at = '2026-01-01 00:00:00+00:00'"))
    assert code_of(await accept(town.visitor(), third["token"])) == (410, "invitation_gone")
    address = f"/api/invitations/{third['invitation']['id']}"
    renewed = (await admin.http.post(f"{address}/renew")).json()
    assert renewed["invitation"]["standing"] == "open"


@pytest.mark.parametrize("token", ["A" * 32, "a" * 20, "../../etc/passwd/aaaaaaa", "", "x" * 500])
async def test_made_up_tokens_say_no_more_than_old_ones(edge_town: Town, token: str) -> None:
    status = (await edge_town.visitor().http.post("/api/auth/invitation", json={"token": token})).status_code
    assert status in (410, 422)


async def test_tokens_are_stored_as_hashes_and_cannot_be_guessed_fast(town: Town, admin: Visitor) -> None:
    made = await invited(admin)
    async with town.database.reading() as db:
        assert made["token"] not in repr((await db.execute(text("SELECT * FROM invitations"))).all())
    visitor = town.visitor()
    answers = [
        (await visitor.http.post("/api/auth/invitation", json={"token": "A" * 32})).status_code
        for _ in range(35)
    ]
    assert answers[0] == 410
    assert 429 in answers[-5:]


async def test_a_class_hears_of_who_came_for_it(town: Town) -> None:
    heard: list[tuple[str, str]] = []
    joins = Joining()

    async def tell(_: Any, person: Any, class_id: str) -> None:
        heard.append((person.username, class_id))

    joins.on_joined.append(tell)
    async with town.database.writing() as db:
        made = await service.issue(db, None, town.here.id, "student", utc_now(), label="", class_id="01class")
    accounts = Accounts(town.database, utc_now, sign_in_days=1)
    wanted = InvitationAcceptance.model_validate(WHO | {"token": made.token})
    person, _ = await service.accept(town.database, accounts, joins, wanted, "")
    assert heard == [("robin", "01class")]
    assert person.role == "student"
    with pytest.raises(Gone):
        await service.accept(town.database, accounts, joins, wanted, "")
