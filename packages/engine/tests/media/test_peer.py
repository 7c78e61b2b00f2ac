"""A connection by itself: forged datagrams, deadlines, order of sections, what is left after it."""

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aioice import stun
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from packages.engine.tests.media.classroom import Student, student, until

from tutor_engine.media.diagnosis import Cause, Diagnosis
from tutor_engine.media.encode import VideoCodec
from tutor_engine.media.mux import UdpMux, UdpSockets
from tutor_engine.media.offer import OfferRefused
from tutor_engine.media.peer import News, Peer, PeerLimits, PeerListener

DTLS_ALERT = bytes.fromhex("15feff0000000000000000000202" + "28")
"""A fatal handshake_failure in a plain record, as anybody can send it."""
CLIENT_HELLO = bytes.fromhex("16feff000000000000000000360100002a000000000000002afefd") + bytes(32)


@dataclass
class Port:
    """A real UDP port with its mux, and what a peer on it told."""

    mux: UdpMux
    sockets: UdpSockets
    states: list[str] = field(default_factory=list[str])
    heard: list[bytes] = field(default_factory=list[bytes])
    diagnoses: list[Diagnosis] = field(default_factory=list[Diagnosis])
    key_requests: int = 0

    def take(self, news: News) -> None:
        self.states.append(news.state)
        if news.diagnosis is not None:
            self.diagnoses.append(news.diagnosis)

    def listener(self) -> PeerListener:
        def requested() -> None:
            self.key_requests += 1

        return PeerListener(
            state=self.take,
            microphone=self.heard.append,
            keyframe_request=requested,
        )

    async def open(self, offer: str, limits: PeerLimits | None = None) -> tuple[Peer, str]:
        return await Peer.open(self.mux, offer, self.listener(), limits)


@pytest.fixture
async def port() -> AsyncIterator[Port]:
    sockets = UdpSockets(["127.0.0.1"], 0)
    mux = UdpMux(sockets.send, [("127.0.0.1", sockets.port)], time.monotonic)
    sockets.on_datagram = mux.receive
    yield Port(mux, sockets)
    sockets.close()


