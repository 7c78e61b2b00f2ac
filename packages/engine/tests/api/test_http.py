"""The HTTP interface of the contract: answers, refusals, keys."""

from pathlib import Path

import aiohttp
import pytest
from packages.engine.tests.api.conftest import Edge

from tutor_engine.api.access import is_loopback


async def test_a_session_lives_from_post_to_delete(edge: Edge) -> None:
    made = await edge.enrol()
    assert made["engine_url"] == "ws://engine:9001"
    assert made["status"] == "active"
    status, info = await edge.call("GET", f"/v1/sessions/{made['session_id']}")
    assert (status, info["tutor_id"], info["student_id"], info["connection"]) == (200, 1, 7, "none")
    _, every = await edge.call("GET", "/v1/sessions")
    assert [s["session_id"] for s in every["sessions"]] == [made["session_id"]]
    assert (await edge.call("DELETE", f"/v1/sessions/{made['session_id']}"))[0] == 204
    assert (await edge.call("GET", f"/v1/sessions/{made['session_id']}"))[0] == 404
    assert (await edge.call("DELETE", f"/v1/sessions/{made['session_id']}"))[0] == 404


async def test_a_full_house_says_when_to_come_again(edge: Edge) -> None:
    for user in range(3):
        await edge.enrol(user)
    async with edge.client.post(
        f"{edge.url}/v1/sessions",
        json={"tutor_id": 1, "student_id": 9},
        headers={"Authorization": "Bearer test-key"},
    ) as answer:
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) > 0
        error = (await answer.json())["error"]
    assert error["code"] == "no_seat"
    assert error["message"]
    assert error["id"]


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic x"}])
async def test_without_the_key_nothing_of_v1_answers(edge: Edge, header: dict[str, str]) -> None:
    for method, path in (
        ("GET", "/v1/sessions"),
        ("POST", "/v1/sessions"),
        ("GET", "/v1/avatars"),
        ("GET", "/v1/webrtc/config"),
        ("GET", "/api/webrtc/config"),
        ("GET", "/v1/doctor"),
        ("GET", "/v1/jobs/x"),
        ("POST", "/v1/knowledge-bases/k/search"),
    ):
        async with edge.client.request(method, f"{edge.url}{path}", headers=header, json={}) as answer:
            assert answer.status == 401, path
            assert (await answer.json())["error"]["code"] == "unauthorized"


class TestWithoutKey:
    """An engine without a key."""

    @pytest.fixture
    def key(self) -> str | None:
        return None

    async def test_loopback_is_served_and_a_proxy_is_not(self, edge: Edge) -> None:
        async with edge.client.get(f"{edge.url}/v1/sessions") as answer:
            assert answer.status == 200
        forwarded = {"X-Forwarded-For": "198.51.100.7"}
        async with edge.client.get(f"{edge.url}/v1/sessions", headers=forwarded) as answer:
            assert answer.status == 403


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("10.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("localhost.example", False),
        (None, False),
    ],
)
def test_which_addresses_are_of_this_machine(host: str | None, expected: bool) -> None:
    assert is_loopback(host) is expected


async def test_health_and_metrics_need_no_key(edge: Edge) -> None:
    await edge.enrol()
    async with edge.client.get(f"{edge.url}/health") as answer:
        health = await answer.json()
    assert health["status"] == "ok"
    assert health["sessions"] == {"active": 1, "max": 3}
    assert health["engines"]["llm"] == {"name": "scripted", "status": "ok", "detail": "for tests"}
    async with edge.client.get(f"{edge.url}/metrics") as answer:
        assert "tutor_sessions 1.0" in await answer.text()


async def test_turn_credentials_live_minutes(edge: Edge) -> None:
    for path in ("/v1/webrtc/config", "/api/webrtc/config"):
        status, config = await edge.call("GET", path)
        assert status == 200
        [server] = config["iceServers"]
        assert server["urls"] == ["turn:turn.example:3478"]
        assert server["username"].partition(":")[0].isdigit()
        assert server["credential"] != "s3cret"
        assert (config["public_ip"], config["port_min"], config["port_max"]) == ("203.0.113.10", 10110, 10115)


async def test_no_two_students_share_a_turn_user(edge: Edge) -> None:
    configs = [(await edge.call("GET", "/v1/webrtc/config"))[1] for _ in range(2)]
    users = {config["iceServers"][0]["username"].partition(":")[2] for config in configs}
    assert len(users) == 2


async def test_a_connection_is_tried_without_a_lesson(edge: Edge) -> None:
    status, answer = await edge.call("POST", "/v1/webrtc/check", json={"sdp": "v=0"})
    assert (status, answer["sdp"]) == (200, "v=0 answer")
    assert answer["lasts_s"] >= 5
    status, refused = await edge.call("POST", "/v1/webrtc/check", json={"sdp": "v=0"})
    assert (status, refused["error"]["code"]) == (503, "no_seat")
    await edge.engine.rehearsals.aclose()
    edge.scene.plane.refuse = "no Opus"
    status, refused = await edge.call("POST", "/v1/webrtc/check", json={"sdp": "v=0"})
    assert (status, refused["error"]["code"]) == (422, "bad_sdp")
    assert "no Opus" in refused["error"]["message"]


