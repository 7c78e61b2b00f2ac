"""One port for all: who gets which datagram, and who never does."""

import asyncio

import pytest
from aioice import Candidate, ice, stun

from tutor_engine.media import internals
from tutor_engine.media.addresses import Address
from tutor_engine.media.mux import (
    MAX_ADDRESSES,
    MAX_UNREAD,
    MOVED_S,
    PROBE_BURST,
    MuxProtocol,
    TokenBucket,
    UdpMux,
    UdpSockets,
)

BROWSER: Address = ("198.51.100.7", 40_000)
OTHER: Address = ("198.51.100.8", 40_001)


class Port:
    """A mux whose datagrams are kept and whose time stands still."""

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, Address]] = []
        self.now_s = 100.0
        self.mux = UdpMux(
            lambda data, addr: self.sent.append((data, addr)),
            [("203.0.113.10", 10110), ("10.0.0.5", 10110)],
            lambda: self.now_s,
        )

    async def agent(self) -> tuple[ice.Connection, MuxProtocol]:
        agent = ice.Connection(ice_controlling=False)
        self.mux.attach(agent)
        await agent.gather_candidates()
        protocol = self.mux.protocol_of(agent)
        assert protocol is not None
        return agent, protocol

    def check(
        self,
        agent: ice.Connection,
        addr: Address,
        *,
        password: str | None = None,
        username: str | None = None,
    ) -> stun.Message:
        """A browser's connectivity check, and what it is answered."""
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        request.attributes["USERNAME"] = username or f"{agent.local_username}:theirs"
        request.attributes["PRIORITY"] = 1
        request.attributes["ICE-CONTROLLING"] = 1
        request.add_message_integrity((password or agent.local_password).encode())
        before = len(self.sent)
        self.mux.receive(bytes(request), addr)
        assert len(self.sent) == before + 1
        assert self.sent[-1][1] == addr
        return stun.parse_message(self.sent[-1][0])


def unread(agent: ice.Connection) -> int:
    return internals.unread_datagrams(agent)


async def test_candidates_are_the_announced_addresses_in_their_order() -> None:
    port = Port()
    agent, _ = await port.agent()
    assert [(c.host, c.port, c.type) for c in agent.local_candidates] == [
        ("203.0.113.10", 10110, "host"),
        ("10.0.0.5", 10110, "host"),
    ]
    assert agent.local_candidates[0].priority > agent.local_candidates[1].priority
    await agent.close()
    assert port.mux.peers == 0


async def test_media_reaches_a_peer_only_from_a_verified_address() -> None:
    port = Port()
    agent, protocol = await port.agent()
    port.mux.receive(b"\x16early", BROWSER)
    assert unread(agent) == 0
    assert port.check(agent, BROWSER).message_class is stun.Class.RESPONSE
    port.mux.receive(b"\x16hello", BROWSER)
    port.mux.receive(b"\x16forged", OTHER)
    port.mux.receive(b"\x16forged", (BROWSER[0], BROWSER[1] + 1))
    assert unread(agent) == 1
    assert port.mux.counters["media_unknown_address"] == 3
    assert protocol.counters["stun_ok"] == 1
    await agent.close()
    assert port.mux.verified == frozenset()


async def test_a_wrong_password_claims_nothing() -> None:
    port = Port()
    agent, protocol = await port.agent()
    answer = port.check(agent, OTHER, password="x" * 22)
    assert answer.error_code == 401
    assert port.mux.verified == frozenset()
    assert protocol.counters["stun_rejected_401"] == 1
    assert protocol.last_received_s is None
    await agent.close()


async def test_requests_go_by_user_name_even_from_somebody_elses_address() -> None:
    port = Port()
    first, _ = await port.agent()
    second, _ = await port.agent()
    port.check(first, BROWSER)
    port.check(second, BROWSER)
    port.mux.receive(b"\x80media", BROWSER)
    assert (unread(first), unread(second)) == (0, 1)
    assert port.mux.counters["address_moved"] == 1
    await first.close()
    assert port.mux.verified == {BROWSER}
    await second.close()


async def test_a_browser_that_moves_is_followed() -> None:
    port = Port()
    agent, _ = await port.agent()
    port.check(agent, BROWSER)
    port.check(agent, OTHER)
    for addr in (BROWSER, OTHER):
        port.mux.receive(b"\x80media", addr)
    assert unread(agent) == 2
    await agent.close()


