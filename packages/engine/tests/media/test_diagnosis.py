"""Each thing that can be wrong with a connection, made on purpose over real sockets, is named."""

import re
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
from packages.engine.tests.media.classroom import student, until
from packages.engine.tests.media.way import Way, drops_all, drops_all_but_stun, way_to

from tutor_engine.media.diagnosis import Cause, Diagnosis, Evidence, diagnose
from tutor_engine.media.mux import UdpMux, UdpSockets
from tutor_engine.media.peer import News, Peer, PeerLimits, PeerListener
from tutor_protocol import ErrorCode, sentence

LIMITS = PeerLimits(connect_s=1.0, stalled_s=0.2, silent_s=0.5)


@dataclass
class Port:
    """A real port that is reached over a way."""

    mux: UdpMux
    way: Way
    news: list[News] = field(default_factory=list[News])

    @property
    def states(self) -> list[str]:
        return [news.state for news in self.news]

    async def open(self, offer: str) -> tuple[Peer, str]:
        listener = PeerListener(self.news.append, lambda pcm: None, lambda: None)
        return await Peer.open(self.mux, offer, listener, LIMITS)

    async def diagnosis(self) -> Diagnosis:
        await until(lambda: self.news and self.news[-1].diagnosis is not None)
        diagnosis = self.news[-1].diagnosis
        assert diagnosis is not None
        return diagnosis


@pytest.fixture
async def port() -> AsyncIterator[Port]:
    sockets = UdpSockets(["127.0.0.1"], 0)
    async with way_to(sockets.port) as way:
        mux = UdpMux(sockets.send, [way.address], time.monotonic)
        sockets.on_datagram = mux.receive
        yield Port(mux, way)
    sockets.close()


def another_password(answer: str) -> str:
    return re.sub(r"a=ice-pwd:\S+", "a=ice-pwd:abcdefghijklmnopqrstuvwx", answer)


def another_session(answer: str) -> str:
    return re.sub(r"a=ice-ufrag:\S+", "a=ice-ufrag:gone1234", answer)


def another_fingerprint(answer: str) -> str:
    return re.sub(r"(a=fingerprint:sha-\d+ )..:..", r"\g<1>00:00", answer)


def as_it_is(answer: str) -> str:
    return answer


@pytest.mark.parametrize(
    ("change", "drops_in", "drops_out", "cause", "code"),
    [
        (as_it_is, drops_all, None, Cause.NOTHING_ARRIVES, "media_blocked"),
        (as_it_is, None, drops_all, Cause.REPLIES_LOST, "media_one_way"),
        (another_password, None, None, Cause.WRONG_CREDENTIALS, "media_stale"),
        (another_session, None, None, Cause.OTHER_SESSION, "media_stale"),
        (as_it_is, drops_all_but_stun, None, Cause.HANDSHAKE_LOST, "media_handshake"),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
async def test_what_never_connects_is_named(
    port: Port,
    change: Callable[[str], str],
    drops_in: Callable[[bytes], bool] | None,
    drops_out: Callable[[bytes], bool] | None,
    cause: Cause,
    code: str,
) -> None:
    port.way.drops_in = drops_in or port.way.drops_in
    port.way.drops_out = drops_out or port.way.drops_out
    async with student() as person:
        peer, answer = await port.open(await person.offer())
        await person.accept(change(answer))
        diagnosis = await port.diagnosis()
        assert port.states == ["failed"]
        assert (diagnosis.cause, diagnosis.code) == (cause, code)
        await peer.aclose()


async def test_a_handshake_with_somebody_else_is_named(port: Port) -> None:
    async with student() as person:
        peer, answer = await port.open(another_fingerprint(await person.offer()))
        await person.accept(answer)
        diagnosis = await port.diagnosis()
        assert port.states == ["failed"]
        assert (diagnosis.cause, diagnosis.code) == (Cause.HANDSHAKE_FAILED, "media_handshake")
        await peer.aclose()


async def test_silence_is_told_before_it_is_the_end_and_a_new_address_is_seen(port: Port) -> None:
    async with student(voice_hz=600) as person:
        peer, answer = await port.open(await person.offer())
        await person.accept(answer)
        await until(lambda: peer.connected)
        port.way.rebind()
        diagnosis = await port.diagnosis()
        assert port.states[0] == "connected"
        assert port.states[-1] == "gone"
        assert diagnosis.cause is Cause.ADDRESS_CHANGED
        assert port.news[-1].silent_s > LIMITS.silent_s
        await peer.aclose()


async def test_a_short_silence_is_a_stall_and_it_ends(port: Port) -> None:
    async with student(voice_hz=600) as person:
        peer, answer = await port.open(await person.offer())
        peer.limits = PeerLimits(stalled_s=0.3, silent_s=20.0)
        await person.accept(answer)
        await until(lambda: peer.connected)
        port.way.drops_in = drops_all
        await until(lambda: "stalled" in port.states)
        assert peer.stalled
        assert port.news[-1].silent_s > 0.3
        port.way.drops_in = lambda data: False
        await until(lambda: port.states == ["connected", "stalled", "connected"])
        await peer.aclose()


async def test_a_cut_cable_is_silence(port: Port) -> None:
    async with student() as person:
        peer, answer = await port.open(await person.offer())
        await person.accept(answer)
        await until(lambda: peer.connected)
        port.way.drops_in = drops_all
        assert (await port.diagnosis()).cause is Cause.SILENT
        await peer.aclose()


def test_a_goodbye_is_nobodys_fault() -> None:
    diagnosis = diagnose(Evidence(connected=True, closed=True))
    assert (diagnosis.cause, diagnosis.code) == (Cause.CLOSED, None)


@pytest.mark.parametrize(
    "code",
    [
        ErrorCode.MEDIA_BLOCKED,
        ErrorCode.MEDIA_ONE_WAY,
        ErrorCode.MEDIA_STALE,
        ErrorCode.MEDIA_HANDSHAKE,
        ErrorCode.MEDIA_FAILED,
    ],
)
def test_every_code_has_a_sentence_that_lets_the_student_go_on(code: ErrorCode) -> None:
    assert "typing" in sentence(code, "en")
    assert "打字" in sentence(code, "zh")
