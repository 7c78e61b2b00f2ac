"""What the doctor says of each thing that can be seen at a TURN server."""

import time
from collections.abc import Sequence
from dataclasses import replace

import pytest
from packages.engine.tests.doctor.conftest import SECRET, StartCoturn, free_ports

from tutor_engine.doctor.findings import Finding
from tutor_engine.doctor.turn import (
    TurnOptions,
    check_turn,
    check_turn_briefly,
    judge_capacity,
    judge_peers,
    judge_turn,
    relay_range,
    seconds_left,
)
from tutor_engine.doctor.turn_probe import Address, Outcome, PeerSeen, TurnSeen
from tutor_engine.media.turn import TurnUrl, hmac_credentials

URL = TurnUrl("turn", "turn.example", 3478, "udp")
NOW_S = 1_800_000_000.0
MEDIA: tuple[Address, ...] = (("172.18.0.2", 10110),)
OPTIONS = TurnOptions(
    servers=[str(URL)],
    local=[],
    credentials=lambda: ("user", "password"),
    hmac=True,
    media=MEDIA,
    public_ip=None,
    relay_only=False,
    relay_ranges=[(10110, 10115)],
    seats=10,
    now_s=lambda: NOW_S,
)


@pytest.mark.parametrize(
    ("outcome", "status", "words"),
    [
        ("ok", "ok", "relays at"),
        ("timeout", "error", "does not answer"),
        ("unreachable", "error", "cannot be reached: Connection refused"),
        ("unresolved", "error", "Name or service not known"),
        ("untrusted", "error", "certificate verify failed"),
        ("unsupported", "note", "cannot be tried from here"),
    ],
)
def test_outcomes(outcome: Outcome, status: str, words: str) -> None:
    details = {
        "unreachable": "Connection refused",
        "unresolved": "Name or service not known",
        "untrusted": "certificate verify failed",
    }
    seen = TurnSeen(
        URL, outcome, detail=details.get(outcome, ""), relayed=("192.0.2.1", 50000), mapped=("192.0.2.9", 4)
    )
    finding = judge_turn(seen, OPTIONS)
    assert (finding.check, finding.status) == ("turn", status)
    assert words in finding.told().seen
    assert finding.told().mend or status == "ok"


@pytest.mark.parametrize(
    ("code", "username", "hmac", "words"),
    [
        (401, None, False, "no credentials are configured"),
        (401, f"{int(NOW_S) + 600}:student", True, "wrong secret"),
        (401, f"{int(NOW_S) - 90}:student", False, "the credentials expired 90 s ago"),
        (401, "tutor", False, "wrong user name or password"),
        (403, "tutor", False, "403"),
        (486, "tutor", False, "486 Allocation Quota Reached"),
        (508, "tutor", False, "no relay port is free"),
        (437, "tutor", False, "437 Mismatch"),
    ],
)
def test_refusals_are_named(code: int, username: str | None, hmac: bool, words: str) -> None:
    seen = TurnSeen(URL, "refused", code, "Mismatch" if code == 437 else "", username)
    finding = judge_turn(seen, replace(OPTIONS, hmac=hmac))
    assert words in finding.told().seen
    assert finding.status == ("warning" if code == 486 else "error")
    assert finding.told().why
    assert finding.told().mend


def test_silence_of_our_own_public_address_proves_nothing() -> None:
    finding = judge_turn(TurnSeen(URL, "timeout"), OPTIONS, hairpin=True)
    assert finding.status == "note"
    assert "web app" in finding.told().mend


def test_silence_of_our_public_address_alone_is_a_warning() -> None:
    finding = judge_turn(TurnSeen(URL, "timeout"), replace(OPTIONS, public_ip=URL.host))
    assert finding.status == "warning"
    assert "WEBRTC_TURN_SERVER_LOCAL" in finding.told().mend


def peers(*codes: int | None, answered: bool = False) -> TurnSeen:
    """Loopback, a private address, and the media worker."""
    addresses: Sequence[Address] = (("127.0.0.1", 9), ("10.255.255.254", 9), *MEDIA)
    seen = tuple(
        PeerSeen(address, code, answered and address in MEDIA)
        for address, code in zip(addresses, codes, strict=True)
    )
    return TurnSeen(URL, "ok", peers=seen)


@pytest.mark.parametrize(
    ("seen", "statuses", "words"),
    [
        (peers(403, 403, None, answered=True), ["ok", "ok"], "answers through"),
        (peers(403, 403, None), ["ok", "note"], "nobody answered there"),
        (peers(403, 403, 403), ["ok", "error"], "refuses to send to the media worker"),
        (peers(None, 403, None, answered=True), ["error", "ok"], "relays to 127.0.0.1"),
        (peers(403, None, None, answered=True), ["error", "ok"], "relays to 10.255.255.254"),
        (peers(0, 0, None, answered=True), ["ok", "ok"], "by silence"),
    ],
)
def test_peers(seen: TurnSeen, statuses: list[str], words: str) -> None:
    findings = judge_peers(seen, MEDIA)
    assert [finding.status for finding in findings] == statuses
    assert words in " ".join(finding.told().seen for finding in findings)