async def test_media_follows_a_browser_that_moves_without_nominating_anew() -> None:
    """aioice sends to the nominated pair for ever; a NAT may have given the browser another port."""
    port = Port()
    agent, protocol = await port.agent()
    port.check(agent, BROWSER)
    protocol.transport.sendto(b"\x80 to the nominated one", BROWSER)
    assert port.sent[-1][1] == BROWSER
    port.check(agent, OTHER)
    protocol.transport.sendto(b"\x80 both are alive", BROWSER)
    assert port.sent[-1][1] == BROWSER
    port.now_s += MOVED_S + 0.1
    port.check(agent, OTHER)
    protocol.transport.sendto(b"\x80 only the other speaks", BROWSER)
    assert port.sent[-1][1] == OTHER
    port.check(agent, BROWSER)
    protocol.transport.sendto(b"\x80 it is back", BROWSER)
    assert port.sent[-1][1] == BROWSER
    await agent.close()


async def test_the_consent_of_a_browser_that_moved_is_asked_where_it_is() -> None:
    port = Port()
    agent, protocol = await port.agent()
    port.check(agent, BROWSER)
    port.now_s += MOVED_S + 0.1
    port.check(agent, OTHER)
    request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    asking = asyncio.create_task(protocol.request(request, BROWSER, retransmissions=0))
    await asyncio.sleep(0)
    assert port.sent[-1] == (bytes(request), OTHER)
    answer = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, transaction_id=request.transaction_id)
    port.mux.receive(bytes(answer), OTHER)
    assert (await asking)[1] == OTHER
    await agent.close()


async def test_nothing_of_a_peer_is_left_after_it_closed() -> None:
    port = Port()
    agent, _ = await port.agent()
    port.check(agent, BROWSER)
    username = agent.local_username
    await agent.close()
    port.mux.receive(b"\x16late", BROWSER)
    request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    request.attributes["USERNAME"] = f"{username}:theirs"
    port.mux.receive(bytes(request), BROWSER)
    assert port.mux.counters["stun_unknown_username"] == 1
    assert port.mux.counters["media_unknown_address"] == 1


async def test_an_attached_agent_that_never_gathers_can_be_forgotten() -> None:
    port = Port()
    agent = ice.Connection(ice_controlling=False)
    port.mux.attach(agent)
    assert port.mux.peers == 1
    port.mux.detach(agent)
    port.mux.detach(agent)
    assert port.mux.peers == 0


async def test_user_names_are_long_and_different() -> None:
    port = Port()
    agents = [ice.Connection(ice_controlling=False) for _ in range(50)]
    for agent in agents:
        port.mux.attach(agent)
    assert len({agent.local_username for agent in agents}) == 50
    assert all(len(agent.local_username) == 8 for agent in agents)


async def test_a_peer_cannot_claim_addresses_without_end() -> None:
    port = Port()
    agent, protocol = await port.agent()
    for offset in range(MAX_ADDRESSES):
        port.check(agent, (BROWSER[0], 1000 + offset))
    before = len(port.sent)
    request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    request.attributes["USERNAME"] = f"{agent.local_username}:theirs"
    request.attributes["PRIORITY"] = 1
    request.add_message_integrity(agent.local_password.encode())
    port.mux.receive(bytes(request), OTHER)
    assert len(port.sent) == before
    assert len(protocol.addresses) == MAX_ADDRESSES
    assert port.check(agent, (BROWSER[0], 1000)).message_class is stun.Class.RESPONSE
    await agent.close()


async def test_datagrams_that_nobody_reads_do_not_pile_up() -> None:
    port = Port()
    agent, _ = await port.agent()
    port.check(agent, BROWSER)
    for _ in range(MAX_UNREAD + 100):
        port.mux.receive(b"\x16x", BROWSER)
    assert unread(agent) == MAX_UNREAD
    assert port.mux.counters["media_dropped_full"] == 100
    await agent.close()


