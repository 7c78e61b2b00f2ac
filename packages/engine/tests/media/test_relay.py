"""Deployments that reach browsers through TURN on both sides, with a real coturn on loopback."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCIceServer,
    RTCIceTransportPolicy,
    RTCPeerConnection,
)
from packages.engine.tests.media.classroom import House, Student, join, student, until

from tutor_engine.media import messages as m
from tutor_engine.media import relay as relay_module
from tutor_engine.media.diagnosis import Cause
from tutor_engine.media.mux import UdpMux
from tutor_engine.media.offer import OfferRefused
from tutor_engine.media.peer import News, Peer, PeerLimits, PeerListener


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@pytest.fixture
async def turn(tmp_path: Path) -> AsyncIterator[m.RelayServer]:
    """A TURN server with static credentials that lets its own allocations talk to each other."""
    port = free_port()
    arguments = [
        "-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", f"--listening-port={port}",
        "--lt-cred-mech", "--user=school:secret", "--realm=school", "--allow-loopback-peers", "--no-cli",
        "--no-tls", "--no-dtls", "--no-tcp-relay", "--fingerprint", "--log-file=stdout",
        f"--pidfile={tmp_path}/turn.pid", f"--userdb={tmp_path}/turn.db",
        "--min-port=40000", "--max-port=40100",
    ]  # fmt: skip
    server = await asyncio.create_subprocess_exec(
        "turnserver", *arguments, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    await until(lambda: listens(port))
    yield m.RelayServer(f"127.0.0.1:{port}", "school", "secret")
    server.terminate()
    await server.wait()


def listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=0.1):
        return True
    return False


@asynccontextmanager
async def relayed_student(server: m.RelayServer) -> AsyncGenerator[Student]:
    """Somebody whose network lets nothing but TURN through."""
    ice = RTCIceServer(urls=f"turn:{server.url}", username=server.username, credential=server.password)
    connection = RTCPeerConnection(
        RTCConfiguration(
            iceServers=[ice],
            iceTransportPolicy=RTCIceTransportPolicy.RELAY,
            bundlePolicy=RTCBundlePolicy.MAX_BUNDLE,
        )
    )
    person = Student(connection)
    connection.on("track", person.watch)
    connection.addTransceiver("audio", "sendrecv")
    connection.addTransceiver("video", "recvonly")
    try:
        yield person
    finally:
        await person.aclose()


def without_candidates(offer: str) -> tuple[str, list[str]]:
    """An offer as a browser sends it that trickles, and the candidates that follow it."""
    lines = offer.splitlines()
    candidates = [line.removeprefix("a=") for line in lines if line.startswith("a=candidate")]
    rest = [line for line in lines if not line.startswith(("a=candidate", "a=end-of-candidates"))]
    return "\r\n".join(rest) + "\r\n", list(dict.fromkeys(candidates))


async def test_both_ends_relayed_is_a_lesson(house: House, turn: m.RelayServer) -> None:
    house.engine.post(turn)
    async with relayed_student(turn) as person:
        await join(house.engine, person, 1)
        await until(lambda: len(person.lumas) > 10 and len(person.heard()) > 9_600)
        answer = house.engine.all(m.PeerAnswer)[-1].sdp
        kinds = {line.split(" typ ")[1].split()[0] for line in answer.splitlines() if " typ " in line}
        assert kinds == {"relay"}


async def test_candidates_may_come_one_by_one(house: House, turn: m.RelayServer) -> None:
    house.engine.post(turn)
    async with relayed_student(turn) as person:
        offer, candidates = without_candidates(await person.offer())
        house.engine.post(m.OpenPeer(1, offer, "grey-loop"))
        answer = await house.engine.expect(m.PeerAnswer)
        await person.accept(answer.sdp)
        useless = ["", "candidate:junk", "candidate:1 1 udp 1 10.0.0.1 9 typ host"]
        relayed_by_name = "candidate:1 1 udp 1 there.local 9 typ relay raddr 0.0.0.0 rport 0"
        for line in (*useless[1:], relayed_by_name, *candidates, None):
            house.engine.post(m.AddCandidate(1, line))
        await until(lambda: len(person.lumas) > 5)


@asynccontextmanager
async def relayed_peer(turn: m.RelayServer, offer: str, news: list[News]) -> AsyncGenerator[tuple[Peer, str]]:
    mux = UdpMux(lambda data, addr: None, [("127.0.0.1", 9)], time.monotonic)
    listener = PeerListener(news.append, lambda pcm: None, lambda: None)
    peer, answer = await Peer.open(mux, offer, listener, PeerLimits(connect_s=0.5), turn)
    try:
        yield peer, answer
    finally:
        await peer.aclose()


async def test_a_relay_that_carries_nothing_is_named(turn: m.RelayServer) -> None:
    news: list[News] = []
    async with student() as person, relayed_peer(turn, await person.offer(), news):
        await until(lambda: news)
        diagnosis = news[0].diagnosis
        assert diagnosis is not None
        assert diagnosis.cause is Cause.RELAY_UNUSED
        assert "0 relayed addresses" in diagnosis.detail


@pytest.mark.parametrize("wrong", ["password", "port", "address"])
async def test_a_server_that_gives_no_relay_is_a_refusal_within_seconds(
    turn: m.RelayServer, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor_engine.media.peer.GATHER_S", 0.5)
    assert relay_module.GATHER_S < 5, "the engine waits 5 s for an answer"
    server = {
        "password": m.RelayServer(turn.url, "school", "guessed"),
        "port": m.RelayServer(f"127.0.0.1:{free_port()}", "school", "secret"),
        "address": m.RelayServer("stun:nowhere", "school", "secret"),
    }[wrong]
    async with student() as person:
        with pytest.raises(OfferRefused):
            async with relayed_peer(server, await person.offer(), []):
                pass
