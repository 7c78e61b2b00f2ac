"""The socket of the contract: both paths, both modes, tokens, refusals; the lesson always goes on."""

import json
from contextlib import suppress
from typing import Any

import aiohttp
import pytest
from packages.engine.tests.api.conftest import Edge

from tutor_engine.api.socket import RateLimit


async def next_of(socket: aiohttp.ClientWebSocketResponse, kind: str) -> dict[str, Any]:
    """The next event of a type."""
    while True:
        event = await socket.receive_json(timeout=5)
        if event["type"] == kind:
            return event


@pytest.mark.parametrize("prefix", ["/ws/", "/ws/ws/"])
@pytest.mark.parametrize("query", [False, True])
async def test_both_paths_and_both_ways_to_show_the_token(edge: Edge, prefix: str, query: bool) -> None:
    made = await edge.enrol()
    socket = await edge.socket(f"{prefix}user_7", made["engine_token"], query=query)
    hello = await next_of(socket, "hello")
    assert hello["protocol"] == "tutor.v1"
    assert hello["capabilities"]["hears"] == ["en"]
    await socket.send_json({"type": "ping"})
    assert "timestamp" in await next_of(socket, "pong")
    await socket.close()


@pytest.mark.parametrize(
    ("connection", "token", "code"),
    [
        ("user_7", "wrong", 4401),
        ("user_8", None, 4401),
        ("no-such-session", None, 4404),
        ("SESSION", "x", 4401),
    ],
)
async def test_refused_sockets_get_their_close_code(
    edge: Edge, connection: str, token: str | None, code: int
) -> None:
    made = await edge.enrol()
    connection = made["session_id"] if connection == "SESSION" else connection
    socket = await edge.socket(f"/ws/{connection}", token or made["engine_token"])
    message = await socket.receive(timeout=5)
    assert message.type is aiohttp.WSMsgType.CLOSE
    assert message.data == code


async def test_a_ninth_socket_of_one_person_is_too_many(edge: Edge) -> None:
    made = await edge.enrol()
    sockets = [await edge.socket("/ws/user_7", made["engine_token"]) for _ in range(8)]
    for socket in sockets:
        await next_of(socket, "hello")
    ninth = await edge.socket("/ws/user_7", made["engine_token"])
    assert (await ninth.receive(timeout=5)).data == 4429
    for socket in sockets:
        await socket.close()


async def test_a_session_socket_releases_its_session_and_a_user_socket_does_not(edge: Edge) -> None:
    mine, other = await edge.enrol(1), await edge.enrol(2)
    user = await edge.socket("/ws/user_1", mine["engine_token"])
    session = await edge.socket(f"/ws/{other['session_id']}", other["engine_token"])
    await next_of(user, "hello")
    await next_of(session, "hello")
    await session.send_json({"type": "text", "content": "Why?"})
    assert (await next_of(session, "text"))["audio_format"] == "wav"
    await user.close()
    await session.close()
    _, every = await edge.call("GET", "/v1/sessions")
    while len(every["sessions"]) > 1:
        _, every = await edge.call("GET", "/v1/sessions")
    assert [s["session_id"] for s in every["sessions"]] == [mine["session_id"]]


BAD = [
    ("{", "bad_json"),
    ("[]", "bad_message"),
    ('{"type": "dance"}', "unknown_type"),
    ('{"type": "text"}', "bad_message"),
    ('{"type": "text", "content": "hi"}', "missing_session"),
    ('{"type": "text", "content": "hi", "engine_session_id": "x"}', "unknown_session"),
    ('{"type": "webrtc_offer", "sdp": "v=0"}', "missing_user"),
    ('{"type": "webrtc_offer", "sdp": "v=0", "user_id": 99}', "foreign_user"),
    (json.dumps({"type": "text", "content": "x" * 9000, "engine_session_id": "x"}), "message_too_large"),
    (json.dumps({"type": "webrtc_offer", "sdp": "v" * 40_000, "user_id": 7}), "message_too_large"),
    ("\x00\x01", "bad_json"),
]


@pytest.mark.parametrize(("raw", "code"), BAD, ids=[code + str(i) for i, (_, code) in enumerate(BAD)])
async def test_bad_messages_are_refused_and_the_lesson_goes_on(edge: Edge, raw: str, code: str) -> None:
    made = await edge.enrol()
    socket = await edge.socket("/ws/user_7", made["engine_token"])
    await socket.send_str(raw)
    error = await next_of(socket, "error")
    assert error["code"] == code
    assert error["content"]
    await socket.send_json(
        {"type": "text", "content": "Still there?", "engine_session_id": made["session_id"]}
    )
    assert (await next_of(socket, "text"))["content"]
    await socket.close()


async def test_an_oversize_frame_closes_only_its_own_socket(edge: Edge) -> None:
    made = await edge.enrol()
    flood = await edge.socket("/ws/user_7", made["engine_token"])
    calm = await edge.socket("/ws/user_7", made["engine_token"])
    await next_of(calm, "hello")
    with suppress(ConnectionError):
        await flood.send_bytes(b"{" * (17 * 1024 * 1024))
    while (await flood.receive(timeout=5)).type not in (
        aiohttp.WSMsgType.CLOSE,
        aiohttp.WSMsgType.CLOSED,
        aiohttp.WSMsgType.ERROR,
    ):
        pass
    await calm.send_json({"type": "ping"})
    await next_of(calm, "pong")
    await calm.close()


def test_a_flood_is_slowed_and_recovers() -> None:
    limit = RateLimit(20, 60)
    assert sum(limit.allow(0.0) for _ in range(100)) == 60
    assert not limit.allow(0.01)
    assert limit.allow(0.1)