@asynccontextmanager
async def attacker(port: int, make: Callable[[], bytes]) -> AsyncGenerator[None]:
    """Floods the port from an address of its own for as long as the scope lasts."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)

    async def flood() -> None:
        while True:
            for _ in range(5):
                with contextlib.suppress(OSError):
                    sock.sendto(make(), ("127.0.0.1", port))
            await asyncio.sleep(0.001)

    task = asyncio.create_task(flood())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        sock.close()


@pytest.mark.parametrize(
    "make",
    [lambda: DTLS_ALERT, lambda: CLIENT_HELLO, lambda: b"\x80" + os.urandom(60), lambda: os.urandom(80)],
    ids=["alert", "client hello", "rtp", "noise"],
)
async def test_forged_datagrams_during_the_handshake_disturb_nothing(
    port: Port, make: Callable[[], bytes]
) -> None:
    async with attacker(port.sockets.port, make), student() as person:
        peer, answer = await port.open(await person.offer())
        await person.accept(answer)
        await until(lambda: person.connection.connectionState == "connected" and peer.connected)
        assert port.states == ["connected"]
        assert port.mux.counters["media_unknown_address"] + port.mux.counters["stun_malformed"] > 5
        assert len(port.mux.verified) == 1
        await peer.aclose()


async def test_a_forged_check_is_rejected_and_the_call_goes_on(port: Port) -> None:
    async with student() as person:
        peer, answer = await port.open(await person.offer())
        await person.accept(answer)
        await until(lambda: peer.connected)
        username = next(line[12:] for line in answer.splitlines() if line.startswith("a=ice-ufrag:"))
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        request.attributes.update({"USERNAME": f"{username}:x", "PRIORITY": 1, "USE-CANDIDATE": None})
        request.add_message_integrity(b"wrong password, wrong password")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(bytes(request), ("127.0.0.1", port.sockets.port))
            await asyncio.sleep(0.05)
            reply = stun.parse_message(sock.recv(2000))
            assert sock.getsockname() not in port.mux.verified
        assert reply.error_code == 401
        assert (await peer.statistics())["stun_rejected_401"] == 1
        await peer.aclose()


async def test_a_browser_that_never_comes_is_given_up_with_the_reason(port: Port) -> None:
    async with student() as person:
        peer, _ = await port.open(await person.offer(), PeerLimits(connect_s=0.1))
        await until(lambda: port.states)
        assert port.states == ["failed"]
        assert port.diagnoses[0].cause is Cause.NOTHING_ARRIVES
        await peer.aclose()
        assert port.mux.peers == 0


async def test_a_browser_that_falls_silent_is_gone(port: Port) -> None:
    async with student() as person:
        peer, answer = await port.open(await person.offer(), PeerLimits(silent_s=0.3))
        await person.accept(answer)
        await until(lambda: peer.connected)
        port.sockets.on_datagram = None  # the cable is cut
        await until(lambda: len(port.states) == 2)
        assert port.states == ["connected", "gone"]
        assert port.diagnoses[0].cause is Cause.SILENT
        await peer.aclose()


async def test_a_browser_that_closes_is_gone_at_once(port: Port) -> None:
    async with student() as person:
        peer, answer = await port.open(await person.offer())
        await person.accept(answer)
        await until(lambda: peer.connected)
        await person.connection.close()
        await until(lambda: len(port.states) == 2)
        assert port.states == ["connected", "gone"]
        assert port.diagnoses[0].cause is Cause.CLOSED
        await peer.aclose()
    assert port.mux.peers == 0
    assert port.mux.verified == frozenset()


@pytest.mark.parametrize(
    "order", ["audio video", "video audio", "application audio video", "video", "audio application"]
)
async def test_sections_in_any_order_share_one_transport(port: Port, order: str) -> None:
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    person = Student(connection)
    connection.on("track", person.watch)
    for kind in order.split():
        if kind != "application":
            connection.addTransceiver(kind, "recvonly" if kind == "video" else "sendrecv")
    if "application" in order:
        connection.createDataChannel("x")
    offer = await person.offer()
    if order.startswith("application"):
        offer = data_section_first(offer)
    peer, answer = await port.open(offer)
    sections = [line.split()[0][2:] for line in answer.splitlines() if line.startswith("m=")]
    assert sections == order.split()
    if not order.startswith("application"):
        await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        await until(lambda: connection.connectionState == "connected" and peer.connected)
    assert port.mux.peers == 1
    await peer.aclose()
    await person.aclose()


def data_section_first(offer: str) -> str:
    """The same offer as a browser writes it that opened its data channel first."""
    head, *sections = offer.split("m=")
    data = next(section for section in sections if section.startswith("application"))
    rest = [section for section in sections if section is not data]
    mids = [section.split("a=mid:")[1].split()[0] for section in (data, *rest)]
    lines = [
        "a=group:BUNDLE " + " ".join(mids) if line.startswith("a=group:BUNDLE") else line
        for line in head.split("\r\n")
    ]
    return "m=".join(["\r\n".join(lines), data, *rest])


async def test_the_answer_asks_for_opus_with_fec_and_sends_one_picture(port: Port) -> None:
    async with student(data=True) as person:
        peer, answer = await port.open(await person.offer())
        assert "minptime=10;useinbandfec=1" in answer
        assert peer.codec is VideoCodec.H264
        video = answer[answer.index("m=video") :]
        assert "a=sendonly" in video
        assert "H264/90000" in video
        assert "profile-level-id=42e01f" in video
        assert "VP8" not in video
        assert "PCMU" not in answer
        assert answer.count("a=ice-ufrag") == 3
        assert len({line for line in answer.splitlines() if line.startswith("a=ice-ufrag")}) == 1
        await peer.aclose()


async def test_vp8_is_sent_to_a_browser_without_h264(port: Port) -> None:
    async with student() as person:
        peer, answer = await port.open((await person.offer()).replace("H264/90000", "H265/90000"))
        assert peer.codec is VideoCodec.VP8
        assert "VP8/90000" in answer
        await peer.aclose()


@pytest.mark.parametrize("break_it", ["", "nonsense", "m=video", "a=ice-ufrag"])
async def test_a_refused_offer_leaves_nothing_behind(port: Port, break_it: str) -> None:
    async with student() as person:
        offer = await person.offer()
        broken = offer[: offer.index(break_it)] + "m=" if break_it in offer and break_it else break_it
        with pytest.raises(OfferRefused):
            await port.open(broken)
        assert port.mux.peers == 0


async def test_closing_twice_and_before_the_browser_came(port: Port) -> None:
    async with student() as person:
        peer, _ = await port.open(await person.offer())
        await peer.aclose()
        await peer.aclose()
    assert port.states == []
    assert port.mux.peers == 0