@pytest.mark.parametrize(
    ("query", "seen", "mend"),
    [
        ("", "the clock says noon; no other machine", "Compare with `date -u`"),
        ("?language=en", "the clock says noon; no other machine", "Compare with `date -u`"),
        ("?language=zh", "时钟显示 noon；没有其他机器", "与另一台机器上 `date -u`"),
    ],
)
async def test_the_doctor_is_asked_over_http(edge: Edge, query: str, seen: str, mend: str) -> None:
    status, report = await edge.call("GET", f"/v1/doctor{query}")
    assert (status, report["status"]) == (200, "note")
    (finding,) = report["findings"]
    assert (finding["check"], finding["status"]) == ("clock", "note")
    assert finding["seen"].startswith(seen)
    assert finding["mend"].startswith(mend)
    assert finding["why"]


async def test_the_doctor_speaks_two_languages(edge: Edge) -> None:
    status, refused = await edge.call("GET", "/v1/doctor?language=fr")
    assert (status, refused["error"]["code"]) == (422, "bad_message")


@pytest.mark.parametrize(
    "body",
    [
        {"student_id": 1},
        {"tutor_id": 1, "student_id": 1, "tutor": {"language": "fr"}},
        {"tutor_id": 1, "student_id": 1, "history": [{"role": "root", "content": "x"}]},
        [],
    ],
)
async def test_malformed_bodies_name_what_is_wrong(edge: Edge, body: object) -> None:
    status, answer = await edge.call("POST", "/v1/sessions", json=body)
    assert status == 422
    assert answer["error"]["code"] == "bad_message"


async def test_a_document_is_read_found_and_removed(edge: Edge) -> None:
    form = aiohttp.FormData()
    form.add_field("file", b"# Whales\n\nA whale is a mammal that lives in the sea.\n", filename="whales.md")
    form.add_field("document_id", "doc-1")
    status, job = await edge.call("POST", "/v1/knowledge-bases/kb/documents", data=form)
    assert status == 202
    async with edge.client.get(
        f"{edge.url}/v1/jobs/{job['id']}/events", headers={"Authorization": "Bearer test-key"}
    ) as stream:
        text = await stream.text()
    assert '"state":"done"' in text
    _, listed = await edge.call("GET", "/v1/knowledge-bases/kb/documents")
    assert [d["document_id"] for d in listed["documents"]] == ["doc-1"]
    _, found = await edge.call("POST", "/v1/knowledge-bases/kb/search", json={"query": "What is a whale?"})
    assert "mammal" in found["passages"][0]["text"]
    assert (await edge.call("DELETE", "/v1/knowledge-bases/kb/documents/doc-1"))[0] == 204
    assert (await edge.call("DELETE", "/v1/knowledge-bases/kb/documents/doc-1"))[0] == 404


async def test_an_unreadable_document_says_so_in_both_languages(edge: Edge) -> None:
    form = aiohttp.FormData()
    form.add_field("file", b"%PDF-1.7 broken", filename="x.pdf")
    _, job = await edge.call("POST", "/v1/knowledge-bases/kb/documents", data=form)
    for _ in range(200):
        _, job = await edge.call("GET", f"/v1/jobs/{job['id']}")
        if job["state"] == "failed":
            break
    assert job["state"] == "failed"
    english, chinese = (message["content"] for message in job["messages"])
    assert english.isascii()
    assert not chinese.isascii()


async def test_avatars_from_uploads_and_from_the_import_folder(edge: Edge, tmp_path: Path) -> None:
    form = aiohttp.FormData()
    form.add_field("file", b"picture", filename="me.png")
    form.add_field("avatar_id", "me")
    status, _ = await edge.call("POST", "/v1/avatars/upload", data=form)
    assert status == 202
    (tmp_path / "import" / "clip.mp4").write_bytes(b"clip")
    status, job = await edge.call("POST", "/v1/avatars", json={"avatar_id": "you", "video_path": "clip.mp4"})
    assert status == 202
    while (await edge.call("GET", f"/v1/jobs/{job['id']}"))[1]["state"] != "done":
        pass
    assert edge.built == ["me:picture", "you:clip"]


@pytest.mark.parametrize(
    "path", ["../secret.mp4", "/etc/passwd", "link.mp4", "nothing.mp4", "a\0b", "..%2fsecret.mp4", "."]
)
async def test_paths_outside_the_import_folder_are_refused(edge: Edge, tmp_path: Path, path: str) -> None:
    (tmp_path / "secret.mp4").write_bytes(b"secret")
    (tmp_path / "import" / "link.mp4").symlink_to(tmp_path / "secret.mp4")
    status, _ = await edge.call("POST", "/v1/avatars", json={"avatar_id": "x", "video_path": path})
    assert status in (403, 404)
    assert edge.built == []


@pytest.mark.parametrize("avatar_id", ["../x", "a b", "", "x" * 200])
async def test_names_that_are_no_names_are_refused(edge: Edge, avatar_id: str) -> None:
    status, _ = await edge.call("POST", "/v1/avatars", json={"avatar_id": avatar_id, "video_path": "a"})
    assert status == 409


async def test_unknown_things_are_404_with_the_documented_body(edge: Edge) -> None:
    for path in ("/v1/jobs/none", "/v1/avatars/none", "/v1/avatars/none/poster.png", "/nowhere"):
        status, body = await edge.call("GET", path)
        assert status == 404, path
        assert body["error"]["code"] == "not_found"
