"""The edge: origins, sizes, headers, errors, and the web app's files."""

import logging
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import structlog
from packages.platform.tests.conftest import OpenTown
from packages.platform.tests.town import Town
from sqlalchemy import text

from tutor_platform.kit.log import guard_servers


def build_web_app(folder: Path) -> None:
    (folder / "dist" / "assets").mkdir(parents=True)
    (folder / "dist" / "index.html").write_text("<!doctype html><title>Tutor</title>")
    (folder / "dist" / "assets" / "app-1a2b.js").write_text("0;" * 2_000)
    (folder / "dist" / "favicon.svg").write_text("<svg/>")
    (folder / "dist" / ".env").write_text("SECRET")
    (folder / "secret.txt").write_text("SECRET")


async def test_pages_and_files_of_the_web_app(edge_town: Town, tmp_path: Path) -> None:
    visitor = edge_town.visitor()
    assert (await visitor.http.get("/")).status_code == 503
    build_web_app(tmp_path)
    for path in ("/", "/lessons/01m7", "/sign-in"):
        page = await visitor.http.get(path)
        assert (page.status_code, page.headers["cache-control"]) == (200, "no-cache")
        assert page.headers["content-type"].startswith("text/html")
    script = await visitor.http.get("/assets/app-1a2b.js")
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["content-encoding"] == "gzip"
    assert (await visitor.http.get("/favicon.svg")).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    ["/.env", "/assets/missing.js", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/..%2f..%2fsecret.txt",
     "/api", "/api/none", "/%00", "/assets/.hidden"],
)  # fmt: skip
async def test_nothing_else_is_served(edge_town: Town, tmp_path: Path, path: str) -> None:
    build_web_app(tmp_path)
    response = await edge_town.visitor().http.get(path)
    assert response.status_code == 404 or "Tutor" in response.text
    assert "SECRET" not in response.text
    if path.startswith("/api"):
        assert response.json()["error"]["code"] == "not_found"


async def test_links_out_of_the_folder_are_not_followed(edge_town: Town, tmp_path: Path) -> None:
    build_web_app(tmp_path)
    (tmp_path / "dist" / "link.txt").symlink_to(tmp_path / "secret.txt")
    assert (await edge_town.visitor().http.get("/link.txt")).status_code == 404


async def test_every_answer_carries_the_security_headers(edge_town: Town) -> None:
    for path in ("/", "/api/status", "/api/auth/me", "/none.js"):
        headers = (await edge_town.visitor().http.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert "microphone=(self)" in headers["permissions-policy"]
        assert headers["x-request-id"]
        assert "server" not in headers or headers["server"] == "uvicorn"


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"origin": "http://127.0.0.1:%p"}, True),
        ({"origin": "http://localhost:3000"}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"origin": "http://127.0.0.1:1"}, False),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": ""}, False),
        ({"origin": "http://127.0.0.1:%p.evil.example"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
    ],
)
async def test_only_our_pages_may_change_things(
    town_with: OpenTown, headers: dict[str, str], allowed: bool
) -> None:
    town = await town_with(platform_origins="http://localhost:3000")
    student = await town.signed_in("student@here")
    port = town.base.rpartition(":")[2]
    sent = {name: value.replace("%p", port) for name, value in headers.items()}
    response = await student.http.patch("/api/auth/me", json={"language": "zh"}, headers=sent)
    assert response.status_code == (200 if allowed else 403)
    assert (await student.http.get("/api/auth/me", headers=sent)).status_code == 200


async def test_bodies_have_a_limit(town_with: OpenTown) -> None:
    town = await town_with(max_body_bytes=2_000)
    visitor = town.visitor()
    response = await visitor.http.post("/api/auth/sign-in", content=b"x" * 3_000)
    assert response.status_code == 422

    async def chunks() -> AsyncGenerator[bytes]:
        for _ in range(4):
            yield b"y" * 1_000

    undeclared = await visitor.http.post("/api/auth/sign-in", content=chunks())
    assert (undeclared.status_code, undeclared.json()["error"]["code"]) == (400, "bad_request")


