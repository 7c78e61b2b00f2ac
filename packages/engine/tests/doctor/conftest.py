"""A real coturn for each test that wants one: our own configuration, free ports, gone afterwards."""

import asyncio
import random
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tutor_engine.deploy.coturn import CoturnOptions, SharedSecret, Supervision, render_coturn
from tutor_engine.deploy.files import write_private
from tutor_engine.doctor.address import own_address
from tutor_engine.doctor.reach import probe_stun
from tutor_engine.media.turn import TurnUrl
from tutor_engine.processes.program import Program

SECRET = "s3cret-of-the-tests"
START_TRIES = 40


@dataclass(frozen=True)
class RunningCoturn:
    """Where it listens and what it was told."""

    port: int
    options: CoturnOptions
    program: Program

    def url(self, transport: str = "udp", host: str = "127.0.0.1") -> TurnUrl:
        return TurnUrl("turn", host, self.port, "tcp" if transport == "tcp" else "udp")


StartCoturn = Callable[..., Awaitable[RunningCoturn]]


def free_ports(count: int) -> tuple[int, int]:
    """First and last of some neighbouring free UDP ports, below those the system gives away."""
    while True:
        first = random.randrange(20_000, 30_000)
        try:
            for port in range(first, first + count):
                with socket.socket(type=socket.SOCK_DGRAM) as probe:
                    probe.bind(("0.0.0.0", port))  # noqa: S104
        except OSError:
            continue
        return first, first + count - 1


@pytest.fixture
def home() -> str:
    """An address of this machine that is not loopback."""
    address = own_address()
    assert address is not None, "these tests need a network interface besides loopback"
    return address


@pytest.fixture
async def start_coturn(tmp_path: Path, home: str) -> AsyncIterator[StartCoturn]:
    """`await start_coturn(ports=5, extra="", **options)`: a coturn of our making, with lines added."""
    executable = shutil.which("turnserver")
    assert executable, "coturn is missing: make system"
    async with AsyncExitStack() as stack:

        async def start(*, ports: int = 20, extra: str = "", **changes: object) -> RunningCoturn:
            port, _ = free_ports(1)
            first, last = free_ports(ports)
            options = CoturnOptions(
                access=SharedSecret(SECRET),
                media_addresses=[home],
                port=port,
                relay_min=first,
                relay_max=last,
                supervision=Supervision(str(tmp_path / f"{port}.pid"), str(tmp_path / f"{port}.db")),
            )
            options = replace(options, **changes)  # pyright: ignore[reportArgumentType]
            file = tmp_path / f"{port}.conf"
            write_private(file, render_coturn(options) + extra)
            program = Program("coturn", [executable, "-c", str(file)], level_of=lambda _: "debug")
            await stack.enter_async_context(program)
            await listening(port)
            return RunningCoturn(port, options, program)

        yield start


async def listening(port: int) -> None:
    """Wait until the server answers a plain STUN request."""
    for _ in range(START_TRIES):
        if await probe_stun(("127.0.0.1", port), timeout_s=0.5):
            return
        await asyncio.sleep(0.05)  # a refused datagram comes back at once
    raise AssertionError("coturn did not start")
