"""What the gateway adds to a message: stored, checked and passed on, beside a bare proxy to the same engine.

So many active sockets (one person each) ask every twenty seconds in turn, as somebody who reads the answer
does, while so many more sit idle. The time runs from sending a question to its echo, which the engine says at
once; the proxy only passes frames on.
"""

import argparse
import asyncio
import json
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from packages.platform.tests.serving import free_port
from packages.platform.tests.town import CHEAP_HASH, Town, Visitor
from sqlalchemy import text
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from bench.platform.town import processor_ms, town
from bench.tables import quantiles, show
from tutor_platform.accounts.service import token_hash
from tutor_platform.kit.ids import new_id

MAX_ADDED_P95_MS = 5.0
ROUNDS = 3
QUESTION = "How many moons has Mars?"
Way = tuple[list[float], float]
"""How long each message took until its echo, and the processor time of one with its whole answer; ms."""
_PLAIN: dict[str, Any] = {"compression": None, "proxy": None, "ping_interval": None}


@asynccontextmanager
async def _bare_proxy(engine_socket: str) -> AsyncGenerator[str]:
    """Passes every frame on, in both directions, and does nothing else."""

    async def pass_on(browser: ServerConnection) -> None:
        assert browser.request is not None
        offered = browser.request.headers.get("Sec-WebSocket-Protocol", "").split(", ")
        protocols = [Subprotocol(name) for name in offered]
        path = f"{engine_socket}{browser.request.path}"
        async with connect(path, subprotocols=protocols, compression=None, proxy=None) as engine:

            async def back() -> None:
                async for raw in engine:
                    await browser.send(raw)

            returning = asyncio.create_task(back())
            async for raw in browser:
                await engine.send(raw)
            returning.cancel()

    port = free_port()
    protocols = [Subprotocol("tutor.v1")]
    async with serve(pass_on, "127.0.0.1", port, subprotocols=protocols, compression=None):
        yield f"ws://127.0.0.1:{port}"


async def _people(opened: Town, count: int) -> list[tuple[str, str]]:
    """So many students with a sign-in: their identifiers and tokens."""
    made = [(new_id(), new_id()) for _ in range(count)]
    async with opened.database.writing() as db:
        for person_id, token in made:
            await db.execute(
                text(
                    "INSERT INTO people"
                    " (id, tenant_id, username, name, role, language, password_hash, created_at)"
                    " VALUES (:id, :school, :id, 'n', 'student', 'en', :hash, now())"
                ),
                {"id": person_id, "school": opened.here.id, "hash": CHEAP_HASH},
            )
            await db.execute(
                text(
                    "INSERT INTO sign_ins (id, person_id, token_hash, created_at, expires_at)"
                    " VALUES (:id, :person, :hash, now(), now() + interval '1 day')"
                ),
                {"id": new_id(), "person": person_id, "hash": token_hash(token)},
            )
    return made


async def _until(socket: ClientConnection, kind: str) -> None:
    async with asyncio.timeout(60):
        while json.loads(await socket.recv())["type"] != kind:
            pass


async def _ask(socket: ClientConnection, message: dict[str, Any], number: int) -> float:
    began_s = time.perf_counter()
    await socket.send(json.dumps(message | {"content": f"{QUESTION} ({number})"}))
    await _until(socket, "transcription")
    spent_ms = (time.perf_counter() - began_s) * 1000
    await _until(socket, "turn")
    return spent_ms


async def _rounds(
    opened: Town, sockets: list[tuple[ClientConnection, dict[str, Any]]], every_s: float
) -> Way:
    """Every active socket asks once a round, evenly spread over it."""
    spent: list[float] = []
    before_ms = await processor_ms(opened)
    for number in range(ROUNDS):
        pending: list[asyncio.Task[float]] = []
        for socket, message in sockets:
            pending.append(asyncio.create_task(_ask(socket, message, number)))
            await asyncio.sleep(every_s / len(sockets))
        spent += await asyncio.gather(*pending)
    return spent, (await processor_ms(opened) - before_ms) / len(spent)


