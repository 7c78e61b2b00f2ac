"""Signing in through another organisation, against a real provider that lies in every way there is."""

import asyncio
import time
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from joserfc.jwk import RSAKey
from packages.platform.tests.conftest import ON_SQLITE, Site
from packages.platform.tests.sso.identity_provider import (
    CLIENT_ID,
    SECRET,
    Claims,
    IdentityProvider,
    ec_key,
    identity_provider,
    query_of,
    rsa_key,
    signed_with_secret,
    unsigned,
)
from packages.platform.tests.town import Town, Visitor, open_town
from sqlalchemy import text

from tutor_platform.sso import provider as provider_module


@pytest.fixture
async def idp() -> AsyncGenerator[IdentityProvider]:
    async with identity_provider() as running:
        yield running


@pytest.fixture
async def sso_town(site: Site) -> AsyncGenerator[Town]:
    allowed = {"platform_private_providers": True}
    async with open_town(site.database_url, site.folder, site.schools, **allowed) as opened:
        yield opened


@pytest.fixture
async def admin(sso_town: Town) -> Visitor:
    return await sso_town.signed_in("admin@here")


async def configured(admin: Visitor, idp: IdentityProvider, **settings: Any) -> str:
    body = {"name": "School account", "issuer": idp.url, "client_id": CLIENT_ID, "client_secret": SECRET}
    response = await admin.http.post("/api/sso/providers", json=body | settings)
    assert response.status_code == 201, response.text
    return response.json()["id"]


async def travel(visitor: Visitor, provider_id: str) -> dict[str, str]:
    """To the provider and back with what it says, which is not yet shown to the platform."""
    started = await visitor.http.post(f"/api/auth/sso/{provider_id}/start")
    assert started.status_code == 200, started.text
    back = await visitor.http.get(started.json()["url"])
    assert back.status_code == 302, back.text
    return query_of(back.headers["location"])


async def arrive(visitor: Visitor, back: dict[str, str]) -> tuple[int, dict[str, Any]]:
    response = await visitor.http.post("/api/auth/sso/finish", json=back)
    return response.status_code, response.json()


async def sign_in(visitor: Visitor, provider_id: str) -> tuple[int, dict[str, Any]]:
    return await arrive(visitor, await travel(visitor, provider_id))


async def test_somebody_new_gets_an_account_and_keeps_it(
    sso_town: Town, admin: Visitor, idp: IdentityProvider
) -> None:
    provider_id = await configured(admin, idp)
    offered = (await sso_town.visitor().http.get("/api/auth/providers")).json()
    assert offered == {"providers": [{"id": provider_id, "name": "School account", "school": "here"}]}
    visitor = sso_town.visitor()
    status, body = await sign_in(visitor, provider_id)
    assert status == 200, body
    person = body["person"]
    assert (person["name"], person["username"], person["role"]) == (
        "Ada Byron",
        "ada@school.example",
        "student",
    )
    assert person["has_password"] is False
    assert person["tenant"]["id"] == sso_town.here.id
    assert (await visitor.http.get("/api/auth/me")).json()["person"] == person
    idp.who["email"], idp.who["name"] = "changed@school.example", "Other"
    again = await sign_in(sso_town.visitor(), provider_id)
    assert again[1]["person"]["id"] == person["id"]


async def test_a_verified_address_finds_the_account_that_is_there(
    sso_town: Town, admin: Visitor, idp: IdentityProvider
) -> None:
    provider_id = await configured(admin, idp)
    teacher = sso_town.here.people["teacher"]
    changed = await admin.http.patch(f"/api/people/{teacher}", json={"email": "ADA@school.example"})
    assert changed.json()["email"] == "ada@school.example"
    idp.who["email_verified"] = False
    status, body = await sign_in(sso_town.visitor(), provider_id)
    assert body["person"]["id"] != teacher
    idp.who |= {"sub": "u-2", "email_verified": True}
    status, body = await sign_in(sso_town.visitor(), provider_id)
    assert (status, body["person"]["id"], body["person"]["role"]) == (200, teacher, "teacher")


async def test_who_is_unknown_or_comes_from_elsewhere_stays_outside(
    sso_town: Town, admin: Visitor, idp: IdentityProvider
) -> None:
    provider_id = await configured(admin, idp, makes_accounts=False)
    status, body = await sign_in(sso_town.visitor(), provider_id)
    assert (status, body["error"]["code"]) == (403, "provider_stranger")
    change = {"makes_accounts": True, "domains": ["Staff.Example"]}
    assert (await admin.http.patch(f"/api/sso/providers/{provider_id}", json=change)).status_code == 200
    for claims in (
        {},
        {"email": "a@staff.example", "email_verified": False},
        {"email": "a@evil-staff.example"},
    ):
        idp.who |= claims
        status, body = await sign_in(sso_town.visitor(), provider_id)
        assert (status, body["error"]["code"]) == (403, "provider_stranger")
    idp.who |= {"email": "a@staff.example", "email_verified": True}
    assert (await sign_in(sso_town.visitor(), provider_id))[0] == 200


