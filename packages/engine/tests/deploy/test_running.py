"""coturn under the engine: configured, private, started again when it is killed, gone afterwards."""

import asyncio
import os
import signal
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from packages.engine.tests.deploy.test_coturn import OPTIONS
from packages.engine.tests.doctor.conftest import free_ports, listening

from tutor_engine.deploy.running import coturn_executable, line_level, supervised_coturn
from tutor_engine.doctor.reach import probe_stun


async def test_a_killed_coturn_comes_back_and_leaves_with_us(tmp_path: Path) -> None:
    executable = coturn_executable()
    assert executable is not None
    port, (first, last) = free_ports(1)[0], free_ports(4)
    options = replace(OPTIONS, port=port, relay_min=first, relay_max=last)
    back = asyncio.Event()
    coturn = supervised_coturn(executable, options, tmp_path / "turn", back.set)
    assert stat.S_IMODE((tmp_path / "turn" / "turnserver.conf").stat().st_mode) == 0o600
    async with coturn:
        await listening(port)
        first_pid = coturn.pid
        assert first_pid is not None
        os.kill(first_pid, signal.SIGKILL)
        async with asyncio.timeout(10):
            await back.wait()
        await listening(port)
        assert coturn.restarts == 1
        assert coturn.pid not in (None, first_pid)
    assert coturn.pid is None
    assert await probe_stun(("127.0.0.1", port), timeout_s=0.1) is None


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("0: : IO method (auth thread): epoll", "debug"),
        ("5: : ERROR: A peer IP 10.255.255.254 denied in the range: 0.0.0.0-255.255.255.255", "info"),
        ("0: : ERROR: Cannot bind listener socket", "error"),
        ("0: : WARNING: cannot find certificate file", "warning"),
    ],
)
def test_lines_are_as_loud_as_they_matter(line: str, level: str) -> None:
    assert line_level(line) == level