async def _sessions(opened: Town, people: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """A lesson for each: the message that asks in it."""
    messages: list[dict[str, Any]] = []
    for person_id, token in people:
        visitor = Visitor(opened.visitor().http, opened.base, person_id)
        visitor.http.cookies.set("tutor_session", token)
        visitor.http.timeout = 60
        lesson = await visitor.begin_lesson(opened.here.tutor_id)
        session = lesson["engine_session_id"]
        messages.append({"type": "text_webrtc", "engine_session_id": session, "user_id": person_id})
    return messages


async def _bare(opened: Town, messages: list[dict[str, Any]], every_s: float) -> Way:
    async with AsyncExitStack() as opening:
        proxy = await opening.enter_async_context(_bare_proxy(f"ws{opened.engine.url.removeprefix('http')}"))
        sockets: list[tuple[ClientConnection, dict[str, Any]]] = []
        for message in messages:
            token = opened.engine.sessions[message["engine_session_id"]].token
            protocols = [Subprotocol("tutor.v1"), Subprotocol(f"token.{token}")]
            address = f"{proxy}/ws/user_{message['user_id']}"
            way = connect(address, subprotocols=protocols, **_PLAIN)
            socket = await opening.enter_async_context(way)
            await _until(socket, "hello")
            sockets.append((socket, message))
        return await _rounds(opened, sockets, every_s)


async def _through(
    opened: Town, people: list[tuple[str, str]], messages: list[dict[str, Any]], every_s: float
) -> Way:
    base = f"ws{opened.base.removeprefix('http')}/api/ws/proxy/user/"
    async with AsyncExitStack() as opening:
        sockets: list[tuple[ClientConnection, dict[str, Any]]] = []
        for number, (person_id, token) in enumerate(people):
            cookie = {"cookie": f"tutor_session={token}"}
            way = connect(base + person_id, additional_headers=cookie, **_PLAIN)
            socket = await opening.enter_async_context(way)
            if number < len(messages):
                await _until(socket, "hello")
                sockets.append((socket, messages[number]))
        return await _rounds(opened, sockets, every_s)


async def _measure(active: int, idle: int, every_s: float) -> bool:
    async with town(socket_rate_hz=1000.0, socket_burst=10_000, socket_linger_s=0.0) as opened:
        opened.engine.seats = active + 1
        people = await _people(opened, active + idle)
        messages = await _sessions(opened, people[:active])
        plain, plain_used_ms = await _bare(opened, messages, every_s)
        ours, our_used_ms = await _through(opened, people, messages, every_s)
    (plain_median, plain_p95, _), (our_median, our_p95, _) = quantiles(plain), quantiles(ours)
    show(
        f"A message with {active} active and {idle} idle sockets",
        ("way", "p50 ms", "p95 ms", "processor ms, with the answer"),
        [
            ("bare proxy", f"{plain_median:.2f}", f"{plain_p95:.2f}", f"{plain_used_ms:.2f}"),
            (
                "gateway: checked, stored, passed on",
                f"{our_median:.2f}",
                f"{our_p95:.2f}",
                f"{our_used_ms:.2f}",
            ),
            (
                "added",
                f"{our_median - plain_median:.2f}",
                f"{our_p95 - plain_p95:.2f}",
                f"{our_used_ms - plain_used_ms:.2f}",
            ),
        ],
        f"at most {MAX_ADDED_P95_MS} ms added at p95 wanted; client, engine and platform share this process",
    )
    return our_p95 - plain_p95 <= MAX_ADDED_P95_MS


def main() -> None:
    """Open the sockets, ask, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--active", type=int, default=100)
    parser.add_argument("--idle", type=int, default=1000)
    parser.add_argument("--every-s", type=float, default=20.0, help="between two questions of one person")
    options = parser.parse_args()
    raise SystemExit(0 if asyncio.run(_measure(options.active, options.idle, options.every_s)) else 1)