async def test_a_switched_off_account_stays_off(
    sso_town: Town, admin: Visitor, idp: IdentityProvider
) -> None:
    provider_id = await configured(admin, idp)
    _, body = await sign_in(sso_town.visitor(), provider_id)
    person_id = body["person"]["id"]
    await admin.http.patch(f"/api/people/{person_id}", json={"disabled": True})
    status, body = await sign_in(sso_town.visitor(), provider_id)
    assert (status, body["error"]["code"]) == (403, "account_disabled")


NOW = int(time.time())
LIES: dict[str, Claims] = {
    "wrong nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "wrong audience": {"aud": "somebody else"},
    "an audience among others without saying who": {"aud": [CLIENT_ID, "other"], "azp": "other"},
    "wrong issuer": {"iss": "https://evil.example"},
    "expired": {"exp": NOW - 3_600, "iat": NOW - 4_000},
    "from the future": {"iat": NOW + 86_400, "nbf": NOW + 86_400},
    "no subject": {"sub": None},
    "an endless subject": {"sub": "s" * 300},
    "no end": {"exp": None},
    "an end in words": {"exp": "soon"},
    "the hash of another access token": {"at_hash": "AAAA"},
}


@ON_SQLITE
@pytest.mark.parametrize("lie", LIES)
async def test_a_token_that_is_not_right_signs_nobody_in(
    sso_town: Town, admin: Visitor, idp: IdentityProvider, lie: str
) -> None:
    provider_id = await configured(admin, idp)

    def tell(claims: Claims) -> Claims:
        return {name: value for name, value in (claims | LIES[lie]).items() if value is not None}

    idp.lie = tell
    visitor = sso_town.visitor()
    status, body = await sign_in(visitor, provider_id)
    assert (status, body["error"]["code"]) == (403, "provider_refused"), lie
    assert (await visitor.http.get("/api/auth/me")).status_code == 401


@ON_SQLITE
@pytest.mark.parametrize(
    "forged", ["none", "public key as secret", "client secret", "another key", "no token"]
)
async def test_a_signature_that_is_not_the_providers_signs_nobody_in(
    sso_town: Town, admin: Visitor, idp: IdentityProvider, forged: str
) -> None:
    provider_id = await configured(admin, idp)
    stranger = rsa_key("k1")
    assert isinstance(idp.key, RSAKey)
    public = idp.key.as_pem(private=False).decode()

    def forge(claims: Claims) -> str:
        match forged:
            case "none":
                return unsigned(claims)
            case "public key as secret":
                return signed_with_secret(claims, public.replace("BEGIN", "begin"))
            case "client secret":
                return signed_with_secret(claims, SECRET)
            case "another key":
                return IdentityProvider(idp.url, stranger, "RS256").sign(claims)
            case _:
                return ""

    idp.lie = forge
    status, body = await sign_in(sso_town.visitor(), provider_id)
    assert (status, body["error"]["code"]) == (403, "provider_refused"), forged


