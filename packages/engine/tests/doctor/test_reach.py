"""The port map: who answers, and what silence means from inside."""

import pytest
from packages.engine.tests.doctor.conftest import StartCoturn, free_ports
from packages.engine.tests.doctor.test_turn_probe import media_worker

from tutor_engine.doctor.ports import check_media_ports
from tutor_engine.doctor.reach import (
    MapSeen,
    StunSeen,
    check_port_map,
    judge_port_map,
    judge_stun_server,
    probe_stun,
)


async def test_a_media_port_tells_how_it_sees_us() -> None:
    async with media_worker("127.0.0.1") as worker:
        seen = await probe_stun(worker)
    assert seen is not None
    assert seen.worker
    assert seen.mapped[0] == "127.0.0.1"


async def test_another_stun_server_is_no_media_worker(start_coturn: StartCoturn, home: str) -> None:
    coturn = await start_coturn()
    seen = await probe_stun(("127.0.0.1", coturn.port))
    assert seen is not None
    assert not seen.worker
    (finding,) = await check_port_map(home, [coturn.port])
    assert finding.status == "error"
    (port,) = await check_media_ports("0.0.0.0", [coturn.port])  # noqa: S104
    assert "held by turnserver" in port.told().seen


async def test_a_closed_port_and_no_address_tell_nothing() -> None:
    assert await probe_stun(("127.0.0.1", free_ports(1)[0]), timeout_s=0.05) is None
    assert await probe_stun(("no-such-host.invalid", 9), timeout_s=0.05) is None


async def test_a_map_that_leads_here_is_seen() -> None:
    async with media_worker("127.0.0.1") as (host, port):
        (finding,) = await check_port_map(host, [port])
    assert finding.status == "ok"
    assert await check_port_map(None, [10110]) == []


@pytest.mark.parametrize(
    ("through", "at_home", "status", "words"),
    [
        (
            StunSeen(("198.51.100.7", 5), True),
            True,
            "ok",
            "leads to a media worker, which sees us as 198.51.100.7",
        ),
        (None, True, "note", "cannot be told from here"),
        (None, False, "note", "neither at 203.0.113.10 nor here"),
    ],
)
def test_judgement(through: StunSeen | None, at_home: bool, status: str, words: str) -> None:
    finding = judge_port_map(MapSeen(("203.0.113.10", 10110), through, at_home))
    assert finding.status == status
    assert words in finding.told().seen


@pytest.mark.parametrize(
    ("stun", "found"),
    [
        (None, 0),
        ("stun.example:19302", 0),
        ("stun:203.0.113.10:3478", 0),
        ("stun:203.0.113.10:10110", 1),
        ("stun.example, 203.0.113.10:10110", 1),
    ],
)
def test_a_stun_server_at_the_media_port_keeps_chromium_out(stun: str | None, found: int) -> None:
    findings = judge_stun_server(stun, [("203.0.113.10", 10110)])
    assert [finding.status for finding in findings] == ["error"] * found