async def test_a_probe_is_told_its_address_within_a_rate() -> None:
    port = Port()
    request = bytes(stun.Message(stun.Method.BINDING, stun.Class.REQUEST))
    for _ in range(int(PROBE_BURST) + 10):
        port.mux.receive(request, BROWSER)
    assert len(port.sent) == PROBE_BURST
    answer = stun.parse_message(port.sent[0][0])
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == BROWSER
    assert port.mux.counters["probe_refused"] == 10
    port.now_s += 1.0
    port.mux.receive(request, BROWSER)
    assert len(port.sent) == PROBE_BURST + 1


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"\x00",
        b"\x00" * 20,
        b"\x01\x01" + b"\xff" * 40,
        bytes(range(4)) * 20,
        b"\x00\x01\x00\x08\x21\x12\xa4\x42",
    ],
)
async def test_junk_is_counted_and_dropped(junk: bytes) -> None:
    port = Port()
    port.mux.receive(junk, BROWSER)
    assert port.sent == []
    assert sum(port.mux.counters.values()) == (1 if junk else 0)


async def test_a_check_without_priority_is_dropped() -> None:
    port = Port()
    agent, _ = await port.agent()
    request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    request.attributes["USERNAME"] = f"{agent.local_username}:theirs"
    request.add_message_integrity(agent.local_password.encode())
    port.mux.receive(bytes(request), BROWSER)
    assert port.mux.counters["stun_without_priority"] == 1
    assert port.mux.verified == frozenset()
    await agent.close()


async def test_two_agents_meet_over_real_sockets_on_both_families() -> None:
    for host in ("127.0.0.1", "::1"):
        sockets = UdpSockets(["127.0.0.1", "::1"], 0)
        mux = UdpMux(sockets.send, [(host, sockets.port)], asyncio.get_running_loop().time)
        sockets.on_datagram = mux.receive
        ours, theirs = ice.Connection(ice_controlling=False), ice.Connection(ice_controlling=True)
        mux.attach(ours)
        await ours.gather_candidates()
        # aioice leaves loopback out when it gathers, so the browser's side is given its own socket
        theirs.get_component_candidates = loopback_candidates(theirs, host)  # type: ignore[method-assign]
        await theirs.gather_candidates()
        for one, another in ((ours, theirs), (theirs, ours)):
            one.remote_username, one.remote_password = another.local_username, another.local_password
        for candidate in ours.local_candidates:
            await theirs.add_remote_candidate(candidate)
        await theirs.add_remote_candidate(None)
        async with asyncio.timeout(30):
            await asyncio.gather(ours.connect(), theirs.connect())
            await theirs.send(b"\x80over " + host.encode())
            assert await ours.recv() == b"\x80over " + host.encode()
            await ours.send(b"\x80back")
            assert await theirs.recv() == b"\x80back"
        await theirs.close()
        await ours.close()
        assert mux.peers == 0
        sockets.close()
        sockets.close()


def loopback_candidates(agent: ice.Connection, host: str) -> internals.Gather:
    async def gather(component: int, addresses: list[str], timeout: int = 5) -> list[Candidate]:
        _, protocol = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: ice.StunProtocol(agent), local_addr=(host, 0)
        )
        name = protocol.transport.get_extra_info("sockname")
        protocol.local_candidate = Candidate("1", component, "udp", 1, name[0], name[1], "host")
        internals.add_protocol(agent, protocol)
        return [protocol.local_candidate]

    return gather


async def test_sending_to_a_family_without_a_socket_is_counted() -> None:
    sockets = UdpSockets(["127.0.0.1"], 0)
    sockets.send(b"x", ("::1", 9))
    sockets.send(b"x" * 70_000, ("127.0.0.1", 9))
    assert sockets.counters["sent_no_socket"] == 1
    assert sum(count for name, count in sockets.counters.items() if name.startswith("sent_error")) == 1
    sockets.close()


async def test_a_taken_port_is_an_error_at_once() -> None:
    first = UdpSockets(["127.0.0.1"], 0)
    with pytest.raises(OSError, match="in use"):
        UdpSockets(["127.0.0.1"], first.port)
    first.close()


def test_the_bucket_refills_to_its_burst_and_no_further() -> None:
    now_s = [0.0]
    bucket = TokenBucket(2.0, 3.0, lambda: now_s[0])
    assert [bucket.allow() for _ in range(4)] == [True, True, True, False]
    now_s[0] = 0.5
    assert [bucket.allow() for _ in range(2)] == [True, False]
    now_s[0] = 100.0
    assert [bucket.allow() for _ in range(4)] == [True, True, True, False]
