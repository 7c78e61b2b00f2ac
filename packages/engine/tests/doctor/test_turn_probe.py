"""What a probe sees at a real coturn: each row of the table that the doctor knows."""

import asyncio
import base64
import hashlib
import hmac
import ssl
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from aioice.turn import TurnClientUdpProtocol
from packages.engine.tests.doctor.conftest import SECRET, StartCoturn, free_ports

from tutor_engine.deploy.coturn import StaticUser
from tutor_engine.doctor.turn import FORBIDDEN_PEERS
from tutor_engine.doctor.turn_probe import probe_turn
from tutor_engine.media.mux import UdpMux, UdpSockets
from tutor_engine.media.turn import TurnUrl, hmac_credentials


def credentials(user: str = "student", *, secret: str = SECRET, age_s: float = 0) -> tuple[str, str]:
    return hmac_credentials(secret, user, time.time() - age_s)


@asynccontextmanager
async def media_worker(host: str) -> AsyncGenerator[tuple[str, int]]:
    """What answers probes at the port of a media worker."""
    sockets = UdpSockets([host], 0)
    mux = UdpMux(sockets.send, [(host, sockets.port)], time.monotonic)
    sockets.on_datagram = mux.receive
    yield host, sockets.port
    sockets.close()


async def test_good_credentials_get_a_relay_over_udp_and_tcp(start_coturn: StartCoturn) -> None:
    coturn = await start_coturn()
    for transport in ("udp", "tcp"):
        seen = await probe_turn(coturn.url(transport), *credentials())
        assert seen.outcome == "ok"
        assert seen.relayed is not None
        assert coturn.options.relay_min <= seen.relayed[1] <= coturn.options.relay_max
        assert seen.mapped is not None
        assert seen.mapped[0] == "127.0.0.1"


async def test_wrong_secret_expired_name_and_no_credentials_are_all_401(start_coturn: StartCoturn) -> None:
    coturn = await start_coturn()
    expired = f"{int(time.time()) - 60}:student"
    password = base64.b64encode(hmac.new(SECRET.encode(), expired.encode(), hashlib.sha1).digest()).decode()
    for username, given in (credentials(secret="other"), (expired, password), (None, None)):
        seen = await probe_turn(coturn.url(), username, given)
        assert (seen.outcome, seen.code, seen.username) == ("refused", 401, username)


async def test_a_static_user_is_let_in_and_another_password_is_not(start_coturn: StartCoturn) -> None:
    coturn = await start_coturn(access=StaticUser("tutor", "pass#word"))
    assert (await probe_turn(coturn.url(), "tutor", "pass#word")).outcome == "ok"
    assert (await probe_turn(coturn.url(), "tutor", "other")).code == 401


async def test_a_closed_port_is_silence_over_udp_and_refusal_over_tcp() -> None:
    port, _ = free_ports(1)
    over_udp = await probe_turn(TurnUrl("turn", "127.0.0.1", port, "udp"), *credentials(), timeout_s=0.3)
    over_tcp = await probe_turn(TurnUrl("turn", "127.0.0.1", port, "tcp"), *credentials())
    assert (over_udp.outcome, over_tcp.outcome) == ("timeout", "unreachable")


async def test_what_is_no_server_is_told_apart() -> None:
    unknown = await probe_turn(TurnUrl("turn", "no-such-host.invalid", 3478, "udp"), *credentials())
    assert unknown.outcome == "unresolved"
    over_dtls = await probe_turn(TurnUrl("turns", "127.0.0.1", 5349, "udp"), *credentials())
    assert over_dtls.outcome == "unsupported"


async def test_a_server_that_speaks_no_tls_is_not_trusted() -> None:
    async def hello(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"this is no TLS\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(hello, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        seen = await probe_turn(TurnUrl("turns", "127.0.0.1", port, "tcp"), *credentials())
    assert seen.outcome == "untrusted"
    assert issubclass(ssl.SSLError, OSError)


async def test_one_user_has_a_quota(start_coturn: StartCoturn) -> None:
    coturn = await start_coturn(extra="user-quota=1\n")
    async with held(coturn.port, "same"):
        same = await probe_turn(coturn.url(), *credentials("same"))
        other = await probe_turn(coturn.url(), *credentials("other"))
    assert (same.outcome, same.code) == ("refused", 486)
    assert other.outcome == "ok"


async def test_relay_ports_run_out(start_coturn: StartCoturn) -> None:
    coturn = await start_coturn(ports=2, extra="total-quota=10\n")
    async with held(coturn.port, "one"), held(coturn.port, "two"):
        seen = await probe_turn(coturn.url(), *credentials("three"))
    assert (seen.outcome, seen.code) == ("refused", 508)


@asynccontextmanager
async def held(port: int, user: str) -> AsyncGenerator[None]:
    """An allocation that somebody holds."""
    server = ("127.0.0.1", port)
    _, client = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: TurnClientUdpProtocol(server, *credentials(user), 60, 60), remote_addr=server
    )
    await client.connect()
    yield
    await client.delete()


async def test_only_the_media_worker_may_be_sent_to_and_it_answers(
    start_coturn: StartCoturn, home: str
) -> None:
    coturn = await start_coturn()
    async with media_worker(home) as worker:
        for transport in ("udp", "tcp"):
            seen = await probe_turn(
                coturn.url(transport, home),
                *credentials(),
                peers=[*FORBIDDEN_PEERS, worker],
                answering=[worker],
            )
            assert [peer.code for peer in seen.peers] == [403, 403, 403, None]
            assert seen.peers[-1].answered
            assert not any(peer.answered for peer in seen.peers[:-1])


async def test_a_peer_that_is_silent_is_allowed_and_has_not_answered(
    start_coturn: StartCoturn, home: str
) -> None:
    coturn = await start_coturn()
    peer = (home, free_ports(1)[0])
    seen = await probe_turn(coturn.url(host=home), *credentials(), peers=[peer], answering=[peer])
    assert [(one.code, one.answered) for one in seen.peers] == [(None, False)]


async def test_a_probe_gives_its_port_back(start_coturn: StartCoturn) -> None:
    coturn = await start_coturn(ports=1)
    assert (await probe_turn(coturn.url(), *credentials("first"))).outcome == "ok"
    for _ in range(100):  # coturn frees a port within three seconds of its end
        if (await probe_turn(coturn.url(), *credentials("second"))).outcome == "ok":
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the port was not given back")