async def test_new_keys_are_found_without_asking_all_the_time(
    sso_town: Town, admin: Visitor, idp: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider_id = await configured(admin, idp)
    assert (await sign_in(sso_town.visitor(), provider_id))[0] == 200
    idp.rotate(ec_key("k2"), "ES256")
    status, _ = await sign_in(sso_town.visitor(), provider_id)
    assert (status, idp.asked_for_keys) == (403, 1), "asked again too soon"
    monkeypatch.setattr(provider_module, "NEW_KEYS_AFTER_S", 0.0)
    assert (await sign_in(sso_town.visitor(), provider_id))[0] == 200
    assert idp.asked_for_keys == 2
    assert (await sign_in(sso_town.visitor(), provider_id))[0] == 200
    assert idp.asked_for_keys == 2


async def test_a_trip_works_once_in_the_browser_that_began_it(
    sso_town: Town, admin: Visitor, idp: IdentityProvider
) -> None:
    provider_id = await configured(admin, idp)
    visitor = sso_town.visitor()
    back = await travel(visitor, provider_id)
    first, second = await asyncio.gather(arrive(visitor, back), arrive(visitor, back))
    assert sorted([first[0], second[0]]) == [200, 409]
    assert (await arrive(visitor, back))[1]["error"]["code"] == "sign_in_over"
    stolen = await travel(visitor, provider_id)
    for thief in (sso_town.visitor(), sso_town.visitor()):
        await travel(thief, provider_id)
        assert (await arrive(thief, stolen))[1]["error"]["code"] == "sign_in_over"
    for wrong in ({"state": "x" * 43}, {"code": "made-up"}, {"iss": "https://evil.example"}):
        status, body = await arrive(visitor, await travel(visitor, provider_id) | wrong)
        assert status in (403, 409, 502), body
        assert body["error"]["code"] in ("sign_in_over", "provider_refused", "provider_unreachable")
    assert (await arrive(visitor, {"code": "c"}))[0] == 422


async def test_two_tabs_travel_at_once(sso_town: Town, admin: Visitor, idp: IdentityProvider) -> None:
    provider_id = await configured(admin, idp)
    visitor = sso_town.visitor()
    one, two = await travel(visitor, provider_id), await travel(visitor, provider_id)
    assert (await arrive(visitor, one))[0] == (await arrive(visitor, two))[0] == 200


async def test_a_trip_ends_after_some_minutes(sso_town: Town, admin: Visitor, idp: IdentityProvider) -> None:
    provider_id = await configured(admin, idp)
    visitor = sso_town.visitor()
    back = await travel(visitor, provider_id)
    async with sso_town.database.writing() as db:
        await db.execute(text("UPDATE sign_in_attempts SET expires_at = '2026-01-01 00:00:00+00:00'"))
    assert (await arrive(visitor, back))[1]["error"]["code"] == "sign_in_over"


async def test_the_secret_never_comes_back_and_is_not_stored_as_it_is(
    sso_town: Town, admin: Visitor, idp: IdentityProvider
) -> None:
    provider_id = await configured(admin, idp, listed=False)
    listed = await admin.http.get("/api/sso/providers")
    assert SECRET not in listed.text
    (shown,) = listed.json()["providers"]
    assert shown["has_secret"] is True
    assert listed.json()["redirect_uri"] == f"{sso_town.base}/sign-in/callback"
    async with sso_town.database.reading() as db:
        rows = repr((await db.execute(text("SELECT * FROM sign_in_providers"))).all())
    assert SECRET not in rows
    assert (sso_town.settings.tutor_data_dir / "secret.key").stat().st_mode & 0o077 == 0
    changed = await admin.http.patch(f"/api/sso/providers/{provider_id}", json={"name": "Ours"})
    assert (changed.json()["name"], changed.json()["has_secret"]) == ("Ours", True)
    assert (await sign_in(sso_town.visitor(), provider_id))[0] == 200
    assert (await sso_town.visitor().http.get("/api/auth/providers")).json() == {"providers": []}
    assert (await admin.http.delete(f"/api/sso/providers/{provider_id}")).status_code == 204
    assert (await sso_town.visitor().http.post(f"/api/auth/sso/{provider_id}/start")).status_code == 404


async def test_an_address_may_come_from_userinfo_of_the_same_person(
    sso_town: Town, admin: Visitor, idp: IdentityProvider
) -> None:
    provider_id = await configured(admin, idp)
    idp.userinfo = dict(idp.who)
    idp.who = {"sub": "u-1"}
    status, body = await sign_in(sso_town.visitor(), provider_id)
    assert (status, body["person"]["username"]) == (200, "ada@school.example")
    idp.userinfo["sub"] = "u-9"
    status, body = await sign_in(sso_town.visitor(), provider_id)
    assert (status, body["error"]["code"]) == (403, "provider_refused")


async def test_a_provider_that_is_not_what_it_says_is_told_to_the_administrator(
    sso_town: Town, admin: Visitor, idp: IdentityProvider
) -> None:
    provider_id = await configured(admin, idp)
    address = f"/api/sso/providers/{provider_id}/check"
    assert (await admin.http.post(address)).json() == {"works": True, "detail": ""}
    for document, detail in (
        ({"issuer": "https://evil.example"}, "another issuer"),
        ({"jwks_uri": "file:///etc/passwd"}, "not an HTTPS address"),
        ({"token_endpoint": 7}, "not an HTTPS address"),
        ({"padding": "x" * 300_000}, "answer too large"),
    ):
        idp.document = document
        assert (await admin.http.post(address)).json() == {"works": False, "detail": detail}
    idp.redirects_to = f"{idp.url}/keys"
    assert (await admin.http.post(address)).json() == {"works": False, "detail": "status 307"}