def test_a_relay_on_loopback_tells_nothing_of_a_silent_media_worker() -> None:
    seen = replace(peers(403, 403, None), relayed=("127.0.0.1", 50000))
    assert [finding.check for finding in judge_peers(seen, MEDIA)] == ["turn_peers"]
    refused = replace(peers(403, 403, 403), relayed=("127.0.0.1", 50000))
    assert [finding.check for finding in judge_peers(refused, MEDIA)] == ["turn_peers", "turn_media"]


def test_a_refused_media_worker_is_mended_by_one_line() -> None:
    finding = judge_peers(peers(403, 403, 403), MEDIA)[-1]
    assert "allowed-peer-ip=172.18.0.2" in finding.told().mend


def test_relay_to_relay_states_how_many_lessons_its_ports_carry() -> None:
    seen = TurnSeen(TurnUrl("turn", "h", 10110, "udp"), "ok", relayed=("192.0.2.1", 10112))
    (finding,) = judge_capacity(seen, OPTIONS)
    assert finding.status == "warning"
    assert "5 relay ports (10110-10115) carry 2 lessons at once" in finding.told().seen
    (few_seats,) = judge_capacity(seen, replace(OPTIONS, seats=2))
    assert few_seats.status == "note"
    (unknown,) = judge_capacity(replace(seen, relayed=("192.0.2.1", 60000)), OPTIONS)
    assert "not known here" in unknown.told().seen


def test_ranges_and_names_that_expire() -> None:
    assert relay_range(("h", 50001), [(1, 2), (50000, 50010)]) == (50000, 50010)
    assert relay_range(None, [(1, 2)]) is None
    assert seconds_left("1800000060:x", NOW_S) == 60
    assert seconds_left("1800000060", NOW_S) == 60
    assert seconds_left("tutor", NOW_S) is None
    assert seconds_left("42:x", NOW_S) is None


async def test_no_server_is_a_note_and_with_policy_relay_an_error() -> None:
    options = replace(OPTIONS, servers=[])
    assert [finding.status for finding in await check_turn(options)] == ["note"]
    assert [f.status for f in await check_turn(replace(options, relay_only=True))] == ["error"]


async def test_an_address_that_cannot_be_read_is_named() -> None:
    (finding,) = await check_turn(replace(OPTIONS, servers=["https://turn.example"]))
    assert finding.status == "error"
    assert "https://turn.example" in finding.told().seen


def of_student() -> tuple[str, str]:
    return hmac_credentials(SECRET, "student", time.time())


def by_check(findings: list[Finding]) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for finding in findings:
        told.setdefault(finding.check, []).append(finding.status)
    return told


async def test_our_coturn_beside_a_silent_public_address(start_coturn: StartCoturn, home: str) -> None:
    coturn = await start_coturn(ports=6)
    closed, _ = free_ports(1)
    options = replace(
        OPTIONS,
        local=[str(coturn.url())],
        servers=[str(TurnUrl("turn", "127.0.0.1", closed, "tcp"))],
        credentials=of_student,
        media=[(home, free_ports(1)[0])],
        relay_only=True,
        relay_ranges=[(coturn.options.relay_min, coturn.options.relay_max)],
    )
    told = by_check(await check_turn(options))
    assert told == {
        "turn": ["ok", "note"],
        "turn_peers": ["ok"],
        "turn_capacity": ["warning"],
    }
    assert by_check(await check_turn_briefly(options)) == {"turn": ["ok"]}


async def test_a_stock_configuration_is_an_open_relay(start_coturn: StartCoturn, home: str) -> None:
    everything = "allowed-peer-ip=0.0.0.0-255.255.255.255\ncli-password=x\nallow-loopback-peers\n"
    coturn = await start_coturn(extra=everything)
    options = replace(OPTIONS, servers=[str(coturn.url())], credentials=of_student, media=[(home, 9)])
    findings = await check_turn(options)
    (open_relay,) = (finding for finding in findings if finding.check == "turn_peers")
    assert open_relay.status == "error"
    assert "127.0.0.1, 10.255.255.254, 169.254.169.254" in open_relay.told().seen


async def test_a_media_worker_that_was_forgotten_is_refused(start_coturn: StartCoturn, home: str) -> None:
    coturn = await start_coturn(media_addresses=["198.51.100.9"])
    options = replace(OPTIONS, servers=[str(coturn.url())], credentials=of_student, media=[(home, 9)])
    told = by_check(await check_turn(options))
    assert told == {"turn": ["ok"], "turn_peers": ["ok"], "turn_media": ["error"]}