async def test_an_unexpected_error_is_logged_once_with_the_id_the_person_sees(edge_town: Town) -> None:
    student = await edge_town.signed_in("student@here")
    async with edge_town.database.writing() as db:
        await db.execute(text("DROP TABLE turns"))
    with structlog.testing.capture_logs() as logs:
        response = await student.http.get("/api/lessons")
    (logged,) = [entry for entry in logs if entry["event"] == "request_failed"]
    assert (response.status_code, response.json()["error"]["code"]) == (500, "internal")
    assert logged["id"] == response.json()["error"]["id"] == response.headers["x-request-id"]
    assert "turns" not in response.text


async def test_methods_that_are_not_there(edge_town: Town) -> None:
    student = await edge_town.signed_in("student@here")
    response = await student.http.delete("/api/tutors")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")
    assert (await student.http.post("/anything", json={})).status_code == 404


async def test_status_tells_engines_to_signed_in_people_only(edge_town: Town) -> None:
    anonymous = (await edge_town.visitor().http.get("/api/status")).json()
    assert (anonymous["engine_reachable"], anonymous["engine"]) == (True, None)
    student = await edge_town.signed_in("student@here")
    assert (await student.http.get("/api/status")).json()["engine"]["version"] == "9"
    assert (await student.http.get("/api/webrtc/config")).json()["iceServers"][0]["credential"] == "c"
    await edge_town.engine.stop()
    assert (await student.http.get("/api/status")).json()["engine_reachable"] is False
    assert (await student.http.get("/api/webrtc/config")).status_code == 503


async def test_a_connection_is_tried_without_a_lesson(edge_town: Town) -> None:
    student = await edge_town.signed_in("student@here")
    answer = await student.http.post("/api/webrtc/check", json={"sdp": "v=0"})
    assert answer.json() == {"sdp": "answer to v=0", "lasts_s": 15.0}
    assert edge_town.engine.sessions == {}
    too_large = await student.http.post("/api/webrtc/check", json={"sdp": "v" * 40_000})
    assert too_large.status_code == 422


async def test_the_doctor_speaks_to_administrators_only(edge_town: Town) -> None:
    for person in ("student@here", "teacher@here"):
        refused = await (await edge_town.signed_in(person)).http.get("/api/doctor")
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "forbidden")
    admin = await edge_town.signed_in("admin@here")
    report = (await admin.http.get("/api/doctor")).json()
    assert report["status"] == "warning"
    assert report["findings"][0] == {
        "check": "disk", "status": "warning", "seen": "1 GB left", "why": "w", "mend": "m",
    }  # fmt: skip
    chinese = (await admin.http.get("/api/doctor?language=zh")).json()
    assert chinese["findings"][0]["seen"] == "剩余 1 GB"
    assert (await admin.http.get("/api/doctor?language=fr")).status_code == 422
    await admin.http.patch("/api/auth/me", json={"language": "zh"})
    own = (await admin.http.get("/api/doctor")).json()
    assert own["findings"][0]["seen"] == "剩余 1 GB"


async def test_no_token_is_ever_logged(edge_town: Town, caplog: pytest.LogCaptureFixture) -> None:
    guard_servers()
    caplog.set_level(logging.INFO, "uvicorn")
    student = await edge_town.signed_in("student@here")
    with structlog.testing.capture_logs() as own:
        path = f"{student.person_id}?token={student.token}"
        async with student.socket(path, additional_headers={}) as wire:
            await wire.say("ping")
            await wire.until("pong")
    servers = [record.getMessage() for record in caplog.records if record.name.startswith("uvicorn")]
    assert student.token not in repr(own)
    assert student.token not in repr(servers)
    assert any("token=***" in line for line in servers)
