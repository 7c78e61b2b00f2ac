"""`/health` never waits for a probe, and never causes many."""

import asyncio

from tutor_engine.doctor.findings import Finding, error, ok
from tutor_engine.doctor.turn_watch import EVERY_S, TurnWatch, turn_status
from tutor_engine.doctor.words import Words

SAID = Words(("{what}", "{what}"))


class Server:
    """What a look finds, when it is let through."""

    def __init__(self) -> None:
        self.findings: list[Finding] = [ok("turn", SAID, what="relays at a:1")]
        self.gate = asyncio.Event()
        self.looks = 0

    async def look(self) -> list[Finding]:
        self.looks += 1
        await self.gate.wait()
        return self.findings


async def test_the_state_is_told_at_once_and_looked_at_rarely() -> None:
    server, now_s = Server(), 0.0
    async with TurnWatch(server.look, lambda: now_s) as watch:
        await asyncio.sleep(0)
        assert watch.status().detail == "not looked at yet"
        server.gate.set()
        assert (await watch.settled()).detail == "relays at a:1"
        server.findings = [error("turn", SAID, what="508")]
        now_s = EVERY_S - 1
        assert watch.status().status == "ok"
        assert server.looks == 1
        now_s = EVERY_S
        assert watch.status().status == "ok"  # the old state, while a new look begins
        assert (await watch.settled()).status == "degraded"
        assert server.looks == 2


async def test_a_look_that_hangs_is_not_repeated_and_ends_with_the_watch() -> None:
    server, now_s = Server(), 0.0
    async with TurnWatch(server.look, lambda: now_s) as watch:
        await asyncio.sleep(0)
        now_s = 10 * EVERY_S
        watch.status()
        assert server.looks == 1
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_network_that_is_gone_is_degraded() -> None:
    async def look() -> list[Finding]:
        raise OSError("network is unreachable")

    async with TurnWatch(look, lambda: 0.0) as watch:
        assert (await watch.settled()).status == "degraded"


def test_the_worst_is_told_first() -> None:
    told = turn_status(
        [ok("turn", SAID, what="relays"), error("turn_peers", SAID, what="relays to 127.0.0.1")]
    )
    assert (told.status, told.detail) == ("degraded", "relays to 127.0.0.1")
