"""Ports are free, ours, or somebody else's, who is named."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from packages.engine.tests.doctor.conftest import StartCoturn, free_ports
from packages.engine.tests.doctor.test_turn_probe import media_worker

from tutor_engine.doctor.http import HttpSeen
from tutor_engine.doctor.ports import (
    Owner,
    PortSeen,
    check_media_ports,
    check_tcp_port,
    check_turn_port,
    is_engine,
    judge_port,
    judge_worker_ports,
    look_at_port,
    owner_of,
)

HEALTH = {"status": "ok", "version": "1", "sessions": {"active": 0, "max": 1}, "engines": {}}


@asynccontextmanager
async def health(body: object) -> AsyncGenerator[int]:
    """A server whose /health answers `body`."""

    async def answer(_: web.Request) -> web.Response:
        return web.json_response(body)

    app = web.Application()
    app.router.add_get("/health", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield runner.addresses[0][1]
    await runner.cleanup()


def free_tcp_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_a_free_port_is_free_and_stays_free() -> None:
    port = free_tcp_port()
    for _ in range(2):
        finding = await check_tcp_port("http_port", "127.0.0.1", port, "MANAGEMENT_API_PORT")
        assert (finding.status, finding.told().seen) == ("ok", f"TCP {port} is free")


async def test_a_running_engine_is_recognised() -> None:
    async with health(HEALTH) as port:
        finding = await check_tcp_port("http_port", "0.0.0.0", port, "MANAGEMENT_API_PORT")  # noqa: S104
    assert (finding.status, finding.told().seen) == ("ok", f"TCP {port} is served by the running engine")


async def test_another_program_is_named() -> None:
    async with health({"hello": "world"}) as port:
        finding = await check_tcp_port("http_port", "127.0.0.1", port, "MANAGEMENT_API_PORT")
    assert finding.status == "error"
    assert "(process " in finding.told().seen
    assert "MANAGEMENT_API_PORT" in finding.told().mend


async def test_media_ports_are_free_ours_or_foreign() -> None:
    free, last = free_ports(2)
    with socket.socket(type=socket.SOCK_DGRAM) as foreign:
        foreign.bind(("127.0.0.1", last))
        async with media_worker("127.0.0.1") as (host, ours):
            findings = await check_media_ports(host, [free, ours, last])
    assert [finding.status for finding in findings] == ["ok", "ok", "error"]
    assert "is free" in findings[0].told().seen
    assert "running engine" in findings[1].told().seen
    assert f"UDP {last} is held by" in findings[2].told().seen


async def test_a_media_worker_that_is_missing_is_an_error_while_the_engine_runs() -> None:
    free, _ = free_ports(1)
    async with health(HEALTH) as port:
        (finding,) = await check_media_ports("127.0.0.1", [free], engine_port=("127.0.0.1", port))
    assert finding.status == "error"
    assert f"nobody serves UDP {free}" in finding.told().seen


async def test_a_coturn_that_is_not_ours_is_named(start_coturn: StartCoturn, tmp_path: Path) -> None:
    coturn = await start_coturn()
    (ours,) = await check_turn_port(coturn.port, tmp_path / f"{coturn.port}.pid", [])
    assert (ours.check, ours.status) == ("turn_port", "ok")
    (foreign,) = await check_turn_port(coturn.port, tmp_path / "none", [])
    assert foreign.status == "error"
    assert f"turnserver (process {coturn.program.pid})" in foreign.told().seen
    assert "systemctl disable --now coturn" in foreign.told().mend
    (crowded,) = await check_turn_port(10110, tmp_path / "none", [10110])
    assert crowded.status == "error"


@pytest.mark.parametrize(
    ("seen", "status", "words"),
    [
        (PortSeen("tcp", 0, "free"), "ok", "any free port"),
        (PortSeen("tcp", 80, "refused", detail="Permission denied"), "error", "Permission denied"),
        (PortSeen("tcp", 80, "in_use"), "error", "a program of another user"),
        (PortSeen("udp", 80, "in_use", owner=Owner("nginx", 7)), "error", "nginx (process 7)"),
        (PortSeen("udp", 80, "in_use", ours=True), "ok", "running engine"),
    ],
)
def test_judgement(seen: PortSeen, status: str, words: str) -> None:
    finding = judge_port("x", seen, "SETTING")
    assert finding.status == status
    assert words in finding.told().seen


@pytest.mark.parametrize(
    ("seats", "first", "last", "status"),
    [(40, 10110, 10115, None), (240, 10110, 10115, None), (241, 10110, 10115, "warning"), (1, 5, 4, "error")],
)
def test_seats_need_ports(seats: int, first: int, last: int, status: str | None) -> None:
    assert [finding.status for finding in judge_worker_ports(seats, 40, first, last)] == (
        [status] if status else []
    )


def test_an_address_that_is_not_ours_is_refused() -> None:
    assert look_at_port("tcp", "198.51.100.1", 40001).state == "refused"


def test_owners_of_sockets() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        assert owner_of("tcp", port) is None  # bound is not yet listening
        listener.listen(1)
        owner = owner_of("tcp", port)
    assert owner is not None
    assert owner_of("udp", free_ports(1)[0]) is None


@pytest.mark.parametrize("body", [b"", b"[]", b"no json", b'{"engines": {}}'])
def test_not_every_answer_is_an_engine(body: bytes) -> None:
    assert not is_engine(HttpSeen("u", 200, body))
    assert not is_engine(HttpSeen("u", 500, body))


async def test_looking_leaves_no_task_behind() -> None:
    await check_media_ports("127.0.0.1", [free_ports(1)[0]])
    assert asyncio.all_tasks() == {asyncio.current_task()}
